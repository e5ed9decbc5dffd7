"""Reading a picture: a small network that says what a picture of the book shows, and how sure it is.

It is trained on real pictures only, by `diffuscope train reader --config storybook`, and shares nothing with the model that
draws: no weights, no seed, no batch. This module needs torch; nothing else in the world does.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional as F

from diffuscope.worlds.storybook.objects import KINDS
from diffuscope.worlds.storybook.pen.pen import SIDE
from diffuscope.worlds.storybook.scene.scene import ATTRIBUTES, Scene
from diffuscope.worlds.storybook.scene.scene_object import SceneObject
from diffuscope.worlds.storybook.scene.tables import COLOURS, SIZES
from diffuscope.worlds.storybook.sight import Sight

_KINDS, _COLOURS, _SIZES = tuple(KINDS), tuple(COLOURS), tuple(SIZES)
_ABOUT = (len(_COLOURS), len(_SIZES), 3)
"""How many values colour, size and count of a kind can take."""


class Block(nn.Module):
    """Two convolutions around which the picture may pass unchanged (He et al. 2015, arXiv:1512.03385)."""

    def __init__(self, before: int, after: int, stride: int = 1) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(before, after, 3, stride, 1, bias=False), nn.BatchNorm2d(after), nn.ReLU(),
            nn.Conv2d(after, after, 3, 1, 1, bias=False), nn.BatchNorm2d(after),
        )  # fmt: skip
        self.past = (
            nn.Identity()
            if before == after and stride == 1
            else nn.Sequential(nn.AvgPool2d(stride), nn.Conv2d(before, after, 1))
        )

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.body(x) + self.past(x))


@dataclass(frozen=True)
class Read:
    """What the network says of B pictures, as logits."""

    whole: tuple[Tensor, ...]
    """Place, time, weather, style: each (B, values)."""
    present: Tensor
    """Whether a kind is there, (B, kinds)."""
    about: tuple[Tensor, ...]
    """Colour, size, count of each kind, should it be there: each (B, kinds, values)."""
    x: Tensor
    """Where each kind is, should it be there, 0 to 1 from the left: (B, kinds)."""
    cells: Tensor
    """The kind seen at each place, 0 is none: (B, 1 + kinds, 16, 16)."""
    features: Tensor
    """The picture as the network sees it, before any answer: (B, D)."""


class ReaderNetwork(nn.Module):
    """Pictures (B, 3, 128, 128) in -1..1 to `Read`."""

    def __init__(self, channels: Sequence[int] = (32, 64, 128, 192)) -> None:
        """Make it with random weights.

        Args:
            channels: of the features at 32, 32, 16 and 8 places a side.
        """
        super().__init__()
        a, b, c, d = channels
        self.near = nn.Sequential(nn.Conv2d(3, a, 6, 4, 1), nn.ReLU(), Block(a, b), Block(b, c, 2))
        self.far = nn.Sequential(Block(c, d, 2), Block(d, d))
        self.both = Block(c + d, c)
        self.whole = nn.Linear(2 * d, sum(map(len, ATTRIBUTES.values())))
        self.cells = nn.Conv2d(c, 1 + len(_KINDS), 1)
        self.about = nn.Conv2d(c, len(_KINDS) * sum(_ABOUT), 1)
        self.bias = nn.Parameter(torch.full((len(_KINDS),), -2.0))

    def forward(self, pictures: Tensor) -> Read:
        near = self.near(pictures)
        far = self.far(near)
        pooled = torch.cat([far.mean((2, 3)), far.amax((2, 3))], 1)
        both = self.both(torch.cat([near, F.interpolate(far, scale_factor=2.0, mode="nearest")], 1))
        cells = self.cells(both).float()
        evidence = (cells[:, 1:] - cells[:, :1]).flatten(2)  # of each kind against nothing, (B, kinds, places)
        where = evidence.softmax(-1)
        # a kind is there as much as its best places say
        present = torch.logsumexp(evidence, -1) - np.log(4.0) + self.bias
        about = self.about(both).float().unflatten(1, (len(_KINDS), sum(_ABOUT))).flatten(3)
        told = torch.einsum("bkfp,bkp->bkf", about, where)
        middle = (torch.arange(cells.shape[-1], device=cells.device) + 0.5) / cells.shape[-1]
        x = (where * middle.repeat(cells.shape[-2])).sum(-1)
        sizes = [len(table) for table in ATTRIBUTES.values()]
        whole = self.whole(pooled).float().split(sizes, 1)
        return Read(whole, present, told.split(_ABOUT, -1), x, cells, pooled.float())


BUILT_IN = Path(__file__).parents[2] / "weights" / "storybook" / "reader"
"""The reader that was trained for the built-in model."""


@cache
def built_in() -> StorybookReader:
    """The built-in reader, loaded once."""
    return StorybookReader.load(BUILT_IN)


class StorybookReader:
    """The trained network, asked."""

    def __init__(self, network: ReaderNetwork) -> None:
        self.network = network.eval()

    @classmethod
    def load(cls, folder: Path) -> StorybookReader:
        """The reader that training left in a folder.

        Raises:
            FileNotFoundError: it has not been trained yet.
        """
        path = folder / "model.safetensors"
        if not path.is_file():
            raise FileNotFoundError(f"{path} is not there; train it with: diffuscope train reader --config storybook")
        network = ReaderNetwork(**json.loads((folder / "config.json").read_text(encoding="utf-8")))
        weights = {name: w.float() if w.is_floating_point() else w for name, w in load_file(path).items()}
        network.load_state_dict(weights)
        return cls(network)

    @torch.inference_mode()
    def look(self, pictures: np.ndarray) -> Read:
        """All answers about pictures, uint8 (B, 128, 128, 3).

        Raises:
            ValueError: the pictures have another shape.
        """
        if pictures.ndim != 4 or pictures.shape[1:] != (SIDE, SIDE, 3):
            raise ValueError(f"the reader knows pictures of {SIDE}x{SIDE}x3, got {pictures.shape}")
        parts = [self.network(as_input(part)) for part in np.array_split(pictures, -(-len(pictures) // 64))]

        def joined(name: str) -> Any:
            values = [getattr(part, name) for part in parts]
            if isinstance(values[0], tuple):
                return tuple(torch.cat(group) for group in zip(*values, strict=True))
            return torch.cat(values)

        return Read(**{name: joined(name) for name in Read.__dataclass_fields__})

    def read(self, pictures: np.ndarray) -> list[Sight]:
        """What pictures, uint8 (B, 128, 128, 3), show."""
        seen = self.look(pictures)
        return [_sight(seen, index) for index in range(len(pictures))]


def as_input(pictures: np.ndarray) -> Tensor:
    """Pictures uint8 (B, H, W, 3) as the network wants them."""
    x = torch.from_numpy(np.ascontiguousarray(pictures)).permute(0, 3, 1, 2).float() / 127.5 - 1
    return x.contiguous(memory_format=torch.channels_last)


def _sight(seen: Read, index: int) -> Sight:
    whole, sure = {}, {}
    for (name, table), logits in zip(ATTRIBUTES.items(), seen.whole, strict=True):
        chances = logits[index].softmax(-1)
        whole[name] = list(table)[int(chances.argmax())]
        sure[name] = float(chances.max())
    present = seen.present[index].sigmoid()
    order = sorted(range(len(_KINDS)), key=lambda k: -float(present[k]))
    kinds = [k for k in order if present[k] > 0.5][:3] or order[:1]
    objects: list[SceneObject] = []
    room = 3
    for k in sorted(kinds, key=lambda k: float(seen.x[index, k])):
        colour, size, count = (int(part[index, k].argmax()) for part in seen.about)
        colours = KINDS[_KINDS[k]].colours
        if colours:  # the likeliest of those that it comes in
            chances = seen.about[0][index, k].softmax(-1)
            colour = max((_COLOURS.index(c) for c in colours), key=lambda c: float(chances[c]))
        count = min(count + 1, room - (len(kinds) - len(objects) - 1))
        room -= count
        objects.append(SceneObject(_KINDS[k], _COLOURS[colour] if colours else None, _SIZES[size], count))
        sure[_KINDS[k]] = float(present[k])
    return Sight(Scene(**whole, objects=tuple(objects), order="row" if len(objects) > 1 else None), sure)
