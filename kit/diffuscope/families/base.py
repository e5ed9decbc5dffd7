"""What a model is, to the loop and to everyone else."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from diffuscope.noise.spaces import Prediction
from diffuscope.prompt.language import joined, parse
from diffuscope.prompt.tokens import Span, Token, count, read_tokens
from diffuscope.recipe.no_effect import notes
from diffuscope.recipe.settings import MAX_STEPS, Recipe, Settings, SettingsError


class Model(ABC):
    """A text-to-image diffusion model. One family is one file that fills in the abstract methods."""

    name: str
    """What `load` was called with."""
    source: str
    """Where the weights came from, without anything private of this machine."""
    sha256: str | None
    """Digest over weights and configs; None for a hub repository, which its source tells apart."""
    device: torch.device
    dtype: torch.dtype
    prediction_type: Prediction
    scheduler_config: Mapping[str, Any]
    """The scheduler config the model was made with: betas, spacing, prediction type."""
    defaults: Mapping[str, Any]
    """Settings the model recommends: steps, guidance_scale, width, height."""

    max_tokens: int
    """How many tokens of a prompt are read, start and end not counted."""
    screens: bool = False
    """The model comes with a safety checker: finished pictures pass it, and steps show no pictures."""

    def flagged(self, pictures: np.ndarray) -> np.ndarray:
        """Which of the pictures, uint8 (B, H, W, 3), the model's safety checker refuses: bool (B,)."""
        return np.zeros(len(pictures), bool)

    @abstractmethod
    def encode(self, text: str, weights: tuple[tuple[int, int, float], ...] = ()) -> Tensor:
        """The text states of a plain text, shape (1, tokens, width).

        Args:
            text: read as it stands; for a prompt in the prompt language see `text_states`.
            weights: stretches (begin, end, weight) of the text whose tokens do not count 1.
        """

    def text_states(self, prompt: str, step: int = 0, steps: int = 1) -> Tensor:
        """The text states (1, tokens, width) of a prompt at one step: weights, alternation and switches are honoured.

        Args:
            prompt: in the language of `diffuscope.prompt.language`.
            step: the network call, 0 for the first.
            steps: network calls of the run.

        Raises:
            SettingsError: the prompt asks for what cannot be.
        """
        return self.encode(*joined(parse(prompt).at(step, steps)))

    @abstractmethod
    def network(self, x_t: Tensor, timestep: Tensor, text: Tensor) -> Tensor:
        """The denoiser's output for scaled latents (B, C, h, w) and text states (B, tokens, width)."""

    @abstractmethod
    def decode(self, latents: Tensor) -> np.ndarray:
        """Pictures of latents (B, C, h, w): uint8 array (B, H, W, 3)."""

    @abstractmethod
    def encode_pictures(self, pictures: np.ndarray) -> Tensor:
        """Latents (B, C, h, w) of pictures, uint8 (B, H, W, 3): the mean of the autoencoder's posterior."""

    @abstractmethod
    def latent_shape(self, settings: Recipe) -> tuple[int, int, int]:
        """(C, h, w) of a picture of the settings' width and height."""

    @abstractmethod
    def tokenize(self, text: str) -> list[Span]:
        """Where the tokens of a plain text stand, without start, end and padding; nothing is cut off."""

    def tokens(self, prompt: str, steps: int = MAX_STEPS) -> list[Token]:
        """The prompt as the model reads it, all options of the prompt language in the order they are written.

        Args:
            steps: network calls of the run; options it never comes to are left out.

        Raises:
            SettingsError: the prompt asks for what cannot be.
        """
        return read_tokens(parse(prompt), self.tokenize, self.max_tokens, steps)

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
                f"The model reads {self.max_tokens} of {count(tokens)} tokens; ignored: {_quote(' '.join(cut))}."
            )
        for name in ("width", "height"):
            if getattr(done, name) != self.defaults[name]:
                found[name] = f"The model was trained at {self.defaults[name]} pixels, and a new size is new noise."
        return found


def _unknown(tokens: Sequence[Token]) -> list[str]:
    return [t.text for t in tokens if not t.known and any(map(str.isalnum, t.text))]


def _quote(text: str) -> str:
    return '"' + (text if len(text) <= 60 else text[:57] + "...") + '"'
