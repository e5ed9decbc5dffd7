"""Solver: one diffusers scheduler for one run, with its levels, and a copy of it at any step."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from diffuscope.noise.levels import Levels, levels_of
from diffuscope.noise.scheduler import make_scheduler
from diffuscope.recipe.settings import Recipe, SettingsError


class Solver:
    """One scheduler for one run. Schedulers of diffusers keep state, so a run never shares or reuses one."""

    levels: Levels
    """Timestep, signal and noise of every call, computed before the run."""

    def __init__(self, recipe: Recipe, config: Mapping[str, Any], seeds: Sequence[int]) -> None:
        """Set up the scheduler of a recipe.

        Args:
            recipe: its scheduler, schedule, steps and eta count.
            config: the model's own scheduler config (betas, prediction type, spacing).
            seeds: one seed a picture; those schedulers that draw from a Brownian tree grow one a picture.

        Raises:
            SettingsError: the scheduler cannot walk this schedule with the model's betas.
        """
        self.row = recipe.scheduler_row
        self.scheduler: Any = make_scheduler(self.row, recipe.schedule, config, seeds)
        self.scheduler.set_timesteps(recipe.steps)
        self.levels = levels_of(self.row, self.scheduler)
        self._takes = frozenset(inspect.signature(self.scheduler.step).parameters)
        self.eta, self.steps = recipe.eta, recipe.steps
        if len(self.levels.t.unique()) < len(self.levels.t):
            self.copy()._rehearse(recipe)

    def _rehearse(self, recipe: Recipe) -> None:
        """Walk the whole way with one number.

        Schedulers look a level up by its timestep. Where a schedule rounds two levels to one timestep, as Karras' does
        with betas that end in pure noise, some of them lose count and fail in the middle of a run.
        """
        x, stream = torch.zeros(1, 1, 1, 1), torch.Generator()
        try:
            for t in self.levels.t:
                x = self.step(self.scaled(x, t), t, x, [stream])
        except (IndexError, AssertionError):
            raise SettingsError(
                "schedule",
                f'"{recipe.schedule}" gives two of {recipe.steps} steps the same timestep with the betas of this model, '
                f'and "{recipe.scheduler}" cannot walk it; take another schedule, fewer steps, or the scheduler "euler".',
            ) from None

    @property
    def init_noise_sigma(self) -> Tensor | float:
        """What pure noise of unit variance is multiplied by to become the first latents."""
        return getattr(self.scheduler, "init_noise_sigma", 1.0)  # schedulers of flow matching start from plain noise

    def begin_at(self, call: int) -> None:
        """Start at a later call, as image to image does; before the first step."""
        if hasattr(self.scheduler, "set_begin_index"):
            self.scheduler.set_begin_index(call)

    def noised(self, clean: Tensor, noise: Tensor, call: int) -> Tensor:
        """Clean latents with the noise of a call added, in the scheduler's own scale."""
        t = self.levels.t[call : call + 1]
        if hasattr(self.scheduler, "add_noise"):
            return self.scheduler.add_noise(clean, noise, t)
        return self.scheduler.scale_noise(clean, t, noise)

    def scaled(self, latents: Tensor, t: Tensor) -> Tensor:
        """Latents in the scale the network takes."""
        if hasattr(self.scheduler, "scale_model_input"):
            return self.scheduler.scale_model_input(latents, t)
        return latents

    def step(self, output: Tensor, t: Tensor, latents: Tensor, streams: list[torch.Generator]) -> Tensor:
        """The latents one step on; random schedulers draw each picture's noise from its own stream."""
        extra: dict[str, Any] = {}
        if "eta" in self._takes:
            extra["eta"] = self.eta
        if "generator" in self._takes:
            # one picture passes its generator bare, as a plain pipeline call does, so the bits agree
            extra["generator"] = streams[0] if len(streams) == 1 else streams
        return self.scheduler.step(output, t, latents, **extra, return_dict=False)[0]

    def copy(self) -> Solver:
        """An independent solver at the same step: its history is copied.

        A Brownian tree is shared: it cannot be copied, and its values depend on the interval only.
        """
        tree = getattr(self.scheduler, "noise_sampler", None)
        twin = copy.copy(self)
        twin.scheduler = copy.deepcopy(self.scheduler, {} if tree is None else {id(tree): tree})
        return twin
