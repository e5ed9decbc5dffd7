"""A sampler and a schedule of another tool as settings, exactly or not at all."""

from __future__ import annotations

from typing import Any

from diffuscope.recipe.scheduler_names import find_schedule, plain, split
from diffuscope.recipe.schedulers import SCHEDULERS

_AUTOMATIC = ("", "automatic", "default", "none")


def scheduler(
    sampler: object, schedule: object = "", plain_is_uniform: bool = False
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Settings, and what cannot be one.

    Args:
        sampler: the tool's name; it may end in a schedule's.
        schedule: the tool's name; "" and "Automatic" leave it to the sampler.
        plain_is_uniform: the tool has samplers with and without a schedule in their names, so that none means evenly
            spaced.

    Returns:
        Values by name of setting, and texts by name of setting that no value of ours stands for.
    """
    sampler, schedule = str(sampler or ""), str(schedule or "")
    if not sampler:
        return {}, {"schedule": schedule} if plain(schedule) not in _AUTOMATIC else {}
    try:
        name, behind = split(sampler)
    except KeyError:
        return {}, {"scheduler": " ".join(filter(None, (sampler, schedule)))}
    row, said = SCHEDULERS[name], behind or "" if plain(schedule) in _AUTOMATIC else schedule
    if plain(said) in _AUTOMATIC:
        other = plain_is_uniform and not schedule and row.schedules[0] != "uniform"
        return {"scheduler": name, "schedule": "uniform" if other else None}, {}
    ours = find_schedule(said)
    if plain(said) in ("ddim", "ddimuniform") and name == "ddim":  # a companion of ddim, spaced as diffusers' is
        ours = "uniform"
    if ours in row.schedules:
        return {"scheduler": name, "schedule": ours}, {}
    return {"scheduler": name}, {"schedule": said}
