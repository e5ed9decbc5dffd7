"""Models without words: a UNet that draws pixels of one kind, as DDPM did (Ho et al. 2020, arXiv:2006.11239)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from diffusers import DDPMPipeline
from torch import Tensor

from diffuscope import cancel
from diffuscope.families import memory
from diffuscope.families.base import Model
from diffuscope.families.guidance import Plain
from diffuscope.families.parts import Conditioning
from diffuscope.families.weights import pipeline
from diffuscope.prompt.tokens import Span
from diffuscope.recipe.settings import Recipe

PARTS = ("unet",)
"""Folders that hold weights."""


def model(pipe: DDPMPipeline, name: str, source: str, sha256: str | None = None, defaults: dict | None = None) -> Model:
    """Compose a model from the parts of a loaded pipeline; arguments as for `stable_diffusion.model`."""
    side = pipe.unet.config.sample_size
    high, wide = (side, side) if isinstance(side, int) else side
    codec = Pixels(pipe.unet.config.in_channels)
    return Model(
        name,
        source,
        sha256,
        reader=NoReader(),
        denoiser=PixelUNet(pipe),
        codec=codec,
        guidance=Plain(),
        needs=lambda recipe: memory.needed(
            recipe, 1, codec.shape(recipe), pipe.unet.config.block_out_channels[0], 0, pipe.unet.dtype.itemsize
        ),
        scheduler_config=dict(pipe.scheduler.config),
        defaults={"steps": 50, "guidance_scale": 1.0, "width": wide, "height": high, **(defaults or {})},
    )


def load(where: str | Path, name: str, source: str, sha256: str | None = None, defaults: dict | None = None) -> Model:
    """Load a diffusers folder or hub repository: safetensors only, never code from the repository."""
    return model(pipeline(DDPMPipeline, where, PARTS, torch.float32), name, source, sha256, defaults)


class NoReader:
    """Reads nothing."""

    max_tokens = 0
    words: Sequence[str] = ()

    def condition(self, prompt: str, recipe: Recipe, call: int = 0, calls: int = 1) -> Conditioning:
        """One row that says nothing."""
        return Conditioning({"nothing": torch.zeros(1, 0)})

    def tokenize(self, text: str) -> list[Span]:
        return []


class PixelUNet:
    """The UNet of a pipeline, which is given noisy pixels and a timestep."""

    def __init__(self, pipe: DDPMPipeline) -> None:
        self.module: Any = pipe.unet
        cancel.heed(self.module)
        self.prediction = pipe.scheduler.config.get("prediction_type", "epsilon")
        self.device, self.dtype = pipe.device, pipe.unet.dtype

    def __call__(self, x_t: Tensor, t: Tensor, given: Conditioning) -> Tensor:
        return self.module(x_t, t, return_dict=False)[0]


class Pixels:
    """The codec of a model that works on pixels: its latents are the picture, -1 to 1; grey becomes three channels."""

    def __init__(self, channels: int) -> None:
        self._channels = channels

    def shape(self, recipe: Recipe) -> tuple[int, int, int]:
        return self._channels, recipe.height, recipe.width

    def decode(self, latents: Tensor) -> Tensor:
        return latents.expand(-1, 3, -1, -1) if self._channels == 1 else latents

    def encode(self, pictures: Tensor, streams: Sequence[torch.Generator] | None = None) -> Tensor:
        return pictures.mean(1, keepdim=True) if self._channels == 1 else pictures
