"""What a picture shows, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations

import numpy as np

from diffuscope.worlds.storybook.objects import KINDS
from diffuscope.worlds.storybook.scene.caption import caption
from diffuscope.worlds.storybook.scene.scene_object import SceneObject, check
from diffuscope.worlds.storybook.scene.tables import PLACES, STYLES, TIMES, WEATHERS
from diffuscope.worlds.storybook.scene.understand import Unknown, understand

ATTRIBUTES = {"place": PLACES, "time": TIMES, "weather": WEATHERS, "style": STYLES}
"""The attributes of a whole picture and their tables."""

ORDERS = ("row", "front")
"""How several objects stand: from left to right as listed, or the first in front of the second."""


@dataclass(frozen=True)
class Scene:
    """A picture in words; None leaves an attribute open, and no objects leave the objects open.

    Attributes:
        place, time, weather, style: names in the tables of the same name.
        objects: one to three.
        order: one of `ORDERS`.
    """

    place: str | None = None
    time: str | None = None
    weather: str | None = None
    style: str | None = None
    objects: tuple[SceneObject, ...] = ()
    order: str | None = None

    def __post_init__(self) -> None:
        for name, table in ATTRIBUTES.items():
            check(getattr(self, name), name, table)
        check(self.order, "order", ORDERS)
        if sum(o.count or 2 for o in self.objects) > 3:
            raise ValueError("at most three objects fit into a picture, counting two or three of a kind")
        if self.order == "front" and len(self.objects) != 2:
            raise ValueError('order="front" needs exactly two objects: the first stands in front of the second')

    @classmethod
    def parse(cls, text: str) -> Scene:
        """The scene that a caption describes, in English or Chinese; what it does not say is None.

        Raises:
            ValueError: a word is not known (the message suggests others), or the parts do not fit together. `parse`
                names both without raising.
        """
        reading = parse(text)
        if reading.unknown or reading.notes:
            raise ValueError("; ".join([*map(str, reading.unknown), *reading.notes]))
        return reading.scene

    def caption(self, rng: np.random.Generator, language: str = "en", mention: float = 0.65) -> str:
        """One of the many captions of the scene; everything it says is true.

        Args:
            language: "en" or "zh".
            mention: how often an attribute is said, 0 to 1; at 1 everything is, as long as the caption does not get
                longer than `LONGEST` words.
        """
        return caption(self, rng, language, mention)

    @property
    def complete(self) -> bool:
        """Whether nothing is left open that a picture must decide (order and sides may be)."""
        return (
            None not in (self.place, self.time, self.weather, self.style)
            and bool(self.objects)
            and all(o.size and o.count and (o.colour or not KINDS[o.kind].colours) for o in self.objects)
        )

    def allows(self, other: Scene) -> bool:
        """Whether everything this scene says is true of the other, which may hold more objects."""
        if any(getattr(self, name) not in (None, getattr(other, name)) for name in ATTRIBUTES):
            return False
        for chosen in permutations(range(len(other.objects)), len(self.objects)):
            if not all(o.allows(other.objects[i]) for o, i in zip(self.objects, chosen, strict=True)):
                continue
            if self.order is None or (other.order == self.order and list(chosen) == sorted(chosen)):
                return True
        return False


@dataclass(frozen=True)
class Reading:
    """What a text says.

    Attributes:
        scene: all that was understood.
        unknown: words that were not, with suggestions.
        notes: sentences about what does not fit together or cannot be drawn.
    """

    scene: Scene
    unknown: tuple[Unknown, ...] = ()
    notes: tuple[str, ...] = ()


def parse(text: str) -> Reading:
    """Read a text in English or Chinese; words and wishes beyond the picture book are named, not raised."""
    found = understand(text)
    scene = Scene(**found.whole, objects=found.objects, order=found.order)
    return Reading(scene, found.unknown, found.notes)
