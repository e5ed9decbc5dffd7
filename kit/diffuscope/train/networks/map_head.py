"""A head that teaches the UNet's middle what stands where; it is thrown away after training."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from diffuscope.worlds.base import UNKNOWN

_BACKGROUND = 0.2
"""Weight of value 0 of a map, which is most of most pictures."""


class MapHead(nn.Module):
    """Tells the world's maps from the features of the UNet's last block but one, cell by cell.

    What stands where is decided while there is nearly nothing but noise. There the squared error of the noise teaches
    little, and a map teaches much, as features of a trained network do in Yu et al. 2024 (arXiv:2410.06940).
    """

    def __init__(self, unet: Any, map_sizes: Sequence[int]) -> None:
        """Listen to a UNet.

        Args:
            map_sizes: how many values each map can take, see `World.map_sizes`.
        """
        super().__init__()
        self.sizes = list(map_sizes)
        self.out = nn.Conv2d(unet.config.block_out_channels[1], sum(self.sizes), 1)
        self._features: Tensor | None = None
        unet.up_blocks[-2].register_forward_hook(self._keep)

    def _keep(self, block: Any, given: Any, features: Tensor) -> None:
        self._features = features

    def loss(self, maps: Tensor) -> Tensor:
        """Mean cross-entropy of maps, uint8 (B, M, H, W), against what the last pass through the UNet knew, shape ()."""
        assert self._features is not None, "the UNet has not run"
        logits = self.out(self._features).float()
        self._features = None
        true = at_cells(maps, logits.shape[-1]).long()
        parts = logits.split(self.sizes, 1)
        values = []
        for index, part in enumerate(parts):
            weight = torch.ones(self.sizes[index], device=part.device)
            weight[0] = _BACKGROUND
            values.append(F.cross_entropy(part, true[:, index], weight, ignore_index=UNKNOWN))
        return torch.stack(values).nan_to_num().sum()  # nan: a map that says nothing about a whole batch


def at_cells(maps: Tensor, cells: int) -> Tensor:
    """Maps (..., H, W) at the middles of cells x cells squares."""
    step = maps.shape[-1] // cells
    return maps[..., step // 2 :: step, step // 2 :: step]
