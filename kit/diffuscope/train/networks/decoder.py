"""Step 2b: the decoder goes on alone; the latents stay as they are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from diffuscope import atomic
from diffuscope.train import data
from diffuscope.train.config import Config
from diffuscope.train.loop import fit
from diffuscope.train.networks.autoencoder import round_trip_loss
from diffuscope.train.networks.latents import trained_vae
from diffuscope.train.sheet import save_sheet

_NOISE = 0.1
"""Latents get up to this much noise, since those that a denoiser makes are not quite an encoder's."""


class Decoder(nn.Module):
    """The second half of an autoencoder: latents (B, C, h, w) to pictures (B, 3, H, W)."""

    def __init__(self, vae: Any) -> None:
        super().__init__()
        self.post_quant_conv, self.decoder = vae.post_quant_conv, vae.decoder

    def forward(self, latents: Tensor) -> Tensor:
        return self.decoder(self.post_quant_conv(latents))


def train(config: Config, run: Path, device: torch.device, minutes: float | None = None) -> bool:
    """Fit the decoder of `run/model/vae` further and save it there; True when finished.

    Loss: as of the whole autoencoder, on whole pictures unless the recipe says otherwise. Stable Diffusion's decoder got
    such a second round, too (stabilityai/sd-vae-ft-mse): a denoiser trained before fits still, because the encoder does
    not move.

    Raises:
        ValueError: the recipe has no such step.
    """
    recipe = config.decoder
    if recipe is None:
        raise ValueError(f'recipe "{config.name}" has no [decoder]: its autoencoder is done after its own step')
    source = data.Source(config, run, recipe.batch)
    look = source.few(16).pictures
    vae = trained_vae(config, run, device)
    torch.manual_seed(recipe.seed)
    vae.decoder.to(memory_format=torch.channels_last)
    model = Decoder(vae)

    def loss(rng: torch.Generator, step: int) -> Tensor:
        pictures = source.at(step).pictures
        x = data.scaled(pictures[torch.randint(len(pictures), (recipe.batch,), generator=rng)], device)
        with torch.no_grad():
            q = vae.encode(x).latent_dist
        inner, outer = torch.randn((2, *q.mean.shape), generator=rng).to(device)
        width = _NOISE * torch.rand((recipe.batch, 1, 1, 1), generator=rng).to(device)
        y = model(q.mean + q.std * inner + width * outer).float()
        return round_trip_loss(y, x, config.autoencoder.edge_weight)

    def sheet(module: Any, path: Path) -> None:
        x = data.scaled(look, device)
        with torch.inference_mode():
            y = module(vae.encode(x).latent_dist.mode()).clamp(-1, 1)
        save_sheet(torch.stack([x, y], 1).flatten(0, 1), path, columns=8)

    trained = fit(model, loss, recipe, run / "decoder", sheet, minutes)
    if trained is None:
        return False
    vae.post_quant_conv.load_state_dict(trained.post_quant_conv.state_dict())
    vae.decoder.load_state_dict(trained.decoder.state_dict())
    with atomic.folder(run / "model" / "vae") as new:
        vae.to(memory_format=torch.contiguous_format).save_pretrained(new)
    return True
