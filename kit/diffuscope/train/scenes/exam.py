"""Step 6 for the scenes: how well the model obeys, as one table anyone can make again.

The judge is the world's own reader, which has no weights. Beside every number stands its ceiling: what the reader says
of real pictures, and of real pictures after the autoencoder's round trip.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from diffuscope.families.base import Model
from diffuscope.recipe.settings import Settings
from diffuscope.train import evaluate
from diffuscope.worlds import scenes as known

FULL, QUICK = 400, 50
GUIDANCE = (1.0, 1.5, 2.0, 3.0, 5.0, 7.5)
STEPS = (5, 10)
PARTS = known.PARTS


def rows(model: Model, run: Path, quick: bool = False) -> list[dict[str, Any]]:
    """Measure a model; every row is printed as it is done.

    Args:
        run: not needed, this world draws everything itself.
        quick: 50 captions a row at the default guidance only, instead of 400 at every one.
    """
    count = QUICK if quick else FULL
    guidance, steps = model.defaults["guidance_scale"], model.defaults["steps"]
    held_out = "unseen captions"
    done = [_ceiling(model, held_out, count, through) for through in (False, True)]
    scales = (guidance,) if quick else GUIDANCE
    done += [_obey(model, held_out, count, scale, steps) for scale in scales]
    if not quick:
        guidance = max((row for row in done if "guidance" in row), key=lambda row: row["all"])["guidance"]
        done += [_obey(model, held_out, count, guidance, few) for few in STEPS]
    return done + [_obey(model, split, count, guidance, steps) for split in known.SPLITS if split != held_out]


def _scenes(split: str, count: int) -> list[known.Scene]:
    rng = np.random.default_rng(20_000 + known.SPLITS.index(split))
    return [known.sample(rng, split) for _ in range(count)]


def _obey(model: Model, split: str, count: int, guidance: float, steps: int) -> dict[str, Any]:
    """Draw one picture a caption, each with its own seed, and read it."""
    scenes = _scenes(split, count)
    asked = [Settings(s.caption, seed=seed, steps=steps, guidance_scale=guidance) for seed, s in enumerate(scenes)]
    return _score({"what": split, "guidance": guidance, "steps": steps}, scenes, evaluate.pictures_of(model, asked))


def _ceiling(model: Model, split: str, count: int, through: bool) -> dict[str, Any]:
    scenes, rng = _scenes(split, count), np.random.default_rng(7)
    pictures = np.stack([known.draw(scene, rng, model.defaults["width"]) for scene in scenes])
    row: dict[str, Any] = {"what": "real pictures"}
    if through:
        pictures, psnr = evaluate.round_trip(model, pictures)
        row = {
            "what": "real, after the autoencoder",
            "notes": {"Autoencoder round trip on these pictures": f"{psnr} dB PSNR"},
        }
    return _score(row, scenes, pictures)


def _score(row: dict[str, Any], scenes: list[known.Scene], pictures: np.ndarray) -> dict[str, Any]:
    got = [known.compare(scene, known.read(picture)) for scene, picture in zip(scenes, pictures, strict=True)]
    return evaluate.say(
        row | {"pictures": len(got), **{part: round(float(np.mean([g[part] for g in got])), 4) for part in PARTS}}
    )
