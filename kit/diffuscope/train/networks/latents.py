"""The training pictures as the encoder sees them: what the denoiser denoises."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from diffusers import AutoencoderKL
from torch import Tensor

from diffuscope.train import data
from diffuscope.train.config import Config
from diffuscope.train.loop import mixed


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


class Latents:
    """Mean and standard deviation of the latents of a source's pictures, each float16 (N, C, h, w), block by block."""

    def __init__(self, source: data.Source, vae: AutoencoderKL, device: torch.device) -> None:
        self.source, self.vae, self.device = source, vae, device
        self._block: tuple[int, tuple[Tensor, Tensor]] | None = None

    def at(self, step: int) -> tuple[Tensor, Tensor]:
        """Mean and standard deviation for the pictures of `source.at(step)`; those that are kept are kept on the disk."""
        number = self.source.number(step)
        if self._block is None or self._block[0] != number:
            self._block = number, self._fresh(step) if self.source.fresh else self._kept(step)
        return self._block[1]

    def _fresh(self, step: int) -> tuple[Tensor, Tensor]:
        return encoded(self.vae, self.source.at(step).pictures, self.device)

    def _kept(self, step: int) -> tuple[Tensor, Tensor]:
        def encode() -> dict[str, Any]:
            return {n: z.numpy() for n, z in zip(("mean", "std"), self._fresh(step), strict=True)}

        run = self.source.run
        kept = data.cached(run / "latents.npz", run / "model" / "vae" / "config.json", encode)
        return torch.from_numpy(kept["mean"]), torch.from_numpy(kept["std"])


@torch.no_grad()
def encoded(vae: AutoencoderKL, pictures: Tensor, device: torch.device) -> tuple[Tensor, Tensor]:
    """Mean and standard deviation of pictures uint8 (N, 3, H, W), float16 on the CPU."""
    with torch.autocast(device.type, torch.bfloat16, enabled=mixed(device)):
        found = []
        for chunk in pictures.split(32):  # 256 at once take twice as long on a CPU
            x = data.scaled(chunk, device).contiguous(memory_format=torch.channels_last)
            found.append(vae.encode(x).latent_dist)
    mean, std = (torch.cat([getattr(q, name) for q in found]).half().cpu().contiguous() for name in ("mean", "std"))
    return mean, std
