"""Noise levels: the timestep, signal and noise of every network call, known before any network is run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import diffusers
import numpy as np
import torch
from torch import Tensor

from diffuscope.noise.scheduler import make_scheduler
from diffuscope.recipe.schedulers import Scheduler

STABLE_DIFFUSION: Mapping[str, Any] = {
    "num_train_timesteps": 1000,
    "beta_schedule": "scaled_linear",
    "beta_start": 0.00085,
    "beta_end": 0.012,
    "timestep_spacing": "leading",
    "steps_offset": 1,
}
"""The noise levels Stable Diffusion 1 and 2 and the built-in models were trained on, and their usual spacing.
Source: scheduler/scheduler_config.json of those models."""

_MIDDLE: Mapping[str, Callable[[Any], Tensor]] = {
    "KDPM2DiscreteScheduler": lambda scheduler: scheduler.sigmas_interpol[1:-1:2],
    "KDPM2AncestralDiscreteScheduler": lambda scheduler: scheduler.sigmas_interpol[:-2:2],
    "DPMSolverSDEScheduler": lambda scheduler: (scheduler.sigmas[:-2:2] * scheduler.sigmas[1:-1:2]).sqrt(),
}
"""For classes that make a second call half way between two steps: the noise levels of those calls."""


@dataclass(frozen=True)
class Levels:
    """The levels of one run, one entry a network call."""

    t: Tensor
    """Timesteps, (calls,), as the scheduler's `step` takes them."""
    signal: Tensor
    """Scale of the clean signal in the scheduler's own latents, (calls,)."""
    noise: Tensor
    """Scale of the noise in the scheduler's own latents, (calls,); always above 0."""
    size: Tensor
    """The scheduler's own latents are this many times those the network sees, (calls,): sqrt(1 + sigma^2) where the
    variance explodes, else 1."""

    @property
    def alpha(self) -> Tensor:
        """Scale of the clean signal in what the network sees, (calls,)."""
        return self.signal / self.size

    @property
    def sigma(self) -> Tensor:
        """Scale of the noise in what the network sees, (calls,)."""
        return self.noise / self.size

    @property
    def ratio(self) -> Tensor:
        """Noise over signal, (calls,): the sigma of k-diffusion; infinite where there is no signal."""
        return self.noise / self.signal


def levels_of(row: Scheduler, scheduler: Any) -> Levels:
    """The levels of a scheduler whose timesteps are set.

    Args:
        row: its row of the catalogue.
        scheduler: of diffusers, after `set_timesteps`.
    """
    t = scheduler.timesteps
    if row.space == "table":
        kept = scheduler.alphas_cumprod[t.long().cpu()]
        return Levels(t, kept**0.5, (1 - kept) ** 0.5, torch.ones_like(kept))
    sigmas = scheduler.sigmas[: len(t)].clone()
    one = torch.ones_like(sigmas)
    if row.diffusers in _MIDDLE:
        sigmas[1::2] = _MIDDLE[row.diffusers](scheduler)[: len(sigmas) // 2]
    if row.space == "flow":
        return Levels(t, 1 - sigmas, sigmas, one)
    if row.space == "ve":
        return Levels(t, one, sigmas, (sigmas**2 + 1) ** 0.5)
    signal = 1 / (sigmas**2 + 1) ** 0.5
    return Levels(t, signal, sigmas * signal, one)


class LevelPlan:
    """The levels of one scheduler and schedule, for any number of steps.

    Making it can take 0.2 s, since diffusers sets up all trained levels first; each `at` takes a few milliseconds.

    Args:
        row: which scheduler.
        schedule: which of its schedules; None is its usual one.
        config: a model's scheduler config, `model.scheduler_config`.
    """

    def __init__(
        self, row: Scheduler, schedule: str | None = None, config: Mapping[str, Any] = STABLE_DIFFUSION
    ) -> None:
        self.row = row
        self._scheduler = make_scheduler(row, schedule, config)

    def at(self, steps: int) -> Levels:
        """The levels of a run of `steps` steps, within `row.steps`."""
        self._scheduler.set_timesteps(steps)
        return levels_of(self.row, self._scheduler)


def trained(config: Mapping[str, Any] = STABLE_DIFFUSION) -> np.ndarray:
    """Noise over signal at every timestep a model was trained on, float (num_train_timesteps,); index 0 is almost clean.

    The ratio is sqrt((1 - abar) / abar), the sigma of k-diffusion, and 1 / ratio^2 the signal-to-noise ratio.
    Source: Ho et al. 2020 (arXiv:2006.11239) for abar; Kingma et al. 2021 (arXiv:2107.00630) eq. 3 for the ratio.
    """
    kept = diffusers.DDPMScheduler.from_config(dict(config)).alphas_cumprod
    return (((1 - kept) / kept) ** 0.5).double().numpy()
