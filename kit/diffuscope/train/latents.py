"""The training pictures as the encoder sees them: what the text encoder sketches and the denoiser denoises."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from diffusers import AutoencoderKL
from torch import Tensor
from torch.nn import functional as F

from diffuscope.train import data
from diffuscope.train.config import Config

CELL = 2
"""Latents across one place of a UNet's second level."""


def trained_vae(config: Config, run: Path, device: torch.device) -> Any:
    """The autoencoder of this run.

    Raises:
        FileNotFoundError: it has not been trained yet.
    """
    path = run / "model" / "vae"
    if not path.is_dir():
        raise FileNotFoundError(
            f"{path} is not there; train it with: diffuscope train autoencoder --config {config.name}"
        )
    return AutoencoderKL.from_pretrained(path).to(device)


@torch.inference_mode()
def encoded(config: Config, run: Path, vae: AutoencoderKL, device: torch.device) -> tuple[Tensor, Tensor]:
    """Mean and standard deviation of every picture's latents, each float16 (N, C, h, w); computed once."""

    def encode() -> dict[str, Any]:
        chunks = data.pictures(config, run).split(32)  # 256 at once take twice as long on a CPU
        found = [vae.encode(data.scaled(chunk, device)).latent_dist for chunk in chunks]
        halves = {"mean": [q.mean for q in found], "std": [q.std for q in found]}
        return {name: torch.cat(parts).half().cpu().numpy() for name, parts in halves.items()}

    kept = data.cached(run / "latents.npz", run / "model" / "vae" / "config.json", encode)
    return torch.from_numpy(kept["mean"]), torch.from_numpy(kept["std"])


def cells(latents: Tensor) -> Tensor:
    """Latents (B, C, h, w) cut into cells, row by row: (B, h w / CELL^2, C CELL^2)."""
    return F.unfold(latents, CELL, stride=CELL).transpose(1, 2)
