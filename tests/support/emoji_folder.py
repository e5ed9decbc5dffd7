"""A folder like the one `diffuscope train data` fills for the emoji world, with drawings of our own: no npm needed."""

import json

import numpy as np
from PIL import Image, ImageDraw

THINGS = [  # name, Chinese name, group, keywords, colour
    ("red apple", "红苹果", "food-drink", ["fruit"], "red"),
    ("cat", "猫", "animals-nature", ["pet", "kitten"], "orange"),
    ("dog", "狗", "animals-nature", ["pet"], "brown"),
    ("sun", "太阳", "travel-places", ["sunny"], "gold"),
    ("blue book", "蓝色的书", "objects", ["read"], "navy"),
    ("waving hand", "挥手", "people-body", ["hello"], "yellow"),
    ("tree", "树", "animals-nature", ["leaf"], "darkgreen"),
    ("plus", "加号", "symbols", ["add"], "black"),
]
SIDE = 32


def make(folder):
    """Write things.json and sprites.npz: each thing a figure of its own, each style an outline of its own."""
    rows, sprites, keys = [], [], []
    for number, (name, chinese, group, words, colour) in enumerate(THINGS):
        rows.append({
            "hexcode": f"1F{number:03X}", "group": group, "names": {"en": name, "zh": chinese},
            "keywords": {"en": words, "zh": [chinese[0]]}, "frequency": 6.0 - number / 10,
        })  # fmt: skip
        for style in range(4 if number < 6 else 2):
            for tone in range(6 if group == "people-body" else 1):
                image = Image.new("RGBA", (SIDE, SIDE))
                ImageDraw.Draw(image).regular_polygon(
                    (16, 16, 15),
                    3 + number,
                    rotation=tone * 10,
                    fill=colour,
                    outline=("black", "white", "grey", None)[style],
                )
                sprites.append(np.asarray(image))
                keys.append((number, tone, style))
    thing, tone, style = np.array(keys, np.int16).T
    (folder / "things.json").write_text(json.dumps(rows), encoding="utf-8")
    np.savez(folder / "sprites.npz", rgba=np.stack(sprites), thing=thing, tone=tone, style=style)
    return folder
