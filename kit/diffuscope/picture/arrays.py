"""Pictures as arrays, PIL images and bytes, and how far two of them differ. Knows nothing of models."""

from __future__ import annotations

import io
import math

import numpy as np
from PIL import Image

THUMBNAIL = 128  # pixels of the longer side
SMALL = 128  # pixels; up to this side, pictures are sent without loss and shown with their pixels as squares
ERROR_WHITE = 64  # difference of 255 that is white in an error map


def enlarge(picture: np.ndarray | Image.Image, least: int) -> Image.Image:
    """A picture at least `least` pixels high, by a whole factor; small ones keep their pixels visible."""
    image = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
    factor = max(1, -(-least // image.height))
    return image.resize((image.width * factor, image.height * factor), Image.Resampling.NEAREST)


def encode(picture: np.ndarray | Image.Image, form: str = "PNG", quality: int = 90) -> bytes:
    """The bytes of a picture file: PNG for keeping, JPEG or WEBP for previews; a WEBP of quality 100 loses nothing."""
    image = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
    options = {
        "PNG": {},
        "WEBP": {"quality": quality, "lossless": quality == 100},
        "JPEG": {"quality": quality, "subsampling": 0},
    }[form]
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def light(png: bytes, most: int = 64 * 1024) -> bytes:
    """A PNG as it is while it has at most `most` bytes; else with 256 colours, then with fewer pixels, until it has.

    A notebook keeps the picture of every output: twenty of these, in base64, stay below 2 MB.
    """
    if len(png) <= most:
        return png
    image = Image.open(io.BytesIO(png)).convert("RGB")
    image = image.reduce(max(1, image.width // 1024))
    while len(small := encode(image.quantize(256, Image.Quantize.FASTOCTREE))) > most and image.width > 64:
        image = image.reduce(2)
    return small


def whitest(latents: np.ndarray) -> float:
    """The number to show as white: the absolute value that 99.5 % of all finite ones stay below. Above 0."""
    sizes = np.abs(latents[np.isfinite(latents)])
    return (float(np.quantile(sizes, 0.995)) if sizes.size else 0.0) or 1.0


def grey(latents: np.ndarray, white: float) -> np.ndarray:
    """Numbers as uint8 of the same shape: 128 is zero, white and black are plus and minus `white`; NaN is 128."""
    return np.rint(127.5 + 127.5 * np.nan_to_num(np.clip(latents / white, -1, 1))).astype(np.uint8)


def psnr(one: np.ndarray, other: np.ndarray) -> float:
    """Peak signal-to-noise ratio of two uint8 pictures: 10 log10(255^2 / mean squared error), decibels; inf when equal."""
    error = float(np.mean((one.astype(float) - other) ** 2))
    return 10 * math.log10(255**2 / error) if error else math.inf


def error_map(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Where two pictures differ, uint8 (H, W, 3): the mean difference of the three colours, white from 64 of 255 on."""
    difference = np.abs(one.astype(float) - other).mean(-1) * (255 / ERROR_WHITE)
    return np.rint(difference.clip(0, 255)).astype(np.uint8)[..., None].repeat(3, -1)


def mosaic(latents: np.ndarray, least: int = 32) -> tuple[np.ndarray, float]:
    """Latent channels as grey pictures, the channels of one step side by side in a near-square.

    Grey 128 is zero. White and black are plus and minus one value for the whole run, so that steps and channels can be
    compared: the absolute value that 99.5 % of all numbers stay below.

    Args:
        latents: (S, C, h, w), any real numbers.
        least: height of a channel in pixels; small ones are enlarged by a whole factor.

    Returns:
        uint8 (S, H, W), and the value that is white.
    """
    steps, channels, high, wide = latents.shape
    white = whitest(latents)
    pale = grey(latents, white)
    factor = max(1, -(-least // high))
    pale = pale.repeat(factor, 2).repeat(factor, 3)
    high, wide, gap = high * factor, wide * factor, 1
    columns = int(np.ceil(np.sqrt(channels)))
    rows = -(-channels // columns)
    out = np.full((steps, rows * (high + gap) - gap, columns * (wide + gap) - gap), 255, np.uint8)
    for channel in range(channels):
        y, x = channel // columns * (high + gap), channel % columns * (wide + gap)
        out[:, y : y + high, x : x + wide] = pale[:, channel]
    return out, white
