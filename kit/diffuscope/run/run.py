"""The loop. A run holds latents, a solver with its history and one random stream a picture, and walks them step by step.

At each call the network sees x_t = alpha * x0 + sigma * noise. Its output implies a noise and a clean picture x0, from which
the solver computes the next latents. `Start` says where the run begins, the model's guidance how the prompt steers it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from typing import Any, Protocol

import torch
from torch import Tensor

from diffuscope import cancel
from diffuscope.families.base import Model
from diffuscope.families.catalogue import load
from diffuscope.families.parts import Answer, Conditioning
from diffuscope.noise import spaces
from diffuscope.noise.solver import Solver
from diffuscope.prompt.language import parse
from diffuscope.recipe.checks import kind
from diffuscope.recipe.fields import FIELDS
from diffuscope.recipe.settings import Recipe, Settings, SettingsError
from diffuscope.run.start import Noise, Start
from diffuscope.run.step import Step

SHARED = tuple(name for name, field in FIELDS.items() if field.shared)
"""What the rows of one batch must have in common."""
FORKED = tuple(name for name, field in FIELDS.items() if field.may_fork)
"""What a fork may change: the rest is decided before the first step."""

Steer = Callable[[Step], Tensor | None]
"""Called after every step; latents it returns take the place of the step's own."""


class Probe(Protocol):
    """Looks into the network during a call."""

    def on(self, model: Model) -> AbstractContextManager[Any]:
        """Listen while the `with` block lasts, which is one call."""

    def seen(self) -> Mapping[str, Tensor]:
        """What was seen in that call, by the names of `trace.quantities`, each (B, ...)."""


def denoise(
    model: Model | str | os.PathLike[str],
    settings: Settings | Sequence[Settings],
    *,
    start: Start = Noise(),
    probes: Sequence[Probe] = (),
    steer: Steer | None = None,
) -> Run:
    """Run the denoising loop, one network call a turn.

    The latents of a single picture equal those of diffusers' StableDiffusionPipeline bit for bit. Rows of a batch each
    draw from a CPU noise stream of their own, so a picture is the same alone or among others up to rounding.

    Args:
        model: what `load` gives, or its name or folder.
        settings: Settings or a Recipe, or several that share scheduler, schedule, steps, eta, width and height.
        start: where it begins.
        probes: record from inside the network at each call; what they see is in the steps.
        steer: changes the latents between the steps: it is called with each Step and may return new latents (B, C, h, w) in the
            scheduler's own scale, as `step.latents` are.

    Returns:
        The run, an iterator of a Step for every network call. Stop whenever you like: nothing is left behind.

    Raises:
        TypeError: no model, or no settings.
        SettingsError: settings the model cannot follow, or rows that cannot share a batch; before any compute.
    """
    return Run(model, settings, start=start, probes=probes, steer=steer)


def opened(model: Model | str | os.PathLike[str]) -> Model:
    """The model itself, or the one of that name.

    Raises:
        TypeError: it is something else.
    """
    if isinstance(model, str | os.PathLike):
        return load(model)
    if not isinstance(model, Model):
        raise TypeError(
            f"the first thing a run needs is a model, got {model!r:.60}; write record(model, Settings(...)) with "
            "model = load(...)"
        )
    return model


def check_batch(rows: Sequence[Recipe]) -> None:
    """Refuse rows that cannot run as one batch."""
    if not rows:
        raise SettingsError("prompt", "There are no settings to run; give at least one.")
    for name in SHARED:
        values = sorted({str(getattr(row, name)) for row in rows})
        if len(values) > 1:
            raise SettingsError(name, f"Rows of one batch share {name}, got {', '.join(values)}; run them apart.")


class Run:
    """A run under way: an iterator of Steps that can be forked between any two of them. Arguments as for `denoise`."""

    def __init__(
        self,
        model: Model | str | os.PathLike[str],
        settings: Settings | Sequence[Settings],
        *,
        start: Start = Noise(),
        probes: Sequence[Probe] = (),
        steer: Steer | None = None,
    ) -> None:
        self.model, self.probes, self.steer = opened(model), tuple(probes), steer
        self.single = isinstance(settings, Settings)
        """Whether one picture was requested, not a batch of one."""
        self.rows = self.model.recipes(settings)
        """The recipes, one a picture."""
        check_batch(self.rows)
        seeds = [row.seed for row in self.rows]
        self._solver = Solver(self.rows[0], self.model.scheduler_config, seeds)
        _check_signal(self.model, self.rows[0], self._solver)
        self._streams = [torch.Generator().manual_seed(seed) for seed in seeds]
        if not hasattr(start, "first_call"):
            raise TypeError(f"a run starts from Noise(), Picture(...) or Latents(...), got {kind(start)}")
        self._start = start
        self.index = start.first_call(self._solver)
        """The call that comes next, 0 for the first."""
        self.calls = len(self._solver.levels.t)
        """How many calls a whole run makes."""
        self.latents: Tensor | None = None
        """The latents as they stand, in the scheduler's own scale; None before the first step."""
        levels = self._solver.levels
        self._levels = list(zip(levels.alpha.tolist(), levels.sigma.tolist(), strict=True))
        self._given: Conditioning | None = None
        self._moves = True  # whether a prompt changes on the way; known once the prompts are read

    def __iter__(self) -> Run:
        return self

    @torch.no_grad()
    def __next__(self) -> Step:
        """Make one network call.

        Raises:
            StopIteration: the run has ended.
            CancelledError: the job that this belongs to was cancelled.
        """
        cancel.check()
        if self.index >= self.calls:
            raise StopIteration
        solver, index = self._solver, self.index
        before = self._begin() if self.latents is None else self.latents
        t = solver.levels.t[index]
        x_t = solver.scaled(before, t)
        with ExitStack() as stack:
            for probe in self.probes:
                stack.enter_context(probe.on(self.model))
            answer = self.model.guidance(self.model.denoiser, x_t, t, self._conditioning(index), self.rows)
        after = solver.step(answer.output, t, before, self._streams)
        seen, only = self._seen(answer, before, index)
        for probe in self.probes:
            seen |= probe.seen()
        alpha, sigma = self._levels[index]
        step = Step(index, self.calls, float(t), alpha, sigma, {"x_t": x_t, **seen, "latents": after}, only)
        self.latents, self.index = after, index + 1
        if self.steer and (changed := self.steer(step)) is not None:
            self._replace(changed)
        return step

    def _begin(self) -> Tensor:
        if self.index:
            self._solver.begin_at(self.index)
        return self._start.latents(self.model, self.rows, self._solver, self._streams)

    def _replace(self, latents: Tensor) -> None:
        old = self.latents
        if old is None or latents.shape != old.shape:
            raise ValueError(f"steer gave latents of shape {tuple(latents.shape)}; the step's own shape is expected")
        self.latents = latents.detach().to(old)

    def _conditioning(self, index: int) -> Conditioning:
        """The conditioning of the guidance's prompts at a call; read again only where a prompt changes during the run."""
        prompts = self.model.guidance.prompts(self.rows)
        if self._given is None or self._moves:
            self._moves = any(parse(prompt).moves for prompt, _ in prompts)
            self._given = Conditioning.cat(
                self.model.reader.condition(prompt, self.rows[row], index, self.calls) for prompt, row in prompts
            )
        return self._given

    def _seen(self, answer: Answer, before: Tensor, index: int) -> tuple[dict[str, Tensor], dict[str, tuple[int, ...]]]:
        """The predictions as noise and as clean latents: the whole, then its parts."""
        kind, levels = self.model.denoiser.prediction, self._solver.levels
        signal, noise = levels.signal[index], levels.noise[index]
        seen = {
            "x0": spaces.x0(kind, before, answer.output, signal, noise),
            "noise": spaces.noise(kind, before, answer.output, signal, noise),
        }
        only: dict[str, tuple[int, ...]] = {}
        for ending, part in answer.parts.items():
            of = before if part.rows is None else before[list(part.rows)]
            seen[f"x0_{ending}"] = spaces.x0(kind, of, part.output, signal, noise)
            seen[f"noise_{ending}"] = spaces.noise(kind, of, part.output, signal, noise)
            if part.rows is not None:
                only |= {f"x0_{ending}": part.rows, f"noise_{ending}": part.rows}
        return seen, only

    def fork(self, **changes: Any) -> Run:
        """A second run that goes on from here by itself; without changes it ends in the same latents.

        Args:
            changes: settings that are different from here on, out of `FORKED`, for every row.

        Raises:
            SettingsError: a setting that is decided before the first step, or that cannot work.
        """
        for name in changes:
            if name not in FORKED:
                raise SettingsError(name, f"A fork cannot change {name}; it can change {', '.join(FORKED)}.")
        twin = object.__new__(Run)
        twin.__dict__ = {**self.__dict__}
        twin.rows = self.model.recipes([row.replace(**changes) for row in self.rows])
        twin._solver = self._solver.copy()
        twin._solver.eta = twin.rows[0].eta
        twin._streams = [_copied(stream) for stream in self._streams]
        twin.latents = None if self.latents is None else self.latents.clone()
        twin._given = None
        return twin


def _copied(stream: torch.Generator) -> torch.Generator:
    twin = torch.Generator()
    twin.set_state(stream.get_state())
    return twin


def _check_signal(model: Model, row: Recipe, solver: Solver) -> None:
    if model.denoiser.prediction == "epsilon" and bool((solver.levels.signal == 0).any()):
        raise SettingsError(
            "scheduler",
            f'"{row.scheduler}" begins at zero signal with this model, which predicts noise: nothing follows about the '
            "picture. Use a scheduler whose first level has signal, or a model that predicts velocity.",
        )
