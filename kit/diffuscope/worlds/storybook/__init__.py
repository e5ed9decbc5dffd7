"""The picture book: small landscapes drawn by code, with exact captions in two languages and exact label maps.

scene = Scene.parse("two pink pigs in the meadow at sunset")   # what is not said stays open ...
picture, labels = draw(scene, np.random.default_rng(0))        # ... and is chosen here
scene = sample(rng)                                            # or by chance altogether
scene.caption(rng, "zh")
"""

from diffuscope.worlds.storybook.chance.levels import LEVELS, Level
from diffuscope.worlds.storybook.chance.sample import complete, sample
from diffuscope.worlds.storybook.chance.split import (
    COLOURS_KEPT_BACK,
    SPLITS,
    objects_kept_back,
    places_kept_back,
    split_of,
)
from diffuscope.worlds.storybook.drawing.draw import draw, paint
from diffuscope.worlds.storybook.drawing.layout import Layout, Placed, lay_out
from diffuscope.worlds.storybook.objects import KINDS
from diffuscope.worlds.storybook.objects.kinds import Kind
from diffuscope.worlds.storybook.pen.pen import SIDE
from diffuscope.worlds.storybook.scene.caption import LANGUAGES, leave_out, phrase
from diffuscope.worlds.storybook.scene.scene import ATTRIBUTES, ORDERS, Reading, Scene, parse
from diffuscope.worlds.storybook.scene.scene_object import SceneObject
from diffuscope.worlds.storybook.scene.tables import COLOURS, COUNTS, PLACES, SIDES, SIZES, STYLES, TIMES, WEATHERS
from diffuscope.worlds.storybook.scene.understand import Unknown
from diffuscope.worlds.storybook.scene.vocabulary import LONGEST, vocabulary, words
from diffuscope.worlds.storybook.sight import Sight, read

__all__ = [
    "ATTRIBUTES",
    "COLOURS",
    "COLOURS_KEPT_BACK",
    "COUNTS",
    "KINDS",
    "LANGUAGES",
    "LEVELS",
    "LONGEST",
    "ORDERS",
    "PLACES",
    "SIDE",
    "SIDES",
    "SIZES",
    "SPLITS",
    "STYLES",
    "TIMES",
    "WEATHERS",
    "Kind",
    "Layout",
    "Level",
    "Placed",
    "Reading",
    "Scene",
    "SceneObject",
    "Sight",
    "Unknown",
    "complete",
    "draw",
    "lay_out",
    "leave_out",
    "objects_kept_back",
    "paint",
    "parse",
    "phrase",
    "places_kept_back",
    "read",
    "sample",
    "split_of",
    "vocabulary",
    "words",
]
