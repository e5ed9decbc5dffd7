"""The wire: how pictures are packed, and what every widget sends. shapes.py has the dicts of each widget."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypedDict

import numpy as np
from PIL import Image

from diffuscope.picture.arrays import SMALL, encode
from diffuscope.prompt.language import MAX_WEIGHT
from diffuscope.recipe.checks import COMMON_SEED, MAX_GUIDANCE, MAX_SIDE, SIDE_STEP
from diffuscope.recipe.fields import FIELDS

Picture = np.ndarray | Image.Image
ROOM = 256 * 2**20
"""Bytes of decoded pictures that one tab of a browser should hold."""


class Packed(TypedDict):
    """Picture files in one buffer, one after the other."""

    type: str
    """The media type of the files."""
    offsets: list[int]
    """Where each begins in the buffer, bytes, and where the last one ends: one more than files."""


class Limits(TypedDict):
    """Numbers that Python checks too; every widget has them, so that the front end knows them from here."""

    seed: int
    """The largest."""
    guidance: float
    """The largest."""
    guidance_slider: float
    """Where the slider ends; the box beside it takes more."""
    steps_slider: int
    """Where the slider ends; the box beside it takes more."""
    weight: float
    """The heaviest of a word."""
    side: list[int]
    """Of a picture in pixels: least, most, step."""
    pixelated: int
    """Pixels of a side up to which single pixels are shown as squares, and files are PNG."""
    file: int
    """Bytes of a file that can be sent: Jupyter drops a message of more than 10 MiB without a word."""
    room: int
    """Bytes of decoded pictures that a widget should hold."""
    deviations: float
    """Standard deviations of noise that are black and white, and the most a channel can be nudged."""
    strip: int
    """Seeds beside one another."""
    remembered: int
    """Seeds in the history."""


def _slider_end(name: str) -> float:
    slider = FIELDS[name].slider
    return slider[1] if slider else 0.0


LIMITS: Limits = {
    "seed": COMMON_SEED,
    "guidance": MAX_GUIDANCE,
    "guidance_slider": _slider_end("guidance_scale"),
    "steps_slider": int(_slider_end("steps")),
    "weight": MAX_WEIGHT,
    "side": [SIDE_STEP, MAX_SIDE, SIDE_STEP],
    "pixelated": SMALL,
    "file": 8 * 2**20,
    "room": ROOM,
    "deviations": 3.0,
    "strip": 8,
    "remembered": 12,
}


class Choice(TypedDict):
    """One of several: its name, a word for the button, a sentence about it."""

    name: str
    label: str
    about: str


# -- packing


def is_small(*sides: int) -> bool:
    """Whether pictures with these sides, pixels, cross without loss and are shown with their pixels as squares."""
    return max(sides) <= SMALL


def sides_of(picture: Picture) -> tuple[int, int]:
    """Width and height, pixels."""
    return picture.size if isinstance(picture, Image.Image) else (picture.shape[1], picture.shape[0])


def file_of(picture: Picture, lossless: bool | None = None) -> bytes:
    """One picture as a file: PNG while it is small, JPEG above.

    Args:
        lossless: whether it must be PNG, or may be JPEG; None looks at its size.
    """
    return pack([picture], lossless)[0]


def pack(pictures: Sequence[Picture], lossless: bool | None = None, start: int = 0) -> tuple[bytes, Packed]:
    """Pictures as one buffer, so that they cross to a browser in one message: PNG while they are small, JPEG above.

    Args:
        pictures: uint8 (H, W, 3), grey (H, W), or PIL images.
        lossless: whether they must be PNG, or may be JPEG; None looks at the size of the first.
        start: where the buffer will begin in a larger one, bytes.
    """
    if lossless is None:
        lossless = not len(pictures) or is_small(*sides_of(pictures[0]))
    form = "PNG" if lossless else "JPEG"
    files = [encode(picture, form, 92) for picture in pictures]
    offsets = np.cumsum([start, *map(len, files)]).tolist()
    return b"".join(files), {"type": f"image/{form.lower()}", "offsets": offsets}


def finite(numbers: np.ndarray) -> list[float | None]:
    """Numbers as JSON can hold them: None stands for infinity, which noise over signal is where there is no signal."""
    return [float(number) if np.isfinite(number) else None for number in numbers]


def pack_rows(
    rows: Sequence[tuple[Sequence[np.ndarray], bool | None]],
) -> tuple[bytes, list[dict[str, Any]]]:
    """Rows of pictures as one buffer.

    Args:
        rows: the pictures of each, and whether they must be PNG, see `pack`.

    Returns:
        The buffer, and for each row a `Packed` with width, height, and pixels: whether they are shown as squares.
    """
    parts: list[bytes] = []
    places: list[dict[str, Any]] = []
    size = 0
    for pictures, lossless in rows:
        data, packed = pack(pictures, lossless, size)
        parts.append(data)
        size += len(data)
        width, height = sides_of(pictures[0])
        places.append({**packed, "width": width, "height": height, "pixels": packed["type"] == "image/png"})
    return b"".join(parts), places
