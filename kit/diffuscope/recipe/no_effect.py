"""What settings ask for in vain: controls that have no effect, as far as can be said without a model."""

from __future__ import annotations

from diffuscope.recipe.fields import FIELDS
from diffuscope.recipe.settings import Recipe, Settings


def notes(settings: Settings) -> dict[str, str]:
    """Fields that will have no effect, or not the expected one: field name to one sentence. Nothing here stops a run.

    A field that is None waits for the model's default and is not judged.
    """
    said = {name: field.note(settings) for name, field in FIELDS.items() if field.note}
    return {name: text for name, text in said.items() if text}


def effective(recipe: Recipe) -> Settings:
    """The recipe with everything that has no effect at its plain value: what gives the same picture becomes equal."""
    return recipe.replace(**{name: field.acts(recipe) for name, field in FIELDS.items() if field.acts})
