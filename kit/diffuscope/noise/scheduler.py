"""The diffusers scheduler of a catalogue row, for one model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import diffusers

from diffuscope.recipe.schedulers import SCHEDULES, Scheduler


def make_scheduler(
    row: Scheduler, schedule: str | None, config: Mapping[str, Any], seeds: Sequence[int] = (0,)
) -> diffusers.SchedulerMixin:
    """Make a scheduler that is ready for a plain pipeline too.

    Args:
        row: which scheduler.
        schedule: which of its schedules; None is its usual one.
        config: the model's own scheduler config (betas, prediction type, spacing).
        seeds: one seed a picture; schedulers that draw from a Brownian tree grow one a picture.
    """
    options = {**row.options, **SCHEDULES[schedule or row.schedules[0]][1]}
    kind = getattr(diffusers, row.diffusers)
    if row.diffusers == "DPMSolverSDEScheduler":
        # in a batch one tree a picture; alone a bare seed, as a plain pipeline call has it
        options["noise_sampler_seed"] = seeds[0] if len(seeds) == 1 else list(seeds)
    return kind.from_config(dict(config), **options)
