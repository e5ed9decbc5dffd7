"""Pictures as arrays, PIL images and bytes; strips and sheets of them. Knows nothing of models."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

PAPER, INK = (255, 255, 255), (60, 60, 60)


def enlarge(picture: np.ndarray | Image.Image, least: int) -> Image.Image:
    """A picture at least `least` pixels high, by a whole factor; small ones keep their pixels visible."""
    image = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
    factor = max(1, -(-least // image.height))
    return image.resize((image.width * factor, image.height * factor), Image.Resampling.NEAREST)


def encode(picture: np.ndarray | Image.Image, form: str = "PNG", quality: int = 90) -> bytes:
    """The bytes of a picture file: PNG for keeping, JPEG or WEBP for previews."""
    image = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
    options = {"PNG": {}, "WEBP": {"quality": quality}, "JPEG": {"quality": quality, "subsampling": 0}}[form]
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def pack(pictures: Sequence[np.ndarray], form: str = "JPEG", quality: int = 92) -> tuple[bytes, list[int]]:
    """Many pictures as one buffer, so that they cross to a browser in one message.

    Returns:
        The buffer, and n + 1 offsets: picture i lies at buffer[offsets[i]:offsets[i + 1]].
    """
    parts = [encode(picture, form, quality) for picture in pictures]
    offsets = np.cumsum([0, *(len(part) for part in parts)]).tolist()
    return b"".join(parts), offsets


def sheet(
    rows: Sequence[Sequence[np.ndarray]],
    row_labels: Sequence[str] = (),
    column_labels: Sequence[str] = (),
    tile: int = 96,
) -> Image.Image:
    """Rows of pictures with labels, as one image on white.

    Args:
        rows: uint8 pictures (H, W, 3), all of one size.
        row_labels: one text a row, written at its left.
        column_labels: one text a column, written below.
        tile: least height of a picture in pixels.
    """
    tiles = [[enlarge(picture, tile) for picture in row] for row in rows]
    wide, high, gap = tiles[0][0].width, tiles[0][0].height, 4
    font = _font()
    left = 8 + max((int(font.getlength(text)) for text in row_labels), default=0) if row_labels else 0
    below = 18 if column_labels else 0
    columns = max(map(len, tiles))
    image = Image.new("RGB", (left + columns * (wide + gap), len(tiles) * (high + gap) + below), PAPER)
    pen = ImageDraw.Draw(image)
    for y, row in enumerate(tiles):
        for x, picture in enumerate(row):
            image.paste(picture, (left + x * (wide + gap), y * (high + gap)))
        if row_labels:
            pen.text((2, y * (high + gap) + high // 2 - 6), row_labels[y], INK, font)
    for x, text in enumerate(column_labels):
        pen.text((left + x * (wide + gap) + wide / 2, image.height - 16), text, INK, font, anchor="ma")
    return image


@cache
def _font() -> ImageFont.FreeTypeFont:
    """DejaVu, which comes with matplotlib and has the Greek that Pillow's own font lacks."""
    from matplotlib import get_data_path

    return ImageFont.truetype(Path(get_data_path()) / "fonts/ttf/DejaVuSans.ttf", 11)


def save_gif(pictures: Sequence[np.ndarray], path: str | Path, seconds: float = 2.0, tile: int = 256) -> None:
    """An endless animation; the last picture stays for a second."""
    frames = [enlarge(picture, tile) for picture in pictures]
    pace = [max(20, int(1000 * seconds / len(frames)))] * (len(frames) - 1) + [1000]
    frames[0].save(path, "GIF", save_all=True, append_images=frames[1:], duration=pace, loop=0)
