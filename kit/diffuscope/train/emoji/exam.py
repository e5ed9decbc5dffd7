"""Step 6 for the emoji: how well the model obeys, read by plain arithmetic and by the judge.

Beside every number stands its ceiling: the same reading of real pictures, and of those after the autoencoder's round
trip. Real pictures are the drawings of training, in sizes and on grounds drawn by chance: those should be known by heart.
What was never shown are the pairs of thing and style, and the pairs of things, that are kept back.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from diffuscope.families.base import Model
from diffuscope.recipe.settings import Settings
from diffuscope.train import evaluate
from diffuscope.train.emoji import reading, sprites
from diffuscope.train.emoji.judge import BUILT_IN, Judge
from diffuscope.worlds.emoji import BACKGROUNDS, SIZES, SPLITS, Item, Scene, World

PROMPTS, SEEDS, QUICK = 200, 4, 16
"""Pictures a row; the rows that compare guidance draw every prompt from this many seeds; pictures a row in quick mode."""
GUIDANCE = (1.0, 2.0, 3.0, 5.0, 7.0)
FEW = ((Settings.scheduler, 4), (Settings.scheduler, 10), ("ddim", 4))
"""Runs shorter than usual: by the scheduler of all other rows, and by one that needs no more steps than these."""
PARTS = reading.PARTS
_COMMON = "300 commonest things"
_SEEN, _UNSEEN, _UNSEEN_PAIRS = SPLITS


def rows(model: Model, run: Path, quick: bool = False) -> list[dict[str, Any]]:
    """Measure a model; every row is printed as it is done.

    Args:
        run: the run folder. Its own judge is asked if one was trained there, else the built-in one; the drawings are
            made if they are not there, and the copy rate needs `diffuscope train data`.
        quick: `QUICK` pictures a row and the most telling rows only.
    """
    side = model.defaults["width"]
    sprites.make(run, side)
    world = World(run)
    trained = run / "judge"
    judge = Judge(world, trained if (trained / "model.safetensors").exists() else BUILT_IN)
    exam = _Exam(model, world, judge, QUICK if quick else PROMPTS)
    usual = model.defaults["guidance_scale"]
    done = exam.ceilings()
    for guidance in (usual,) if quick else GUIDANCE:
        done.append(exam.ask(_COMMON, exam.common * (1 if quick else SEEDS), guidance))
    if not quick:
        done += [exam.ask(f"{_COMMON}, {name}", exam.common, usual, n, scheduler=name) for name, n in FEW]
    done.append(exam.ask("the same, in Chinese", exam.common, usual, language="zh"))
    done.append(exam.ask("all things", exam.singles(world.sample, 2), usual))
    done.append(exam.ask(_UNSEEN, exam.split(_UNSEEN, ("one",)), usual))
    done.append(exam.ask("two things", exam.split(_SEEN, ("row", "column")), usual))
    done.append(exam.ask(_UNSEEN_PAIRS, exam.split(_UNSEEN_PAIRS, ("row", "column")), usual))
    done.append(exam.ask("two or three of one thing", exam.split(_SEEN, ("two", "three")), usual))
    if (run / "data.npz").exists() and not quick:
        done.append(exam.copies(run / "data.npz", usual))
    return done


class _Exam:
    def __init__(self, model: Model, world: World, judge: Judge, prompts: int) -> None:
        self.model, self.world, self.judge, self.prompts = model, world, judge, prompts
        self.common = self.singles(self._any_common, 1)
        self.drawn: dict[tuple[str, float], np.ndarray] = {}

    def _any_common(self, rng: np.random.Generator) -> Scene:
        return Scene((Item(int(rng.choice(self.world.common))),))

    def singles(self, sample: Any, seed: int) -> list[Scene]:
        """One thing each, with a size, a ground and a style that training may show."""
        rng = np.random.default_rng(30_000 + seed)
        found: list[Scene] = []
        while len(found) < self.prompts:
            thing = sample(rng).items[0].thing
            styles = self.world.styles([thing])
            if styles:
                item = Item(thing, 0, str(rng.choice(SIZES)))
                found.append(Scene((item,), "one", str(rng.choice(list(BACKGROUNDS))), str(rng.choice(styles))))
        return found

    def split(self, split: str, layouts: tuple[str, ...]) -> list[Scene]:
        rng = np.random.default_rng(40_000)
        found: list[Scene] = []
        while len(found) < self.prompts:
            scene = self.world.sample(rng, split)
            if scene.layout in layouts:
                found.append(replace(scene, items=tuple(replace(item, tone=0) for item in scene.items)))
        return found

    def draw(self, scenes: list[Scene], language: str, **settings: Any) -> np.ndarray:
        """One picture of each scene, each from its own noise; a scene that stands there twice is told anew."""
        rng = np.random.default_rng(50_000)
        texts = [self.world.caption(scene, rng, language) for scene in scenes]
        asked = [Settings(text, seed=i, **settings) for i, text in enumerate(texts)]
        return evaluate.pictures_of(self.model, asked)

    def ask(
        self,
        what: str,
        scenes: list[Scene],
        guidance: float,
        steps: int | None = None,
        language: str = "en",
        scheduler: str = Settings.scheduler,
    ) -> dict[str, Any]:
        steps = steps or self.model.defaults["steps"]
        pictures = self.draw(scenes, language, guidance_scale=guidance, steps=steps, scheduler=scheduler)
        self.drawn[what, guidance] = pictures
        row = {"what": what, "guidance": guidance, "steps": steps}
        return evaluate.say(row | reading.score(self.judge, scenes, pictures))

    def ceilings(self) -> list[dict[str, Any]]:
        scenes = self.common + self.split(_SEEN, ("row", "column")) + self.split(_SEEN, ("two", "three"))
        pictures = self._real(scenes, 60_000)
        back, psnr = evaluate.round_trip(self.model, pictures)
        note = {"Autoencoder round trip on held-out pictures": f"{psnr} dB PSNR"}
        return [
            evaluate.say({"what": "real pictures"} | reading.score(self.judge, scenes, pictures)),
            evaluate.say(
                {"what": "real, after the autoencoder", "notes": note} | reading.score(self.judge, scenes, back)
            ),
        ]

    def _real(self, scenes: list[Scene], seed: int) -> np.ndarray:
        rng = np.random.default_rng(seed)
        return np.stack([self.world.draw(scene, rng, self.world.side) for scene in scenes])

    def copies(self, data: Path, guidance: float) -> dict[str, Any]:
        """Does it copy, and how far are its pictures from real ones, as a crowd?

        Copies are looked for among pairs of thing and style that training never showed: any other real picture may stand
        among the training pictures, dot for dot.
        """
        unseen = self.split(_UNSEEN, ("one",))
        asked = {"made": self.drawn[_UNSEEN, guidance], "real": self._real(unseen, 60_001)}
        with np.load(data) as stored:
            trained = _small(stored["pictures"])
        nearest = {name: _nearest(_small(pictures), trained) for name, pictures in asked.items()}
        close = float(np.quantile(nearest["real"], 0.01))
        made = self.drawn[_COMMON, guidance][: len(self.common)]
        real = self._real(self.common, 60_001)
        other = self._real(self.singles(self._any_common, 3), 60_002)  # other scenes: crowds must not come in pairs
        kid = [kernel_distance(self.judge.features(a), self.judge.features(other)) for a in (made, real)]
        return evaluate.say({
            "what": "as a crowd", "guidance": guidance, "steps": self.model.defaults["steps"], "pictures": len(made),
            "notes": {
                "Distance to the nearest training picture, of 255, median of unseen pairs":
                    f"{np.median(nearest['made']):.1f}; of real pictures of those {np.median(nearest['real']):.1f}",
                "Copy rate (nearer than 99 of 100 such real pictures)":
                    f"{100 * float(np.mean(nearest['made'] < close)):.1f} %; by definition 1 % of real ones",
                "Kernel distance to real pictures in the judge's features": f"{kid[0]:.4f}; real against real {kid[1]:.4f}",
            },
        })  # fmt: skip


def _small(pictures: np.ndarray) -> Tensor:
    """Pictures as 16x16 means, float (N, 768): close there is close to the eye."""
    n, side = len(pictures), pictures.shape[1]
    blocks = torch.from_numpy(pictures).float().view(n, 16, side // 16, 16, side // 16, 3)
    return blocks.mean((2, 4)).flatten(1)


def _nearest(pictures: Tensor, trained: Tensor) -> np.ndarray:
    """Root mean square difference, of 255, to the nearest training picture: (N,)."""
    found = [torch.cdist(part, trained).min(1).values for part in pictures.split(100)]
    return (torch.cat(found) / pictures.shape[1] ** 0.5).numpy()


def kernel_distance(a: Tensor, b: Tensor) -> float:
    """Unbiased squared maximum mean discrepancy of unit features (N, D), kernel (cos + 1)^3.

    The kernel inception distance of Bińkowski et al. 2018 (arXiv:1801.01401) with the judge in Inception's place; 0 in
    the mean for two samples of one distribution.
    """

    def inside(x: Tensor) -> Tensor:
        k = (x @ x.T + 1) ** 3
        return (k.sum() - k.diagonal().sum()) / (len(x) * (len(x) - 1))

    return float(inside(a) + inside(b) - 2 * ((a @ b.T + 1) ** 3).mean())
