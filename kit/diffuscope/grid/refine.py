"""The next grid, from chosen cells of one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from diffuscope.recipe.settings import Settings


def next_axes(chosen: Sequence[Settings]) -> tuple[Settings, dict[str, list[Any]]]:
    """Base and axes of a grid that has exactly these cells, to be given further axes.

    What differs among them becomes one linked axis: `{"seed guidance_scale": [[1, 4.0], [3, 7.5]]}`. Of settings that are
    all alike there is no axis.

    Raises:
        ValueError: nothing is chosen.
    """
    if not chosen:
        raise ValueError("no cell is starred yet; star at least one to go on from")
    base = chosen[0]
    names = sorted({name for one in chosen for name in base.changed(one)}, key=list(vars(base)).index)
    if not names:
        return base, {}
    values = [[getattr(one, name) for name in names] for one in chosen]
    return base, {" ".join(names): values if len(names) > 1 else [value for (value,) in values]}
