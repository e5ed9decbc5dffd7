"""Stable Diffusion 1 and 2, and everything of their shape: the built-in models too."""

from __future__ import annotations

import threading
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from diffusers import StableDiffusionPipeline
from torch import Tensor

from diffuscope.families.base import Model
from diffuscope.prompt.emphasis import emphasize
from diffuscope.prompt.tokens import Span
from diffuscope.recipe.settings import Recipe

KNOWN_PREDICTIONS = ("epsilon", "v_prediction", "sample")


class StableDiffusion(Model):
    """A UNet2DConditionModel steered by CLIP text, in the latents of an AutoencoderKL."""

    def __init__(
        self, pipe: StableDiffusionPipeline, name: str, source: str, sha256: str | None, defaults: dict
    ) -> None:
        """Wrap the parts of a loaded pipeline; the pipeline's own loop is not used.

        Args:
            pipe: the parts, on the device and in the dtype where they shall run.
            defaults: steps and guidance_scale the model recommends; the size comes from its UNet.
        """
        self.name, self.source, self.sha256 = name, source, sha256
        self._pipe = pipe
        self.device, self.dtype = pipe.device, pipe.unet.dtype
        self.scheduler_config = dict(pipe.scheduler.config)
        self.prediction_type = self.scheduler_config.get("prediction_type", "epsilon")
        if self.prediction_type not in KNOWN_PREDICTIONS:
            raise ValueError(f"{name!r} predicts {self.prediction_type!r}; this family knows {KNOWN_PREDICTIONS}")
        if pipe.unet.config.get("time_cond_proj_dim"):
            raise ValueError(
                f"{name!r} is a latent consistency model, told its guidance as a number; not yet known here"
            )
        side = pipe.unet.config.sample_size * pipe.vae_scale_factor
        self.defaults = {"steps": 25, "guidance_scale": 7.0, "width": side, "height": side, **defaults}
        self.max_tokens = pipe.tokenizer.model_max_length - 2  # start and end take two
        self.screens = pipe.safety_checker is not None
        self._reading = threading.Lock()  # a fast tokenizer breaks when two threads use it: a form's notes, a run
        self._encode = lru_cache(maxsize=256)(self._encode_now)

    @classmethod
    def from_folder(
        cls, where: str | Path, name: str, source: str, sha256: str | None = None, defaults: dict | None = None
    ) -> StableDiffusion:
        """Load a diffusers folder or hub repository: safetensors only, never code from the repository."""
        pipe = StableDiffusionPipeline.from_pretrained(
            where, use_safetensors=True, trust_remote_code=False, dtype=torch.float32
        )
        if torch.cuda.is_available():
            pipe = pipe.to("cuda", torch.float16)
        for part in (pipe.unet, pipe.vae, pipe.text_encoder):
            part.eval().requires_grad_(False)
        return cls(pipe, name, source, sha256, defaults or {})

    def encode(self, text: str, weights: tuple[tuple[int, int, float], ...] = ()) -> Tensor:
        return self._encode(text, weights)

    @torch.inference_mode()
    def _encode_now(self, text: str, weights: tuple[tuple[int, int, float], ...]) -> Tensor:
        if not weights:
            with self._reading:
                return self._pipe.encode_prompt(text, self.device, 1, False)[0]
        states = self._encode(text, ())
        factors = [1.0] * states.shape[1]
        for place, (begin, _, _) in enumerate(self.tokenize(text)[: self.max_tokens], start=1):  # 0 is the start token
            factors[place] = next((weight for low, high, weight in weights if low <= begin < high), 1.0)
        return emphasize(states, factors)

    def network(self, x_t: Tensor, timestep: Tensor, text: Tensor) -> Tensor:
        return self._pipe.unet(x_t, timestep, encoder_hidden_states=text, return_dict=False)[0]

    @torch.inference_mode()
    def decode(self, latents: Tensor) -> np.ndarray:
        vae = self._pipe.vae
        pictures = vae.decode(latents.to(self.device, self.dtype) / vae.config.scaling_factor, return_dict=False)[0]
        unit = (pictures.float() / 2 + 0.5).clamp(0, 1)
        return (unit * 255).round().byte().permute(0, 2, 3, 1).cpu().numpy()

    @torch.inference_mode()
    def flagged(self, pictures: np.ndarray) -> np.ndarray:
        if not self.screens:
            return super().flagged(pictures)
        unit = torch.from_numpy(pictures).permute(0, 3, 1, 2).to(self.device, self.dtype) / 127.5 - 1
        _, found = self._pipe.run_safety_checker(unit, self.device, self.dtype)
        return np.array(found, bool)

    @torch.inference_mode()
    def encode_pictures(self, pictures: np.ndarray) -> Tensor:
        vae = self._pipe.vae
        unit = torch.from_numpy(pictures).permute(0, 3, 1, 2).to(self.device, self.dtype) / 127.5 - 1
        return vae.encode(unit).latent_dist.mode() * vae.config.scaling_factor

    def latent_shape(self, settings: Recipe) -> tuple[int, int, int]:
        factor = self._pipe.vae_scale_factor
        return (self._pipe.unet.config.in_channels, settings.height // factor, settings.width // factor)

    def tokenize(self, text: str) -> list[Span]:
        tokenizer = self._pipe.tokenizer
        with self._reading:
            read = tokenizer(
                text, add_special_tokens=False, return_offsets_mapping=True, truncation=False, verbose=False
            )
        return [
            (begin, end, token != tokenizer.unk_token_id)
            for token, (begin, end) in zip(read["input_ids"], read["offset_mapping"], strict=True)
        ]
