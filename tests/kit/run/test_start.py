"""Where runs begin: a picture at a strength against diffusers' image to image, and latents that are there."""

import numpy as np
import pytest
import torch
from diffusers import StableDiffusionImg2ImgPipeline
from PIL import Image
from rows import ROWS
from tiny import tiny_pipeline

from diffuscope import SCHEDULERS, Settings, SettingsError, denoise, record
from diffuscope.noise.scheduler import make_scheduler
from diffuscope.run.start import Latents, Picture

PICTURE = np.random.default_rng(0).integers(0, 256, (16, 16, 3), np.uint8)


def name(row):
    return row.name


def settings_for(row, steps=6):
    return Settings("a red circle", scheduler=row.name, seed=7, steps=steps, guidance_scale=4.0)


def reference(model, settings, strength):
    """Final latents of diffusers' StableDiffusionImg2ImgPipeline."""
    done, plain = model.complete(settings), tiny_pipeline()
    parts = {name: part for name, part in plain.components.items() if name != "image_encoder"}
    pipe = StableDiffusionImg2ImgPipeline(**parts, requires_safety_checker=False)
    pipe.set_progress_bar_config(disable=True)
    pipe.scheduler = make_scheduler(done.scheduler_row, done.schedule, model.scheduler_config, [done.seed])
    return pipe(
        done.prompt,
        image=Image.fromarray(PICTURE),
        strength=strength,
        num_inference_steps=done.steps,
        guidance_scale=done.guidance_scale,
        eta=done.eta,
        generator=torch.Generator().manual_seed(done.seed),
        output_type="latent",
    ).images


@pytest.mark.parametrize("strength", [0.5, 0.8, 1.0])
@pytest.mark.parametrize("row", ROWS, ids=name)
def test_picture_at_a_strength_is_diffusers_image_to_image(model, row, strength):
    settings = settings_for(row)
    *_, last = denoise(model, settings, start=Picture(PICTURE, strength))
    assert torch.equal(last.latents, reference(model, settings, strength))


def test_a_batch_of_pictures_is_each_of_them(model):
    rows = [settings_for(SCHEDULERS["ddim"]).replace(seed=seed) for seed in (7, 8)]
    both = record(model, rows, start=Picture(np.stack([PICTURE, PICTURE[::-1]]), 0.5))
    alone = record(model, rows[1], start=Picture(PICTURE[::-1], 0.5))
    np.testing.assert_allclose(both[1].latents, alone.latents, atol=1e-3)
    assert both[0].index[0] == 3, "half of six steps are left out"


def test_latents_that_are_there(model):
    """The second half of a run, begun from its own latents, ends where the run ends."""
    for scheduler in ("ddim", "euler", "heun"):
        settings = settings_for(SCHEDULERS[scheduler])
        steps = list(denoise(model, settings))
        middle = 4 if scheduler == "heun" else 3
        *_, last = denoise(model, settings, start=Latents(steps[middle].x_t, middle))
        torch.testing.assert_close(last.latents, steps[-1].latents, rtol=1e-4, atol=1e-3)


def test_what_cannot_be_a_start(model):
    settings = settings_for(SCHEDULERS["ddim"])
    for strength in (0, 1.2, float("nan")):
        with pytest.raises(ValueError, match="above 0 and at most 1"):
            Picture(PICTURE, strength)
    with pytest.raises(ValueError, match=r"must be uint8 \(H, W, 3\), got float64"):
        Picture(PICTURE / 255, 0.5)
    with pytest.raises(SettingsError, match="The picture is 8 x 16 pixels and the recipe 16 x 16"):
        next(denoise(model, settings, start=Picture(PICTURE[:, :8], 0.5)))
    with pytest.raises(SettingsError, match=r"Strength 0\.1 of 6 steps leaves no step"):
        denoise(model, settings, start=Picture(PICTURE, 0.1))
    with pytest.raises(ValueError, match=r"latents of shape \(1, 4, 4, 4\) do not fit"):
        next(denoise(model, settings, start=Latents(torch.zeros(1, 4, 4, 4))))
    with pytest.raises(ValueError, match="call 6 is not one of the run's 6"):
        denoise(model, settings, start=Latents(torch.zeros(1, 4, 8, 8), 6))
