"""Step 4: the UNet learns to predict the noise in latents, told by a text encoder that can read or learns it here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from diffusers import DDIMScheduler, DDPMScheduler, UNet2DConditionModel
from diffusers.models.attention_processor import AttnProcessor
from torch import Tensor, nn
from torch.nn import functional as F

from diffuscope.train import data
from diffuscope.train.config import Config
from diffuscope.train.latents import encoded, trained_vae
from diffuscope.train.loop import fit, plain_attention
from diffuscope.train.sheet import save_sheet
from diffuscope.train.text import Reader, ids, reader, tokenized


class Denoiser(nn.Module):
    """Text encoder and UNet as one function of noisy latents, timestep and tokens."""

    def __init__(self, reader: Reader, unet: Any) -> None:
        super().__init__()
        self.reader, self.unet = reader, unet

    def forward(self, x_t: Tensor, timestep: Tensor, tokens: Tensor) -> Tensor:
        return self.unet(x_t, timestep, self.reader(tokens)).sample


def train(config: Config, run: Path, device: torch.device, minutes: float | None = None) -> bool:
    """Fit the denoiser and save it to `run/model`; True when finished.

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
    mean, std = encoded(config, run, vae, device)
    tokenizer, tokens = tokenized(config, run)
    labels = data.labels(config, run)
    reads_already = config.text.pictures > 0
    shares = data.shares(config, run)
    empty = ids(tokenizer, [""])

    torch.manual_seed(recipe.seed)
    unet = UNet2DConditionModel(**recipe.model)
    if plain_attention(device):
        unet.set_attn_processor(AttnProcessor())
    model = Denoiser(reader(config, run, tokenizer), unet.to(memory_format=torch.channels_last)).to(device)
    noising = DDPMScheduler(**recipe.scheduler)
    velocity = noising.config.prediction_type == "v_prediction"
    limit = 1.0 if velocity else recipe.weight_limit
    weight = (1 / noising.alphas_cumprod).clamp(max=limit)  # 1 + sigma^2

    def loss(rng: torch.Generator) -> Tensor:
        # each picture at two noise levels: reading its caption is a quarter of the work
        once = recipe.batch // 2
        pick = torch.multinomial(shares, once, replacement=True, generator=rng)
        told = torch.randint(tokens.shape[1], (once,), generator=rng)
        dropped = torch.rand(once, 1, generator=rng) < recipe.drop_text
        twice = pick.repeat(2)
        most = noising.config.num_train_timesteps
        timestep = (torch.rand(len(twice), generator=rng) ** recipe.timestep_power * most).long().clamp(max=most - 1)
        noise, inner = torch.randn((2, len(twice), *mean.shape[1:]), generator=rng)
        latents = (mean[twice].float() + std[twice].float() * inner) * vae.config.scaling_factor
        x_t = noising.add_noise(latents, noise, timestep)
        wanted = noising.get_velocity(latents, noise, timestep) if velocity else noise
        read = tokens[pick, told].long()
        x_t, wanted, timestep, read, dropped, facts = (
            part.to(device) for part in (x_t, wanted, timestep, read, dropped, labels[pick])
        )
        with torch.set_grad_enabled(not reads_already):
            states = model.reader(torch.where(dropped, empty.to(device), read))
        expected = model.unet(x_t, timestep, states.repeat(2, 1, 1)).sample.float()
        error = F.mse_loss(expected, wanted, reduction="none").mean((1, 2, 3))
        value = (error * weight.to(device)[timestep]).mean()
        if reads_already:
            return value
        kept = ~dropped[:, 0]
        return value + recipe.word_loss * model.reader.loss(states[kept], read[kept], facts[kept])

    def sheet(module: Any, path: Path) -> None:
        # 16 captions by plain DDIM: a look, not a measurement (that is `evaluate`)
        pipe = DDIMScheduler.from_config(noising.config)
        pipe.set_timesteps(20)
        both = torch.cat([tokens[:16, 0].long(), empty.expand(16, -1)]).to(device)
        x = torch.randn((16, *mean.shape[1:]), generator=torch.Generator().manual_seed(0)).to(device)
        with torch.inference_mode():
            for t in pipe.timesteps:
                cond, uncond = module(torch.cat([x, x]), t.to(device), both).chunk(2)
                x = pipe.step(uncond + 3 * (cond - uncond), t, x).prev_sample
            save_sheet(vae.decode(x / vae.config.scaling_factor).sample, path, columns=8)

    trained = fit(model, loss, recipe, run / "denoiser", sheet, minutes)
    if trained is None:
        return False
    # held still, it is saved as it was: averaging makes 0 of -0, and the file would be another without any change
    (model if reads_already else trained).reader.text.save_pretrained(run / "model" / "text_encoder")
    trained.unet.save_pretrained(run / "model" / "unet")
    tokenizer.save_pretrained(run / "model" / "tokenizer")
    DDIMScheduler.from_config(noising.config, set_alpha_to_one=False).save_pretrained(run / "model" / "scheduler")
    return True
