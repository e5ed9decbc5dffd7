"""A grid as one PNG to share: pictures with their labels, and a record from which A1111 sets up the same axes."""

from __future__ import annotations

import csv
import io
import json
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from diffuscope import atomic
from diffuscope.grid.axes.axes import PROMPTS, label
from diffuscope.grid.plan.layout import Layout
from diffuscope.grid.plan.plan import Axis, Plan
from diffuscope.picture.opened import MAX_PIXELS
from diffuscope.prompt.a1111 import for_a1111
from diffuscope.recipe.fields import FIELDS
from diffuscope.recipe.settings import Settings, SettingsError
from diffuscope.trace.metadata import infotext

if TYPE_CHECKING:
    from diffuscope.grid.grids import Grid

LEAST, SMALLEST = 96, 16  # pixels; small pictures are enlarged to this height, and none is shrunk below that


def contact_sheet(grid: Grid, path: str | Path | None = None) -> Image.Image:
    """All pictures of a grid on one sheet: the last axis from left to right, the one before it downwards, and a table for
    each combination of the others. What is not finished is an empty tile.

    Pictures keep their size as far as the sheet stays below `MAX_PIXELS`.

    Args:
        grid: finished or not, with or without a model.
        path: a .png to write, with the record of `record`; whole or not at all.

    Raises:
        TypeError: it is no grid.
        ValueError: another suffix, or so many cells that the sheet is too large even with the smallest tiles.
    """
    if not hasattr(grid, "plan"):
        raise TypeError(
            f"a grid is shown, got {type(grid).__name__} {grid!r:.60}; a folder is opened by open_grid(folder)"
        )
    path = None if path is None else Path(path)
    if path and path.suffix.lower() != ".png":
        raise ValueError(f'"{path.name}" must end in .png; other formats limit how large a sheet may be')
    image = _layout(grid).draw(grid.store.picture)
    if path:
        info, out = PngInfo(), io.BytesIO()
        info.add_text("parameters", record(grid.plan))
        image.save(out, "PNG", pnginfo=info)
        atomic.write(path, out.getvalue())
    return image


def _layout(grid: Grid) -> Layout:
    sides = [_side(grid, key, settings) for key, settings in grid.plan.pictures.items()]
    wide, high = max(side[0] for side in sides), max(side[1] for side in sides)
    factor = max(1.0, -(-LEAST // high))
    while True:
        tile = max(SMALLEST, round(wide * factor)), max(SMALLEST, round(high * factor))
        layout = Layout(grid.plan, tile)
        pixels = layout.size[0] * layout.size[1]
        if pixels <= MAX_PIXELS:
            return layout
        if tile == (SMALLEST, SMALLEST):
            raise ValueError(
                f"{len(grid.plan.cells):,} cells make a sheet of {pixels / 1e6:.0f} megapixels even with tiles of "
                f"{SMALLEST} pixels; the limit is {MAX_PIXELS / 1e6:.0f}. Make sheets of smaller grids."
            )
        factor *= min(0.9, (MAX_PIXELS / pixels) ** 0.5)


def _side(grid: Grid, key: str, settings: Settings) -> tuple[int, int]:
    if settings.width and settings.height:
        return settings.width, settings.height
    picture = grid.store.picture(key)  # records of other tools may leave the size out
    return picture.size if picture else (LEAST, LEAST)


def record(plan: Plan) -> str:
    """The first cell's recipe as A1111 writes it, and the axes of its X/Y/Z plot script.

    X is the last axis, Y the one before it, Z the third from the end. An axis that A1111 has no word for, or beyond the
    third, is left out: there the first cell's value holds.
    """
    first = plan.cells[0]
    pairs = {"Script": "X/Y/Z plot"}
    for letter, axis, at in zip("XYZ", reversed(plan.axes), reversed(first.place), strict=False):
        if found := _as_a1111(axis, at, first.settings):
            kind, values = found
            pairs |= {f"{letter} Type": kind, f"{letter} Values": _quoted(", ".join(map(_in_csv, values)))}
    text = infotext(first.settings, {"model": plan.model["name"], "app": f"diffuscope {version('diffuscope')}"})
    return text + "".join(f", {name}: {value}" for name, value in pairs.items())


def _as_a1111(axis: Axis, at: int, first: Settings) -> tuple[str, list[str]] | None:
    """An axis in A1111's words, its type and values; None where it has none.

    Args:
        at: which value the first cell has.
        first: the first cell's settings.
    """
    changes = [value.changes for value in axis.values]
    names = set(changes[0])
    if not names:
        return _replace([text for value in axis.values for text in value.words.values()], at, first)
    if names <= {"width", "height"}:
        return "Size", ["{width}x{height}".format_map({**vars(first), **change}) for change in changes]
    if len(names) > 1:
        return None
    (name,) = names
    if name not in FIELDS:  # from files: the model, or what a record says beyond settings
        return None
    values = [change[name] for change in changes]
    if name in PROMPTS:
        return _replace(values, at, first)
    word = FIELDS[name].a1111_axis
    return (word, [_value(name, value, first) for value in values]) if word else None


def _replace(texts: list[str], at: int, first: Settings) -> tuple[str, list[str]] | None:
    """Search and replace, where the first value is the text that is searched."""
    texts = [texts[at], *texts[:at], *texts[at + 1 :]]
    if not texts[0] or not any(texts[0] in getattr(first, name) for name in PROMPTS):
        return None
    return "Prompt S/R", list(map(for_a1111, texts))


def _value(name: str, value: Any, first: Settings) -> str:
    if value is None:
        value = first.scheduler_row.schedules[0] if name == "schedule" else getattr(first, name)
    word = FIELDS[name].a1111_word
    try:
        value = FIELDS[name].check(value)
    except SettingsError:  # another tool's word, which a record said
        return label(value)
    return label(word(value) if word and value is not None else value)


def _in_csv(text: str) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow([text])
    return out.getvalue().removesuffix("\n")


def _quoted(text: str) -> str:
    """A value that would end early in the line of parameters, in the quotes that A1111 gives it."""
    return json.dumps(text, ensure_ascii=False) if any(sign in text for sign in ',:"\n') else text
