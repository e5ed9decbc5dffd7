"""A plan as the front end takes it: axes with their labels, and cells with what differs in them, all plain text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import traitlets

from diffuscope.grid.plan.plan import Plan
from diffuscope.recipe.fields import FIELDS
from diffuscope.recipe.settings import Settings
from diffuscope.text import suggest
from diffuscope_widgets.base.shapes import AxisMeta, CellMeta, PlanMeta
from diffuscope_widgets.base.wire import Choice, is_small
from diffuscope_widgets.parts.frames import plain

FILTERS: list[Choice] = [
    {"name": "all", "label": "All", "about": "Every cell"},
    {"name": "starred", "label": "Starred", "about": "Only starred cells; rows and columns without any go"},
    {"name": "kept", "label": "Not rejected", "about": "All but the rejected cells"},
    {"name": "rejected", "label": "Rejected", "about": "Only rejected cells"},
    {"name": "unfinished", "label": "Unfinished", "about": "What is still to come"},
]


def plan_meta(plan: Plan) -> PlanMeta:
    """The plan as plain JSON; {} when it has no cells."""
    if not plan.cells:
        return {}
    common = texts(plan.cells[0].settings)
    sizes = [(cell.settings.width or 1, cell.settings.height or 1) for cell in plan.cells]
    box = [max(sides) for sides in zip(*sizes, strict=True)]
    cells: list[CellMeta] = [
        {"key": cell.key, "place": list(cell.place), "size": list(size), "changed": _changed(common, cell.settings)}
        for cell, size in zip(plan.cells, sizes, strict=True)
    ]
    usual = [name for name, field in FIELDS.items() if field.always_written or field.group == "prompt"]
    axes: list[AxisMeta] = [{"name": axis.name, "labels": [value.label for value in axis.values]} for axis in plan.axes]
    return {"axes": axes, "common": common, "usual": usual, "cells": cells, "box": box, "pixels": is_small(*box)}


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
    """Which axes lead down and which to the right, where that is given for some, or for none: the first free axis goes
    where there is none yet. A single axis leads to the right."""
    down, right = ([name for name in given if name in names] for given in (rows, columns))
    free = [name for name in names if name not in down + right]
    if not down and free and (right or len(free) > 1):
        down = [free.pop(0)]
    if not right and free:
        right = [free.pop(0)]
    return down, right
