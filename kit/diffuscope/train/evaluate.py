"""Step 4: how well the model obeys, as one table anyone can make again.

The judge is the world's own reader, which has no weights. Beside every number stands its ceiling: what the reader says
of real pictures, and of real pictures after the autoencoder's round trip.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import torch

from diffuscope.families.base import Model
from diffuscope.recording import record
from diffuscope.settings import Settings
from diffuscope.trace import Keep

FULL, QUICK = 400, 50
GUIDANCE = (1.0, 1.5, 2.0, 3.0, 5.0, 7.5)
STEPS = (5, 10)
_BATCH = 50


def evaluate(model: Model, known: ModuleType, folder: Path, quick: bool = False) -> list[dict[str, Any]]:
    """Measure a model; the table is printed row by row, and stored as evaluation.json and evaluation.md.

    Args:
        known: the world whose captions are drawn and read.
        folder: where the table goes.
        quick: 50 captions a row at the default guidance only, instead of 400 at every one.
    """
    count = QUICK if quick else FULL
    guidance, steps = model.defaults["guidance_scale"], model.defaults["steps"]
    held_out = "unseen captions"
    rows = [_ceiling(model, known, held_out, count, through) for through in (False, True)]
    scales = (guidance,) if quick else GUIDANCE
    rows += [_obey(model, known, held_out, count, scale, steps) for scale in scales]
    if not quick:
        guidance = max((row for row in rows if "guidance" in row), key=lambda row: row["all"])["guidance"]
        rows += [_obey(model, known, held_out, count, guidance, few) for few in STEPS]
    rows += [_obey(model, known, split, count, guidance, steps) for split in known.SPLITS if split != held_out]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "evaluation.json").write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    (folder / "evaluation.md").write_text(table(rows, known.PARTS), encoding="utf-8")
    return rows


def _scenes(known: ModuleType, split: str, count: int) -> list[Any]:
    rng = np.random.default_rng(20_000 + known.SPLITS.index(split))
    return [known.sample(rng, split) for _ in range(count)]


def _obey(model: Model, known: ModuleType, split: str, count: int, guidance: float, steps: int) -> dict[str, Any]:
    """Draw one picture a caption, each with its own seed, and read it."""
    scenes = _scenes(known, split, count)
    asked = [
        Settings(scene.caption, seed=seed, steps=steps, guidance_scale=guidance) for seed, scene in enumerate(scenes)
    ]
    pictures = []
    for first in range(0, count, _BATCH):
        pictures += [trace.image for trace in record(model, asked[first : first + _BATCH], Keep((), ()))]
    return _score(known, {"what": split, "guidance": guidance, "steps": steps}, scenes, pictures)


@torch.inference_mode()
def _ceiling(model: Model, known: ModuleType, split: str, count: int, through: bool) -> dict[str, Any]:
    scenes, rng = _scenes(known, split, count), np.random.default_rng(7)
    side = model.defaults["width"]
    pictures = np.stack([known.draw(scene, rng, side) for scene in scenes])
    row: dict[str, Any] = {"what": "real pictures"}
    if through:
        back = model.decode(model.encode_pictures(pictures))
        error = ((back.astype(np.float64) - pictures) ** 2).mean(axis=(1, 2, 3))
        row = {
            "what": "real, after the autoencoder",
            "psnr": round(float((20 * np.log10(255) - 10 * np.log10(error)).mean()), 2),
        }
        pictures = back
    return _score(known, row, scenes, pictures)


def _score(known: ModuleType, row: dict[str, Any], scenes: list[Any], pictures: Iterable[np.ndarray]) -> dict[str, Any]:
    got = [known.compare(scene, known.read(picture)) for scene, picture in zip(scenes, pictures, strict=True)]
    row |= {"captions": len(got), **{part: round(float(np.mean([g[part] for g in got])), 4) for part in known.PARTS}}
    print(json.dumps(row), flush=True)
    return row


def table(rows: list[dict[str, Any]], parts: Iterable[str]) -> str:
    """The rows as a Markdown table, percentages with one decimal."""
    head = ["what", "guidance", "steps", "captions", *parts]
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for row in rows:
        cells = [f"{100 * row[k]:.1f}" if k in parts else str(row.get(k, "")) for k in head]
        lines.append("| " + " | ".join(cells) + " |")
    psnr = next((row["psnr"] for row in rows if "psnr" in row), None)
    return "\n".join(lines) + f"\n\nAutoencoder round trip on these pictures: {psnr} dB PSNR.\n"
