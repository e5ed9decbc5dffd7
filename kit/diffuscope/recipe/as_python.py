"""Settings as Python: a few lines that make the same picture again."""

from __future__ import annotations

from dataclasses import fields

from diffuscope.recipe.settings import Settings

ALWAYS = ("prompt", "seed", "scheduler", "schedule", "steps", "guidance_scale", "width", "height")
"""Fields that are written out even where they are the default: a default may change."""


def settings_call(settings: Settings) -> str:
    """The call that makes these settings, a line a field; a field that is None is left out, which is the model's choice."""
    lines = []
    for field in fields(settings):
        value = getattr(settings, field.name)
        if value is not None and (field.name in ALWAYS or value != field.default):
            lines.append(f"    {field.name}={value!r},\n")
    return f"Settings(\n{''.join(lines)})"


def settings_code(model: str, settings: Settings) -> str:
    """Python that draws a picture; its last name is `trace`.

    The same code on the same machine with the same versions gives the same picture bit for bit. (Another number of
    threads, another device or a batch may round otherwise.)

    Args:
        model: what `load` is called with.
        settings: the recipe. A field that is None is left to the model.
    """
    return (
        "from diffuscope import Settings, load, record\n\n"
        f"settings = {settings_call(settings)}\n"
        f"trace = record(load({model!r}), settings)\n"
        "trace.pil\n"
    )
