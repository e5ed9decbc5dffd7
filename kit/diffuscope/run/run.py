"""The loop: settings in, steps out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch

from diffuscope.families.base import Model
from diffuscope.noise import spaces
from diffuscope.noise.initial import initial_noise
from diffuscope.noise.solver import Sampler
from diffuscope.prompt.language import parse
from diffuscope.recipe.fields import FIELDS
from diffuscope.recipe.settings import Recipe, Settings, SettingsError
from diffuscope.trace.trace import Step

SHARED = tuple(name for name, field in FIELDS.items() if field.shared)
"""What the rows of one batch must have in common."""


def denoise(model: Model, settings: Settings | Sequence[Settings]) -> Iterator[Step]:
    """Run the denoising loop, one network call a turn.

    The latents of a single picture equal those of diffusers' StableDiffusionPipeline bit for bit. Rows of a batch each
    draw from a CPU noise stream of their own, so a picture is the same alone or among others up to rounding.

    Args:
        model: what `load` gives.
        settings: Settings or a Recipe, or several that share scheduler, schedule, steps, eta, width and height.

    Yields:
        A Step for every network call. Stop whenever you like: nothing is left behind.

    Raises:
        SettingsError: settings the model cannot follow, or rows that cannot share a batch; before any compute.
    """
    rows = model.recipes(settings)
    check_batch(rows)
    return _loop(model, rows)


def check_batch(rows: Sequence[Recipe]) -> None:
    """Refuse rows that cannot run as one batch."""
    if not rows:
        raise SettingsError("prompt", "There are no settings to run; give at least one.")
    for name in SHARED:
        values = sorted({str(getattr(row, name)) for row in rows})
        if len(values) > 1:
            raise SettingsError(name, f"Rows of one batch share {name}, got {', '.join(values)}; run them apart.")


@torch.inference_mode()
def _loop(model: Model, rows: list[Recipe]) -> Iterator[Step]:
    guided = [i for i, row in enumerate(rows) if row.guided]
    # without-prompt halves first, as diffusers stacks them; rows that are not guided have none
    prompts = [*(rows[i].negative_prompt for i in guided), *(row.prompt for row in rows)]
    moves = any(parse(prompt).moves for prompt in prompts)
    scale = torch.tensor([rows[i].guidance_scale for i in guided]).view(-1, 1, 1, 1).to(model.device, model.dtype)

    sampler = Sampler(rows[0], model.scheduler_config, [row.seed for row in rows])
    streams = [torch.Generator().manual_seed(row.seed) for row in rows]
    shape = model.latent_shape(rows[0])
    noises = [initial_noise(row, shape, stream, model.dtype) for row, stream in zip(rows, streams, strict=True)]
    latents = torch.cat(noises).to(model.device) * sampler.init_noise_sigma

    calls = len(sampler.timesteps)
    for index, t in enumerate(sampler.timesteps):
        x_t = sampler.scale(latents, t)
        a, s = sampler.level(t)
        if index == 0 or moves:
            text = torch.cat([model.text_states(p, index, calls) for p in prompts])  # (prompts, tokens, width)
        output = model.network(torch.cat([x_t[guided], x_t]) if guided else x_t, t, text)
        uncond, cond = output[: len(guided)], output[len(guided) :]
        if len(guided) == len(rows):
            output = spaces.guide(uncond, cond, scale)
        else:
            output = cond.clone()
            output[guided] = spaces.guide(uncond, cond[guided], scale)
        kind, before = model.prediction_type, latents
        latents = sampler.step(output, t, before, streams)
        noise_uncond = torch.full_like(cond, torch.nan)
        noise_uncond[guided] = spaces.noise(kind, before[guided], uncond, a, s)
        yield Step(
            index=index,
            calls=calls,
            timestep=float(t),
            sigma=float(s / a),
            x_t=x_t,
            noise_uncond=noise_uncond,
            noise_cond=spaces.noise(kind, before, cond, a, s),
            noise=spaces.noise(kind, before, output, a, s),
            x0=spaces.x0(kind, before, output, a, s),
            latents=latents,
        )
