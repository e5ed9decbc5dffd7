"""Step 3: text encoder and UNet, trained together to predict the noise in latents."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from diffusers import AutoencoderKL, DDIMScheduler, DDPMScheduler, UNet2DConditionModel
from torch import Tensor, nn
from torch.nn import functional as F

from diffuscope.train import data
from diffuscope.train.config import Config
from diffuscope.train.loop import fit
from diffuscope.train.sheet import save_sheet
from diffuscope.train.text import text_encoder, word_tokenizer


class Denoiser(nn.Module):
    """Text encoder and UNet as one function of noisy latents, timestep and tokens."""

    def __init__(self, text: Any, unet: Any) -> None:
        super().__init__()
        self.text, self.unet = text, unet
        self.words = nn.Linear(text.config.hidden_size, text.config.vocab_size)  # only for `word_loss`

    def forward(self, x_t: Tensor, timestep: Tensor, tokens: Tensor) -> Tensor:
        return self.both(x_t, timestep, tokens)[0]

    def both(self, x_t: Tensor, timestep: Tensor, tokens: Tensor) -> tuple[Tensor, Tensor]:
        """The predicted noise, and how far the text states are from telling the words read so far.

        Words the denoiser has no use for yet drift together in the text encoder, and then it can never learn them:
        measured here, "left" and "right" became one before any relation was learnt. So each state must name the words
        up to its place (binary cross-entropy, shape ()).
        """
        states = self.text(tokens).last_hidden_state  # (B, tokens, width)
        read = F.one_hot(tokens, self.words.out_features).cumsum(1).clamp(max=1).float()
        word_loss = F.binary_cross_entropy_with_logits(self.words(states), read)
        return self.unet(x_t, timestep, states).sample, word_loss


def train(config: Config, run: Path, device: torch.device, minutes: float | None = None) -> bool:
    """Fit the denoiser and save it to `run/model`; True when finished.

    Loss: squared error between the noise that was added and the noise predicted (Ho et al. 2020, arXiv:2006.11239),
    weighted by 1 + sigma^2 up to a limit ("SNR + 1" in Salimans & Ho 2022, arXiv:2202.00512, where it weights the error
    of x0). Without the weight nearly all of the loss is fine grain at little noise, and where things stand, which is
    decided at much noise, is hardly learnt. A share of captions is dropped for classifier-free guidance (Ho & Salimans
    2022, arXiv:2207.12598).
    """
    recipe = config.denoiser
    vae = AutoencoderKL.from_pretrained(run / "model" / "vae").to(device)
    pictures, captions = data.load(data.make(config, run))
    mean, std = _latents(vae, pictures, device)
    tokenizer = word_tokenizer(data.world(config).WORDS, recipe.text["max_position_embeddings"])
    pad = {"padding": "max_length", "truncation": True, "return_tensors": "pt"}
    tokens, empty = tokenizer(captions, **pad).input_ids, tokenizer([""], **pad).input_ids

    torch.manual_seed(recipe.seed)
    unet = UNet2DConditionModel(**recipe.model)
    model = Denoiser(text_encoder(tokenizer, recipe.text), unet.to(memory_format=torch.channels_last)).to(device)
    noising = DDPMScheduler(**recipe.scheduler)
    weight = (1 / noising.alphas_cumprod).clamp(max=recipe.weight_limit)  # 1 + sigma^2

    def loss(rng: torch.Generator) -> Tensor:
        pick = torch.randint(len(mean), (recipe.batch,), generator=rng)
        dropped = torch.rand(recipe.batch, 1, generator=rng) < recipe.drop_text
        timestep = torch.randint(noising.config.num_train_timesteps, (recipe.batch,), generator=rng)
        noise, inner = torch.randn((2, recipe.batch, *mean.shape[1:]), generator=rng)
        latents = (mean[pick] + std[pick] * inner) * vae.config.scaling_factor
        x_t = noising.add_noise(latents, noise, timestep)
        tokens_in = torch.where(dropped, empty, tokens[pick])
        predicted, word_loss = model.both(*(part.to(device) for part in (x_t, timestep, tokens_in)))
        error = F.mse_loss(predicted.float(), noise.to(device), reduction="none").mean((1, 2, 3))
        return (error * weight[timestep].to(device)).mean() + recipe.word_loss * word_loss

    def sheet(module: Any, path: Path) -> None:
        # 16 captions by plain DDIM: a look, not a measurement (that is `evaluate`)
        pipe = DDIMScheduler.from_config(noising.config)
        pipe.set_timesteps(20)
        ids = torch.cat([tokens[:16], empty.expand(16, -1)]).to(device)
        x = torch.randn((16, *mean.shape[1:]), generator=torch.Generator().manual_seed(0)).to(device)
        with torch.inference_mode():
            for t in pipe.timesteps:
                cond, uncond = module(torch.cat([x, x]), t.to(device), ids).chunk(2)
                x = pipe.step(uncond + 3 * (cond - uncond), t, x).prev_sample
            save_sheet(vae.decode(x / vae.config.scaling_factor).sample, path, columns=8)

    trained = fit(model, loss, recipe, run / "denoiser", sheet, minutes)
    if trained is None:
        return False
    trained.text.save_pretrained(run / "model" / "text_encoder")
    trained.unet.save_pretrained(run / "model" / "unet")
    tokenizer.save_pretrained(run / "model" / "tokenizer")
    DDIMScheduler.from_config(noising.config, set_alpha_to_one=False).save_pretrained(run / "model" / "scheduler")
    return True


@torch.inference_mode()
def _latents(vae: AutoencoderKL, pictures: Tensor, device: torch.device) -> tuple[Tensor, Tensor]:
    """Mean and standard deviation of every picture's latents, each (N, C, h, w), computed once."""
    found = [vae.encode(data.scaled(chunk, device)).latent_dist for chunk in pictures.split(256)]
    return torch.cat([q.mean for q in found]).cpu(), torch.cat([q.std for q in found]).cpu()
