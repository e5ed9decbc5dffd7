"""One to three things, how they stand, and on what: a scene as an exact value."""

from __future__ import annotations

from dataclasses import dataclass

SIZES = ("", "small", "large")
"""The first means: not said, and drawn in between."""

LAYOUTS = ("one", "row", "column", "two", "three", "group")
"""`row` and `column` hold two different things, `two` and `three` that many of the same, `group` three different."""

PLACES: dict[str, tuple[tuple[float, float], ...]] = {
    "one": ((0.5, 0.5),),
    "row": ((0.25, 0.5), (0.75, 0.5)),
    "column": ((0.5, 0.25), (0.5, 0.75)),
    "two": ((0.25, 0.5), (0.75, 0.5)),
    "three": ((0.25, 0.25), (0.75, 0.25), (0.5, 0.75)),
    "group": ((0.25, 0.25), (0.75, 0.25), (0.5, 0.75)),
}
"""Centres as shares of width and height, in the order of the scene's things."""

SPANS = {"one": {"small": 0.4, "": 0.69, "large": 0.94}}
SPANS |= {name: {"small": 0.28, "": 0.4, "large": 0.47} for name in LAYOUTS[1:]}
"""How wide a thing is drawn, as a share of the picture.

Neither size nor place is left to chance. Where a thing is moved by no more than a latent (4 pixels) either way, a sixth of
the variance of the latents is in where it stands (measured), and a denoiser can tell only by holding the exact drawing
against the noise: it draws a blur instead. What a prompt leaves open, the style, the ground and which way an animal looks,
is seen in the coarse.
"""

BACKGROUNDS: dict[str, tuple[int, int, int]] = {
    "white": (255, 255, 255),
    "black": (20, 20, 24),
    "grey": (150, 152, 156),
    "red": (206, 62, 56),
    "orange": (240, 146, 62),
    "yellow": (248, 216, 88),
    "green": (84, 164, 84),
    "light green": (182, 224, 152),
    "teal": (44, 140, 144),
    "sky blue": (146, 206, 242),
    "blue": (58, 100, 204),
    "purple": (138, 88, 178),
    "pink": (246, 176, 200),
    "brown": (128, 90, 62),
    "cream": (244, 232, 206),
}
"""Name to RGB, 0 to 255; far enough apart that the nearest one is not in doubt."""


@dataclass(frozen=True)
class Item:
    """One thing as it is asked for."""

    thing: int
    """Index into the table of things."""
    tone: int = 0
    """Skin tone, 0 (none asked for) to 5 (dark)."""
    size: str = ""


@dataclass(frozen=True)
class Scene:
    """What is asked for. An empty `background` or `style` is left to chance, as in a prompt that does not name it."""

    items: tuple[Item, ...]
    """Left before right, upper before lower; one item for the layouts that repeat it."""
    layout: str = "one"
    background: str = ""
    style: str = ""

    @property
    def placed(self) -> tuple[Item, ...]:
        """The items, one for each place of the layout."""
        return self.items * (len(PLACES[self.layout]) // len(self.items))


def fields(things: int, styles: int) -> tuple[int, ...]:
    """How many values each number of `labels` can take."""
    return (len(LAYOUTS), *[things + 1, len(SIZES), 6] * 3, len(BACKGROUNDS) + 1, styles + 1)


def labels(scene: Scene, things: int, styles: tuple[str, ...]) -> list[int]:
    """The scene as numbers, which a text encoder must be able to tell from a caption."""
    parts = [(item.thing, SIZES.index(item.size), item.tone) for item in scene.items]
    parts += [(things, 0, 0)] * (3 - len(parts))
    return [
        LAYOUTS.index(scene.layout),
        *[number for part in parts for number in part],
        ["", *BACKGROUNDS].index(scene.background),
        ["", *styles].index(scene.style),
    ]
