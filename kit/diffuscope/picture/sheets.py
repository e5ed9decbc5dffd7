"""Sheets, strips and animations of pictures, with labels."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from diffuscope.picture.arrays import enlarge

WIDE_FONTS = ("CJK", "WenQuanYi", "PingFang", "YaHei", "Hiragino", "Source Han", "Droid Sans Fallback")
PAPER, INK = (255, 255, 255), (60, 60, 60)


def sheet(
    rows: Sequence[Sequence[np.ndarray]],
    row_labels: Sequence[str] = (),
    column_labels: Sequence[str] = (),
    tile: int = 96,
) -> Image.Image:
    """Rows of pictures with labels, as one image on white.

    Args:
        rows: uint8 pictures (H, W, 3) or grey (H, W); a row of another size is scaled to the first one's.
        row_labels: one text a row, written at its left.
        column_labels: one text a column, written below.
        tile: least height of a picture in pixels.
    """
    tiles = [[enlarge(picture, tile) for picture in row] for row in rows]
    wide, high, gap = tiles[0][0].width, tiles[0][0].height, 4
    tiles = [[one.resize((wide, high), Image.Resampling.NEAREST) for one in row] for row in tiles]
    size = max(11, wide // 9)  # a notebook scales a wide sheet down, and its labels with it
    small = font(size)
    left = 8 + max((int(small.getlength(text)) for text in row_labels), default=0) if row_labels else 0
    below = size + 7 if column_labels else 0
    columns = max(map(len, tiles))
    image = Image.new("RGB", (left + columns * (wide + gap), len(tiles) * (high + gap) + below), PAPER)
    pen = ImageDraw.Draw(image)
    for y, row in enumerate(tiles):
        for x, picture in enumerate(row):
            image.paste(picture, (left + x * (wide + gap), y * (high + gap)))
        if row_labels:
            pen.text((2, y * (high + gap) + high // 2 - size // 2 - 1), row_labels[y], INK, small)
    for x, text in enumerate(column_labels):
        pen.text((left + x * (wide + gap) + wide / 2, image.height - size - 5), text, INK, small, anchor="ma")
    return image


def font(size: int = 11, text: str = "") -> ImageFont.FreeTypeFont:
    """DejaVu, which comes with matplotlib and has the Greek that Pillow's own font lacks.

    Args:
        size: pixels.
        text: what is to be written; for Chinese and Japanese, which DejaVu lacks, a font of this computer is taken, if
            there is one.
    """
    return _font(size, wide=any(character > "\u2e7f" for character in text))


@cache
def _font(size: int, wide: bool) -> ImageFont.FreeTypeFont:
    from matplotlib import get_data_path

    own = Path(get_data_path()) / "fonts/ttf/DejaVuSans.ttf"
    if not wide:
        return ImageFont.truetype(own, size)
    from matplotlib.font_manager import fontManager

    found = (entry.fname for entry in fontManager.ttflist if any(name in entry.name for name in WIDE_FONTS))
    return ImageFont.truetype(next(found, own), size)


def gif(pictures: Sequence[np.ndarray | Image.Image], seconds: float = 2.0, tile: int = 256) -> bytes:
    """The file of an endless animation; the last picture stays for a second."""
    frames, out = [enlarge(picture, tile) for picture in pictures], io.BytesIO()
    pace = [max(20, int(1000 * seconds / len(frames)))] * (len(frames) - 1) + [1000]
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], duration=pace, loop=0)
    return out.getvalue()
