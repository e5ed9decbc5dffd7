"""Guidance: how a prompt steers. A strategy calls the denoiser and mixes its outputs; the loop does not know which one."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from diffuscope.families.parts import Answer, Conditioning, Denoiser, Part
from diffuscope.noise import spaces
from diffuscope.recipe.settings import Recipe


class Plain:
    """The prompt's own prediction, for models without guidance."""

    def active(self, recipe: Recipe) -> bool:
        return False

    def prompts(self, recipes: Sequence[Recipe]) -> list[tuple[str, int]]:
        return [(recipe.prompt, row) for row, recipe in enumerate(recipes)]

    def __call__(
        self, denoiser: Denoiser, x_t: Tensor, t: Tensor, given: Conditioning, recipes: Sequence[Recipe]
    ) -> Answer:
        output = denoiser(x_t, t, given)
        return Answer(output, {"cond": Part(output)})


class ClassifierFree:
    """Two predictions, with the prompt and without it, and a step from the second through the first.

    Rows whose guidance_scale is 1 or less follow the prompt alone and cost one prediction.

    Source: Ho & Salimans 2022 (arXiv:2207.12598) eq. 6.
    """

    def active(self, recipe: Recipe) -> bool:
        return recipe.guided

    def prompts(self, recipes: Sequence[Recipe]) -> list[tuple[str, int]]:
        guided = self._guided(recipes)
        # halves without the prompt first, as diffusers stacks them
        return [
            *((recipes[row].negative_prompt, row) for row in guided),
            *((recipe.prompt, row) for row, recipe in enumerate(recipes)),
        ]

    def _guided(self, recipes: Sequence[Recipe]) -> list[int]:
        return [row for row, recipe in enumerate(recipes) if self.active(recipe)]

    def __call__(
        self, denoiser: Denoiser, x_t: Tensor, t: Tensor, given: Conditioning, recipes: Sequence[Recipe]
    ) -> Answer:
        guided = self._guided(recipes)
        output = denoiser(torch.cat([x_t[guided], x_t]) if guided else x_t, t, given)
        uncond, cond = output[: len(guided)], output[len(guided) :]
        parts = {"cond": Part(cond)}
        if not guided:
            return Answer(cond, parts)
        mixed = list(cond.split(1))
        for half, row in zip(uncond.split(1), guided, strict=True):
            # the weight is a plain number, as in diffusers: a tensor of half precision would round it
            mixed[row] = spaces.guide(half, mixed[row], recipes[row].guidance_scale)
        return Answer(torch.cat(mixed), parts | {"uncond": Part(uncond, tuple(guided))})


class Embedded(Plain):
    """The guidance scale is one more thing the network is given, as in Flux and latent consistency models: one prediction.

    Args:
        name: the network's argument for it.

    Source: Meng et al. 2022 (arXiv:2210.03142) section 3.1, guidance distillation.
    """

    def __init__(self, name: str = "guidance") -> None:
        self.name = name

    def __call__(
        self, denoiser: Denoiser, x_t: Tensor, t: Tensor, given: Conditioning, recipes: Sequence[Recipe]
    ) -> Answer:
        scale = torch.tensor([recipe.guidance_scale for recipe in recipes]).to(x_t)
        output = denoiser(x_t, t, Conditioning({**given.tensors, self.name: scale}))
        return Answer(output, {"cond": Part(output)})
