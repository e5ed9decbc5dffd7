"""Where a run begins: from noise, from a picture at a strength, or from given latents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from diffuscope.families.base import Model
from diffuscope.noise.initial import initial_noise
from diffuscope.noise.solver import Solver
from diffuscope.recipe.settings import Recipe, SettingsError


class Start(Protocol):
    """Makes the first latents of a run."""

    def first_call(self, solver: Solver) -> int:
        """The call the run begins with, 0 for a whole run."""

    def latents(
        self, model: Model, recipes: Sequence[Recipe], solver: Solver, streams: Sequence[torch.Generator]
    ) -> Tensor:
        """The first latents (B, C, h, w), in the scheduler's own scale.

        Args:
            recipes: complete, one a picture.
            streams: the pictures' random streams; what is drawn here is drawn from them.
        """


@dataclass(frozen=True)
class Noise:
    """The noise of each recipe's seed: text to image."""

    def first_call(self, solver: Solver) -> int:
        return 0

    def latents(
        self, model: Model, recipes: Sequence[Recipe], solver: Solver, streams: Sequence[torch.Generator]
    ) -> Tensor:
        return _noise(model, recipes, streams).to(model.device) * solver.init_noise_sigma


@dataclass(frozen=True)
class Picture:
    """A picture with noise over it: image to image. The latents equal those of diffusers' StableDiffusionImg2ImgPipeline.

    Source: Meng et al. 2021, SDEdit (arXiv:2108.01073).
    """

    pixels: np.ndarray = field(repr=False)
    """uint8 (H, W, 3) for all rows of a batch, or (B, H, W, 3)."""
    strength: float = 0.8
    """Share of the steps that are run, above 0 to 1; 1 begins from (nearly) pure noise."""

    def __post_init__(self) -> None:
        if not 0 < self.strength <= 1:
            raise ValueError(f"strength {self.strength:g} must be above 0 and at most 1; 1 keeps least of the picture")
        if self.pixels.dtype != np.uint8 or self.pixels.ndim not in (3, 4) or self.pixels.shape[-1] != 3:
            raise ValueError(f"pixels must be uint8 (H, W, 3), got {self.pixels.dtype} {self.pixels.shape}")

    def first_call(self, solver: Solver) -> int:
        # diffusers' img2img: the last int(steps * strength) steps, counted in calls of the scheduler
        steps = solver.steps
        skipped = steps - min(int(steps * self.strength), steps)
        first = skipped * getattr(solver.scheduler, "order", 1)
        if first >= len(solver.levels.t):
            raise SettingsError("steps", f"Strength {self.strength:g} of {steps} steps leaves no step; raise either.")
        return first

    def latents(
        self, model: Model, recipes: Sequence[Recipe], solver: Solver, streams: Sequence[torch.Generator]
    ) -> Tensor:
        width, height = recipes[0].width, recipes[0].height
        if self.pixels.shape[-3:-1] != (height, width):
            found = f"{self.pixels.shape[-2]} x {self.pixels.shape[-3]}"
            raise SettingsError("width", f"The picture is {found} pixels and the recipe {width} x {height}; resize it.")
        pixels = np.broadcast_to(self.pixels, (len(recipes), *self.pixels.shape[-3:])).copy()
        clean = model.encode(pixels, streams)
        noise = _noise(model, recipes, streams).to(model.device)
        return solver.noised(clean, noise, self.first_call(solver))


@dataclass(frozen=True)
class Latents:
    """Given latents: an inverted picture, or your own noise."""

    tensor: Tensor = field(repr=False)
    """(B, C, h, w) or (1, C, h, w) for all rows, as the network sees them: near unit variance."""
    first: int = 0
    """The call to begin with."""

    def first_call(self, solver: Solver) -> int:
        if not 0 <= self.first < len(solver.levels.t):
            raise ValueError(f"call {self.first} is not one of the run's {len(solver.levels.t)}; 0 is the first")
        return self.first

    def latents(
        self, model: Model, recipes: Sequence[Recipe], solver: Solver, streams: Sequence[torch.Generator]
    ) -> Tensor:
        expected = model.codec.shape(recipes[0])
        if tuple(self.tensor.shape[1:]) != expected or len(self.tensor) not in (1, len(recipes)):
            raise ValueError(f"latents of shape {tuple(self.tensor.shape)} do not fit {len(recipes)} x {expected}")
        if bad := int((~self.tensor.isfinite()).sum()):
            raise ValueError(
                f"latents to start from must be finite, and {bad} of {self.tensor.numel()} numbers are not"
            )
        whole = self.tensor.expand(len(recipes), *expected).to(model.device, model.dtype)
        return whole * solver.levels.size[self.first].to(whole)


def _noise(model: Model, recipes: Sequence[Recipe], streams: Sequence[torch.Generator]) -> Tensor:
    shape = model.codec.shape(recipes[0])
    return torch.cat(
        [initial_noise(one, shape, stream, model.dtype) for one, stream in zip(recipes, streams, strict=True)]
    )
