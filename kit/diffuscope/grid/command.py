"""`diffuscope grid`: a grid from a file that says what it is, into a folder."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from diffuscope.grid.grids import CONFIRM_ABOVE, Grid
from diffuscope.grid.make import grid
from diffuscope.recipe.settings import Settings, SettingsError
from diffuscope.text import suggest

KEYS = ("model", "base", "axes", "seeds", "skip", "wildcards", "film", "most")
"""What a spec may hold: arguments of `grid`."""
KINDS: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "model": ("a name or a folder, as text", lambda value: isinstance(value, str)),
    "seeds": ("text", lambda value: isinstance(value, str)),
    "skip": ("a list of objects", lambda value: _all(list, value, dict)),
    "wildcards": (
        "an object of lists, or a folder as text",
        lambda value: isinstance(value, str) or _all(dict, value, list),
    ),
    "film": ("a whole number", lambda value: type(value) is int),
    "most": ("a whole number", lambda value: type(value) is int),
}
"""Of what kind a value must be, in words and as a check."""


def _all(outer: type, value: Any, inner: type) -> bool:
    values = value.values() if isinstance(value, dict) else value
    return isinstance(value, outer) and all(isinstance(one, inner) for one in values)


class SpecError(ValueError):
    """A spec file that cannot be followed; the message names file and key."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `diffuscope grid`."""
    parser.add_argument("spec", type=Path, help=f"a JSON file of {', '.join(KEYS)}")
    parser.add_argument("-o", "--out", type=Path, required=True, help="the folder of the grid")
    parser.add_argument("--resume", action="store_true", help="go on with the grid that is in the folder")
    parser.add_argument("--yes", action="store_true", help=f"make more than {CONFIRM_ABOVE} cells without asking")


def read_spec(path: Path) -> dict[str, Any]:
    """The arguments of `grid` that a spec file holds; without a model, the built-in one.

    Raises:
        SpecError: not a JSON object, an unknown or missing key, a value of another kind, or a base that cannot be.
        OSError: the file cannot be read.
    """
    try:
        spec = json.loads(path.read_text(encoding="utf-8-sig"))
    except ValueError as error:
        raise SpecError(f'"{path.name}" is not JSON: {error}') from None
    if not isinstance(spec, dict):
        raise SpecError(f'"{path.name}" must hold one object with {", ".join(KEYS)}')
    for key in spec:
        if key not in KEYS:
            raise SpecError(
                f'"{path.name}" has an unknown "{key}".{suggest(key, list(KEYS))} It has: {", ".join(KEYS)}.'
            )
    for key in ("base", "axes"):
        if not isinstance(spec.get(key), dict):
            raise SpecError(f'"{path.name}" needs "{key}", an object of names and values')
    for key, value in spec.items():
        if key in KINDS and not KINDS[key][1](value):
            raise SpecError(f'"{path.name}": "{key}" must be {KINDS[key][0]}, got {json.dumps(value)[:60]}')
    try:
        return {"model": "storybook", **spec, "base": Settings.from_dict(spec["base"])}
    except SettingsError as error:
        raise SpecError(f'"{path.name}", base: {error}') from None


def run(given: argparse.Namespace) -> int:
    """Make the grid. Returns the exit status: 0 every picture is there, 1 declined, 130 stopped by Ctrl-C."""
    spec = read_spec(given.spec)
    if (given.out / "grid.json").exists() and not given.resume:
        raise SpecError(f'"{given.out}" holds a grid already; go on with it by --resume, or choose another folder')
    made = None
    try:
        made = grid(**spec, folder=given.out)
        return _make(made, given.yes)
    except KeyboardInterrupt:
        done = f"{_safe(made)} Go on with --resume." if made else "Nothing was begun."
        print(f"\nStopped. {done}", file=sys.stderr)
        return 130


def _make(made: Grid, agreed: bool) -> int:
    print(made, flush=True)
    left = len(made.missing)
    if left > CONFIRM_ABOVE and not agreed and not _agreed(left):
        return 1
    places = {cell.key: made.plan.labels(cell) for cell in made.plan.cells}

    def report(key: str) -> None:
        where = ", ".join(f"{name} {label}" for name, label in places[key].items())
        print(f"{len(made.done)} of {len(made.plan.pictures)}  {where}", flush=True)

    made.run(most=left, on_cell=report)
    print(_safe(made))
    return 0


def _safe(made: Grid) -> str:
    return f'{len(made.done)} of {len(made.plan.pictures)} pictures are finished and safe in "{made.store.folder}".'


def _agreed(cells: int) -> bool:
    """Whether the person at the terminal says yes.

    Raises:
        SpecError: there is no terminal to ask at.
    """
    if not sys.stdin.isatty():
        raise SpecError(f"{cells:,} cells are to be made, more than {CONFIRM_ABOVE}; say --yes to go on")
    return input(f"Make {cells:,} cells? [y/N] ").strip().lower() in ("y", "yes")
