"""One to three things, how they stand, and on what: a scene as an exact value."""

from __future__ import annotations

from dataclasses import dataclass

SIZES = ("", "small", "large")
"""The first means: not said, and drawn in between."""

LAYOUTS = ("one", "row", "column", "two", "three", "group")
"""`row` and `column` hold two different things, `two` and `three` that many of the same, `group` three different."""

PLACES: dict[str, tuple[tuple[float, float], ...]] = {
    "one": ((0.5, 0.5),),
    "row": ((0.26, 0.5), (0.74, 0.5)),
    "column": ((0.5, 0.26), (0.5, 0.74)),
    "two": ((0.26, 0.5), (0.74, 0.5)),
    "three": ((0.26, 0.27), (0.74, 0.27), (0.5, 0.74)),
    "group": ((0.26, 0.27), (0.74, 0.27), (0.5, 0.74)),
}
"""Centres as shares of width and height, in the order of the scene's things."""

SPANS = {"one": {"small": (0.37, 0.41), "": (0.66, 0.72), "large": (0.92, 0.97)}}
SPANS |= {name: {"small": (0.26, 0.30), "": (0.38, 0.43), "large": (0.47, 0.49)} for name in LAYOUTS[1:]}
"""How wide a thing is drawn, as a share of the picture, from and to. Chance is small here, and in the place: what the
caption leaves open blurs what a denoiser expects, and a small one then never learns the shapes."""

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
