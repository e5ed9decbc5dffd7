"""Step 2: the autoencoder, from pictures to latents and back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from diffusers import AutoencoderKL
from torch import Tensor
from torch.nn import functional as F

from diffuscope.train import data
from diffuscope.train.config import Config
from diffuscope.train.loop import fit
from diffuscope.train.sheet import save_sheet


def train(config: Config, run: Path, device: torch.device, minutes: float | None = None) -> bool:
    """Fit the autoencoder and save it to `run/model/vae`; True when finished.

    Loss: L1 + mean squared error of the round trip + kl_weight * KL(q(z|x) || N(0, 1)), as in Kingma & Welling 2013
    with the tiny KL weight of Rombach et al. 2022 (arXiv:2112.10752).
    """
    recipe = config.autoencoder
    pictures = data.pictures(config, run)
    torch.manual_seed(recipe.seed)
    model = AutoencoderKL(**recipe.model).to(device)

    def loss(rng: torch.Generator) -> Tensor:
        pick = torch.randint(len(pictures), (recipe.batch,), generator=rng)
        top, left = torch.randint(pictures.shape[-1] - recipe.crop + 1, (2,), generator=rng).tolist()
        x = data.scaled(pictures[pick, :, top : top + recipe.crop, left : left + recipe.crop], device)
        q = model.encode(x).latent_dist
        noise = torch.randn(q.mean.shape, generator=rng).to(device)
        y = model.decode(q.mean + q.std * noise).sample
        return F.l1_loss(y, x) + F.mse_loss(y, x) + recipe.kl_weight * q.kl().mean()

    def sheet(module: Any, path: Path) -> None:
        x = data.scaled(pictures[:16], device)
        save_sheet(torch.stack([x, round_trip(module, x)], 1).flatten(0, 1), path, columns=8)

    trained = fit(model, loss, recipe, run / "autoencoder", sheet, minutes)
    if trained is None:
        return False
    trained.register_to_config(scaling_factor=_scaling_factor(trained, pictures, device))
    trained.save_pretrained(run / "model" / "vae")
    return True


@torch.inference_mode()
def round_trip(model: Any, x: Tensor) -> Tensor:
    """Picture -> mean latent -> picture, all (B, 3, H, W) in -1..1."""
    return model.decode(model.encode(x).latent_dist.mode()).sample.clamp(-1, 1)


@torch.inference_mode()
def _scaling_factor(model: Any, pictures: Tensor, device: torch.device) -> float:
    """1 / standard deviation of the latents, so that the denoiser works on unit variance."""
    return 1 / model.encode(data.scaled(pictures[:2048], device)).latent_dist.sample().std().item()
