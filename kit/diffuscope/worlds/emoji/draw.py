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
    rng: np.random.Generator,
    side: int,
) -> np.ndarray:
    """Paste one sprite (RGBA) at each place of the layout, with a little chance in size and place.

    Returns:
        uint8 (side, side, 3).
    """
    canvas = Image.new("RGBA", (side, side), (*BACKGROUNDS[ground], 255))
    for sprite, size, flip, (x, y) in zip(sprites, sizes, mirror, PLACES[layout], strict=True):
        low, high = SPANS[layout][size]
        width = round(side * rng.uniform(low, high))
        free = 0.03 if layout == "one" else 0.015
        left, top = (round(side * (c + rng.uniform(-free, free)) - width / 2) for c in (x, y))
        small = sprite.resize((width, width), Image.Resampling.LANCZOS)  # Pillow multiplies by alpha and back
        if flip:
            small = small.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        place = tuple(min(max(0, at), side - width) for at in (left, top))
        canvas.alpha_composite(small, place)
    return np.asarray(canvas.convert("RGB"))
