"""A plan as the front end takes it: axes with their labels, and cells with what differs in them, all plain text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import traitlets

from diffuscope.grid.plan.plan import Plan
from diffuscope.picture.arrays import SMALL
from diffuscope.recipe.fields import FIELDS
from diffuscope.recipe.settings import Settings
from diffuscope.text import suggest
from diffuscope_widgets.parts.frames import plain


def wire(plan: Plan) -> dict[str, Any]:
    """The plan as a dict.

    Returns:
        axes (dicts of name, labels), common (the settings of the first cell, as text), usual (which of them are
        listed of every cell), cells (dicts of key, place, size,
        changed: the settings that are not `common`, as text), box (width and height that hold every picture, pixels),
        pixels (show single pixels as squares).
    """
    if not plan.cells:
        return {}
    common = texts(plan.cells[0].settings)
    sizes = [(cell.settings.width or 1, cell.settings.height or 1) for cell in plan.cells]
    box = [max(sides) for sides in zip(*sizes, strict=True)]
    cells = [
        {"key": cell.key, "place": list(cell.place), "size": list(size), "changed": _changed(common, cell.settings)}
        for cell, size in zip(plan.cells, sizes, strict=True)
    ]
    usual = [name for name, field in FIELDS.items() if field.usual or field.group == "prompt"]
    axes = [{"name": axis.name, "labels": [value.label for value in axis.values]} for axis in plan.axes]
    return {"axes": axes, "common": common, "usual": usual, "cells": cells, "box": box, "pixels": max(box) <= SMALL}


def texts(settings: Settings) -> dict[str, str]:
    """Settings as text, by name: a browser would round a large seed."""
    return {name: plain(getattr(settings, name)) for name in FIELDS}


def _changed(common: dict[str, str], settings: Settings) -> dict[str, str]:
    return {name: text for name, text in texts(settings).items() if text != common[name]}


def lengths(plan: Plan | None, names: Iterable[str]) -> list[int]:
    """How many values each of these axes has.

    Raises:
        TraitError: the plan has no such axis.
    """
    axes = {axis.name: len(axis.values) for axis in plan.axes} if plan else {}
    for name in names:
        if name not in axes:
            raise traitlets.TraitError(
                f"this grid has no axis {name!r}.{suggest(name, list(axes))} It has: {', '.join(axes) or 'none'}."
            )
    return [axes[name] for name in names]


def arrangement(names: Sequence[str], rows: Sequence[str], columns: Sequence[str]) -> tuple[list[str], list[str]]:
    """Which axes lead down and which to the right, where that is said for some, or for none: the first free axis goes
    where there is none yet. A single axis leads to the right."""
    down, right = ([name for name in wanted if name in names] for wanted in (rows, columns))
    free = [name for name in names if name not in down + right]
    if not down and free and (right or len(free) > 1):
        down = [free.pop(0)]
    if not right and free:
        right = [free.pop(0)]
    return down, right
