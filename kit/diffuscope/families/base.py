"""Model: a diffusion model, composed of its parts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor

from diffuscope import cancel
from diffuscope.families import memory
from diffuscope.families.parts import Codec, Denoiser, Guidance, Reader, Screen
from diffuscope.prompt.language import joined, parse
from diffuscope.prompt.tokens import Token, count, read_tokens
from diffuscope.recipe.fields import FIELDS
from diffuscope.recipe.no_effect import notes
from diffuscope.recipe.settings import MAX_STEPS, Recipe, Settings, SettingsError
from diffuscope.text import suggest
from diffuscope.worlds.vocabulary import Vocabulary

_TOGETHER = 4096
"""Numbers of each channel of the latents that are decoded at once: one picture of 512 pixels, or 64 of the smallest model."""
_ALIKE = 0.75
"""How near a word of a model must be to one that it does not know: "dragon" is no "orange"."""

_FEW = 8
"""A model that recommends at most so many steps was made for few."""


class NotFinite(ArithmeticError):
    """The numbers of a run left the finite range; the message names where."""


@dataclass(eq=False, repr=False)
class Model:
    """A diffusion model, composed of its parts; `families.parts` describes them. Change one with `dataclasses.replace`."""

    name: str
    """What `load` was called with."""
    source: str
    """Where the weights came from, without anything private of this machine."""
    sha256: str | None
    """Digest over weights and configs; None for a hub repository, which `source` identifies."""
    reader: Reader
    denoiser: Denoiser
    codec: Codec
    guidance: Guidance
    scheduler_config: Mapping[str, Any]
    """The scheduler config the model was made with: betas, spacing, prediction type."""
    defaults: Mapping[str, Any]
    """Settings the model recommends: steps, guidance_scale, width, height, now and then schedule."""
    screen: Screen | None = None
    """Its safety checker, if it came with one: finished pictures pass it, and steps show no pictures."""
    checks: Sequence[Callable[[Recipe], None]] = field(default_factory=tuple)
    """Further checks of a complete recipe; each raises SettingsError for what this model cannot follow."""

    words: Vocabulary = field(default_factory=Vocabulary)
    """What it can draw, as far as somebody measured, see `vocabulary`."""
    needs: Callable[[Recipe], int] | None = None
    """About how many bytes a picture takes at the peak of its run, beside the weights; None where that is not known."""
    supports: frozenset[str] = frozenset()
    """Settings this model honours of those that only some do, see `recipe.field.Field.needs_support`."""

    def __repr__(self) -> str:
        size = f"{self.defaults['width']} x {self.defaults['height']}"
        return f"<Model {self.name} ({self.source}): {size} pixels, {self.dtype} on {self.device}>"

    @property
    def device(self) -> torch.device:
        """Where the network runs."""
        return self.denoiser.device

    @property
    def dtype(self) -> torch.dtype:
        """The type of number the network computes in."""
        return self.denoiser.dtype

    @torch.inference_mode()
    def decode(self, latents: Tensor) -> np.ndarray:
        """Pictures of latents (B, C, h, w): uint8 array (B, H, W, 3). `codec.decode` is the same with gradients.

        Raises:
            CancelledError: the job that this belongs to was cancelled; looked at before each picture, small ones apart.
            NotFinite: the decoder gave NaN or infinity.
        """
        together = max(1, _TOGETHER // latents[0, 0].numel())
        return np.concatenate([self._decoded(part) for part in latents.split(together)])

    def _decoded(self, latents: Tensor) -> np.ndarray:
        cancel.check()
        found = self.codec.decode(latents).float()
        if not found.isfinite().all() and latents.isfinite().all():
            raise NotFinite(
                f"decoding gave numbers that are not finite: the autoencoder of {self.name!r} is damaged, or {self.dtype} "
                "is too narrow for it"
            )
        return ((found / 2 + 0.5).clamp(0, 1) * 255).round().byte().permute(0, 2, 3, 1).cpu().numpy()

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
            SettingsError: the prompt uses the prompt language wrongly.
        """
        return read_tokens(parse(prompt), self.reader.tokenize, self.reader.max_tokens, steps)

    def vocabulary(self) -> Vocabulary:
        """The words it can draw, in groups, each with how often it comes out right; print it."""
        return self.words

    def unknown_words(self, prompt: str) -> list[str]:
        """Words of the prompt the model never saw."""
        return _unknown(self.tokens(prompt))

    def complete(self, settings: Settings) -> Recipe:
        """Every None replaced by the model's default, and the result checked against the model.

        Raises:
            SettingsError: the model cannot follow these settings.
        """
        filled = {name: value for name, value in self.defaults.items() if getattr(settings, name) is None}
        known = settings.scheduler_row.schedules
        if settings.schedule is None and filled.get("schedule") not in known:
            filled["schedule"] = known[0]  # the model recommends none, or one that this scheduler has not
        done = Recipe(**vars(settings) | filled)
        self.check(done)
        return done

    def recipes(self, settings: Settings | Sequence[Settings]) -> list[Recipe]:
        """The rows of a run: Settings are completed, a Recipe is checked and taken as it is.

        Raises:
            SettingsError: the model cannot follow one of them.
            TypeError: something is neither Settings nor a Recipe.
        """
        rows = []
        for row in [settings] if isinstance(settings, Settings | str) else settings:
            if isinstance(row, str):
                raise TypeError(f"a run takes Settings, got a text; write Settings({row!r:.60})")
            if not isinstance(row, Settings):
                raise TypeError(f'a run takes Settings, got {type(row).__name__} {row!r:.40}; write Settings("...")')
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
        for name, setting in FIELDS.items():
            if setting.needs_support and name not in self.supports and getattr(recipe, name) != setting.default:
                raise SettingsError(name, f"This model has no use for {setting.label}; leave it empty.")
        for check in self.checks:
            check(recipe)
        if self.needs:
            memory.refuse(recipe, self.needs(recipe), self.device)

    def notes(self, settings: Settings) -> dict[str, str]:
        """Settings that will have no effect, or another one than expected: field name to one sentence. Nothing here stops a run."""
        (done,) = self.recipes(settings)
        found = notes(done) | self.guidance.notes(done)
        if (few := self.defaults["steps"]) <= _FEW and done.steps > 4 * few:
            found["steps"] = f"This model is made for {few} steps; {done.steps} take longer and can spoil the picture."
        if self.defaults["guidance_scale"] <= 1 and (self.guidance.effective(done).guidance_scale or 1) > 2:
            found["guidance_scale"] = (
                f"This model was made to run without guidance; {done.guidance_scale:g} can spoil the picture."
            )
        for name in ("prompt", "negative_prompt"):
            if text := getattr(done, name):
                found = {name: sentence} | found if (sentence := self._note_words(text, done)) else found
        for name in ("width", "height"):
            if getattr(done, name) != self.defaults[name]:
                found[name] = f"The model was trained at {self.defaults[name]} pixels, and a new size is new noise."
        return found

    def _note_words(self, text: str, recipe: Recipe) -> str:
        """What the model does not read of a prompt; "" is nothing."""
        if not self.reader.max_tokens:
            return "No effect: this model reads no prompt."
        tokens = self.tokens(text, recipe.scheduler_row.network_calls(recipe.steps))
        if cut := [t.text for t in tokens if not t.read]:
            most = self.reader.max_tokens
            return f"The model reads {most} of {count(tokens)} tokens; ignored: {_quote(' '.join(cut))}."
        if found := self.words.advice(joined(parse(text).at(0, 1))[0]):
            return " ".join(found)
        unknown = _unknown(tokens)
        near = suggest(unknown[0], list(self.reader.words), _ALIKE) if len(unknown) == 1 else ""
        return f"This model does not know {', '.join(map(_quote, unknown))}.{near}" if unknown else ""


def _unknown(tokens: Sequence[Token]) -> list[str]:
    return [t.text for t in tokens if not t.known and any(map(str.isalnum, t.text))]


def _quote(text: str) -> str:
    return '"' + (text if len(text) <= 60 else text[:57] + "...") + '"'
