"""Step 2: the autoencoder, from pictures to latents and back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from diffusers import AutoencoderKL
from torch import Tensor
from torch.nn import functional as F

from diffuscope import atomic
from diffuscope.train import data
from diffuscope.train.config import Config
from diffuscope.train.loop import fit
from diffuscope.train.sheet import save_sheet

_LESSON_NOISE = 0.1
"""Noise on the linear code that the decoder reads during the first lesson."""


def train(config: Config, run: Path, device: torch.device, minutes: float | None = None) -> bool:
    """Fit the autoencoder and save it to `run/model/vae`; True when finished.

    Loss: L1 + mean squared error of the round trip + kl_weight * KL(q(z|x) || N(0, 1)), as in Kingma & Welling 2013
    with the tiny KL weight of Rombach et al. 2022 (arXiv:2112.10752), edge_weight * L1 of the differences between
    neighbouring pixels, and half_weight * the same round trip at half the size, see `half_size_loss`. It starts from `run/model/vae` where there is one already, as after a round on another world.
    """
    recipe = config.autoencoder
    source = data.Source(config, run, recipe.batch)
    torch.manual_seed(recipe.seed)
    before = run / "model" / "vae"
    model = AutoencoderKL.from_pretrained(before).train() if before.is_dir() else AutoencoderKL(**recipe.model)
    model.to(device, memory_format=torch.channels_last)
    look = source.few(16).pictures
    lessons = 0 if before.is_dir() else round(recipe.steps * recipe.linear)
    code = LinearCode(source.at(0).pictures[:512], model).to(device) if lessons else None

    def loss(rng: torch.Generator, step: int) -> Tensor:
        pictures = source.at(step).pictures
        pick = torch.randint(len(pictures), (recipe.batch,), generator=rng)
        top, left = torch.randint(pictures.shape[-1] - recipe.crop + 1, (2,), generator=rng).tolist()
        x = data.scaled(pictures[pick, :, top : top + recipe.crop, left : left + recipe.crop], device)
        x = x.contiguous(memory_format=torch.channels_last)
        q = model.encode(x).latent_dist
        noise = torch.randn(q.mean.shape, generator=rng).to(device)
        if code is not None and step < lessons:
            wanted = code(x)
            y = model.decode(wanted + _LESSON_NOISE * noise).sample.float()
            return F.mse_loss(q.mean.float(), wanted) + round_trip_loss(y, x, recipe.edge_weight)
        y = model.decode(q.mean + q.std * noise).sample.float()
        value = round_trip_loss(y, x, recipe.edge_weight) + recipe.kl_weight * q.kl().mean()
        if recipe.half_weight:
            value = value + recipe.half_weight * half_size_loss(model, q.mean, x, recipe.edge_weight)
        return value

    def sheet(module: Any, path: Path) -> None:
        x = data.scaled(look, device)
        save_sheet(torch.stack([x, round_trip(module, x)], 1).flatten(0, 1), path, columns=8)

    trained = fit(model, loss, recipe, run / "autoencoder", sheet, minutes)
    if trained is None:
        return False
    sample = source.at(recipe.steps - 1).pictures[:2048]
    trained.register_to_config(scaling_factor=_scaling_factor(trained, sample, device))
    with atomic.folder(run / "model" / "vae") as new:
        trained.to(memory_format=torch.contiguous_format).save_pretrained(new)
    return True


def round_trip_loss(y: Tensor, x: Tensor, edge_weight: float) -> Tensor:
    """L1 + mean squared error, and edge_weight * L1 of the differences between neighbouring pixels, shape ()."""
    off = y - x
    value = off.abs().mean() + off.square().mean()
    if edge_weight:
        value = value + edge_weight * (off.diff(dim=-1).abs().mean() + off.diff(dim=-2).abs().mean())
    return value


def half_size_loss(model: Any, latents: Tensor, x: Tensor, edge_weight: float) -> Tensor:
    """Round-trip loss of latents (B, C, h, w) at half their size against pictures (B, 3, H, W) at half theirs, shape ().

    What a decoder reads from shrunken latents must be the shrunken picture: so large shapes live in what neighbouring
    latents share, and little is left to differences from cell to cell, which a denoiser finds hard. After scale
    equivariance in Kouzelis et al. 2025 (arXiv:2502.09509) and Skorokhodov et al. 2025 (arXiv:2502.14831).
    """
    y = model.decode(F.avg_pool2d(latents, 2)).sample.float()
    return round_trip_loss(y, F.avg_pool2d(x, 2), edge_weight)


class LinearCode:
    """The best linear code of square patches: their first principal components, each with unit variance.

    An autoencoder from random weights spends its first thousands of steps learning to copy. This code is what it learns
    towards, so it is taught first: the encoder to make it, the decoder to read it.
    """

    def __init__(self, pictures: Tensor, model: AutoencoderKL) -> None:
        """Find it in pictures uint8 (N, 3, H, W); the model says how large a patch is and how many numbers it gets."""
        self.patch = 2 ** (len(model.config.block_out_channels) - 1)
        patches = self._patches(data.scaled(pictures, torch.device("cpu"))).flatten(0, 1)
        self.mean = patches.mean(0)
        values, axes = torch.linalg.eigh((patches - self.mean).T @ (patches - self.mean) / len(patches))
        count = model.config.latent_channels
        self.axes = axes[:, -count:].flip(1) / values[-count:].flip(0).clamp(min=1e-8).sqrt()

    def to(self, device: torch.device) -> LinearCode:
        self.mean, self.axes = self.mean.to(device), self.axes.to(device)
        return self

    def __call__(self, x: Tensor) -> Tensor:
        """The code (B, C, H / patch, W / patch) of pictures (B, 3, H, W) in -1..1."""
        with torch.autocast(x.device.type, enabled=False):
            code = (self._patches(x) - self.mean) @ self.axes
        return code.transpose(1, 2).unflatten(2, (x.shape[2] // self.patch, -1))

    def _patches(self, x: Tensor) -> Tensor:
        return F.unfold(x, self.patch, stride=self.patch).transpose(1, 2)


@torch.inference_mode()
def round_trip(model: Any, x: Tensor) -> Tensor:
    """Picture -> mean latent -> picture, all (B, 3, H, W) in -1..1."""
    return model.decode(model.encode(x).latent_dist.mode()).sample.clamp(-1, 1)


@torch.inference_mode()
def _scaling_factor(model: Any, pictures: Tensor, device: torch.device) -> float:
    """1 / standard deviation of the latents, so that the denoiser works on unit variance."""
    latents = [model.encode(data.scaled(part, device)).latent_dist.sample() for part in pictures.split(64)]
    return 1 / torch.cat(latents).std().item()
