"""Step 1: draw the training pictures once."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from diffuscope.train.config import Config


def world(config: Config, run: Path) -> Any:
    """What this model learns: it samples, captions and draws. Drawings it takes from others are made on first use."""
    found = import_module(f"diffuscope.worlds.{config.data.world}")
    if not hasattr(found, "World"):
        return found
    from diffuscope.train import sprites

    sprites.make(run, config.data.side)
    return found.World(run)


def make(config: Config, run: Path) -> Path:
    """Draw `config.data.pictures` pictures of the training split into one file; done already, it is left alone."""
    path = run / "data.npz"
    if path.exists():
        return path
    run.mkdir(parents=True, exist_ok=True)
    known, rng = world(config, run), np.random.default_rng(config.data.seed)
    if hasattr(known, "held_out"):
        (run / "kept_back.json").write_text(json.dumps(known.held_out(), indent=0) + "\n", encoding="utf-8")
    drawn: dict[str, list] = {"pictures": [], "captions": [], "labels": []}
    for _ in range(config.data.pictures):
        scene = known.sample(rng)
        drawn["pictures"].append(known.draw(scene, rng, config.data.side))
        drawn["captions"].append([known.vary(scene, rng) for _ in range(config.data.captions)])
        drawn["labels"].append(known.labels(scene) if hasattr(known, "labels") else [])
    part = path.with_suffix(".part.npz")
    arrays: dict[str, Any] = {name: np.array(rows) for name, rows in drawn.items()}
    np.savez(part, **arrays)
    part.replace(path)
    return path


def pictures(config: Config, run: Path) -> Tensor:
    """All training pictures, uint8 (N, 3, H, W)."""
    return torch.from_numpy(_read(config, run, "pictures")).permute(0, 3, 1, 2).contiguous()


def captions(config: Config, run: Path) -> np.ndarray:
    """Every picture told in K ways, str (N, K)."""
    return _read(config, run, "captions")


def labels(config: Config, run: Path) -> Tensor:
    """What the captions say as numbers, int64 (N, L); L is 0 for a world without labels."""
    return torch.from_numpy(_read(config, run, "labels")).long()


def shares(config: Config, run: Path) -> Tensor:
    """How often the text encoder and the denoiser are shown each picture, against the others: float (N,)."""
    known, said, recipe = world(config, run), labels(config, run), config.data
    found = torch.ones(len(said))
    for name, share in (("uncommon", recipe.rare), ("several", recipe.several), ("unsaid", recipe.unsaid)):
        if hasattr(known, name):
            found[torch.from_numpy(getattr(known, name)(said.numpy()))] *= share
    return found


def _read(config: Config, run: Path, name: str) -> np.ndarray:
    with np.load(make(config, run)) as stored:
        return stored[name]


def scaled(pictures: Tensor, device: torch.device) -> Tensor:
    """uint8 0..255 to float -1..1, the range autoencoders of Stable Diffusion work in."""
    return pictures.to(device).float() / 127.5 - 1


def cached(path: Path, source: Path, make: Callable[[], dict[str, Any]]) -> dict[str, np.ndarray]:
    """Arrays computed once and kept in `path`; made again when `source`, which they depend on, is newer."""
    if not path.exists() or path.stat().st_mtime < source.stat().st_mtime:
        part = path.with_suffix(".part.npz")
        np.savez(part, **make())
        part.replace(path)
    with np.load(path) as stored:
        return dict(stored)
