"""The reader of the picture book, trained on real pictures only: another seed, other pictures than the generator's."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import save
from torch import Tensor, nn
from torch.nn import functional as F

from diffuscope import atomic
from diffuscope.train import data
from diffuscope.train.config import Config
from diffuscope.train.loop import fit
from diffuscope.train.networks.map_head import at_cells
from diffuscope.worlds.base import UNKNOWN
from diffuscope.worlds.storybook.objects import KINDS
from diffuscope.worlds.storybook.reader import ReaderNetwork
from diffuscope.worlds.storybook.scene.scene import ATTRIBUTES
from diffuscope.worlds.storybook.world import FIELDS

_LEVEL = 3
"""The reader knows the whole book from the beginning, whatever the generator is shown."""


def train(config: Config, run: Path, device: torch.device, minutes: float | None = None) -> bool:
    """Fit the reader and save it to `run/reader`; True when finished.

    Loss: cross-entropy of everything the labels tell, of the kind at each of 16 x 16 places, and the squared error of where
    a kind stands. Half of the pictures are blurred or noisy, so that what an autoencoder makes of a picture is still read.

    Raises:
        ValueError: the recipe has no [reader].
    """
    recipe = config.reader
    if recipe is None:
        raise ValueError(f'recipe "{config.name}" has no [reader]')
    drawn = replace(config.data, seed=recipe.seed, world_options={"level": _LEVEL})
    source = data.Source(replace(config, data=drawn), run, recipe.batch)
    torch.manual_seed(recipe.seed)
    model: Any = ReaderNetwork(**recipe.model)
    model.to(device, memory_format=torch.channels_last)

    def loss(rng: torch.Generator, step: int) -> Tensor:
        block = source.at(step)
        pick = torch.randint(len(block.pictures), (recipe.batch,), generator=rng)
        x = worn(data.scaled(block.pictures[pick], device), rng)
        x = x.contiguous(memory_format=torch.channels_last)
        return reader_loss(model(x), block.labels[pick].to(device), block.maps[pick].to(device))

    trained = fit(model, loss, recipe, run / "reader", lambda module, path: None, minutes)
    if trained is None:
        return False
    settle(trained, source, device)
    atomic.write(run / "reader" / "config.json", (json.dumps(recipe.model, indent=2) + "\n").encode())
    weights = {n: (w.half() if w.is_floating_point() else w).contiguous() for n, w in trained.state_dict().items()}
    atomic.write(run / "reader" / "model.safetensors", save(weights))
    return True


def worn(x: Tensor, rng: torch.Generator) -> Tensor:
    """Pictures as they come out of an autoencoder, or nearly: half of the batches a little soft, all a little noisy."""
    soft, strong = torch.rand(2, generator=rng).tolist()
    if soft < 0.5:
        x = F.interpolate(F.avg_pool2d(x, 2), scale_factor=2.0, mode="bilinear")
    return x + 0.06 * strong * torch.randn(x.shape, generator=rng).to(x.device)


def reader_loss(seen: Any, labels: Tensor, maps: Tensor) -> Tensor:
    """How far answers are from labels (B, L) and maps (B, 2, H, W), shape ()."""
    whole = [F.cross_entropy(part, labels[:, i]) for i, part in enumerate(seen.whole)]
    about = labels[:, len(ATTRIBUTES) :].unflatten(1, (len(KINDS), len(FIELDS)))
    here = about[..., 0] == 1
    value = torch.stack(whole).mean()
    value = value + 12 * F.binary_cross_entropy_with_logits(seen.present, here.float())
    for index, (part, weight) in enumerate(zip(seen.about, (1.0, 0.5, 0.5), strict=True), 1):
        true = about[..., index][here]
        if bool((true != UNKNOWN).any()):
            value = value + weight * F.cross_entropy(part[here], true, ignore_index=UNKNOWN)
    cells = at_cells(maps[:, 0], seen.cells.shape[-1]).long()
    weights = torch.ones(1 + len(KINDS), device=cells.device)
    weights[0] = 0.3
    value = value + F.cross_entropy(seen.cells, cells, weights)
    x, known = middles(cells, len(KINDS))
    return value + 5 * F.mse_loss(seen.x[known], x[known])


def middles(cells: Tensor, kinds: int) -> tuple[Tensor, Tensor]:
    """Where each kind stands by its cells (B, h, w), 0 to 1 from the left, (B, kinds), and whether it is there at all."""
    on = F.one_hot(cells, 1 + kinds)[..., 1:].float().sum(1)  # (B, w, kinds)
    places = (torch.arange(on.shape[1], device=on.device) + 0.5) / on.shape[1]
    total = on.sum(1)
    return (on * places[:, None]).sum(1) / total.clamp(min=1), total > 0


@torch.no_grad()
def settle(model: nn.Module, source: data.Source, device: torch.device, batches: int = 24) -> None:
    """Measure the batch statistics again for averaged weights, which never were in use while training."""
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.reset_running_stats()
            module.momentum = None  # a plain mean over all batches
    model.train()
    rng = torch.Generator().manual_seed(int(np.random.default_rng(source.config.data.seed).integers(1 << 31)))
    pictures = source.at(0).pictures
    for _ in range(batches):
        pick = torch.randint(len(pictures), (64,), generator=rng)
        model(worn(data.scaled(pictures[pick], device), rng))
    model.eval()
