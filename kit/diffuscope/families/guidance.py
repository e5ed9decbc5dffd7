"""Guidance: how a prompt steers. A strategy calls the denoiser and mixes its outputs; the loop does not know which one."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from diffuscope.families.parts import Answer, Conditioning, Denoiser, Part
from diffuscope.noise import spaces
from diffuscope.recipe.settings import Recipe, Settings


class Plain:
    """The prompt's own prediction, for models without guidance."""

    def effective(self, recipe: Recipe) -> Settings:
        return recipe.replace(negative_prompt="", guidance_scale=1.0)

    def notes(self, recipe: Recipe) -> dict[str, str]:
        return _vain(recipe, self.effective(recipe), "No effect: this model runs without guidance.")

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

    def effective(self, recipe: Recipe) -> Settings:
        return recipe if _guided(recipe) else recipe.replace(negative_prompt="", guidance_scale=1.0)

    def notes(self, recipe: Recipe) -> dict[str, str]:
        scale = recipe.guidance_scale
        if _guided(recipe):
            same = recipe.prompt == recipe.negative_prompt
            text = "No effect: prompt and negative prompt are the same, so nothing stands between them."
            return {"guidance_scale": text} if same else {}
        found = _vain(recipe, self.effective(recipe), f"No effect at guidance {scale:g}; raise guidance or clear it.")
        if scale < 1:
            found["guidance_scale"] = "Below 1 acts as 1: the prompt is followed without guidance."
        return found

    def prompts(self, recipes: Sequence[Recipe]) -> list[tuple[str, int]]:
        guided = _guided_rows(recipes)
        # halves without the prompt first, as diffusers stacks them
        return [
            *((recipes[row].negative_prompt, row) for row in guided),
            *((recipe.prompt, row) for row, recipe in enumerate(recipes)),
        ]

    def __call__(
        self, denoiser: Denoiser, x_t: Tensor, t: Tensor, given: Conditioning, recipes: Sequence[Recipe]
    ) -> Answer:
        guided = _guided_rows(recipes)
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

    def effective(self, recipe: Recipe) -> Settings:
        return recipe.replace(negative_prompt="")

    def notes(self, recipe: Recipe) -> dict[str, str]:
        return _vain(
            recipe, self.effective(recipe), "No effect: this model was not taught to steer away from a prompt."
        )

    def __call__(
        self, denoiser: Denoiser, x_t: Tensor, t: Tensor, given: Conditioning, recipes: Sequence[Recipe]
    ) -> Answer:
        scale = torch.tensor([recipe.guidance_scale for recipe in recipes]).to(x_t)
        output = denoiser(x_t, t, Conditioning({**given.tensors, self.name: scale}))
        return Answer(output, {"cond": Part(output)})


def _guided(recipe: Recipe) -> bool:
    """Whether each step asks the network without the prompt, too."""
    return recipe.guidance_scale > 1


def _guided_rows(recipes: Sequence[Recipe]) -> list[int]:
    return [row for row, recipe in enumerate(recipes) if _guided(recipe)]


def _vain(recipe: Recipe, effective: Settings, sentence: str) -> dict[str, str]:
    return dict.fromkeys(recipe.changed(effective), sentence)
