"""Where a scheduler asks: the noise level and timestep of every network call, known before any network is run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import diffusers
import numpy as np
import torch

from diffuscope.noise.solver import make_scheduler
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

_MIDDLE: Mapping[str, Callable[[Any], torch.Tensor]] = {
    "KDPM2DiscreteScheduler": lambda scheduler: scheduler.sigmas_interpol[1:-1:2],
    "KDPM2AncestralDiscreteScheduler": lambda scheduler: scheduler.sigmas_interpol[:-2:2],
    "DPMSolverSDEScheduler": lambda scheduler: (scheduler.sigmas[:-2:2] * scheduler.sigmas[1:-1:2]).sqrt(),
}
"""The noise levels of second calls, of those classes that make them half way between two steps."""


class Levels:
    """The noise levels of one scheduler and schedule, for any number of steps.

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

    def at(self, steps: int) -> tuple[np.ndarray, np.ndarray]:
        """The levels of a run, as `Trace.sigma` and `Trace.timestep` will hold them.

        Args:
            steps: number of steps, within `row.steps`.

        Returns:
            Sigma (noise-to-signal ratio) and timestep of every network call, both float (calls,).
        """
        self._scheduler.set_timesteps(steps)
        timesteps = self._scheduler.timesteps.cpu()
        if self.row.space == "table":
            sigmas = _ratio(self._scheduler.alphas_cumprod[timesteps.long()])
        else:
            sigmas = self._scheduler.sigmas[: len(timesteps)].clone()
            if self.row.diffusers in _MIDDLE:
                sigmas[1::2] = _MIDDLE[self.row.diffusers](self._scheduler)[: len(sigmas) // 2]
        return sigmas.double().numpy(), timesteps.double().numpy()


def trained(config: Mapping[str, Any] = STABLE_DIFFUSION) -> np.ndarray:
    """Sigma at every timestep a model was trained on, float (num_train_timesteps,); index 0 is almost clean.

    Sigma is the noise-to-signal ratio sqrt((1 - abar) / abar), and 1 / sigma^2 the signal-to-noise ratio.
    Source: Ho et al. 2020 (arXiv:2006.11239) for abar; Kingma et al. 2021 (arXiv:2107.00630) eq. 3 for the ratio.
    """
    return _ratio(diffusers.DDPMScheduler.from_config(dict(config)).alphas_cumprod).double().numpy()


def _ratio(alphas_cumprod: torch.Tensor) -> torch.Tensor:
    return ((1 - alphas_cumprod) / alphas_cumprod) ** 0.5
