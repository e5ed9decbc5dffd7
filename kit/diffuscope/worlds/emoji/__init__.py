"""The emoji world: 1,600 things in up to four drawing styles, alone and together, on named grounds, in two languages."""

from __future__ import annotations

from functools import cached_property
from itertools import combinations
from pathlib import Path

import numpy as np
from PIL import Image

from diffuscope.worlds.emoji.caption import caption
from diffuscope.worlds.emoji.draw import compose
from diffuscope.worlds.emoji.scene import BACKGROUNDS, LAYOUTS, SIZES, Item, Scene, fields, labels
from diffuscope.worlds.emoji.split import SPLITS, pair_kept_back, style_kept_back
from diffuscope.worlds.emoji.things import LANGUAGES, MIRROR, STYLES, commonest, read_things

__all__ = ["BACKGROUNDS", "LANGUAGES", "LAYOUTS", "SIZES", "SPLITS", "STYLES", "Item", "Scene", "World"]

_COMMON, _COMMON_SHARE = 300, 0.7
_MIRRORED = 0.2
_LAYOUT_SHARES = (0.68, 0.1, 0.1, 0.04, 0.04, 0.04)


class World:
    """Samples, captions and draws scenes; the drawings come from the folder `train/sprites.py` fills."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.things = read_things(folder)
        self.hexcodes = [thing.hexcode for thing in self.things]
        self.common = commonest(self.things, _COMMON)
        self.label_sizes = fields(len(self.things), len(STYLES))
        with np.load(folder / "sprites.npz") as stored:
            keys = zip(*(stored[name].tolist() for name in ("thing", "tone", "style")), strict=True)
            self._row = {key: row for row, key in enumerate(keys)}
        self._styles: list[tuple[str, ...]] = [
            tuple(s for k, s in enumerate(STYLES) if (i, 0, k) in self._row) for i in range(len(self.things))
        ]
        self._tones = [[tone for tone in range(1, 6) if (i, tone, 0) in self._row] for i in range(len(self.things))]
        self.kept_back = [style_kept_back(h, s) for h, s in zip(self.hexcodes, self._styles, strict=True)]

    @property
    def side(self) -> int:
        """Width and height of the drawings in pixels."""
        return self._sprites.shape[1]

    @cached_property
    def _sprites(self) -> np.ndarray:
        with np.load(self._folder / "sprites.npz") as stored:
            return stored["rgba"]

    def sprite(self, thing: int, tone: int, style: str) -> Image.Image:
        """The drawing of a thing, RGBA; one without that tone comes as it stands without."""
        key = (thing, tone, STYLES.index(style))
        return Image.fromarray(self._sprites[self._row.get(key, self._row[thing, 0, key[2]])])

    def styles(self, things: list[int], split: str = "train") -> list[str]:
        """Styles in which all of these things are drawn and, for training, may be seen."""
        found = set.intersection(*(set(self._styles[i]) for i in things))
        if split == "train":
            found -= {self.kept_back[i] for i in things}
        return sorted(found)

    def held_out(self) -> dict[str, str]:
        """The style of each thing, by hexcode, that training never shows."""
        return {code: style for code, style in zip(self.hexcodes, self.kept_back, strict=True) if style}

    def sample(self, rng: np.random.Generator, split: str = "train") -> Scene:
        """A random scene of one split.

        Args:
            split: one of `SPLITS`.
        """
        if split not in SPLITS:
            raise ValueError(f"no split {split!r}; there are {', '.join(SPLITS)}")
        while True:
            layout = "one" if "style" in split else str(rng.choice(LAYOUTS, p=_LAYOUT_SHARES))
            count = {"row": 2, "column": 2, "group": 3}.get(layout, 1)
            items = tuple(self._item(rng) for _ in range(count))
            chosen = [item.thing for item in items]
            if len(set(chosen)) < count or self._apart(chosen) != (split == "unseen pairs of things"):
                continue
            ground = str(rng.choice(list(BACKGROUNDS))) if rng.random() < 0.7 else ""
            if split == "unseen thing-style pairs":
                if self.kept_back[chosen[0]]:
                    return Scene(items, layout, ground, self.kept_back[chosen[0]])
                continue
            styles = self.styles(chosen)
            if styles:
                return Scene(items, layout, ground, str(rng.choice(styles)) if rng.random() < 0.6 else "")

    def _apart(self, chosen: list[int]) -> bool:
        """Whether some two of these things never stand together in training."""
        return any(pair_kept_back(self.hexcodes[a], self.hexcodes[b]) for a, b in combinations(chosen, 2))

    def _item(self, rng: np.random.Generator) -> Item:
        among = self.common if rng.random() < _COMMON_SHARE else range(len(self.things))
        thing = int(among[int(rng.integers(len(among)))])
        tones = self._tones[thing]
        tone = int(rng.choice(tones)) if tones and rng.random() < 0.3 else 0
        return Item(thing, tone, SIZES[int(rng.choice(3, p=(0.6, 0.2, 0.2)))])

    def draw(self, scene: Scene, rng: np.random.Generator, side: int) -> np.ndarray:
        """The scene in pixels, uint8 (side, side, 3); what it leaves open is drawn by chance."""
        chosen = [item.thing for item in scene.items]
        style = scene.style or str(rng.choice(self.styles(chosen)))
        ground = scene.background or str(rng.choice(list(BACKGROUNDS)))
        return compose(
            [self.sprite(item.thing, item.tone, style) for item in scene.placed],
            [item.size for item in scene.placed],
            scene.layout,
            ground,
            [self.things[item.thing].group in MIRROR and rng.random() < _MIRRORED for item in scene.placed],
            side,
        )

    def vary(self, scene: Scene, rng: np.random.Generator) -> str:
        """A caption as people write it, in one of the languages, now and then by a keyword."""
        return caption(scene, self.things, rng, "zh" if rng.random() < 0.3 else "en")

    def caption(self, scene: Scene, rng: np.random.Generator, language: str) -> str:
        """A caption that calls everything by its name."""
        return caption(scene, self.things, rng, language, keywords=0)

    def labels(self, scene: Scene) -> list[int]:
        """What a caption of this scene says, as numbers; `label_sizes` says how many values each can take."""
        return labels(scene, len(self.things), STYLES)

    def uncommon(self, labels: np.ndarray) -> np.ndarray:
        """Which scenes hold a thing that is not among the 300 commonest: bool (N,), from labels (N, L)."""
        nothing = len(self.things)
        return np.isin(labels[:, [1, 4, 7]], [*self.common, nothing], invert=True).max(1)

    def several(self, labels: np.ndarray) -> np.ndarray:
        """Which scenes show more than one thing: bool (N,), from labels (N, L)."""
        return labels[:, 0] != LAYOUTS.index("one")

    def unsaid(self, labels: np.ndarray) -> np.ndarray:
        """Which scenes leave their style or their ground to chance: bool (N,), from labels (N, L)."""
        return (labels[:, -2:] == 0).any(1)
