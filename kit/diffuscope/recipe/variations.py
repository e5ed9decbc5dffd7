"""Recipes derived from one: four seeds, four variations of a picture, the same with more steps."""

from __future__ import annotations

from diffuscope.recipe.settings import COMMON_SEED, MAX_SEED, Settings, SettingsError

MOST_STEPS = 150
"""`larger` goes no further: by then every scheduler of the catalogue has settled."""


def four(settings: Settings) -> list[Settings]:
    """The recipe with four seeds in a row, its own first."""
    end = (COMMON_SEED if settings.seed <= COMMON_SEED else MAX_SEED) + 1  # past the largest, go on at 0
    return [settings.replace(seed=(settings.seed + i) % end) for i in range(4)]


def vary(settings: Settings, strength: float = 0.3) -> list[Settings]:
    """Four recipes whose noise lies around that of the seed: turned by `strength` towards four other seeds.

    The four follow from the recipe alone, so they can be repeated. A recipe that is a variation already is varied around
    its own seed: settings mix two noises, not three.

    Args:
        strength: above 0, up to 1. At 0.3 the noises lie 27 degrees from the seed's: the objects stay, details change.

    Raises:
        SettingsError: a strength out of range.
    """
    if not strength:
        raise SettingsError("variation_strength", "Variation strength 0 would give one picture four times; raise it.")
    start = int(settings.key[:4], 16)
    seeds = [seed for seed in range(start, start + 5) if seed != settings.seed][:4]
    return [settings.replace(variation_seed=seed, variation_strength=strength) for seed in seeds]


def larger(settings: Settings) -> Settings:
    """The recipe with twice the steps, as far as scheduler and `MOST_STEPS` allow.

    With a deterministic scheduler this is the same picture, closer to the result of very many steps. A random one draws
    other noise in other steps, so the picture may change.

    Raises:
        SettingsError: steps is None, which only a model can fill in (`model.complete`), or cannot be raised.
    """
    if settings.steps is None:
        raise SettingsError("steps", "Steps are not set; complete the settings first: model.complete(settings).")
    most = min(MOST_STEPS, settings.scheduler_row.steps[1])
    if settings.steps >= most:
        raise SettingsError("steps", f"Steps are {settings.steps} already; beyond {most} there is nothing to gain.")
    return settings.replace(steps=min(2 * settings.steps, most))
