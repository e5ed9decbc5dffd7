"""Begin small and grow: which part of the world a training sees. The words are the same at every level."""

from __future__ import annotations

from dataclasses import dataclass

from diffuscope.worlds.storybook.objects import KINDS
from diffuscope.worlds.storybook.scene.tables import STYLES, WEATHERS


@dataclass(frozen=True)
class Level:
    """A part of the world.

    Attributes:
        most: how many objects stand in a picture at most.
        front: whether one object may stand in front of another.
    """

    kinds: tuple[str, ...]
    weathers: tuple[str, ...]
    styles: tuple[str, ...]
    most: int
    front: bool


_SURE = tuple(name for name, kind in KINDS.items() if kind.sure)

LEVELS = {
    1: Level(_SURE, ("clear", "clouds"), ("flat", "ink"), 2, False),
    2: Level(tuple(KINDS), ("clear", "clouds", "rainbow"), ("flat", "ink", "watercolour"), 2, True),
    3: Level(tuple(KINDS), tuple(WEATHERS), tuple(STYLES), 3, True),
}
"""1: the surest kinds, calm weather, two styles, one or two objects; 3: everything."""
