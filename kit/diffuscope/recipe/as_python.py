"""Settings as Python: a few lines that make the same picture again."""

from __future__ import annotations

from diffuscope.recipe.settings import Settings


def settings_call(settings: Settings) -> str:
    """The call that makes these settings, a line a field; a field that is None is left out, which is the model's choice."""
    given = {name: value for name, value in settings.without_defaults().items() if value is not None}
    return "Settings(\n" + "".join(f"    {name}={value!r},\n" for name, value in given.items()) + ")"


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
