"""The gallery: what the emoji model draws, chosen before looking. One sheet for the README."""

from __future__ import annotations

from PIL import Image

from diffuscope.families.base import Model
from diffuscope.picture.sheets import sheet
from diffuscope.recipe.settings import Settings
from diffuscope.train.evaluate import pictures_of

PROMPTS = (
    "a red apple on white",
    "a cat on a sky blue background",
    "a large pizza, cream background",
    "a small rose on a pink background",
    "a guitar, teal background",
    "a house on a light green background",
    "a bus left of a bicycle on grey",
    "a star above a tree, blue background",
    "three eggs, brown background",
    "two hearts on a yellow background",
    "a dog face",
    "蓝色背景上的火",
)
STYLES = ("noto", "fluent", "twemoji")
SEEDS = (1, 2, 3, 4)


def gallery(model: Model) -> Image.Image:
    """Every prompt in every style from the same four seeds: a row a prompt, labelled."""
    rows = []
    for prompt in PROMPTS:
        said = [f"{prompt},{s} 风格" if "背景" in prompt else f"{prompt}, {s} style" for s in STYLES]
        rows.append(list(pictures_of(model, [Settings(text, seed=seed) for text in said for seed in SEEDS])))
    columns = [f"{style} {seed}" for style in STYLES for seed in SEEDS]
    return sheet(rows, (*PROMPTS[:-1], "(blue background, fire)"), columns, tile=64)
