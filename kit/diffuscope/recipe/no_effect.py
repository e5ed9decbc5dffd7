"""What settings ask for in vain: controls that have no effect, as far as can be said without a model."""

from __future__ import annotations

from diffuscope.recipe.settings import Settings


def notes(settings: Settings) -> dict[str, str]:
    """Fields that will have no effect, or not the expected one: field name to one sentence. Nothing here stops a run.

    A field that is None waits for the model's default and is not judged.
    """
    found, guidance, row = {}, settings.guidance_scale, settings.scheduler_row
    if settings.guided is False and settings.negative_prompt:
        found["negative_prompt"] = f"No effect at guidance {guidance:g}; raise guidance or clear it."
    if guidance is not None and guidance < 1:
        found["guidance_scale"] = "Below 1 acts as 1: the prompt is followed without guidance."
    elif settings.guided and settings.prompt == settings.negative_prompt:
        found["guidance_scale"] = "No effect: prompt and negative prompt are the same, so nothing stands between them."
    if settings.eta and row.random != "eta":
        found["eta"] = f'No effect: "{row.name}" has no eta.'
    if row.needs_distilled:
        found["scheduler"] = f'"{row.name}" is made for models distilled to a few steps; others come out poor.'
    if len(row.schedules) == 1:
        found["schedule"] = f'No choice: "{row.name}" has its own.'
    if settings.variation_strength and settings.variation_seed is None:
        found["variation_strength"] = "No effect: there is no variation seed; choose one."
    elif settings.variation_seed is not None and not settings.variation_strength:
        found["variation_seed"] = "No effect: the variation strength is 0; raise it or clear the seed."
    elif settings.variation_seed == settings.seed and settings.variation_strength:
        found["variation_seed"] = "No effect: it is the seed itself."
    return found
