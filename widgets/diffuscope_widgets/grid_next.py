"""From the cells that were starred to the grid that goes on from them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from diffuscope.settings import Settings


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


def next_code(model: str, starred: Sequence[Settings]) -> str:
    """The same as Python, to be pasted into a cell.

    Args:
        model: what `load` is called with.

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
        "from diffuscope import Settings, load\nfrom diffuscope.grid import grid\n\n"
        f"base = Settings(\n    {settings},\n)\n"
        f"axes = {{\n{rows}}}  # add what to vary next\n"
        f"grid(load({model!r}), base, axes)\n"
    )
