"""Stable Diffusion 1 and 2, and everything of their shape: the built-in models too."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from string import ascii_letters
from typing import Any

import numpy as np
import torch
from diffusers import StableDiffusionPipeline
from torch import Tensor

from diffuscope import cancel
from diffuscope.families import memory
from diffuscope.families.base import Model
from diffuscope.families.folder import refuse_tokenizer
from diffuscope.families.guidance import ClassifierFree
from diffuscope.families.parts import Conditioning, Screen
from diffuscope.families.weights import pipeline
from diffuscope.noise.spaces import Prediction
from diffuscope.prompt.emphasis import emphasize
from diffuscope.prompt.language import joined, parse
from diffuscope.prompt.tokens import Span
from diffuscope.recipe.settings import Recipe, SettingsError

PARTS = ("unet", "vae", "text_encoder")
"""Folders that hold weights."""
_PREDICTIONS: dict[str, Prediction] = {
    "epsilon": "epsilon",
    "v_prediction": "v_prediction",
    "sample": "sample",
    "flow_prediction": "flow",
}
"""diffusers' names to ours. A scheduler of flow matching names none and means flow."""


def model(
    pipe: StableDiffusionPipeline, name: str, source: str, sha256: str | None = None, defaults: dict | None = None
) -> Model:
    """Compose a model from the parts of a loaded pipeline; the pipeline's own loop is not used.

    Args:
        pipe: the parts, on the device and in the dtype where they shall run.
        defaults: steps and guidance_scale the model recommends; the size comes from its UNet.

    Raises:
        ValueError: the pipeline predicts or is steered in a way this family does not know.
    """
    refuse_tokenizer(name, pipe.tokenizer, pipe.text_encoder.config.max_position_embeddings)
    side = pipe.unet.config.sample_size * pipe.vae_scale_factor
    reader, codec, guidance = ClipReader(pipe), Autoencoder(pipe), ClassifierFree()
    return Model(
        name,
        source,
        sha256,
        reader=reader,
        denoiser=UNet(pipe, name),
        codec=codec,
        guidance=guidance,
        scheduler_config=dict(pipe.scheduler.config),
        defaults={"steps": 25, "guidance_scale": 7.0, "width": side, "height": side, **(defaults or {})},
        screen=_screen(pipe),
        checks=(reader.check,),
        needs=_needs(pipe, codec, guidance),
        supports=frozenset({"clip_skip"}),
    )


def load(where: str | Path, name: str, source: str, sha256: str | None = None, defaults: dict | None = None) -> Model:
    """Load a diffusers folder or hub repository: safetensors only, never code from the repository."""
    return model(pipeline(StableDiffusionPipeline, where, PARTS), name, source, sha256, defaults)


class ClipReader:
    """Reads prompts with CLIP's tokenizer and text encoder."""

    def __init__(self, pipe: StableDiffusionPipeline) -> None:
        self._pipe = pipe
        self.max_tokens: int = pipe.tokenizer.model_max_length - 2  # start and end take two
        self.words: Sequence[str] = _whole_words(pipe.tokenizer)
        self._reading = threading.Lock()  # a fast tokenizer breaks when two threads use it: a form's notes, a run
        self._encode = lru_cache(maxsize=256)(self._encode_now)

    def condition(self, prompt: str, recipe: Recipe, call: int = 0, calls: int = 1) -> Conditioning:
        """The prompt embeddings, `encoder_hidden_states` (1, tokens, width).

        As in diffusers, clip_skip holds for the prompt and not for another negative prompt.
        """
        negative = prompt == recipe.negative_prompt != recipe.prompt
        text, weights = joined(parse(prompt).at(call, calls))
        return Conditioning(
            {"encoder_hidden_states": self._encode(text, weights, 0 if negative else recipe.clip_skip or 0)}
        )

    def check(self, recipe: Recipe) -> None:
        """Refuse to skip more layers than the text encoder has.

        Raises:
            SettingsError: it has fewer.
        """
        layers = self._pipe.text_encoder.config.num_hidden_layers
        if (recipe.clip_skip or 0) > layers:
            raise SettingsError(
                "clip_skip", f"CLIP skip {recipe.clip_skip} is above the {layers} layers of this model's text encoder."
            )

    @torch.no_grad()
    def _encode_now(self, text: str, weights: tuple[tuple[int, int, float], ...], clip_skip: int) -> Tensor:
        if not weights:
            return self._states(text, clip_skip)
        embeddings = self._encode(text, (), clip_skip)
        factors = [1.0] * embeddings.shape[1]
        for place, (begin, _, _) in enumerate(self.tokenize(text)[: self.max_tokens], start=1):  # 0 is the start token
            factors[place] = next((weight for low, high, weight in weights if low <= begin < high), 1.0)
        return emphasize(embeddings, factors)

    def _states(self, text: str, clip_skip: int) -> Tensor:
        """As diffusers' `encode_prompt`, which prints what is beyond the limit, and looks for the layer norm where
        transformers 4 had it."""
        tokenizer, encoder = self._pipe.tokenizer, self._pipe.text_encoder
        with self._reading:
            read = tokenizer(
                self._pipe.maybe_convert_prompt(text, tokenizer),
                padding="max_length",
                max_length=tokenizer.model_max_length,
                truncation=True,
                return_tensors="pt",
            )
        mask = read.attention_mask if getattr(encoder.config, "use_attention_mask", False) else None
        found = encoder(read.input_ids.to(encoder.device), attention_mask=mask, output_hidden_states=bool(clip_skip))
        if not clip_skip:
            return found[0]
        norm = getattr(encoder, "text_model", encoder).final_layer_norm
        return norm(found.hidden_states[-(clip_skip + 1)])

    def tokenize(self, text: str) -> list[Span]:
        tokenizer = self._pipe.tokenizer
        with self._reading:
            read = tokenizer(
                text, add_special_tokens=False, return_offsets_mapping=True, truncation=False, verbose=False
            )
        spans, before = [], 0
        for token, (begin, end) in zip(read["input_ids"], read["offset_mapping"], strict=True):
            # of a word for which the tokenizer reads another, it tells the last letter only
            begin -= len(text[before:begin]) - len(text[before:begin].rstrip(ascii_letters))
            spans.append((begin, end, token != tokenizer.unk_token_id))
            before = end
        return spans


def _whole_words(tokenizer: Any) -> tuple[str, ...]:
    """The vocabulary of a tokenizer that cuts a text into words and no smaller parts."""
    inner = getattr(tokenizer, "backend_tokenizer", None)
    if type(getattr(inner, "model", None)).__name__ != "WordLevel":
        return ()
    return tuple(word for word in tokenizer.get_vocab() if word not in tokenizer.all_special_tokens)


class UNet:
    """The UNet of a pipeline."""

    def __init__(self, pipe: StableDiffusionPipeline, name: str) -> None:
        flows = type(pipe.scheduler).__name__.startswith("FlowMatch")
        kind = pipe.scheduler.config.get("prediction_type", "flow_prediction" if flows else "epsilon")
        if kind not in _PREDICTIONS:
            raise ValueError(f"{name!r} predicts {kind!r}; this family knows {', '.join(_PREDICTIONS)}")
        if pipe.unet.config.get("time_cond_proj_dim"):
            raise ValueError(
                f"{name!r} is a latent consistency model, which is given its guidance as a number; not yet known here"
            )
        self.module: Any = pipe.unet
        cancel.heed(self.module)
        self.prediction = _PREDICTIONS[kind]
        self.device, self.dtype = pipe.device, pipe.unet.dtype

    def __call__(self, x_t: Tensor, t: Tensor, given: Conditioning) -> Tensor:
        return self.module(x_t, t, **given.tensors, return_dict=False)[0]


class Autoencoder:
    """The AutoencoderKL of a pipeline, with its scale."""

    def __init__(self, pipe: StableDiffusionPipeline) -> None:
        self.module: Any = pipe.vae
        cancel.heed(self.module)
        self._channels, self._factor = pipe.unet.config.in_channels, pipe.vae_scale_factor

    def shape(self, recipe: Recipe) -> tuple[int, int, int]:
        return self._channels, recipe.height // self._factor, recipe.width // self._factor

    def decode(self, latents: Tensor) -> Tensor:
        scaled = latents.to(self.module.device, self.module.dtype) / self.module.config.scaling_factor
        return self.module.decode(scaled, return_dict=False)[0]

    def encode(self, pictures: Tensor, streams: Sequence[torch.Generator] | None = None) -> Tensor:
        posterior = self.module.encode(pictures).latent_dist
        if streams is None:
            found = posterior.mode()
        else:
            noise = torch.cat(
                [torch.randn((1, *posterior.mean.shape[1:]), generator=one, dtype=pictures.dtype) for one in streams]
            )
            found = posterior.mean + posterior.std * noise.to(posterior.mean)
        return found * self.module.config.scaling_factor


def _needs(pipe: StableDiffusionPipeline, codec: Autoencoder, guidance: ClassifierFree) -> Callable[[Recipe], int]:
    unet, autoencoder = (part.config.block_out_channels[0] for part in (pipe.unet, pipe.vae))
    size = pipe.unet.dtype.itemsize
    return lambda recipe: memory.needed(
        recipe, len(guidance.prompts([recipe])), codec.shape(recipe), unet, autoencoder, size
    )


def _screen(pipe: StableDiffusionPipeline) -> Screen | None:
    if pipe.safety_checker is None:
        return None

    @torch.no_grad()
    def refused(pictures: np.ndarray) -> np.ndarray:
        unit = torch.from_numpy(pictures).permute(0, 3, 1, 2).to(pipe.device, pipe.unet.dtype) / 127.5 - 1
        return np.array(pipe.run_safety_checker(unit, pipe.device, pipe.unet.dtype)[1], bool)

    return refused
