"""The grid that goes on from the starred cells, as Python to paste."""

from __future__ import annotations

from collections.abc import Sequence

from diffuscope.grid.refine import next_axes
from diffuscope.recipe.as_python import settings_call
from diffuscope.recipe.settings import Settings
from diffuscope_widgets.grid.tiles import Source


def next_code(grid: Source, starred: Sequence[Settings]) -> str:
    """Python for a cell: a view of the next grid, which can be begun there.

    Args:
        grid: the one they were starred in.

    Raises:
        ValueError: nothing is starred.
    """
    base, axes = next_axes(starred)
    rows = "".join(
        f"    {name!r}: [\n" + "".join(f"        {value!r},\n" for value in values) + "    ],\n"
        for name, values in axes.items()
    )
    return (
        "from diffuscope import Settings, load\nfrom diffuscope.grid import grid\nfrom diffuscope_widgets import GridView\n\n"
        f"base = {settings_call(base)}\n"
        f"axes = {{\n{rows}}}  # add what to vary next\n"
        f"model = {_load(grid)}\n"
        "GridView(grid(model, base, axes))\n"
    )


def _load(grid: Source) -> str:
    """The call that loads a grid's model again. A plan keeps no path, so a folder has to be named by the reader."""
    known = getattr(grid, "name", "")
    who = grid.plan.model
    call = f"load({known or str(who.get('name', ''))!r})"
    return call if known or who.get("source") != "folder" else f"{call}  # write the path of this model's folder"
