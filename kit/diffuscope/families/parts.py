"""The parts of a model: a reader of prompts, a denoiser, a codec and a guidance. Protocols, and what they exchange."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from diffuscope.noise.spaces import Prediction
from diffuscope.prompt.tokens import Span
from diffuscope.recipe.settings import Recipe, Settings


@dataclass(frozen=True)
class Conditioning:
    """What a network is given beside the noisy latents: tensors (B, ...) by the names of the network's own arguments."""

    tensors: Mapping[str, Tensor]

    def __len__(self) -> int:
        return len(next(iter(self.tensors.values())))

    def rows(self, index: Sequence[int]) -> Conditioning:
        """The same for some rows of the batch, in the given order."""
        return Conditioning({name: tensor[list(index)] for name, tensor in self.tensors.items()})

    def digests(self) -> list[bytes]:
        """A hash of each row's bits."""
        found = [hashlib.blake2b(digest_size=16) for _ in range(len(self))]
        for name in sorted(self.tensors):
            for row, bits in zip(found, row_bits(self.tensors[name]), strict=True):
                row.update(bits)
        return [row.digest() for row in found]

    @staticmethod
    def cat(parts: Iterable[Conditioning]) -> Conditioning:
        """Several conditionings as one batch."""
        whole = list(parts)
        return Conditioning({name: torch.cat([part.tensors[name] for part in whole]) for name in whole[0].tensors})


def row_bits(rows: Tensor) -> list[bytes]:
    """The bits of each row of a tensor (B, ...)."""
    return [row.tobytes() for row in rows.detach().contiguous().flatten(1).view(torch.uint8).cpu().numpy()]


class Denoiser(Protocol):
    """The network. Packing of latents, as in Flux, is its private matter."""

    prediction: Prediction
    """What its output means."""
    device: torch.device
    dtype: torch.dtype

    def __call__(self, x_t: Tensor, t: Tensor, given: Conditioning) -> Tensor:
        """The output for noisy latents (B, C, h, w) at one timestep, same shape."""


class Reader(Protocol):
    """Reads prompts."""

    max_tokens: int
    """How many tokens of a prompt are read, start and end not counted."""
    words: Sequence[str]
    """All words it knows, if its tokens are words; else none."""

    def condition(self, prompt: str, recipe: Recipe, call: int = 0, calls: int = 1) -> Conditioning:
        """What the network is given for a prompt at one call of a run: one row.

        Args:
            prompt: in the prompt language of `diffuscope.prompt.language`: the prompt of the recipe or its negative one.
            recipe: whose other settings may count, such as the size.
            call, calls: which network call of how many; alternation and switches depend on it.

        Raises:
            SettingsError: the prompt uses the prompt language wrongly.
        """

    def tokenize(self, text: str) -> list[Span]:
        """Where the tokens of a plain text stand, without start, end and padding; nothing is cut off."""


class Codec(Protocol):
    """Pictures to latents and back."""

    def shape(self, recipe: Recipe) -> tuple[int, int, int]:
        """(C, h, w) of a picture of the recipe's width and height."""

    def decode(self, latents: Tensor) -> Tensor:
        """Pictures of latents (B, C, h, w): (B, 3, H, W) around -1 to 1. Gradients pass through."""

    def encode(self, pictures: Tensor, streams: Sequence[torch.Generator] | None = None) -> Tensor:
        """Latents (B, C, h, w) of pictures (B, 3, H, W), -1 to 1.

        Args:
            streams: one generator a picture to draw from the autoencoder's posterior; None takes its mean.
        """


@dataclass(frozen=True)
class Part:
    """One of the predictions that a guidance mixes."""

    output: Tensor
    """(rows, C, h, w)"""
    rows: tuple[int, ...] | None = None
    """Which rows of the batch it is for; None is all."""


@dataclass(frozen=True)
class Answer:
    """What a guidance makes of a batch."""

    output: Tensor
    """What the scheduler follows, (B, C, h, w)."""
    parts: Mapping[str, Part]
    """The predictions it was mixed from, by the endings of their quantities: "cond", "uncond"."""


class Guidance(Protocol):
    """How the prompt steers: which predictions are asked of the denoiser, and how they are mixed."""

    def effective(self, recipe: Recipe) -> Settings:
        """The recipe with those settings of guidance at their neutral value that have no effect in it."""

    def notes(self, recipe: Recipe) -> dict[str, str]:
        """Settings of guidance without the effect that one would expect: field name to one sentence."""

    def prompts(self, recipes: Sequence[Recipe]) -> list[tuple[str, int]]:
        """The prompts that `__call__` wants the conditioning of, in order, each with the row it belongs to."""

    def __call__(
        self, denoiser: Denoiser, x_t: Tensor, t: Tensor, given: Conditioning, recipes: Sequence[Recipe]
    ) -> Answer:
        """Ask the denoiser about a batch and mix its predictions.

        Args:
            x_t: noisy latents, (B, C, h, w).
            given: a row for each of `prompts`.
            recipes: one a picture.
        """


Screen = Callable[[np.ndarray], np.ndarray]
"""A safety checker: pictures uint8 (B, H, W, 3) to what it refuses, bool (B,)."""
