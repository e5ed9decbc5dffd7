"""CLIP skip: diffusers' own pictures, bit for bit; in records as A1111 counts; refused where it cannot be."""

import pytest
import torch
from diffusers import DDPMPipeline, DDPMScheduler, StableDiffusionPipeline, UNet2DModel
from foreign_records import picture
from PIL import Image
from readers import others_read
from through import through
from tiny import tiny_pipeline

from diffuscope import Keep, Settings, SettingsError, denoise, read_settings, record, save_picture
from diffuscope.families import stable_diffusion, unconditional
from diffuscope.grid.fill.cache import count_calls
from diffuscope.grid.planner import make_plan
from diffuscope.train.networks.tokenizer import text_encoder

RED = Settings("a red circle", "blue", scheduler="ddim", seed=7, steps=3, guidance_scale=4.0)
LAYERS = 3


@pytest.fixture(scope="module")
def pipe():
    parts = tiny_pipeline().components
    torch.manual_seed(1)
    options = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": LAYERS, "num_attention_heads": 2}
    encoder = text_encoder(parts["tokenizer"], {**options, "max_position_embeddings": 8}).eval()
    # diffusers looks for the layer norm there; of transformers 5 the model has no such level any more
    object.__setattr__(encoder, "text_model", encoder)
    pipe = StableDiffusionPipeline(**parts | {"text_encoder": encoder}, requires_safety_checker=False)
    pipe.set_progress_bar_config(disable=True)
    return pipe


@pytest.fixture(scope="module")
def deep(pipe):
    return stable_diffusion.model(pipe, "deep", "random", None, {"steps": 6, "guidance_scale": 4.0})


def ours(model, settings):
    return list(denoise(model, settings))[-1].latents


def theirs(pipe, settings, clip_skip):
    return pipe(
        settings.prompt,
        negative_prompt=settings.negative_prompt,
        num_inference_steps=settings.steps,
        guidance_scale=settings.guidance_scale,
        generator=torch.Generator().manual_seed(settings.seed),
        output_type="latent",
        clip_skip=clip_skip,
    ).images


@pytest.mark.parametrize("guidance", [1.0, 4.0])
@pytest.mark.parametrize("clip_skip", [None, 0, 1, 2, LAYERS])
def test_bit_identical_with_diffusers(deep, pipe, clip_skip, guidance):
    settings = RED.replace(guidance_scale=guidance, clip_skip=clip_skip)
    latents = ours(deep, settings)
    assert torch.equal(latents, theirs(pipe, settings, clip_skip))
    assert torch.equal(latents, ours(deep, settings.replace(clip_skip=None))) == (not clip_skip)


def test_rows_of_a_batch_skip_each_their_own(deep):
    rows = [RED.replace(clip_skip=n) for n in (None, 1, 2)]
    together = ours(deep, rows)
    for row, settings in enumerate(rows):
        torch.testing.assert_close(together[row : row + 1], ours(deep, settings), atol=1e-5, rtol=0)


def test_weights_of_words_hold_for_the_layer_that_is_read(deep):
    recipe = deep.complete(RED.replace(prompt="a (red:1.5) circle", clip_skip=1))
    weighted = deep.reader.condition(recipe.prompt, recipe).tensors["encoder_hidden_states"]
    plain = deep.reader.condition("a red circle", recipe).tensors["encoder_hidden_states"]
    torch.testing.assert_close(weighted.mean(), plain.mean())  # emphasis keeps it, see `prompt.emphasis`
    assert not torch.equal(weighted, plain)


def test_a_fork_may_skip_other_layers(deep):
    run = denoise(deep, RED)
    next(run)
    fork = run.fork(clip_skip=2)
    assert not torch.equal(list(fork)[-1].latents, list(run)[-1].latents)


def test_more_than_there_are_is_refused_before_compute(deep, monkeypatch):
    asked = []
    monkeypatch.setattr(deep, "denoiser", through(deep, lambda *given: asked.append(given)))
    with pytest.raises(SettingsError, match=r"CLIP skip 4 is above the 3 layers") as caught:
        record(deep, RED.replace(clip_skip=LAYERS + 1))
    assert caught.value.field == "clip_skip"
    assert not asked


def test_a_model_without_a_text_encoder_refuses_it():
    unet = UNet2DModel(
        sample_size=8, block_out_channels=(8, 16), layers_per_block=1, norm_num_groups=4,
        down_block_types=("DownBlock2D",) * 2, up_block_types=("UpBlock2D",) * 2,
    )  # fmt: skip
    pixels = unconditional.model(DDPMPipeline(unet, DDPMScheduler()), "pixels", "random")
    with pytest.raises(SettingsError, match="no use for CLIP skip; leave it empty"):
        pixels.complete(Settings("", clip_skip=1))


def test_records_count_as_a1111_does(deep, tmp_path):
    trace = record(deep, RED.replace(clip_skip=2), Keep((), ()))
    path = save_picture(trace, tmp_path / "a.png")
    assert read_settings(path) == trace.settings
    assert "Clip skip: 3" in Image.open(path).info["parameters"], "the last layer is its 1"
    assert str(others_read(path).metadata["Clip skip"]) == "3"
    theirs = {"parameters": "a red circle\nSteps: 5, Sampler: Euler, CFG scale: 3, Seed: 1, Clip skip: 2"}
    assert read_settings(picture(tmp_path, theirs, "b.png")).clip_skip == 1


def test_as_an_axis(deep):
    plan = make_plan(deep, RED, {"clip_skip": "0-2"})
    assert [cell.settings.clip_skip for cell in plan.cells] == [0, 1, 2]
    assert len({cell.key for cell in plan.cells}) == 3
    assert plan.cells[0].key == make_plan(deep, RED, {"seed": "7"}).cells[0].key, "0 leaves out none"
    assert plan.cost.texts == 6, "three readings of two prompts"
    alone, shared = count_calls(deep, [cell.settings for cell in plan.cells])
    assert shared > alone // 3, "what is read differently is computed anew"
