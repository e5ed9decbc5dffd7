"""A scene as pixels: sprites on a flat ground."""

from __future__ import annotations

import numpy as np
from PIL import Image

from diffuscope.worlds.emoji.scene import BACKGROUNDS, PLACES, SPANS


def compose(
    sprites: list[Image.Image],
    sizes: list[str],
    layout: str,
    ground: str,
    mirror: list[bool],
    side: int,
) -> np.ndarray:
    """Paste one sprite (RGBA) at each place of the layout.

    Returns:
        uint8 (side, side, 3).
    """
    canvas = Image.new("RGBA", (side, side), (*BACKGROUNDS[ground], 255))
    for sprite, size, flip, (x, y) in zip(sprites, sizes, mirror, PLACES[layout], strict=True):
        width = round(side * SPANS[layout][size])
        small = sprite.resize((width, width), Image.Resampling.LANCZOS)  # Pillow multiplies by alpha and back
        if flip:
            small = small.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        canvas.alpha_composite(small, (round(side * x - width / 2), round(side * y - width / 2)))
    return np.asarray(canvas.convert("RGB"))
