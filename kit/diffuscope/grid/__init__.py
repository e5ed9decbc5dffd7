"""Grids: any setting as an axis; planned first, shared work done once, kept in a folder anyone can read.

    from diffuscope import Settings, load
    from diffuscope.grid import grid
    mine = grid(load(), Settings("a {colour} house"), {"{colour}": ["red", "blue"], "seed": "1-4"}, folder="mine")
    print(mine)                # what it holds and what it will cost; nothing is computed yet
    mine.run()                 # corners first; stop it whenever you like, and run again

Nothing heavy is imported until a name that needs it is used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from diffuscope.grid.contact import contact_sheet
    from diffuscope.grid.grids import Grid
    from diffuscope.grid.imported import from_files
    from diffuscope.grid.make import grid, open_grid
    from diffuscope.grid.plan.plan import SEEDS, Axis, Cell, Plan, Value
    from diffuscope.grid.planner import make_plan
    from diffuscope.grid.store.store import Store, StoreError

_HOMES = {
    "make": ("grid", "open_grid"),
    "plan.plan": ("SEEDS", "Axis", "Cell", "Plan", "Value"),
    "imported": ("from_files",),
    "planner": ("make_plan",),
    "grids": ("Grid",),
    "contact": ("contact_sheet",),
    "store.store": ("Store", "StoreError"),
}
_WHERE = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "SEEDS",
    "Axis",
    "Cell",
    "Grid",
    "Plan",
    "Store",
    "StoreError",
    "Value",
    "contact_sheet",
    "from_files",
    "grid",
    "make_plan",
    "open_grid",
]


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"diffuscope.grid has no {name!r}; it has {', '.join(__all__)}")
    return getattr(import_module(f"diffuscope.grid.{_WHERE[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
