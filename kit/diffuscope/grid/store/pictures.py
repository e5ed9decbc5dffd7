"""The small pictures of a cell, and whether a picture file is as it was written."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import Image

from diffuscope.picture.arrays import SMALL, THUMBNAIL, encode
from diffuscope.picture.opened import opened

MAX_FRAMES = 16_383 // THUMBNAIL
"""Longest film; a WebP picture is at most 16,383 pixels wide."""

_LOSSLESS, _GOOD = 100, 85  # WebP quality


def thumb(picture: Image.Image) -> bytes:
    """A picture as WebP of at most 128 pixels a side; one that is no larger loses nothing."""
    return encode(_shrunk(picture), "WEBP", _quality(picture))


def is_thumb(source: Path | BinaryIO) -> bool:
    """Whether a file is a thumb that can be shown: WebP, whole, and no larger than it should be."""
    try:
        with Image.open(source, formats=("WEBP",)) as image:
            if max(image.size) > THUMBNAIL:  # before its pixels take any memory
                return False
            image.load()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return False
    return True


def film(frames: Sequence[np.ndarray]) -> bytes:
    """Pictures side by side as one WebP, each as large as the thumb of its like.

    Args:
        frames: uint8 (H, W, 3), of one size, at most `MAX_FRAMES`.
    """
    images = [Image.fromarray(frame) for frame in frames]
    return encode(np.hstack([np.asarray(_shrunk(image)) for image in images]), "WEBP", _quality(images[0]))


def _shrunk(picture: Image.Image) -> Image.Image:
    small = picture.convert("RGB")
    small.thumbnail((THUMBNAIL, THUMBNAIL), Image.Resampling.LANCZOS)
    return small


def _quality(picture: Image.Image) -> int:
    return _LOSSLESS if max(picture.size) <= SMALL else _GOOD


def sound(path: Path, form: str) -> bool:
    """Whether a picture file is there and whole: all pixels decode, and in a PNG all checksums are right.

    Args:
        form: PNG or WEBP. WebP has no checksums, so of it only what does not decode is noticed.
    """
    try:
        opened(path, path.name, (form,))
        with Image.open(path, formats=(form,)) as image:
            image.verify()  # decoding alone does not look at the checksums of the pixels
    except (OSError, SyntaxError, ValueError):  # a wrong checksum is Pillow's SyntaxError
        return False
    return True
