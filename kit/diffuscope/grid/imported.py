"""A grid of existing pictures: from A1111, InvokeAI, forks of ComfyUI that write A1111's text, or our own."""

from __future__ import annotations

import hashlib
import warnings
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from PIL import Image

from diffuscope.grid.axes.axes import label
from diffuscope.grid.grids import Grid
from diffuscope.grid.plan.plan import Axis, Cell, Plan, Value
from diffuscope.grid.planner import MOST
from diffuscope.grid.store import pictures as picture_files
from diffuscope.grid.store import ratings
from diffuscope.grid.store.store import Store
from diffuscope.picture.opened import eight_bits, opened
from diffuscope.recipe.fields import FIELDS
from diffuscope.recipe.settings import Settings
from diffuscope.records.parts.result import NOT_SAID, ReadSettings, in_words
from diffuscope.records.parts.texts import SUFFIXES
from diffuscope.records.read import read
from diffuscope.text import suggest

COPY = "copy"
"""The axis of several pictures with the same recipe."""
MODEL, STRENGTH = "model", "Denoising strength"
"""What pictures may differ in besides settings, and records say."""
NAMES = [*FIELDS, MODEL, STRENGTH]
FOLLOWS = {name: field.follows for name, field in FIELDS.items() if field.follows}
"""Settings that go with another: where each value of that one comes with one value of theirs, both are one axis."""


def from_files(folder: str | Path, x: str | None = None, y: str | None = None, most: int = MOST) -> Grid:
    """Lay out the pictures of a folder, and of the folders in it, by the records they carry.

    Its axes are the settings in which the pictures differ; settings that always change together are one axis. Places
    without a picture are holes. What a record says and settings cannot express is shown at its axis in the tool's own
    words, and so are the model and the denoising strength. Pictures without a readable record, and sheets of many pictures,
    are left out with a warning. `.store.unread` has the reasons, and what else the records of the others say.

    Args:
        folder: nothing is written there.
        x: the setting that goes from left to right.
        y: the setting that goes downwards. By default x and y are the axes with the most values.
        most: how many pictures there may be.

    Returns:
        A grid to look at, rate and export; it has no model. Its ratings last as long as it does.

    Raises:
        NotADirectoryError: there is no such folder.
        ValueError: no picture with a record, more than `most`, or x or y is no setting.
    """
    folder = Path(folder)
    for name in filter(None, (x, y)):
        if name not in NAMES:
            raise ValueError(f"no setting {name!r}.{suggest(name, NAMES)} There are: {', '.join(NAMES)}.")
    if x and x == y:
        raise ValueError(f"x and y are both {x!r}; choose two")
    found, unread = _read(folder, most)
    axes = _axes(list(found.values()), x, y)
    places = [{tuple(value.changes.values()): at for at, value in enumerate(axis.values)} for axis in axes]
    cells, seen = [], Counter[tuple[int, ...]]()
    for path, settings in found.items():
        place = tuple(at[_row(axis.values[0].changes, settings)] for axis, at in zip(axes, places, strict=True))
        cells.append(Cell((seen[place], *place), settings, hashlib.sha256(path.encode()).hexdigest()[:16]))
        seen[place] += 1
    copies = Axis(COPY, tuple(Value(str(n + 1)) for n in range(max(seen.values()))))
    if len(copies.values) == 1:
        cells = [Cell(cell.place[1:], cell.settings, cell.key) for cell in cells]
    else:
        axes = [copies, *axes]
    paths = {cell.key: folder / path for cell, path in zip(cells, found, strict=True)}
    model = {"name": folder.resolve().name, "source": "files", "sha256": None}
    in_order = tuple(sorted(cells, key=lambda cell: cell.place))
    plan = Plan(model, in_order[0].settings, tuple(axes), "same", in_order)
    return Grid(plan, Files(folder, paths, unread))


class Files(Store):
    """Pictures that lie anywhere, in the place of a grid's own folder. Nothing is written.

    Args:
        folder: where they come from.
        paths: key to picture.
        unread: name of a picture to the reason why it is left out, or to what its record says beyond settings.
    """

    def __init__(self, folder: Path, paths: Mapping[str, Path], unread: Mapping[str, str]) -> None:
        self.folder, self.paths, self.unread = folder, paths, unread
        self._rated: dict[str, str] = {}
        self._thumbs: dict[str, bytes] = {}

    def finished(self) -> set[str]:
        """The keys of the pictures that are still there."""
        return {key for key, path in self.paths.items() if path.exists()}

    def picture(self, key: str) -> Image.Image | None:
        """A picture; None where it is gone or no longer decodes."""
        path = self.paths[key]
        try:
            return eight_bits(opened(path, path.name))
        except (OSError, ValueError):
            return None

    def thumb(self, key: str) -> bytes | None:
        """WebP of at most 128 pixels a side; None where the picture is gone."""
        if key not in self._thumbs and (picture := self.picture(key)):
            self._thumbs[key] = picture_files.thumb(picture)
        return self._thumbs.get(key)

    def film(self, key: str) -> bytes | None:
        """None: how these pictures came about is not known."""
        return None

    def settings(self, key: str) -> Settings:
        """The recipe in the record of a picture."""
        return read(self.paths[key])

    def check(self, key: str, fits: Callable[[Settings], bool] = lambda record: True) -> bool:
        """Whether a picture is there and decodes; one that does not is left where it is. Its record is the cell's own."""
        return self.picture(key) is not None

    def rate(self, key: str, mark: str | None) -> None:
        """Star or reject a picture, or with None take that back."""
        self._rated = ratings.marked(self._rated, key, mark)

    @property
    def ratings(self) -> dict[str, str]:
        """Key to "star" or "reject", of the rated pictures."""
        return dict(self._rated)


def _read(folder: Path, most: int) -> tuple[dict[str, ReadSettings], dict[str, str]]:
    """The recipes of the pictures of a folder, and what of their records is none; by path within the folder, in its
    order."""
    if not folder.is_dir():
        raise NotADirectoryError(f'"{folder.name}" is no folder of pictures')
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES and path.name[0] != ".")
    if len(paths) > most:
        raise ValueError(f'"{folder.name}" holds {len(paths):,} pictures; at most {most:,}, unless most= allows more')
    found: dict[str, ReadSettings] = {}
    unread: dict[str, str] = {}
    for path in paths:
        name = path.relative_to(folder).as_posix()
        try:
            settings = read(path)
            if script := settings.unread.get("Script"):
                raise ValueError(f'"{path.name}" is a sheet of many pictures ({script})')
        except (OSError, ValueError) as error:
            unread[name] = str(error)
        else:
            found[name] = settings
            if settings.unread:
                unread[name] = f"not expressed in settings: {in_words(settings.unread)}"
    if not found:
        why = next(iter(unread.values()), "It has no picture at all.")
        raise ValueError(f'"{folder.name}" holds no picture with a readable record. {why}')
    _warn(found, unread, len(paths))
    return found, unread


def _warn(found: Mapping[str, ReadSettings], unread: Mapping[str, str], number: int) -> None:
    lost, half = [name for name in unread if name not in found], [name for name in unread if name in found]
    says = []
    if lost:
        says.append(
            f"{len(lost)} of {number} pictures are left out, because they have no readable record: {_some(lost)}."
        )
    if half:
        says.append(f"The records of {len(half)} of {number} pictures say what settings do not: {_some(half)}.")
    if says:
        warnings.warn(f"{' '.join(says)} The reasons are in .store.unread.", stacklevel=4)


def _some(names: Sequence[str]) -> str:
    return f"{', '.join(names[:5])}{', ...' if len(names) > 5 else ''}"


def _axes(recipes: Sequence[ReadSettings], x: str | None, y: str | None) -> list[Axis]:
    """What the recipes differ in: few values first, then y, then x."""
    varied = _varied(recipes)
    every = [*NAMES, *(name for name in varied if name not in NAMES)]
    led = {
        name: leader
        for name, leader in FOLLOWS.items()
        if name in varied
        and name not in (x, y)
        and _different([leader, name], recipes) == _different([leader], recipes)
    }

    def axis(names: Sequence[str]) -> Axis:
        both = [*names, *(name for name, leader in led.items() if leader in names)]
        return _axis(sorted(both, key=every.index), recipes)

    groups = _together([name for name in varied if name not in (x, y, *led)], recipes)
    axes = sorted(map(axis, groups), key=lambda axis: len(axis.values))
    if x and not y and axes:
        return [*axes, axis([x])]
    if y and not x and axes:
        return [*axes[:-1], axis([y]), axes[-1]]
    return [*axes, *(axis([name]) for name in (y, x) if name)]


def _varied(recipes: Sequence[ReadSettings]) -> list[str]:
    """The settings in which recipes differ, the model and the strength; and of what else their records say, all that
    tells pictures apart which would be copies of one recipe."""
    varied = [name for name in NAMES if _different([name], recipes) > 1]
    if len({recipe.model for recipe in recipes if recipe.model}) < 2 and MODEL in varied:
        varied.remove(MODEL)  # many records name none
    others = dict.fromkeys(name for recipe in recipes for name in recipe.unread if name not in NAMES)
    count = _different(varied, recipes)
    for name in others:
        if (more := _different([*varied, name], recipes)) > count:
            varied, count = [*varied, name], more
    return varied


def _different(names: Sequence[str], recipes: Sequence[ReadSettings]) -> int:
    return len({_row(names, settings) for settings in recipes})


def _together(names: Sequence[str], recipes: Sequence[ReadSettings]) -> list[list[str]]:
    """Settings in groups within which each value of one comes with one value of the other, and the reverse."""
    groups: defaultdict[tuple[int, ...], list[str]] = defaultdict(list)
    for name in names:
        first: dict[Any, int] = {}
        for settings in recipes:
            first.setdefault(_said(name, settings), len(first))
        groups[tuple(first[_said(name, settings)] for settings in recipes)].append(name)
    return list(groups.values())


def _axis(names: Sequence[str], recipes: Sequence[ReadSettings]) -> Axis:
    """Numbers in their order, texts in that of the files; what a record does not say comes first."""
    rows = list(dict.fromkeys(_row(names, settings) for settings in recipes))
    number = next((at for at, name in enumerate(names) if name in FIELDS and FIELDS[name].kind != "str"), None)
    if number is not None:
        rows.sort(key=lambda row: _order(row[number]))
    values = [Value(label(row if len(row) > 1 else row[0]), dict(zip(names, row, strict=True))) for row in rows]
    return Axis(" ".join(names), tuple(values))


def _order(value: Any) -> tuple[int, float]:
    """None first, then numbers; what is no number here is last."""
    if value is None:
        return 0, 0.0
    return (2, 0.0) if isinstance(value, str) else (1, value)


def _row(names: Iterable[str], settings: ReadSettings) -> tuple[Any, ...]:
    return tuple(_said(name, settings) for name in names)


def _said(name: str, settings: ReadSettings) -> Any:
    """What the record says: the value of a setting, or the words that are none."""
    if name in settings.unread:
        return settings.unread[name]
    if name == MODEL:
        return settings.model or NOT_SAID
    return getattr(settings, name) if name in FIELDS else NOT_SAID
