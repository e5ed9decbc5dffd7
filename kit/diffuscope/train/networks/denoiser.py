"""Step 4: the UNet learns to predict the noise in latents, told by a text encoder that can read or learns it here."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import torch
from diffusers import DDIMScheduler, DDPMScheduler, UNet2DConditionModel
from diffusers.models.attention_processor import AttnProcessor
from torch import Tensor, nn
from torch.nn import functional as F

from diffuscope import atomic
from diffuscope.train import data
from diffuscope.train.config import Config
from diffuscope.train.config import Denoiser as Recipe
from diffuscope.train.loop import fit, mixed, plain_attention
from diffuscope.train.networks import text
from diffuscope.train.networks.latents import Latents, trained_vae
from diffuscope.train.networks.map_head import MapHead
from diffuscope.train.networks.text import Reader, Tokens
from diffuscope.train.networks.tokenizer import ids
from diffuscope.train.sheet import save_sheet

_LOOK_GUIDANCE = 3.0


class Denoiser(nn.Module):
    """Text encoder and UNet as one function of noisy latents, timestep and tokens."""

    def __init__(self, reader: Reader, unet: Any, map_head: MapHead | None = None) -> None:
        super().__init__()
        self.reader, self.unet = reader, unet
        if map_head is not None:
            self.map_head = map_head

    def forward(self, x_t: Tensor, timestep: Tensor, tokens: Tensor) -> Tensor:
        return self.unet(x_t, timestep, self.reader(tokens)).sample


def train(config: Config, run: Path, device: torch.device, minutes: float | None = None) -> bool:
    """Fit the denoiser and save it to `run/model`, at every sheet of samples as far as it is; True when finished.

    Loss for "epsilon": squared error between the noise that was added and the noise predicted (Ho et al. 2020,
    arXiv:2006.11239), weighted by 1 + sigma^2 up to a limit. Without the weight nearly all of the loss is fine grain at
    little noise, and where things stand, which is decided at much noise, is hardly learnt. Loss for "v_prediction":
    squared error of the velocity (Salimans & Ho 2022, arXiv:2202.00512), which is that weight without a limit. A share
    of captions is dropped for classifier-free guidance (Ho & Salimans 2022, arXiv:2207.12598).

    A text encoder that step 3 has trained is held still, as Stable Diffusion holds CLIP's: what it says then stays what
    the UNet has learnt to follow. Without step 3 it learns here.
    """
    recipe = config.denoiser
    vae = trained_vae(config, run, device)
    vae.to(memory_format=torch.channels_last)
    scale = vae.config.scaling_factor
    source = data.Source(config, run, recipe.batch)
    tokenizer = text.tokenizer(config, source)
    tokens, latents = Tokens(source, tokenizer), Latents(source, vae, device)
    reads_already = config.text.pictures > 0
    empty = ids(tokenizer, [""])
    look = ids(tokenizer, source.few(16).captions[:, 0].tolist())

    torch.manual_seed(recipe.seed)
    model = _network(recipe, text.reader(config, source, tokenizer), source, device)
    model.reader.requires_grad_(not reads_already)
    noising = DDPMScheduler(**recipe.scheduler)
    velocity = noising.config.prediction_type == "v_prediction"
    limit = 1.0 if velocity else recipe.weight_limit
    weight = (1 / noising.alphas_cumprod.clamp(min=1e-8)).clamp(max=limit)  # 1 + sigma^2

    def loss(rng: torch.Generator, step: int) -> Tensor:
        block, told = source.at(step), tokens.at(step)
        mean, std = latents.at(step)
        once = recipe.batch // recipe.levels
        pick = torch.randint(len(told), (once,), generator=rng)
        told = told[pick, torch.randint(told.shape[1], (once,), generator=rng)]
        dropped = torch.rand(once, 1, generator=rng) < recipe.drop_text
        every = pick.repeat(recipe.levels)
        timestep = _timesteps(recipe, len(every), step, noising.config.num_train_timesteps, rng)
        noise, inner = torch.randn((2, len(every), *mean.shape[1:]), generator=rng)
        clean = (mean[every].float() + std[every].float() * inner) * scale
        x_t = noising.add_noise(clean, noise, timestep)
        wanted = noising.get_velocity(clean, noise, timestep) if velocity else noise
        x_t, wanted, timestep, told, dropped = (p.to(device) for p in (x_t, wanted, timestep, told, dropped))
        with torch.set_grad_enabled(not reads_already):
            states = model.reader(torch.where(dropped, empty.to(device), told))
        x_t = x_t.contiguous(memory_format=torch.channels_last)
        expected = model.unet(x_t, timestep, states.repeat(recipe.levels, 1, 1)).sample.float()
        error = F.mse_loss(expected, wanted, reduction="none").mean((1, 2, 3))
        value = (error * weight.to(device)[timestep]).mean()
        if recipe.map_loss:
            value = value + recipe.map_loss * model.map_head.loss(block.maps[every].to(device))
        if reads_already or not recipe.word_loss:
            return value
        kept = ~dropped[:, 0]
        facts = block.labels[pick].to(device)[kept]
        return value + recipe.word_loss * model.reader.loss(states[kept], told[kept], facts)

    @torch.inference_mode()
    def sheet(module: Any, path: Path) -> None:
        shape = (recipe.model["in_channels"], *[recipe.model["sample_size"]] * 2)
        save(module)
        save_sheet(vae.decode(_look(module, noising, look.to(device), empty.to(device), shape) / scale).sample, path, 8)

    def save(averaged: Any) -> None:
        # held still, it is saved as it was: averaging makes 0 of -0, and the file would be another without any change
        parts = {"text_encoder": (model if reads_already else averaged).reader.text}
        parts["unet"] = deepcopy(averaged.unet).to(memory_format=torch.contiguous_format)
        for name, part in {**parts, "tokenizer": tokenizer, "scheduler": sampling(noising)}.items():
            with atomic.folder(run / "model" / name) as new:
                part.save_pretrained(new)

    trained = fit(model, loss, recipe, run / "denoiser", sheet, minutes)
    if trained is None:
        return False
    save(trained)
    return True


def sampling(noising: DDPMScheduler) -> DDIMScheduler:
    """The scheduler that a finished model comes with.

    Where training ended in pure noise (zero terminal SNR), sampling must begin there, and "leading" timesteps do not (Lin
    et al. 2023, arXiv:2305.08891).
    """
    if noising.config.rescale_betas_zero_snr:
        return DDIMScheduler.from_config(noising.config, set_alpha_to_one=True, timestep_spacing="trailing")
    return DDIMScheduler.from_config(noising.config, set_alpha_to_one=False)


def _network(recipe: Recipe, reader: Reader, source: data.Source, device: torch.device) -> Denoiser:
    unet = UNet2DConditionModel(**recipe.model)
    if plain_attention(device):
        unet.set_attn_processor(AttnProcessor())
    if recipe.map_loss and not source.world.map_sizes:
        raise ValueError(
            f'[denoiser] map_loss = {recipe.map_loss}: "{source.config.data.world}" draws no maps; set it to 0'
        )
    head = MapHead(unet, source.world.map_sizes) if recipe.map_loss else None
    return Denoiser(reader, unet.to(memory_format=torch.channels_last), head).to(device)


def _timesteps(recipe: Recipe, count: int, step: int, most: int, rng: torch.Generator) -> Tensor:
    """Timesteps for a batch, int64 (count,)."""
    power = recipe.timestep_power if step < recipe.steps * recipe.timestep_share else 1.0
    return (torch.rand(count, generator=rng) ** power * most).long().clamp(max=most - 1)


def _look(module: Any, noising: DDPMScheduler, tokens: Tensor, empty: Tensor, shape: tuple[int, ...]) -> Tensor:
    """Latents of some captions by plain DDIM: a look, not a measurement (that is `evaluate`)."""
    scheduler = sampling(noising)
    scheduler.set_timesteps(20)
    count = len(tokens)
    both = torch.cat([tokens, empty.expand(count, -1)])
    x = torch.randn((count, *shape), generator=torch.Generator().manual_seed(0)).to(tokens.device)
    for t in scheduler.timesteps:
        with torch.autocast(x.device.type, torch.bfloat16, enabled=mixed(x.device)):
            cond, uncond = module(torch.cat([x, x]), t.to(x.device), both).float().chunk(2)
        x = scheduler.step(uncond + _LOOK_GUIDANCE * (cond - uncond), t, x).prev_sample
    return x
