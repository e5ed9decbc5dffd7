"""collect turns any steps into a trace; record is its short form: run a recipe and collect it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from typing import Any, cast, overload

import numpy as np
import torch
from torch import Tensor

from diffuscope.families.base import Model, NotFinite
from diffuscope.recipe.settings import Recipe, Settings
from diffuscope.run.run import Run, denoise
from diffuscope.run.step import Step
from diffuscope.text import suggest
from diffuscope.trace.quantities import QUANTITIES
from diffuscope.trace.trace import Keep, Trace

ModelOrName = Model | str | os.PathLike[str]
OnStep = Callable[[Step], object]


@overload
def record(
    model: ModelOrName, settings: Settings, keep: Keep = ..., on_step: OnStep | None = ..., **run: Any
) -> Trace: ...
@overload
def record(
    model: ModelOrName, settings: Sequence[Settings], keep: Keep = ..., on_step: OnStep | None = ..., **run: Any
) -> list[Trace]: ...
def record(
    model: ModelOrName,
    settings: Settings | Sequence[Settings],
    keep: Keep = Keep(),
    on_step: OnStep | None = None,
    **run: Any,
) -> Trace | list[Trace]:
    """Run and record one picture, or several as one batch.

    Args:
        model, settings: as for `denoise`.
        keep: what to keep.
        on_step: called with every Step, kept or not; an exception it raises ends the run.
        run: `start`, `probes` and `steer` of `denoise`.

    Returns:
        A Trace, or a list of them in the order of the settings.

    Raises:
        NotFinite: a step gave NaN or infinity.
    """
    return collect(denoise(model, settings, **run), keep=keep, on_step=on_step)


def collect(
    steps: Iterable[Step],
    settings: Settings | Sequence[Settings] | None = None,
    *,
    model: Model | None = None,
    keep: Keep = Keep(),
    on_step: OnStep | None = None,
    made_by: Mapping[str, Any] | None = None,
) -> Any:
    """Turn steps into a trace, wherever they come from: a Run, a fork of it, a pipeline that is watched.

    Args:
        steps: any iterator of Steps.
        settings: the recipe, or one a row of the batch. A Run brings its own.
        model: decodes the pictures that `keep` names; without one there are none. A Run brings its own.
        keep: what to keep.
        on_step: called with every Step, kept or not; an exception it raises ends the run.
        made_by: entries for `Trace.made_by`, besides model, libraries and batch.

    Returns:
        A Trace, or a list of them where the settings are several.

    Raises:
        NotFinite: a step gave NaN or infinity.
        TypeError: settings that are none.
        ValueError: no steps, no settings or not one for each picture, a quantity that the steps do not have, or a
            `made_by` that JSON cannot hold.
    """
    if isinstance(steps, Run):
        model, single = model or steps.model, steps.single
        rows: Sequence[Settings] = steps.rows
    else:
        rows, single = _rows(settings), isinstance(settings, Settings)
    try:
        json.dumps(dict(made_by or {}), allow_nan=False)
    except (TypeError, ValueError) as error:
        raise ValueError(f"made_by must be what JSON can hold: {error}") from None
    kept = _Kept(keep, model is not None, len(rows))
    for step in steps:
        kept.see(step)
        if on_step:
            on_step(step)
    last = kept.finish()
    if isinstance(steps, Run) and steps.latents is not None:
        last = replace(
            last, seen={**last.seen, "latents": steps.latents}
        )  # of the last step, `steer` has the last word
    traces = [
        kept.trace(last, model, recipe, row, {**made_with(model, len(rows), row), **(made_by or {})})
        for row, recipe in enumerate(rows)
    ]
    return traces[0] if single else traces


def _why(step: Step) -> str:
    """What made latents not finite, as far as the step tells."""
    if not torch.isfinite(step.seen.get("x_t", torch.zeros(1))).all():
        return "they were so before it; look at what changed the latents"
    parts = [step.seen[name] for name in ("x0_cond", "x0_uncond") if name in step.seen]
    if all(torch.isfinite(part).all() for part in parts) and len(parts) == 2:
        return "guidance drives them apart; lower guidance_scale"
    return "the network gave them, so its weights are damaged or its type of numbers is too narrow"


def _rows(settings: Settings | Sequence[Settings] | None) -> Sequence[Settings]:
    if settings is None:
        raise ValueError('these steps bring no recipe; give one: collect(steps, Settings("what it shows"))')
    rows = [settings] if isinstance(settings, Settings) else settings
    if not (isinstance(rows, Sequence) and rows and all(isinstance(row, Settings) for row in rows)):
        raise TypeError(f"settings must be Settings, or a list of them, got {settings!r:.60}")
    return rows


@dataclass
class _Kept:
    """What has been kept of the steps so far."""

    keep: Keep
    pictures: bool
    """Whether pictures can be decoded, so that their tensors are kept too."""
    batch: int
    """How many pictures there are settings of."""
    steps: list[Step] = field(default_factory=list)
    last: Step | None = None

    def see(self, step: Step) -> None:
        if self.last is None:
            self._check(step)
        latents = step.seen.get("latents")
        if latents is not None and not torch.isfinite(latents).all():
            raise NotFinite(f"step {step.index + 1} of {step.calls} gave numbers that are not finite: {_why(step)}")
        if step.index % self.keep.every == 0:
            self._add(step)
        self.last = step

    def _add(self, step: Step) -> None:
        names = {*self._names()}
        for name in self._names():
            if name not in step.seen and name in QUANTITIES:  # its sources, to compute it from
                names |= {*QUANTITIES[name].derived_from}
        chosen = {name: tensor for name, tensor in step.seen.items() if name in names}
        self.steps.append(replace(step, seen={name: tensor.detach() for name, tensor in chosen.items()}))

    def _names(self) -> list[str]:
        return list(dict.fromkeys([*self.keep.tensors, *(self.keep.pictures if self.pictures else ())]))

    def _check(self, step: Step) -> None:
        for name in self._names():
            known = QUANTITIES[name]  # Keep knows no others
            computed = known.derived_from and all(source in step.seen for source in known.derived_from)
            if not (name in step.seen or computed or known.guided):
                raise ValueError(
                    f"these steps have no {name!r}.{suggest(name, list(step.seen))} They have {', '.join(step.seen)}."
                )
        for name in ("latents", *self._names()):
            found = len(step.seen[name]) if name in step.seen and name not in step.only else self.batch
            if found != self.batch:
                raise ValueError(
                    f"these steps are of {found} pictures, and there are settings of {self.batch}; give one for each"
                )

    def finish(self) -> Step:
        """Keep the last step in any case, and return it."""
        if self.last is None:
            raise ValueError("there were no steps to collect; a run that has ended gives none")
        if not self.steps or self.steps[-1].index != self.last.index:
            self._add(self.last)
        return self.last

    def trace(self, last: Step, model: Model | None, recipe: Settings, row: int, made_by: Mapping[str, Any]) -> Trace:
        """The trace of one row of the batch."""

        def film(name: str) -> Tensor | None:
            found = [step.row(name, row) for step in self.steps]
            return None if any(one is None for one in found) else torch.stack(found)  # type: ignore[arg-type]

        films = {name: tensor for name in self._names() if (tensor := film(name)) is not None}
        final = last.row("latents", row)
        image, pictures = np.zeros((0, 0, 3), np.uint8), dict[str, np.ndarray]()
        if model is not None and final is not None:
            image, pictures, filtered = _decoded(model, films, [n for n in self.keep.pictures if n in films], final)
            made_by = {**made_by, "filtered": filtered}
        numbers = {
            name: np.array([getattr(one, name) for one in self.steps]) for name in ("index", "t", "alpha", "sigma")
        }
        return Trace(
            settings=cast(Recipe, recipe),  # of another system it may leave something open
            made_by=made_by,
            **numbers,
            image=image,
            latents=np.zeros(0, np.float32) if final is None else final.detach().float().cpu().numpy(),
            tensors={name: films[name].float().cpu().numpy() for name in self.keep.tensors if name in films},
            pictures=pictures,
        )


def _decoded(
    model: Model, films: Mapping[str, Tensor], names: Sequence[str], final: Tensor
) -> tuple[np.ndarray, dict[str, np.ndarray], bool]:
    """The finished picture, the pictures of the steps by name, and whether the model's safety checker refuses them."""
    # one decode for all pictures: many small calls cost several times as much
    shown = model.decode(torch.cat([*(films[name] for name in names), final[None]]))
    filtered = bool(model.flagged(shown[-1:])[0])
    if filtered:  # as diffusers does; the steps would show the same
        shown = np.zeros_like(shown)
    count = len(films[names[0]]) if names else 0
    return shown[-1], {name: shown[i * count : (i + 1) * count] for i, name in enumerate(names)}, filtered


def made_with(model: Model | None, batch: int, row: int) -> dict[str, Any]:
    """How a picture was made, for its record: enough to make it again, nothing private."""
    who: dict[str, Any] = {"model": "", "source": "", "model_sha256": None}
    if model is not None:
        who = {
            "model": model.name,
            "source": model.source,
            "model_sha256": model.sha256,
            "device": model.device.type,
            "dtype": str(model.dtype).removeprefix("torch."),
        }
    return {
        "app": f"diffuscope {version('diffuscope')}",
        **who,
        "torch": torch.__version__,
        "diffusers": version("diffusers"),
        "noise": "cpu",
        "threads": torch.get_num_threads(),
        "batch": batch,
        "row": row,
    }
