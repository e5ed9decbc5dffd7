"""What a model is made of: a reader of prompts, a denoiser, a codec, a guidance; and the model that holds them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor

from diffuscope.noise.spaces import Prediction
from diffuscope.prompt.language import parse
from diffuscope.prompt.tokens import Span, Token, count, read_tokens
from diffuscope.recipe.no_effect import notes
from diffuscope.recipe.settings import MAX_STEPS, Recipe, Settings, SettingsError


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
        """Several as one batch."""
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

    def condition(self, prompt: str, recipe: Recipe, call: int = 0, calls: int = 1) -> Conditioning:
        """What the network is given for a prompt at one call of a run: one row.

        Args:
            prompt: in the prompt language of `diffuscope.prompt.language`: the prompt of the recipe or its negative one.
            recipe: whose other settings may count, such as the size.
            call, calls: which network call of how many; alternation and switches depend on it.

        Raises:
            SettingsError: the prompt asks for what cannot be.
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

    def active(self, recipe: Recipe) -> bool:
        """Whether a recipe asks for more than the plain prediction."""

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


@dataclass(eq=False)
class Model:
    """A diffusion model, composed. Change a part with `dataclasses.replace`."""

    name: str
    """What `load` was called with."""
    source: str
    """Where the weights came from, without anything private of this machine."""
    sha256: str | None
    """Digest over weights and configs; None for a hub repository, which its source tells apart."""
    reader: Reader
    denoiser: Denoiser
    codec: Codec
    guidance: Guidance
    scheduler_config: Mapping[str, Any]
    """The scheduler config the model was made with: betas, spacing, prediction type."""
    defaults: Mapping[str, Any]
    """Settings the model recommends: steps, guidance_scale, width, height."""
    screen: Screen | None = None
    """Its safety checker, if it came with one: finished pictures pass it, and steps show no pictures."""
    checks: Sequence[Callable[[Recipe], None]] = field(default_factory=tuple)
    """Further checks of a complete recipe; each raises SettingsError for what this model cannot follow."""

    @property
    def device(self) -> torch.device:
        """Where the network runs."""
        return self.denoiser.device

    @property
    def dtype(self) -> torch.dtype:
        """In which type of number the network computes."""
        return self.denoiser.dtype

    @torch.no_grad()
    def decode(self, latents: Tensor) -> np.ndarray:
        """Pictures of latents (B, C, h, w): uint8 array (B, H, W, 3). `codec.decode` is the same with gradients."""
        unit = (self.codec.decode(latents).float() / 2 + 0.5).clamp(0, 1)
        return (unit * 255).round().byte().permute(0, 2, 3, 1).cpu().numpy()

    @torch.no_grad()
    def encode(self, pictures: np.ndarray, streams: Sequence[torch.Generator] | None = None) -> Tensor:
        """Latents (B, C, h, w) of pictures, uint8 (B, H, W, 3).

        Args:
            streams: as for `Codec.encode`; None takes the mean of the autoencoder's posterior.
        """
        unit = torch.from_numpy(pictures).permute(0, 3, 1, 2).to(self.device, self.dtype) / 127.5 - 1
        return self.codec.encode(unit, streams)

    def flagged(self, pictures: np.ndarray) -> np.ndarray:
        """Which of the pictures, uint8 (B, H, W, 3), the model's safety checker refuses: bool (B,)."""
        return self.screen(pictures) if self.screen else np.zeros(len(pictures), bool)

    def tokens(self, prompt: str, steps: int = MAX_STEPS) -> list[Token]:
        """The prompt as the model reads it, all options of the prompt language in the order they are written.

        Args:
            steps: network calls of the run; options it never comes to are left out.

        Raises:
            SettingsError: the prompt asks for what cannot be.
        """
        return read_tokens(parse(prompt), self.reader.tokenize, self.reader.max_tokens, steps)

    def unknown_words(self, prompt: str) -> list[str]:
        """Words of the prompt the model never saw."""
        return _unknown(self.tokens(prompt))

    def complete(self, settings: Settings) -> Recipe:
        """Every None replaced by the model's default, and the result checked against the model.

        Raises:
            SettingsError: the model cannot follow these settings.
        """
        filled = {name: value for name, value in self.defaults.items() if getattr(settings, name) is None}
        if settings.schedule is None:
            filled["schedule"] = settings.scheduler_row.schedules[0]
        done = Recipe(**vars(settings) | filled)
        self.check(done)
        return done

    def recipes(self, settings: Settings | Sequence[Settings]) -> list[Recipe]:
        """The rows of a run: Settings are completed, a Recipe is checked and taken as it is.

        Raises:
            SettingsError: the model cannot follow one of them.
        """
        rows = []
        for row in [settings] if isinstance(settings, Settings) else settings:
            if isinstance(row, Recipe):
                self.check(row)
            rows.append(row if isinstance(row, Recipe) else self.complete(row))
        return rows

    def check(self, recipe: Recipe) -> None:
        """Refuse a recipe that this model cannot follow; it may have been made for another.

        Raises:
            SettingsError: the value and the way out.
        """
        for name in ("prompt", "negative_prompt"):
            parse(getattr(recipe, name), name)
        trained = int(self.scheduler_config.get("num_train_timesteps", 1000))
        if recipe.steps > trained:
            raise SettingsError("steps", f"Steps {recipe.steps} is above this model's {trained} training steps.")
        offset = self.scheduler_config.get("steps_offset", 0)
        if recipe.steps == trained and offset and recipe.scheduler_row.space == "table":
            # "leading" spacing plus the offset would ask for a training step that does not exist
            raise SettingsError(
                "steps", f'"{recipe.scheduler}" takes at most {trained - offset} steps here, got {trained}.'
            )
        flows = self.denoiser.prediction == "flow"
        if flows != (recipe.scheduler_row.space == "flow"):
            kind, way = ("flow matching", "flow euler") if flows else ("noise levels of its own", "dpm++ 2m")
            raise SettingsError(
                "scheduler", f'"{recipe.scheduler}" does not fit this model, which was trained on {kind}; use "{way}".'
            )
        for check in self.checks:
            check(recipe)

    def notes(self, settings: Settings) -> dict[str, str]:
        """What will have no effect, or not the expected one: field name to one sentence. Nothing here stops a run."""
        (done,) = self.recipes(settings)
        found = notes(done)
        tokens = self.tokens(done.prompt, done.scheduler_row.network_calls(done.steps))
        unknown = _unknown(tokens)
        cut = [t.text for t in tokens if not t.read]
        if unknown:
            found["prompt"] = f"This model does not know {', '.join(_quote(w) for w in unknown)}."
        if cut:
            found["prompt"] = (
                f"The model reads {self.reader.max_tokens} of {count(tokens)} tokens; ignored: {_quote(' '.join(cut))}."
            )
        for name in ("width", "height"):
            if getattr(done, name) != self.defaults[name]:
                found[name] = f"The model was trained at {self.defaults[name]} pixels, and a new size is new noise."
        return found


def _unknown(tokens: Sequence[Token]) -> list[str]:
    return [t.text for t in tokens if not t.known and any(map(str.isalnum, t.text))]


def _quote(text: str) -> str:
    return '"' + (text if len(text) <= 60 else text[:57] + "...") + '"'
