"""The scene world: one or two flat objects, captioned exactly, drawn exactly, read back without any network."""

from diffuscope.worlds.scenes.draw import BACKGROUND, SIDE, draw
from diffuscope.worlds.scenes.read import PARTS, compare, read
from diffuscope.worlds.scenes.scene import COLOURS, RELATIONS, SHAPES, SIZES, WORDS, Scene, Thing
from diffuscope.worlds.scenes.split import SPLITS, sample, split_of, vary

__all__ = [
    "BACKGROUND",
    "COLOURS",
    "PARTS",
    "RELATIONS",
    "SHAPES",
    "SIDE",
    "SIZES",
    "SPLITS",
    "WORDS",
    "Scene",
    "Thing",
    "compare",
    "draw",
    "read",
    "sample",
    "split_of",
    "vary",
]
