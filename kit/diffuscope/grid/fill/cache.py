"""Work that cells have in common is done once: equal network rows.

A cell of a grid often begins as its neighbour does. Along a guidance axis the first call asks the same of the network;
along an axis of prompt switches all calls before the switch do. What is equal is found in the numbers themselves, never
by what settings are called: a row is known by a hash of its scaled latents, its timestep and its conditioning.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from diffuscope.families.base import Model
from diffuscope.families.parts import Conditioning, Denoiser, Reader, row_bits
from diffuscope.noise.spaces import Prediction
from diffuscope.prompt.language import joined, parse
from diffuscope.recipe.fields import FIELDS
from diffuscope.recipe.settings import Recipe, Settings
from diffuscope.run.run import SHARED, denoise

MEMORY = 256 * 2**20
"""Bytes of network rows that are remembered. At 512 pixels that is 4,096 rows."""
TOGETHER = 256
"""Cells that are rehearsed as one batch."""


def shared(model: Model, memory: float = MEMORY) -> tuple[Model, SharedDenoiser]:
    """The same model, whose network computes no row twice: within a batch, and between batches as far as its memory reaches.

    One thread at a time may use it. Pictures are those of the model itself, up to the rounding that another batch size
    brings.

    Args:
        memory: bytes of network rows to remember; beyond it the longest unused are forgotten.

    Returns:
        The model, and its denoiser, which counts.
    """
    denoiser = SharedDenoiser(model.denoiser, memory)
    return replace(model, denoiser=denoiser), denoiser


class SharedDenoiser:
    """A denoiser that remembers its rows."""

    requested: int = 0
    """Network rows that were requested."""
    computed: int = 0
    """Network rows that the denoiser computed."""

    def __init__(self, denoiser: Denoiser, memory: float = MEMORY) -> None:
        self._denoiser = denoiser
        self.prediction, self.device, self.dtype = denoiser.prediction, denoiser.device, denoiser.dtype
        self._rows: _Recent = _Recent(memory)
        self._given: Conditioning | None = None
        self._given_keys: list[bytes] = []

    def __call__(self, x_t: Tensor, t: Tensor, given: Conditioning) -> Tensor:
        # where no prompt switches, a run passes the same conditioning to each of its calls
        if given is not self._given:
            self._given, self._given_keys = given, given.digests()
        when = repr(float(t)).encode()
        keys = [own + words + when for own, words in zip(_digests(x_t), self._given_keys, strict=True)]
        known = {key: row for key in keys if (row := self._rows.find(key)) is not None}
        new = {key: place for place, key in reversed(list(enumerate(keys))) if key not in known}
        self.requested += len(keys)
        self.computed += len(new)
        if len(new) == len(keys):
            output = self._denoiser(x_t, t, given)
            rows = dict(zip(keys, output, strict=True))
        else:
            if new:
                places = list(new.values())
                known |= zip(new, self._denoiser(x_t[places], t, given.rows(places)), strict=True)
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

    def keep(self, key: Any, kept: Tensor) -> None:
        self._kept[key] = kept
        self._bytes += kept.nbytes
        while self._bytes > self._most:
            self._bytes -= self._kept.popitem(last=False)[1].nbytes


def _digests(rows: Tensor) -> list[bytes]:
    """A hash of each row's bits."""
    return [hashlib.blake2b(bits, digest_size=16).digest() for bits in row_bits(rows)]


def _rehearsal(model: Model) -> Model:
    """A model with the loop's every move and none of its cost: tiny latents, and hashes in place of predictions.

    Its answer is a hash of its inputs, different for different inputs. So two of its runs agree up to the
    step where those of the real model do, for every scheduler, without a rule about any of them.
    """
    return replace(
        model,
        denoiser=_HashDenoiser(model.denoiser.prediction),
        reader=_HashReader(model.reader),
        codec=_TinyCodec(),
    )


class _HashDenoiser:
    device, dtype = torch.device("cpu"), torch.float32

    def __init__(self, prediction: Prediction) -> None:
        self.prediction = prediction

    def __call__(self, x_t: Tensor, t: Tensor, given: Conditioning) -> Tensor:
        when = repr(float(t)).encode()
        answers = [_numbers(a + b + when) for a, b in zip(_digests(x_t), given.digests(), strict=True)]
        return torch.stack(answers).view(x_t.shape)


class _HashReader:
    def __init__(self, reader: Reader) -> None:
        self.max_tokens, self.words, self.tokenize = reader.max_tokens, reader.words, reader.tokenize

    def condition(self, prompt: str, recipe: Recipe, call: int = 0, calls: int = 1) -> Conditioning:
        others = [getattr(recipe, name) for name, field in FIELDS.items() if field.affects_prompt]
        text = repr((joined(parse(prompt).at(call, calls)), others)).encode()
        return Conditioning({"text": _numbers(text)[None]})


class _TinyCodec:
    def shape(self, recipe: Recipe) -> tuple[int, int, int]:
        return 4, 2, 2

    def decode(self, latents: Tensor) -> Tensor:
        raise NotImplementedError("a rehearsal has no pictures")

    def encode(self, pictures: Tensor, streams: Sequence[torch.Generator] | None = None) -> Tensor:
        raise NotImplementedError("a rehearsal has no pictures")


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
        (requested, computed); a guided step of one picture is two rows.

    Raises:
        SettingsError: the model cannot follow these settings.
    """
    stand_in = _rehearsal(model)
    sizes: defaultdict[Any, tuple[Model, SharedDenoiser]] = defaultdict(lambda: shared(stand_in, float("inf")))
    groups: defaultdict[Any, list[Recipe]] = defaultdict(list)
    for row in model.recipes(settings):
        groups[tuple(getattr(row, name) for name in SHARED)].append(row)
    for rows in groups.values():
        one, _ = sizes[rows[0].width, rows[0].height]  # pictures of two sizes have nothing in common
        for first in range(0, len(rows), TOGETHER):
            for _ in denoise(one, rows[first : first + TOGETHER]):
                pass
    counts = [denoiser for _, denoiser in sizes.values()]
    return sum(one.requested for one in counts), sum(one.computed for one in counts)
