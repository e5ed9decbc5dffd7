"""A model without words and without latents: the same loop, bit for bit that of diffusers' own pipeline."""

import pytest
import torch
from diffusers import DDPMPipeline, DDPMScheduler, UNet2DModel

from diffuscope import Settings, denoise, load, record
from diffuscope.run.start import Picture

DRAW = Settings("", scheduler="ddpm", steps=8, seed=3)


@pytest.fixture(scope="module", params=[3, 1], ids=["colour", "grey"])
def pipe(request):
    torch.manual_seed(0)
    unet = UNet2DModel(
        sample_size=16, in_channels=request.param, out_channels=request.param, block_out_channels=(8, 16),
        layers_per_block=1, norm_num_groups=4, down_block_types=("DownBlock2D",) * 2, up_block_types=("UpBlock2D",) * 2,
    )  # fmt: skip
    pipe = DDPMPipeline(unet.eval(), DDPMScheduler(clip_sample=False))
    pipe.set_progress_bar_config(disable=True)
    return pipe


@pytest.fixture(scope="module")
def pixels(pipe, tmp_path_factory):
    folder = tmp_path_factory.mktemp("models") / "noise"
    pipe.save_pretrained(folder)
    return load(folder)


def test_pictures_are_diffusers(pixels, pipe):
    theirs = pipe(generator=torch.Generator().manual_seed(3), num_inference_steps=8, output_type="np").images[0]
    trace = record(pixels, DRAW)
    assert trace.image.shape == (16, 16, 3)
    assert abs(theirs * 255 - trace.image).max() <= 0.51  # they do not round
    assert trace.tensors["x0"].shape == (8, pipe.unet.config.in_channels, 16, 16)


def test_other_schedulers_starts_and_forks_work_too(pixels):
    run = denoise(pixels, DRAW.replace(scheduler="dpm++ 2m"))
    next(run)
    *_, twin = run.fork()
    *_, last = run
    assert torch.equal(twin.latents, last.latents)
    trace = record(pixels, DRAW)
    near = record(pixels, DRAW, start=Picture(trace.image, 0.2))
    far = record(pixels, DRAW.replace(seed=9))
    assert abs(near.image.astype(int) - trace.image).mean() < abs(far.image.astype(int) - trace.image).mean()


def test_words_are_said_to_have_no_effect(pixels):
    assert pixels.notes(DRAW) == {}
    assert "reads no prompt" in pixels.notes(DRAW.replace(prompt="a red circle"))["prompt"]
