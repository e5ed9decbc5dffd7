"""Settings in words: in one line, and what changed from one to another."""

from __future__ import annotations

from diffuscope.recipe.fields import FIELDS
from diffuscope.recipe.settings import Settings


def in_a_line(settings: Settings) -> str:
    """The settings without the prompts: "seed 7 · dpm++ 2m, karras · 20 steps · guidance 4"; seldom used ones where set."""
    parts = []
    for name, field in FIELDS.items():
        value = getattr(settings, name)
        if field.summary:
            parts.append(field.summary(settings))
        elif field.group != "prompt" and not field.always_written and value != field.default:
            parts.append(f"{field.label.lower()} {field.show(value)}")
    return " · ".join(filter(None, parts))


def changed(before: Settings, after: Settings) -> str:
    """How the second differs from the first: "seed 8 · guidance 4 · other prompt"; "" where it does not."""
    parts = []
    for name in before.changed(after):
        field = FIELDS[name]
        value = field.show(getattr(after, name))
        parts.append(f"other {field.label.lower()}" if field.group == "prompt" else f"{field.label.lower()} {value}")
    return " · ".join(parts)
