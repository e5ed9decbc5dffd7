"""The colours of the picture book, and how they mix."""

from __future__ import annotations

from random import Random

RGB = tuple[float, float, float]
"""Red, green and blue, 0 to 255."""

PAINTS: dict[str, RGB] = {
    "red": (222, 62, 58),
    "orange": (245, 138, 48),
    "yellow": (250, 204, 66),
    "green": (74, 160, 92),
    "blue": (52, 116, 204),
    "purple": (136, 84, 178),
    "pink": (244, 140, 176),
    "white": (250, 247, 240),
}
"""What each colour word looks like by day; far enough apart to be told in the light of a sunset."""

INK: RGB = (46, 40, 52)
PAPER: RGB = (250, 243, 228)
CREAM: RGB = (252, 244, 226)
SNOW: RGB = (252, 252, 255)
WOOD: RGB = (134, 90, 62)
LEAF: RGB = (78, 150, 84)
DARK: RGB = (58, 54, 70)
GOLD: RGB = (255, 214, 110)
GLASS: RGB = (150, 204, 226)
PANE: RGB = (170, 216, 232)
ROOFS: tuple[RGB, ...] = ((150, 72, 60), (88, 98, 122), (122, 84, 66), (70, 106, 116))
RAINBOW: tuple[RGB, ...] = (
    (232, 82, 80),
    (246, 156, 76),
    (250, 214, 96),
    (110, 186, 116),
    (88, 150, 214),
    (146, 108, 188),
)


def mix(a: RGB, b: RGB, share: float) -> RGB:
    """`a` at share 0, `b` at share 1."""
    return a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share


def dark(c: RGB, factor: float = 0.84) -> RGB:
    return c[0] * factor, c[1] * factor, c[2] * factor


def light(c: RGB, share: float = 0.3) -> RGB:
    return mix(c, (255, 255, 255), share)


def pale(c: RGB) -> bool:
    """Whether white details would be lost on this colour."""
    return min(c) > 215


def vary(c: RGB, r: Random, amount: float = 9) -> RGB:
    """A shade close by, at most 1.6 times `amount` away in each channel."""
    d = r.uniform(-amount, amount)
    red, green, blue = (min(255.0, max(0.0, x + d + 0.6 * r.uniform(-amount, amount))) for x in c)
    return red, green, blue
