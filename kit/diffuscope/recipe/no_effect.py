"""Settings that have no effect, as far as that can be known without a model. A model's guidance knows more."""

from __future__ import annotations

from diffuscope.recipe.fields import FIELDS
from diffuscope.recipe.settings import Settings


def notes(settings: Settings) -> dict[str, str]:
    """Fields that will have no effect, or another one than expected: field name to one sentence. Nothing here stops a run.

    A field that is None waits for the model's default and is not judged.
    """
    sentences = {name: field.note(settings) for name, field in FIELDS.items() if field.note}
    return {name: text for name, text in sentences.items() if text}


def effective(recipe: Settings) -> Settings:
    """The recipe with every setting that has no effect at its neutral value, so recipes of the same picture are equal."""
    return recipe.replace(**{name: field.effective(recipe) for name, field in FIELDS.items() if field.effective})
