"""From the cells that were starred to the grid that goes on from them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from diffuscope.settings import Settings
from diffuscope_widgets.grid_tiles import Source


def next_axes(starred: Sequence[Settings]) -> tuple[Settings, dict[str, list[Any]]]:
    """Base and axes of a grid that has exactly these cells, to be given further axes.

    What differs among them becomes one linked axis: `{"seed guidance_scale": [[1, 4.0], [3, 7.5]]}`. Of settings that are
    all alike there is no axis.

    Raises:
        ValueError: nothing is starred.
    """
    if not starred:
        raise ValueError("no cell is starred yet; star some with S, or with view.rate(key, 'star')")
    base = starred[0]
    names = sorted({name for one in starred for name in base.changed(one)}, key=list(vars(base)).index)
    if not names:
        return base, {}
    values = [[getattr(one, name) for name in names] for one in starred]
    return base, {" ".join(names): values if len(names) > 1 else [value for (value,) in values]}


def next_code(grid: Source, starred: Sequence[Settings]) -> str:
    """The same as Python, to be pasted into a cell: a view of the next grid, which can be begun there.

    Args:
        grid: the one they were starred in.

    Raises:
        ValueError: nothing is starred.
    """
    base, axes = next_axes(starred)
    given = {
        name: value for name, value in vars(base).items() if value is not None and value != vars(Settings("")).get(name)
    }
    settings = ",\n    ".join(f"{name}={value!r}" for name, value in ({"prompt": base.prompt} | given).items())
    rows = "".join(
        f"    {name!r}: [\n" + "".join(f"        {value!r},\n" for value in values) + "    ],\n"
        for name, values in axes.items()
    )
    return (
        "from diffuscope import Settings, load\nfrom diffuscope.grid import grid\nfrom diffuscope_widgets import GridView\n\n"
        f"base = Settings(\n    {settings},\n)\n"
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
