"""Rules between settings: which do not go together, and which have no effect beside others.

The table in `diffuscope.recipe.fields` calls these functions. Those named `about_...` return a sentence for the person who
set the value, or "".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from diffuscope.recipe import checks
from diffuscope.recipe.checks import SettingsError
from diffuscope.recipe.scheduler_names import find, find_schedule, plain, split
from diffuscope.recipe.schedulers import SCHEDULES, Scheduler

if TYPE_CHECKING:
    from diffuscope.recipe.settings import Settings


def scheduler_name(name: object) -> str:
    """Our name of a scheduler, given that or another tool's; refuses what no row of the catalogue has."""
    if not isinstance(name, str):
        raise SettingsError("scheduler", f"Scheduler must be a name, got {checks.kind(name)}.")
    try:
        return find(name).name
    except KeyError as error:
        raise SettingsError("scheduler", error.args[0]) from None


def schedule_behind(name: object) -> dict[str, str]:
    """The settings that stand in the name of a scheduler, by name: both of "DPM++ 2M Karras", none of "DPM++ 2M"."""
    if isinstance(name, str):
        try:
            scheduler, schedule = split(name)
        except KeyError:
            return {}
        if schedule:
            return {"scheduler": scheduler, "schedule": schedule}
    return {}


def schedule_name(name: object) -> object:
    """Our name of a schedule, given that or another tool's; A1111's "Automatic" is None.

    Anything else is returned as it is: `has_schedule` refuses it.
    """
    if not isinstance(name, str):
        return name
    return None if plain(name) == "automatic" else find_schedule(name) or str(name)


def has_schedule(schedule: object, scheduler: Scheduler) -> None:
    """Refuse a schedule that a scheduler does not have; None is its usual one."""
    if schedule is not None and schedule not in scheduler.schedules:
        known = [name for name in scheduler.schedules if name in SCHEDULES]
        raise SettingsError(
            "schedule", f'No schedule {checks.show(schedule)} for "{scheduler.name}". It has: {", ".join(known)}.'
        )


def takes_steps(steps: int | None, scheduler: Scheduler) -> None:
    """Refuse a number of steps that a scheduler cannot run; None is the model's own."""
    fewest, most = scheduler.steps
    if steps is not None and steps < fewest:
        raise SettingsError(
            "steps", f'"{scheduler.name}" needs at least {fewest} steps, got {steps}; use {fewest} or "ddim".'
        )
    if steps is not None and steps > most:
        raise SettingsError("steps", f'"{scheduler.name}" takes at most {most} steps, got {steps}.')


def about_scheduler(settings: Settings) -> str:
    """A scheduler for distilled models."""
    distilled = settings.scheduler_row.needs_distilled
    return (
        f'"{settings.scheduler}" is made for models distilled to a few steps; other models give poor pictures with it.'
        * distilled
    )


def about_variation_seed(settings: Settings) -> str:
    """A variation without strength, or of the seed by itself."""
    if settings.variation_seed is None:
        return ""
    if not settings.variation_strength:
        return "No effect: the variation strength is 0; raise it or clear the seed."
    return "No effect: it is the seed itself." * (settings.variation_seed == settings.seed)


def varied(settings: Settings) -> bool:
    """Whether a second noise changes the picture: `Settings.varied`, and by another seed."""
    return settings.varied and settings.variation_seed != settings.seed


def size(settings: Settings) -> str | None:
    """Width and height as A1111 writes them, "512x768"; None while one is left open."""
    return f"{settings.width}x{settings.height}" if settings.width and settings.height else None


def a1111_sampler(name: str) -> str:
    """A1111's name of a scheduler, or the class of diffusers where A1111 has none."""
    return find(name).a1111 or find(name).diffusers


def seeds_in_words(settings: Settings) -> str:
    """The seed, and how far it is turned: "seed 7 · 30% towards 9"."""
    turned = f" · {settings.variation_strength:.0%} towards {settings.variation_seed}" if settings.varied else ""
    return f"seed {settings.seed}{turned}"
