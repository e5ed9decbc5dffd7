"""What every evaluation shares: drawing many pictures, measuring a round trip, and the table it ends in."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from diffuscope import atomic
from diffuscope.families.base import Model
from diffuscope.picture.arrays import psnr
from diffuscope.recipe.settings import Settings
from diffuscope.run.collect import record
from diffuscope.trace.trace import Keep

_BATCH = 50


def pictures_of(model: Model, asked: Sequence[Settings]) -> np.ndarray:
    """Draw settings that differ in prompt and seed: uint8 (N, H, W, 3)."""
    batches = [asked[first : first + _BATCH] for first in range(0, len(asked), _BATCH)]
    return np.stack([trace.image for batch in batches for trace in record(model, batch, Keep((), ()))])


@torch.inference_mode()
def round_trip(model: Model, pictures: np.ndarray) -> tuple[np.ndarray, float]:
    """Pictures uint8 (N, H, W, 3) through the autoencoder and back, and the mean PSNR in decibels."""
    back = model.decode(model.encode(pictures))
    return back, round(float(np.mean([psnr(one, other) for one, other in zip(pictures, back, strict=True)])), 2)


def say(row: dict[str, Any]) -> dict[str, Any]:
    """Print a finished row, for those who wait."""
    print(json.dumps(row), flush=True)
    return row


def table(rows: list[dict[str, Any]], parts: Iterable[str]) -> str:
    """The rows as a Markdown table, percentages with one decimal; what a row did not ask for stays empty."""
    head = ["what", "guidance", "steps", "pictures", *parts]
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for row in rows:
        cells = [f"{100 * row[k]:.1f}" if k in parts and k in row else str(row.get(k, "")) for k in head]
        lines.append("| " + " | ".join(cells) + " |")
    notes = [f"{name}: {value}" for row in rows for name, value in row.get("notes", {}).items()]
    return "\n".join(lines) + "\n" + "".join(f"\n{note}.\n" for note in notes)


def write(rows: list[dict[str, Any]], parts: Iterable[str], folder: Path) -> None:
    """Store the table as evaluation.json and evaluation.md."""
    folder.mkdir(parents=True, exist_ok=True)
    atomic.write(folder / "evaluation.json", (json.dumps(rows, indent=1) + "\n").encode())
    atomic.write(folder / "evaluation.md", table(rows, parts).encode())
