"""Pictures that come from outside: opened with care, and made to fit."""

from __future__ import annotations

import io
import re
import warnings
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from diffuscope.picture.png_texts import without_long_texts

MAX_PIXELS = 64_000_000
FORMATS = ("PNG", "JPEG", "WEBP", "AVIF", "GIF", "BMP")


def opened(source: str | Path | BinaryIO, name: str, formats: tuple[str, ...] = FORMATS) -> Image.Image:
    """A picture file, read whole.

    Args:
        source: a path, or a file that is open for reading.
        name: what messages call it.
        formats: which kinds are taken, in Pillow's words.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: not such a picture, cut short, or of more than `MAX_PIXELS`.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(source, formats=formats) as image:
                if (pixels := image.width * image.height) > MAX_PIXELS:
                    raise Image.DecompressionBombError(f"{pixels} pixels")
                image.load()  # a PNG may carry its text behind the pixels, and a cut file shows only now
                return image
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        (pixels,) = re.findall(r"\d+(?= pixels\b)", str(error))[:1]  # Pillow says how many, and then what its limit is
        raise ValueError(
            f'"{name}" has {int(pixels) / 1e6:.0f} megapixels; the limit is {MAX_PIXELS // 10**6}.'
        ) from None
    except FileNotFoundError:
        raise
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        if "MAX_TEXT_CHUNK" in str(error):
            data = _bytes(source)
            if (shorter := without_long_texts(data)) != data:
                return opened(io.BytesIO(shorter), name, formats)
        kinds = f"{', '.join(formats[:-1])} or {formats[-1]}"
        raise ValueError(f'"{name}" is not a readable {kinds} picture (another kind, or cut short).') from None


def _bytes(source: str | Path | BinaryIO) -> bytes:
    if isinstance(source, (str, Path)):
        return Path(source).read_bytes()
    source.seek(0)
    return source.read()


def eight_bits(image: Image.Image) -> Image.Image:
    """A grey picture of 16 bits as one of 8, others as they are. Pillow would make all white that is above 255."""
    if not image.mode.startswith("I"):
        return image
    grey = Image.fromarray((np.asarray(image).clip(0, 65535) / 257).round().astype(np.uint8))
    grey.info = image.info
    return grey


def fitted(image: Image.Image, width: int, height: int) -> np.ndarray:
    """A picture turned as its camera says, cropped to the middle and scaled, uint8 (height, width, 3).

    Transparency becomes white.
    """
    whole = ImageOps.exif_transpose(eight_bits(image)).convert("RGBA")
    paper = Image.new("RGBA", whole.size, "white")
    paper.alpha_composite(whole)
    return np.array(ImageOps.fit(paper.convert("RGB"), (width, height), Image.Resampling.LANCZOS))
