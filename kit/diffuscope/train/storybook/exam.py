"""Step 6 for the picture book: how well the model obeys, and how much it leaves to the seed.

The judge is the reader, a network that was trained on real pictures only, apart from the model. Beside every number stands
its ceiling: what the reader says of real pictures, and of real pictures after the autoencoder's round trip.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from diffuscope.families.base import Model
from diffuscope.recipe.settings import Settings
from diffuscope.train import evaluate
from diffuscope.train.storybook.grade import PARTS, distance, grade, nearest, rates, variety
from diffuscope.worlds.storybook import LEVELS, SPLITS, Scene, complete, draw, sample
from diffuscope.worlds.storybook.reader import BUILT_IN, StorybookReader

__all__ = ["PARTS", "rows"]

FULL, SOME, QUICK = 400, 120, 48
"""Captions of the rows that count, of those that compare, and of the quick look."""
SHOWN = 2000
"""Pictures of the training split among which the nearest is looked for."""
GUIDANCE = (1.0, 1.5, 2.0, 3.0, 5.0, 7.5)
STEPS = (4, 10)
OPEN = "a house"
"""A prompt that leaves place, time, weather and style to the seed."""


def rows(model: Model, run: Path, quick: bool = False, level: int = 3) -> list[dict[str, Any]]:
    """Measure a model; every row is printed as it is done.

    Args:
        run: the run folder; its own reader is asked if one was trained there, else the built-in one.
        quick: `QUICK` captions at the default guidance only.
        level: how much of the world the model was shown, see `LEVELS`; no more is asked of it.

    Raises:
        FileNotFoundError: there is no reader yet.
    """
    reader, usual, steps = _reader(run), model.defaults["guidance_scale"], model.defaults["steps"]
    exam, some = _Exam(model, reader, QUICK if quick else FULL, level), _Exam(model, reader, SOME, level)
    done = [exam.ceiling(through) for through in (False, True)]
    if quick:
        return [*done, exam.obey("captions", usual, steps)]
    done += [some.obey("captions", scale, steps) for scale in GUIDANCE]
    best = max((row for row in done if "guidance" in row), key=lambda row: row["all"])["guidance"]
    done.append(exam.obey("captions", best, steps))
    done += [some.obey("captions", best, few) for few in STEPS]
    done.append(exam.obey("captions", best, steps, language="zh"))
    done += [some.obey(split, best, steps, split=split) for split in SPLITS[1:]]
    done += [exam.seeds(scale) for scale in (1.0, usual)]
    return [*done, exam.likeness(best)]


def vocabulary(model: Model, run: Path, level: int = 3) -> dict[str, dict[str, float]]:
    """The words a model was taught, in groups, each with the share of pictures in which it comes out right: of so many
    captions that each object is asked for about 40 times."""
    kinds = LEVELS[level].kinds
    exam = _Exam(model, _reader(run), 30 * len(kinds), level)
    scenes = exam.scenes("train")
    usual = model.defaults["guidance_scale"], model.defaults["steps"]
    return rates(exam.reader.look(exam.drawn(scenes, *usual)), scenes)


def _reader(run: Path) -> StorybookReader:
    own = run / "reader"
    return StorybookReader.load(own if (own / "model.safetensors").exists() else BUILT_IN)


class _Exam:
    def __init__(self, model: Model, reader: StorybookReader, count: int, level: int) -> None:
        self.model, self.reader, self.count, self.level = model, reader, count, level

    def scenes(self, split: str) -> list[Scene]:
        """The scenes that are asked for: the same for every model and every row of a split."""
        rng = np.random.default_rng(30_000 + SPLITS.index(split))
        return [sample(rng, split=split, level=self.level) for _ in range(self.count)]

    def ceiling(self, through: bool) -> dict[str, Any]:
        scenes, rng = self.scenes("train"), np.random.default_rng(7)
        pictures = np.stack([draw(scene, rng)[0] for scene in scenes])
        row: dict[str, Any] = {"what": "real pictures"}
        if through:
            pictures, psnr = evaluate.round_trip(self.model, pictures)
            row = {"what": "real, after the autoencoder", "notes": {"Autoencoder round trip": f"{psnr} dB PSNR"}}
        return self._score(row, scenes, pictures)

    def obey(
        self, what: str, guidance: float, steps: int, split: str = "train", language: str = "en"
    ) -> dict[str, Any]:
        """One picture a caption that says everything, each with its own seed."""
        scenes = self.scenes(split)
        what = f"{what}, Chinese" if language == "zh" else what
        row = {"what": what, "guidance": guidance, "steps": steps}
        return self._score(row, scenes, self.drawn(scenes, guidance, steps, language))

    def drawn(self, scenes: list[Scene], guidance: float, steps: int, language: str = "en") -> np.ndarray:
        """A picture a scene, each from a caption that says everything and with its own seed."""
        rng = np.random.default_rng(11)
        asked = [
            Settings(scene.caption(rng, language, 1.0), seed=seed, steps=steps, guidance_scale=guidance)
            for seed, scene in enumerate(scenes)
        ]
        return evaluate.pictures_of(self.model, asked)

    def seeds(self, guidance: float) -> dict[str, Any]:
        """How much varies with the seed what a prompt leaves open, as a share of the world's own entropy."""
        steps = self.model.defaults["steps"]
        asked = [Settings(OPEN, seed=seed, steps=steps, guidance_scale=guidance) for seed in range(self.count)]
        rng = np.random.default_rng(13)
        wanted = [complete(Scene.parse(OPEN), rng, self.level) for _ in range(self.count)]
        real = np.stack([draw(scene, rng)[0] for scene in wanted])
        made = evaluate.pictures_of(self.model, asked)
        shares = variety(self.reader.look(made), self.reader.look(real))
        row = {"what": f'seeds of "{OPEN}": entropy of the world', "guidance": guidance, "steps": steps}
        return evaluate.say(row | {"pictures": self.count, **shares})

    def likeness(self, guidance: float) -> dict[str, Any]:
        """How far its pictures are from real ones of the same scenes, and from the nearest that training may have shown;
        beside both, how far real pictures are."""
        scenes, steps = self.scenes("train"), self.model.defaults["steps"]
        made = self.drawn(scenes, guidance, steps)
        real, again = (
            np.stack([draw(s, np.random.default_rng((seed, i)))[0] for i, s in enumerate(scenes)]) for seed in (7, 8)
        )
        rng = np.random.default_rng(17)
        known = np.stack([draw(sample(rng, level=self.level), rng)[0] for _ in range(SHOWN)])
        seen, true, floor = (self.reader.look(pictures).features for pictures in (made, real, again))
        return evaluate.say({
            "what": "distance to real pictures", "guidance": guidance, "steps": steps, "pictures": len(made),
            "distance": round(distance(seen, true), 2), "real": round(distance(floor, true), 2),
            "nearest": round(nearest(made, known), 1), "real nearest": round(nearest(again, known), 1),
        })  # fmt: skip

    def _score(self, row: dict[str, Any], scenes: list[Scene], pictures: np.ndarray) -> dict[str, Any]:
        return evaluate.say(row | {"pictures": len(scenes), **grade(self.reader.look(pictures), scenes)})
