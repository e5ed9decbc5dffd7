"""The table of kinds of objects. Each kind is one function under `objects/`, registered by `@kind`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from diffuscope.worlds.storybook.pen.palette import PAINTS, RGB

if TYPE_CHECKING:
    from diffuscope.worlds.storybook.pen.pen import Pen

Draw = Callable[["Pen", RGB, Random], None]
"""Draws an object upright, its bottom middle at (0, 0), about 100 units high: pen, colour, chance."""

ALL = " ".join(PAINTS)


@dataclass(frozen=True)
class Kind:
    """How a kind of object is drawn, what it is called and where it lives.

    Attributes:
        draw: the function that draws it.
        home: "land", "water" or "sky".
        size: height of 100 units as a share of the picture, when it stands alone.
        half, top: half its width and its height in units.
        middle: x of its middle, in units.
        colours: colour names with how often each is chosen; empty if it always has its own colours.
        english: singular names, the usual one first, and `plurals` in the same order.
        chinese: names, the usual one first; `measure` is the measure word.
        places: where one expects it; it is drawn four times as often there.
        sure: whether it belongs to the kinds to start a training with, told apart at first sight.
        faces: whether it looks to the right (and may be mirrored to look at its neighbour).
    """

    draw: Draw
    home: str
    size: float
    half: float
    top: float
    middle: float
    colours: dict[str, float]
    english: tuple[str, ...]
    plurals: tuple[str, ...]
    chinese: tuple[str, ...]
    measure: str
    places: tuple[str, ...]
    sure: bool
    faces: bool


KINDS: dict[str, Kind] = {}
"""Name to kind, filled when `diffuscope.worlds.storybook.objects` is imported."""


def kind(
    name: str, *, home: str = "land", size: float, half: float, top: float, middle: float = 0,
    colours: str = "", also: str = "", plural: str = "", zh: str, measure: str, places: str, sure: bool = False, faces: bool = False,
) -> Callable[[Draw], Draw]:  # fmt: skip
    """Register a function as the drawing of a kind.

    Args:
        colours: names separated by spaces; a name written twice comes twice as often.
        also: English synonyms, separated by commas.
        plural: of the name and of the synonyms, separated by commas, where an s is not enough.
        zh: Chinese names, separated by spaces.
        places: separated by commas.
    """
    english = (name, *filter(None, also.split(",")))
    irregular = plural.split(",") if plural else []
    plurals = tuple(irregular[i] if i < len(irregular) and irregular[i] else f"{n}s" for i, n in enumerate(english))
    names = colours.split()

    def register(draw: Draw) -> Draw:
        if name in KINDS:
            raise ValueError(f"two kinds are called {name!r}")
        KINDS[name] = Kind(
            draw, home, size, half, top, middle, {c: float(names.count(c)) for c in dict.fromkeys(names)}, english, plurals,
            tuple(zh.split()), measure, tuple(places.split(",")), sure, faces,
        )  # fmt: skip
        return draw

    return register
