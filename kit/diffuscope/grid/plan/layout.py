"""A grid drawn as one picture: tables of tiles whose labels wrap and are never cut."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageFont, ImageOps

from diffuscope.picture.sheets import INK, PAPER, font

if TYPE_CHECKING:
    from diffuscope.grid.plan.plan import Axis, Cell, Plan

GAP, BETWEEN = 4, 16  # pixels between tiles, and between tables
EMPTY, EDGE = (244, 244, 246), (205, 205, 212)
"""Colours of a tile without a picture."""
NARROW = 160  # pixels; labels beside a row wrap there, or at the width of a tile where that is more


class Layout:
    """A grid on white: the last axis from left to right, the one before it downwards; each combination of the others is a
    table of its own, below the one before. Columns without any cell are left out, and so are rows of a table.

    Args:
        plan: what to lay out.
        tile: width and height of a tile in pixels.
    """

    def __init__(self, plan: Plan, tile: tuple[int, int] = (48, 48)) -> None:
        pages = groupby(plan.cells, lambda cell: cell.place[:-2])
        self._tables = [_Table(plan, list(cells), tile) for _, cells in pages]
        self.size = (
            max(table.size[0] for table in self._tables),
            sum(table.size[1] + BETWEEN for table in self._tables) - BETWEEN,
        )
        """Width and height of the whole in pixels."""

    def draw(self, find: Callable[[str], Image.Image | None] = lambda key: None) -> Image.Image:
        """Paint it.

        Args:
            find: the picture of a key, fitted into its tile; None leaves the tile empty. A hole has no tile.
        """
        image = Image.new("RGB", self.size, PAPER)
        y = 0
        for table in self._tables:
            table.paint(image, y, find)
            y += table.size[1] + BETWEEN
        return image


class _Table:
    """The cells that share all but the last two axes, with the labels around them."""

    def __init__(self, plan: Plan, cells: Sequence[Cell], tile: tuple[int, int]) -> None:
        self.tile, self.cells = tile, cells
        labels = "".join(value.label for axis in plan.axes for value in axis.values)
        self.font = font(min(20, max(11, tile[1] // 12)), labels)
        self.line = sum(self.font.getmetrics()) + 1
        *pages, rows, columns = [None] * (2 - len(plan.axes)) + list(plan.axes)
        self.down, self.row_labels = _places(rows, cells, -2)
        self.across, self.column_labels = _places(columns, plan.cells, -1)  # so that tables stand in line

        names = [axis.name for axis in (rows, columns) if axis]
        marks = ("↓", "→")[-len(names) :]
        corner = "\n".join(f"{name} {mark}" for name, mark in zip(names, marks, strict=False))
        self.left = self._left(corner)
        self.corner = wrapped(corner, self.font, self.left - GAP)
        self.row_labels = [wrapped(text, self.font, self.left - GAP) for text in self.row_labels]
        self.column_labels = [wrapped(text, self.font, tile[0]) for text in self.column_labels]
        self.heights = [max(tile[1], self.line * text.count("\n") + self.line) for text in self.row_labels]
        self.head = self._high(self.corner, *self.column_labels)
        width = self.left + len(self.across) * (tile[0] + GAP)
        title = ", ".join(
            f"{axis.name}: {axis.values[at].label}" for axis, at in zip(pages, cells[0].place, strict=False) if axis
        )
        self.title = wrapped(title, self.font, width)
        self.top = self._high(self.title)
        self.size = (width, self.top + self.head + sum(self.heights) + GAP * len(self.heights))

    def _left(self, corner: str) -> int:
        lines = [line for text in (corner, *self.row_labels) for line in text.split("\n")]
        longest = max(self.font.getlength(line) for line in lines)
        return min(int(longest) + 1, max(NARROW, self.tile[0])) + GAP if longest else 0

    def _high(self, *texts: str) -> int:
        lines = max(text.count("\n") + 1 if text else 0 for text in texts)
        return lines * self.line + GAP if lines else 0

    def paint(self, image: Image.Image, y: int, find: Callable[[str], Image.Image | None]) -> None:
        pen = ImageDraw.Draw(image)
        pen.multiline_text((0, y), self.title, INK, self.font, spacing=1)
        y += self.top
        pen.multiline_text((0, y), self.corner, INK, self.font, spacing=1)
        step = self.tile[0] + GAP
        for column, text in enumerate(self.column_labels):
            pen.multiline_text((self.left + column * step, y), text, INK, self.font, spacing=1)
        y += self.head
        rows = []
        for text, high in zip(self.row_labels, self.heights, strict=True):
            pen.multiline_text((0, y), text, INK, self.font, spacing=1)
            rows.append(y)
            y += high + GAP
        for cell in self.cells:
            row, column = ([0, 0, *cell.place])[-2:]
            x, y = self.left + self.across[column] * step, rows[self.down[row]]
            if picture := find(cell.key):
                image.paste(_fitted(picture, self.tile), (x, y))
            else:
                pen.rectangle((x, y, x + self.tile[0] - 1, y + self.tile[1] - 1), EMPTY, EDGE)


def _places(axis: Axis | None, cells: Sequence[Cell], at: int) -> tuple[dict[int, int], list[str]]:
    """Which values of an axis stand where, and their labels: those that cells have at a place."""
    if axis is None:
        return {0: 0}, [""]
    used = sorted({cell.place[at] for cell in cells})
    return {value: i for i, value in enumerate(used)}, [axis.values[value].label for value in used]


def wrapped(text: str, font: ImageFont.FreeTypeFont, width: int) -> str:
    """A text with line breaks, so that no line is wider than `width` pixels. Words that are wider are broken."""
    out = []
    for line in text.split("\n"):
        current = ""
        for word in line.split():
            longer = f"{current} {word}" if current else word
            if font.getlength(longer) <= width:
                current = longer
                continue
            if current:
                out.append(current)
            while font.getlength(word) > width and len(word) > 1:
                fits = max(1, next(n for n in range(1, len(word) + 1) if font.getlength(word[:n]) > width) - 1)
                out.append(word[:fits])
                word = word[fits:]
            current = word
        out.append(current)
    return "\n".join(out)


def _fitted(picture: Image.Image, tile: tuple[int, int]) -> Image.Image:
    """A picture as large as the tile lets it be, in its middle; enlarged pixels stay visible."""
    image = picture.convert("RGB")
    small = image.width < tile[0] and image.height < tile[1]
    return ImageOps.pad(image, tile, Image.Resampling.NEAREST if small else Image.Resampling.LANCZOS, PAPER)
