"""A catalogue row brought to life for one run: diffusers' scheduler, and where it stands at each call."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from typing import Any

import diffusers
import torch
from torch import Tensor

from diffuscope.recipe.schedulers import SCHEDULES, Scheduler
from diffuscope.recipe.settings import Settings

_MIDDLE = {
    "KDPM2DiscreteScheduler": lambda scheduler: scheduler.sigmas_interpol[scheduler.step_index],
    "KDPM2AncestralDiscreteScheduler": lambda scheduler: scheduler.sigmas_interpol[scheduler.step_index - 1],
    "DPMSolverSDEScheduler": lambda scheduler: scheduler.mid_point_sigma,
}
"""Where a class keeps the noise level of the second call of a step, when that call lies inside the step."""


class Sampler:
    """One scheduler for one run. Schedulers of diffusers keep state, so a run never shares or reuses one."""

    def __init__(self, settings: Settings, config: Mapping[str, Any], seeds: Sequence[int]) -> None:
        """Set up the scheduler of `settings`.

        Args:
            settings: complete settings: scheduler, schedule, steps, eta.
            config: the model's own scheduler config (betas, prediction type, spacing).
            seeds: one seed a picture; those schedulers that draw from a Brownian tree grow one a picture.
        """
        self.row = settings.scheduler_row
        self.scheduler = make_scheduler(self.row, settings.schedule, config, seeds)
        self.scheduler.set_timesteps(settings.steps)
        self.timesteps: Tensor = self.scheduler.timesteps
        self.init_noise_sigma = self.scheduler.init_noise_sigma
        self._takes = inspect.signature(self.scheduler.step).parameters
        self._eta = settings.eta

    def scale(self, latents: Tensor, t: Tensor) -> Tensor:
        """Latents as the network wants them."""
        return self.scheduler.scale_model_input(latents, t)

    def level(self, t: Tensor) -> tuple[Tensor, Tensor]:
        """Scales (a, s) of signal and noise in the latents before the next `step`: x = a * x0 + s * noise."""
        if self.row.space == "table":
            alpha = self.scheduler.alphas_cumprod[int(t)]
            return alpha**0.5, (1 - alpha) ** 0.5
        index = self.scheduler.step_index
        if index is None:  # before the first step some classes have not looked the timestep up yet
            index = self.scheduler.index_for_timestep(t)
        sigma = self.scheduler.sigmas[index]
        if not getattr(self.scheduler, "state_in_first_order", True) and self.row.diffusers in _MIDDLE:
            sigma = _MIDDLE[self.row.diffusers](self.scheduler)
        if self.row.space == "ve":
            return torch.ones_like(sigma), sigma
        a = 1 / (sigma**2 + 1) ** 0.5
        return a, sigma * a

    def step(self, output: Tensor, t: Tensor, latents: Tensor, streams: list[torch.Generator]) -> Tensor:
        """The latents one step on; random schedulers draw each picture's noise from its own stream."""
        extra: dict[str, Any] = {}
        if "eta" in self._takes:
            extra["eta"] = self._eta
        if "generator" in self._takes:
            # one picture passes its generator bare, as a plain pipeline call does, so the bits agree
            extra["generator"] = streams[0] if len(streams) == 1 else streams
        return self.scheduler.step(output, t, latents, **extra, return_dict=False)[0]


def make_scheduler(
    row: Scheduler, schedule: str | None, config: Mapping[str, Any], seeds: Sequence[int] = (0,)
) -> diffusers.SchedulerMixin:
    """The diffusers scheduler of a row, made from a model's scheduler config; ready for a plain pipeline too."""
    options = {**row.options, **SCHEDULES[schedule or row.schedules[0]][1]}
    kind = getattr(diffusers, row.diffusers)
    if row.diffusers == "DPMSolverSDEScheduler":
        # in a batch one tree a picture; alone a bare seed, as a plain pipeline call has it
        options["noise_sampler_seed"] = seeds[0] if len(seeds) == 1 else list(seeds)
    return kind.from_config(dict(config), **options)
