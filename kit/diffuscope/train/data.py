"""Step 1: draw the training pictures once."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from types import ModuleType

import numpy as np
import torch
from torch import Tensor

from diffuscope.train.config import Config


def world(config: Config) -> ModuleType:
    """The module that samples, captions and draws what this model learns."""
    return import_module(f"diffuscope.worlds.{config.data.world}")


def make(config: Config, run: Path) -> Path:
    """Draw `config.data.pictures` pictures of the training split into one file; done already, it is left alone."""
    path = run / "data.npz"
    if path.exists():
        return path
    run.mkdir(parents=True, exist_ok=True)
    known, rng = world(config), np.random.default_rng(config.data.seed)
    pictures, captions = [], []
    for _ in range(config.data.pictures):
        scene = known.sample(rng)
        pictures.append(known.draw(scene, rng, config.data.side))
        captions.append(known.vary(scene, rng))
    part = path.with_suffix(".part.npz")
    np.savez_compressed(part, pictures=np.stack(pictures), captions=np.array(captions))
    part.replace(path)
    return path


def load(path: Path) -> tuple[Tensor, list[str]]:
    """Pictures as uint8 (N, 3, H, W) and their captions."""
    with np.load(path) as stored:
        return torch.from_numpy(stored["pictures"]).permute(0, 3, 1, 2).contiguous(), stored["captions"].tolist()


def scaled(pictures: Tensor, device: torch.device) -> Tensor:
    """uint8 0..255 to float -1..1, the range autoencoders of Stable Diffusion work in."""
    return pictures.to(device).float() / 127.5 - 1
