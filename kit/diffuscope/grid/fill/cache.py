"""Work that cells have in common is done once: equal network rows, equal texts.

A cell of a grid often begins as its neighbour does. Along a guidance axis the first call asks the same of the network;
along an axis of prompt switches all calls before the switch do. What is equal is found in the numbers themselves, never
by what settings are called: a row is known by a hash of its scaled latents, its timestep and its text states.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from diffuscope.families.base import Model
from diffuscope.prompt.tokens import Span
from diffuscope.recipe.settings import Recipe, Settings
from diffuscope.run.run import SHARED, denoise

MEMORY = 256 * 2**20
"""Bytes of network rows, and again of text states, that are remembered. At 512 pixels that is 4,096 rows."""
TOGETHER = 256
"""Cells that are rehearsed as one batch."""


class _Like(Model):
    """Stands in for another model: what is not overridden is that model's own."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.name, self.source, self.sha256 = model.name, model.source, model.sha256
        self.device, self.dtype, self.prediction_type = model.device, model.dtype, model.prediction_type
        self.scheduler_config, self.defaults = model.scheduler_config, model.defaults
        self.max_tokens, self.screens = model.max_tokens, model.screens

    def complete(self, settings: Settings) -> Recipe:
        return self.model.complete(settings)

    def check(self, recipe: Recipe) -> None:
        self.model.check(recipe)

    def flagged(self, pictures: np.ndarray) -> np.ndarray:
        return self.model.flagged(pictures)

    def encode(self, text: str, weights: tuple[tuple[int, int, float], ...] = ()) -> Tensor:
        return self.model.encode(text, weights)

    def network(self, x_t: Tensor, timestep: Tensor, text: Tensor) -> Tensor:
        return self.model.network(x_t, timestep, text)

    def decode(self, latents: Tensor) -> np.ndarray:
        return self.model.decode(latents)

    def encode_pictures(self, pictures: np.ndarray) -> Tensor:
        return self.model.encode_pictures(pictures)

    def latent_shape(self, settings: Recipe) -> tuple[int, int, int]:
        return self.model.latent_shape(settings)

    def tokenize(self, text: str) -> list[Span]:
        return self.model.tokenize(text)


class Shared(_Like):
    """A model that is asked nothing twice: inside a batch, and between batches as far as its memory reaches.

    One thread at a time may use it. Pictures are those of the model itself, up to the rounding that another batch size
    brings.
    """

    asked: int = 0
    """Network rows that were wanted."""
    made: int = 0
    """Network rows that the model computed."""

    def __init__(self, model: Model, memory: float = MEMORY) -> None:
        """Wrap a model.

        Args:
            memory: bytes of rows to remember, and again of text states; beyond it the longest unused are forgotten.
        """
        super().__init__(model)
        self._rows, self._texts = _Recent(memory), _Recent(memory)
        self._text: Tensor | None = None
        self._text_keys: list[bytes] = []

    def encode(self, text: str, weights: tuple[tuple[int, int, float], ...] = ()) -> Tensor:
        return self._texts.get((text, weights), lambda: self.model.encode(text, weights))

    def network(self, x_t: Tensor, timestep: Tensor, text: Tensor) -> Tensor:
        if text is not self._text:  # where no prompt switches, a run brings the same tensor to each of its calls
            self._text, self._text_keys = text, _digests(text)
        when = repr(float(timestep)).encode()
        keys = [own + words + when for own, words in zip(_digests(x_t), self._text_keys, strict=True)]
        known = {key: row for key in keys if (row := self._rows.find(key)) is not None}
        new = {key: place for place, key in reversed(list(enumerate(keys))) if key not in known}
        self.asked += len(keys)
        self.made += len(new)
        if len(new) == len(keys):
            output = self.model.network(x_t, timestep, text)
            rows = dict(zip(keys, output, strict=True))
        else:
            if new:
                places = list(new.values())
                known |= zip(new, self.model.network(x_t[places], timestep, text[places]), strict=True)
            output = torch.stack([known[key] for key in keys])
            rows = {key: known[key] for key in new}
        for key, row in rows.items():
            self._rows.keep(key, row.clone())  # a slice would keep the whole batch in memory
        return output


class _Recent:
    """Tensors by key, as many bytes of them as fit: the longest unused go first."""

    def __init__(self, most: float) -> None:
        self._most, self._bytes = most, 0
        self._kept: OrderedDict[Any, Tensor] = OrderedDict()

    def find(self, key: Any) -> Tensor | None:
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
        return found

    def keep(self, key: Any, tensor: Tensor) -> None:
        self._kept[key] = tensor
        self._bytes += tensor.nbytes
        while self._bytes > self._most:
            self._bytes -= self._kept.popitem(last=False)[1].nbytes

    def get(self, key: Any, make: Callable[[], Tensor]) -> Tensor:
        found = self.find(key)
        if found is None:
            found = make()
            self.keep(key, found)
        return found


def _digests(rows: Tensor) -> list[bytes]:
    """A hash of each row's bits."""
    raw = rows.detach().contiguous().flatten(1).view(torch.uint8).cpu().numpy()
    return [hashlib.blake2b(row, digest_size=16).digest() for row in raw]


class _Rehearsal(_Like):
    """A model with the loop's every move and none of its cost: tiny latents, and hashes in place of predictions.

    Its answer is a function of what it is asked, different for different questions. So two of its runs agree up to the
    step where those of the real model do, for every scheduler, without a rule about any of them.
    """

    def __init__(self, model: Model) -> None:
        super().__init__(model)
        self.device, self.dtype = torch.device("cpu"), torch.float32

    def encode(self, text: str, weights: tuple[tuple[int, int, float], ...] = ()) -> Tensor:
        return _numbers(repr((text, weights)).encode())[None, None]

    def network(self, x_t: Tensor, timestep: Tensor, text: Tensor) -> Tensor:
        when = repr(float(timestep)).encode()
        answers = [_numbers(a + b + when) for a, b in zip(_digests(x_t), _digests(text), strict=True)]
        return torch.stack(answers).view(x_t.shape)

    def latent_shape(self, settings: Recipe) -> tuple[int, int, int]:
        return 4, 2, 2


def _numbers(question: bytes) -> Tensor:
    """Sixteen numbers from -1 to 1 that follow from bytes."""
    raw = np.frombuffer(hashlib.shake_128(question).digest(64), np.uint32)
    return torch.from_numpy((raw / 2**31 - 1).astype(np.float32))


def count_calls(model: Model, settings: Sequence[Settings]) -> tuple[int, int]:
    """How many network rows the pictures cost one by one, and how many when equal ones are computed once.

    Nothing is estimated: the loop itself runs, with a stand-in for the network. (Where two texts differ that the
    tokenizer reads alike, such as Cat and cat, the run makes even fewer.)

    Args:
        model: whose defaults and scheduler config count; its network is not called.
        settings: one recipe a picture.

    Returns:
        (asked, made); a guided step of one picture is two rows.

    Raises:
        SettingsError: the model cannot follow these settings.
    """
    sizes: defaultdict[Any, Shared] = defaultdict(lambda: Shared(_Rehearsal(model), float("inf")))
    groups: defaultdict[Any, list[Recipe]] = defaultdict(list)
    for row in model.recipes(settings):
        groups[tuple(getattr(row, name) for name in SHARED)].append(row)
    for rows in groups.values():
        shared = sizes[rows[0].width, rows[0].height]  # pictures of two sizes have nothing in common
        for first in range(0, len(rows), TOGETHER):
            for _ in denoise(shared, rows[first : first + TOGETHER]):
                pass
    return sum(one.asked for one in sizes.values()), sum(one.made for one in sizes.values())
