"""Step 1: the training pictures, drawn once and kept, or drawn anew all the time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from diffuscope import atomic
from diffuscope.train import room
from diffuscope.train.config import Config
from diffuscope.worlds.base import World


@dataclass(frozen=True)
class Block:
    """Pictures that training sees at one time."""

    pictures: Tensor
    """uint8 (N, 3, H, W)."""
    captions: np.ndarray
    """Every picture told in K ways, str (N, K)."""
    labels: Tensor
    """The scenes as numbers, int64 (N, L); L is 0 for a world without labels."""
    maps: Tensor
    """What is seen where, uint8 (N, M, H, W); M is 0 for a world without maps."""

    def first(self, count: int) -> Block:
        """The first pictures alone."""
        return Block(self.pictures[:count], self.captions[:count], self.labels[:count], self.maps[:count])


def make(config: Config, run: Path) -> Path:
    """Draw `config.data.pictures` pictures of the training split into one file; done already, it is left alone.

    Raises:
        ValueError: the recipe draws fresh pictures, so there is nothing to keep.
    """
    if config.data.uses:
        raise ValueError(f'recipe "{config.name}" draws its pictures while it trains; begin with: autoencoder')
    path = run / "data.npz"
    if path.exists():
        return path
    run.mkdir(parents=True, exist_ok=True)
    with atomic.file(path) as file:
        np.savez(file, **_draw(room.world(config), config, np.random.default_rng(config.data.seed)))
    return path


def _draw(
    world: World, config: Config, rng: np.random.Generator, pictures: bool = True, count: int = 0
) -> dict[str, Any]:
    drawn: dict[str, list] = {"captions": [], "labels": [], "pictures": [], "maps": []}
    for _ in range(count or config.data.pictures):
        scene = world.sample(rng, world.splits[0])
        if pictures:
            done = world.draw(scene, rng, config.data.side)
            drawn["pictures"].append(done.picture)
            drawn["maps"].append(done.maps)
        drawn["captions"].append([world.caption(scene, rng) for _ in range(config.data.captions)])
        drawn["labels"].append(world.labels(scene))
    return {name: np.array(rows) for name, rows in drawn.items()}


class Source:
    """Where pictures come from: `at(step)` is what a step may choose from."""

    def __init__(self, config: Config, run: Path, batch: int, pictures: bool = True) -> None:
        """Prepare it.

        Args:
            batch: how many pictures a step uses.
            pictures: False where captions and labels are enough; fresh pictures are then not drawn.
        """
        self.config, self.run, self.pictures = config, run, pictures
        self.world = room.world(config)
        self.fresh = config.data.uses > 0
        self._steps = max(1, config.data.pictures * config.data.uses // batch)
        self._block: tuple[int, Block] | None = None

    def number(self, step: int) -> int:
        """Which block a step belongs to; 0 for ever where the pictures are kept."""
        return step // self._steps if self.fresh else 0

    def at(self, step: int) -> Block:
        """The pictures of a step. Fresh ones are drawn from (seed, number of the block) alone."""
        number = self.number(step)
        if self._block is None or self._block[0] != number:
            self._block = None  # the one before is let go first
            self._block = number, self._draw(number) if self.fresh else self._kept()
        return self._block[1]

    def few(self, count: int) -> Block:
        """The first pictures of block 0, for a look; the block in use stays."""
        if not self.fresh:
            return self.at(0).first(count)
        rng = np.random.default_rng((self.config.data.seed, 0))
        return self._as_block(_draw(self.world, self.config, rng, self.pictures, count))

    def _draw(self, number: int) -> Block:
        rng = np.random.default_rng((self.config.data.seed, number))
        return self._as_block(_draw(self.world, self.config, rng, self.pictures))

    def _kept(self) -> Block:
        with np.load(make(self.config, self.run)) as stored:
            return self._as_block(dict(stored))

    def _as_block(self, drawn: dict[str, np.ndarray]) -> Block:
        labels = drawn["labels"].reshape(len(drawn["captions"]), -1)
        pictures = torch.from_numpy(drawn["pictures"])
        return Block(
            pictures.permute(0, 3, 1, 2).contiguous() if pictures.numel() else pictures,
            drawn["captions"],
            torch.from_numpy(labels).long(),
            torch.from_numpy(drawn["maps"]),
        )


def scaled(pictures: Tensor, device: torch.device) -> Tensor:
    """uint8 0..255 to float -1..1, the range autoencoders of Stable Diffusion work in."""
    return pictures.to(device).float() / 127.5 - 1


def cached(path: Path, source: Path, make: Callable[[], dict[str, Any]]) -> dict[str, np.ndarray]:
    """Arrays computed once and kept in `path`; made again when `source`, which they depend on, is newer."""
    if not path.exists() or path.stat().st_mtime < source.stat().st_mtime:
        made = make()
        with atomic.file(path) as file:
            np.savez(file, **made)
    with np.load(path) as stored:
        return dict(stored)
