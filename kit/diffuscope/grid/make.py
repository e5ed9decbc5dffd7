"""Create or reopen a grid: `grid` plans a new one, `open_grid` returns to one that was kept."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from diffuscope.grid.grids import Grid, Workers
from diffuscope.grid.planner import MOST, Skip, identity, make_plan
from diffuscope.grid.store.store import Store
from diffuscope.recipe.settings import Settings

if TYPE_CHECKING:
    from diffuscope.families.base import Model
    from diffuscope.grid.axes.templates import Wildcards


def grid(
    model: Model | str | Path,
    base: Settings,
    axes: Mapping[str, Any],
    *,
    seeds: str = "same",
    skip: Skip = (),
    wildcards: Wildcards = None,
    folder: str | Path | None = None,
    film: int = 0,
    executor: Workers | None = None,
    most: int = MOST,
) -> Grid:
    """Plan a grid. Nothing is computed yet: print it to see what it costs, then `run` it.

        grid(model, Settings("a red circle"), {"seed": "1-4", "guidance_scale": "1, 2, 4"}).run()

    Args:
        model: what `load` gives, or what it takes. An executor needs the latter: its workers load the model themselves.
        base: the recipe that the cells start from.
        axes: what to vary to its values, see `diffuscope.grid.axes.axes`.
        seeds: "same" for all cells, one a "row" (a value of the first axis), or one a "cell".
        skip: holes, see `diffuscope.grid.planner`.
        wildcards: lists by name, or a folder, for `__name__` in prompts.
        folder: where the grid is kept, see `diffuscope.grid.store.store`; one that holds some of the cells already is gone on
            with. None is a folder that goes when the grid does.
        film: how many pictures of x0 to keep of each cell, from its first network call to its last; 0 is none.
        executor: any `concurrent.futures.Executor` draws in place of this process: threads, loky, a Dask cluster. A
            function that gives one is asked again when a worker process was killed.
        most: how many places the grid may have.

    Raises:
        SettingsError: an axis that cannot be, or settings the model cannot follow; the message names axis and value.
        ValueError: a folder of something else.
        LookupError: no such model.
        TypeError: base, axes or film of another type; an executor, and a model that is not given by name.
    """
    for what, given, expected in (("base", base, Settings), ("axes", axes, Mapping), ("film", film, int)):
        if not isinstance(given, expected):
            kind = type(given).__name__
            raise TypeError(
                f"{what} must be {expected.__name__}, got {kind} {given!r:.60}; see help(grid) for its form"
            )
    name = ""
    if isinstance(model, str | Path):
        from diffuscope.families.catalogue import load

        name, model = str(model), load(model)
    elif executor is not None:
        raise TypeError(
            f'An executor\'s workers load the model themselves: give its name or folder, as in grid("{model.name}", ...).'
        )
    plan = make_plan(model, base, axes, seeds, skip, wildcards, most)
    temporary = None if folder else tempfile.TemporaryDirectory(prefix="diffuscope-grid-", ignore_cleanup_errors=True)
    made = Grid(plan, Store(folder or temporary.name), model, name, film, executor)  # type: ignore[union-attr]
    made._temporary = temporary  # lives as long as the grid
    return made


def open_grid(folder: str | Path, model: Model | None = None, film: int = 0) -> Grid:
    """A grid that was kept in a folder; to look at, rate and export it, no model and no torch is needed.

    Args:
        model: to go on with what is missing; it must be the one that the grid was planned with.
        film: as for `grid`.

    Raises:
        FileNotFoundError: the folder holds no grid.
        ValueError: it is not the folder of a grid, or the model is another one.
    """
    store = Store(folder, new=False)
    plan = store.read_plan()
    if model and (who := identity(model)) != plan.model:
        raise ValueError(
            f'"{store.folder.name}" is a grid of {_who(plan.model)}, and this is {_who(who)}; plan a new one with `grid`'
        )
    return Grid(plan, store, model, film=film)


def _who(model: Mapping[str, Any]) -> str:
    return f"{model['name']} ({model.get('source')}, weights {str(model.get('sha256'))[:12]})"
