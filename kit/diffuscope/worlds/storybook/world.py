"""The picture book as training sees it: scenes as numbers, and pictures with maps of what is where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from diffuscope.worlds.base import UNKNOWN, Drawn, Question
from diffuscope.worlds.storybook.chance.sample import sample
from diffuscope.worlds.storybook.chance.split import SPLITS
from diffuscope.worlds.storybook.drawing.draw import draw
from diffuscope.worlds.storybook.objects import KINDS
from diffuscope.worlds.storybook.pen.pen import SIDE
from diffuscope.worlds.storybook.scene.aliases import CHINESE, ENGLISH
from diffuscope.worlds.storybook.scene.scene import ATTRIBUTES, Scene
from diffuscope.worlds.storybook.scene.scene_object import SceneObject
from diffuscope.worlds.storybook.scene.tables import COLOURS, SIDES, SIZES
from diffuscope.worlds.storybook.scene.vocabulary import vocabulary

FIELDS = {
    "present": 2,
    "colour": len(COLOURS),
    "size": len(SIZES),
    "count": 3,
    "side": len(SIDES),
    "rank": 3,
    "front": 2,
}
"""What is asked about every kind, and how many values each answer has. Rank is the place in a row, from the left."""

_CHINESE = 0.3
"""Share of Chinese captions."""


class StorybookWorld:
    """Labels: place, time, weather, style, then `FIELDS` of every kind. Maps: the kind at a pixel, and its colour."""

    splits: Sequence[str] = SPLITS
    questions: Sequence[Question] = (
        *(Question(name, (len(table),)) for name, table in ATTRIBUTES.items()),
        Question("kinds", tuple(FIELDS.values()), len(KINDS)),
    )
    map_sizes: Sequence[int] = (1 + len(KINDS), 1 + len(COLOURS))
    words: Sequence[str] = (*vocabulary()["en"], *vocabulary()["zh"])
    aliases: Mapping[str, str] = {**ENGLISH, **CHINESE}

    def __init__(self, level: int = 3) -> None:
        """Choose how much of the world is seen.

        Args:
            level: 1 to 3, see `LEVELS`: begin small and grow.
        """
        self.level = level

    def sample(self, rng: np.random.Generator, split: str = "train") -> Scene:
        return sample(rng, split=split, level=self.level)

    def caption(self, scene: Scene, rng: np.random.Generator) -> str:
        return scene.caption(rng, "zh" if rng.random() < _CHINESE else "en")

    def draw(self, scene: Scene, rng: np.random.Generator, side: int) -> Drawn:
        if side not in (SIDE, SIDE // 2):
            raise ValueError(f"the picture book draws {SIDE} or {SIDE // 2} pixels a side, not {side}")
        picture, objects = draw(scene, rng)
        kinds, colours = np.zeros(4, np.uint8), np.zeros(4, np.uint8)
        for index, o in enumerate(scene.objects):
            kinds[index + 1] = 1 + _INDEX[o.kind]
            colours[index + 1] = 1 + _COLOUR[o.colour] if o.colour else UNKNOWN
        maps = np.stack([kinds[objects], colours[objects]])
        if side < SIDE:  # every pixel the mean of four; of a map one of the four
            picture = picture.reshape(side, 2, side, 2, 3).mean((1, 3)).round().astype(np.uint8)
            maps = maps[:, ::2, ::2]
        return Drawn(picture, maps)

    def labels(self, scene: Scene) -> Sequence[int]:
        whole = [list(table).index(getattr(scene, name)) for name, table in ATTRIBUTES.items()]
        found = [[0] + [UNKNOWN] * (len(FIELDS) - 1) for _ in KINDS]
        for rank, o in enumerate(scene.objects):
            found[_INDEX[o.kind]] = _about(o, scene, rank)
        return [*whole, *(number for row in found for number in row)]


_INDEX = {kind: index for index, kind in enumerate(KINDS)}
_COLOUR = {colour: index for index, colour in enumerate(COLOURS)}
_SIZE = {size: index for index, size in enumerate(SIZES)}
_SIDE = {side: index for index, side in enumerate(SIDES)}


def _about(o: SceneObject, scene: Scene, rank: int) -> list[int]:
    """The answers to `FIELDS` for a kind that is there."""
    return [
        1,
        _COLOUR[o.colour] if o.colour else UNKNOWN,
        _SIZE[o.size] if o.size else UNKNOWN,
        o.count - 1 if o.count else UNKNOWN,
        _SIDE[o.side] if o.side else UNKNOWN,
        rank if scene.order == "row" else UNKNOWN,
        rank if scene.order == "front" else UNKNOWN,
    ]
