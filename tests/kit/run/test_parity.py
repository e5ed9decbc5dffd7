"""The loop against diffusers' own pipeline: the same modules, scheduler and seed must give the same latents."""

import copy
import functools

import pytest
import torch
from rows import ROWS
from tiny import tiny_pipeline

from diffuscope import SCHEDULERS, Settings, denoise
from diffuscope.families import stable_diffusion
from diffuscope.noise.scheduler import make_scheduler

VARIANTS = [(row, schedule) for row in ROWS for schedule in row.schedules]
GIVES_X0 = ("DDIM", "DDPM", "EulerDiscrete", "EulerAncestral", "Heun", "LMS", "KDPM2", "DPMSolverSDE")
"""Classes whose step() returns pred_original_sample."""


def name(value):
    return value if isinstance(value, str) else value.name


def settings_for(row, **changes):
    return Settings("a red circle", scheduler=row.name, seed=7, steps=6, guidance_scale=4.0).replace(**changes)


def reference(model, settings, scheduler=None, pipe=None):
    """Final latents of diffusers' StableDiffusionPipeline."""
    done, pipe = model.complete(settings), pipe or tiny_pipeline()
    pipe.scheduler = scheduler or make_scheduler(done.scheduler_row, done.schedule, model.scheduler_config, [done.seed])
    return pipe(
        done.prompt,
        negative_prompt=done.negative_prompt,
        num_inference_steps=done.steps,
        guidance_scale=done.guidance_scale,
        eta=done.eta,
        width=done.width,
        height=done.height,
        generator=torch.Generator().manual_seed(done.seed),
        output_type="latent",
    ).images


def ours(model, settings):
    return list(denoise(model, settings))[-1].latents


@pytest.mark.parametrize(("row", "schedule"), VARIANTS, ids=name)
def test_alone_bit_identical(model, row, schedule):
    settings = settings_for(row, schedule=schedule, negative_prompt="blue")
    assert torch.equal(ours(model, settings), reference(model, settings))


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64], ids=str)
def test_other_types_of_number_bit_identical(dtype):
    """7.1 is a number that neither half nor single precision has."""
    pipe = copy.deepcopy(tiny_pipeline())
    for part in (pipe.unet, pipe.vae, pipe.text_encoder):
        part.to(dtype)
    settings = settings_for(SCHEDULERS["ddim"], guidance_scale=7.1)
    model = stable_diffusion.model(pipe, "tiny", "random")
    assert torch.equal(ours(model, settings), reference(model, settings, pipe=pipe))


@pytest.mark.parametrize("row", ROWS, ids=name)
def test_without_guidance_bit_identical(model, row):
    settings = settings_for(row, guidance_scale=1.0, steps=5)
    assert torch.equal(ours(model, settings), reference(model, settings))


@pytest.mark.parametrize("row", [r for r in ROWS if r.random == "eta"], ids=name)
def test_eta_bit_identical(model, row):
    settings = settings_for(row, eta=0.7)
    assert torch.equal(ours(model, settings), reference(model, settings))
    assert not torch.equal(ours(model, settings), ours(model, settings.replace(eta=0.0)))


@pytest.mark.parametrize("row", ROWS, ids=name)
def test_calls_as_the_catalogue_says(model, row):
    for steps in (max(1, row.steps[0]), 2, 5, 6):
        seen = list(denoise(model, settings_for(row, steps=steps)))
        assert len(seen) == row.network_calls(steps) == seen[0].calls


@pytest.mark.parametrize("row", [r for r in ROWS if r.diffusers.startswith(GIVES_X0)], ids=name)
def test_x0_is_what_diffusers_says(model, row):
    """Listens to step() while diffusers' own pipeline runs."""
    settings = model.complete(settings_for(row))
    scheduler = make_scheduler(row, settings.schedule, model.scheduler_config, [settings.seed])
    said, step = [], scheduler.step

    @functools.wraps(step)  # the pipeline looks at the signature to see what the scheduler takes
    def listen(*args, **kwargs):
        out = step(*args, **{**kwargs, "return_dict": True})
        said.append(out.pred_original_sample)
        return (out.prev_sample,)

    scheduler.step = listen
    reference(model, settings, scheduler)
    steps = list(denoise(model, settings))
    assert len(steps) == len(said)
    for seen, theirs in zip(steps, said, strict=True):
        torch.testing.assert_close(seen.x0, theirs, rtol=0, atol=1e-5)


@pytest.mark.parametrize("row", [r for r in ROWS if r.space == "vp"], ids=name)
def test_x0_is_what_the_solver_works_with(model, row):
    """DPM-Solver, UniPC, DEIS and SA-Solver keep their own x0 (or noise) in model_outputs."""
    settings = model.complete(settings_for(row, schedule="karras"))
    scheduler = make_scheduler(row, settings.schedule, model.scheduler_config, [settings.seed])
    said, convert = [], scheduler.convert_model_output

    def listen(*args, **kwargs):
        said.append(convert(*args, **kwargs))
        return said[-1]

    scheduler.convert_model_output = listen
    reference(model, settings, scheduler)
    steps = list(denoise(model, settings))
    noise = getattr(scheduler.config, "algorithm_type", "") == "deis"
    # UniPC and SA-Solver convert once more inside their corrector; the first of each step is the one meant
    said = said[:: len(said) // len(steps)]
    for seen, theirs in zip(steps, said, strict=True):
        torch.testing.assert_close(seen.noise if noise else seen.x0, theirs, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("row", ROWS, ids=name)
def test_step_quantities_agree(model, row):
    """x_t = alpha * x0 + sigma * noise, and noise is the guided mix, whatever the scheduler."""
    for seen in denoise(model, settings_for(row)):
        torch.testing.assert_close(seen.x_t, seen.alpha * seen.x0 + seen.sigma * seen.noise, rtol=1e-4, atol=1e-4)
        assert seen.alpha**2 + seen.sigma**2 == pytest.approx(1, abs=1e-6)
        mixed = seen.noise_uncond + 4.0 * (seen.noise_cond - seen.noise_uncond)
        torch.testing.assert_close(seen.noise, mixed, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("row", ROWS, ids=name)
def test_stop_anywhere_then_run_again(model, row):
    settings = settings_for(row)
    wanted = reference(model, settings)
    for stop in (0, 2, 4):
        for step in denoise(model, settings.replace(seed=99)):
            if step.index == stop:
                break
        assert torch.equal(ours(model, settings), wanted)
