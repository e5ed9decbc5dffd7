"""Kinds of diffusion besides Stable Diffusion 1: flow matching, and velocity that begins at zero signal."""

import io
import json
import math

import numpy as np
import pytest
import torch
from diffusers import DDIMScheduler, StableDiffusionPipeline
from other_tiny import flow_model, zero_snr_model
from PIL import Image
from rows import ROWS
from tiny import tiny_pipeline

from diffuscope import Keep, Settings, SettingsError, Trace, denoise, record, save_picture
from diffuscope.noise.scheduler import make_scheduler
from diffuscope.plots.schedule import draw
from diffuscope.trace import guidance
from diffuscope_widgets import Film, GuidanceView, SchedulerRace, ScheduleView

FLOW = Settings("a red circle", seed=7, scheduler="flow euler")
VELOCITY = Settings("a red circle", seed=7, scheduler="ddim", schedule="uniform")


@pytest.fixture(scope="module", params=["flow", "zero snr"])
def kind(request):
    """A model and a recipe for it."""
    return {"flow": (flow_model(), FLOW), "zero snr": (zero_snr_model(), VELOCITY)}[request.param]


def test_every_step_is_finite_and_adds_up(kind):
    model, settings = kind
    steps = list(denoise(model, settings))
    assert steps[0].alpha == 0
    assert steps[0].ratio == math.inf
    assert steps[0].snr == 0
    for step in steps:
        assert all(torch.isfinite(tensor).all() for tensor in step.seen.values())
        torch.testing.assert_close(step.x_t, step.alpha * step.x0 + step.sigma * step.noise, rtol=1e-5, atol=1e-5)
        mixed = step.x0_uncond + 4.0 * (step.x0_cond - step.x0_uncond)
        torch.testing.assert_close(step.x0, mixed, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("row", [r for r in ROWS if r.name not in ("lcm", "tcd")], ids=lambda row: row.name)
def test_velocity_at_zero_signal_means_minus_the_velocity(row):
    """x0 = alpha x - sigma v (Salimans & Ho 2022), in every scheduler, halves too; where there is no signal it is -v."""
    model, outputs = zero_snr_model(), []
    denoiser = model.denoiser
    model.denoiser = type("Watched", (), {
        "prediction": denoiser.prediction, "device": denoiser.device, "dtype": denoiser.dtype,
        "__call__": lambda self, x, t, given: outputs.append(denoiser(x, t, given)) or outputs[-1],
    })()  # fmt: skip
    steps = list(denoise(model, VELOCITY.replace(scheduler=row.name, schedule=None, steps=6)))
    for step, output in zip(steps, outputs, strict=True):
        uncond, cond = output.chunk(2)
        for name, v in (("x0_uncond", uncond), ("x0_cond", cond), ("x0", uncond + 4.0 * (cond - uncond))):
            expected = step.alpha * step.x_t - step.sigma * v
            assert torch.isfinite(step.seen[name]).all()
            torch.testing.assert_close(step.seen[name], expected, rtol=1e-3, atol=1e-3)


def test_zero_signal_latents_are_diffusers():
    pipe = tiny_pipeline()
    parts = {name: part for name, part in pipe.components.items() if name != "image_encoder"}
    mine = zero_snr_model()
    theirs = StableDiffusionPipeline(**parts, requires_safety_checker=False)
    theirs.set_progress_bar_config(disable=True)
    done = mine.complete(VELOCITY)
    theirs.scheduler = make_scheduler(done.scheduler_row, done.schedule, mine.scheduler_config)
    assert isinstance(theirs.scheduler, DDIMScheduler)
    latents = theirs(
        done.prompt, num_inference_steps=6, guidance_scale=4.0, width=16, height=16,
        generator=torch.Generator().manual_seed(7), output_type="latent",
    ).images  # fmt: skip
    *_, last = denoise(mine, VELOCITY)
    assert torch.equal(last.latents, latents)


def test_flow_latents_are_a_walk_by_hand():
    """Lipman et al. 2022: x_t = (1 - sigma) x0 + sigma noise, velocity noise - x0, straight steps."""
    model = flow_model()
    steps = list(denoise(model, FLOW))
    sigmas = np.append([step.sigma for step in steps], 0.0)
    for step, now, later in zip(steps, sigmas[:-1], sigmas[1:], strict=True):
        by_hand = step.x_t + (later - now) * (step.noise - step.x0)
        torch.testing.assert_close(step.latents, by_hand.float(), rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(steps[-1].latents, steps[-1].x0, rtol=1e-4, atol=1e-4)


def test_trace_film_plot_json_and_page(kind, tmp_path):
    """What holds no infinity anywhere: JSON that any parser reads, and pages."""
    model, settings = kind
    trace = record(model, settings, Keep(pictures=("x_t", "x0", "x0_uncond", "x0_cond")))
    again = Trace.load(trace.save(tmp_path / "run"))
    assert np.isfinite([*again.alpha, *again.sigma]).all()
    assert np.isfinite(guidance.plane(again).cond).all()
    np.testing.assert_allclose(guidance.guided_x0(again, 0, 4.0), again.tensors["x0"][0], rtol=1e-3, atol=1e-3)
    picture = Image.open(save_picture(trace, tmp_path / "out.png"))
    assert json.loads(picture.text["diffuscope"], parse_constant=pytest.fail)["alphas"][0] == 0
    film, view = Film(again), GuidanceView(again)
    assert film.meta["ratio"][0] is None
    assert film.meta["ratio"][1] == pytest.approx(trace.ratio[1])
    for widget in (film, view, ScheduleView.of(again), SchedulerRace([again, again])):
        assert widget.to_html(tmp_path / "page.html").stat().st_size > 10_000
        if still := widget.still():
            Image.open(io.BytesIO(still)).verify()
    draw(again).figure.savefig(tmp_path / "plot.png")
    assert Image.open(io.BytesIO(again._repr_png_())).width > 100


def test_schedulers_and_models_that_do_not_fit(model):
    with pytest.raises(SettingsError, match=r'"dpm\+\+ 2m" does not fit .*flow matching; use "flow euler"'):
        flow_model().complete(Settings("x"))
    with pytest.raises(SettingsError, match='"flow euler" does not fit'):
        model.complete(FLOW)


def test_noise_predicted_at_zero_signal_is_refused():
    """Nothing follows about the picture: (x - sigma noise) / 0."""
    model = zero_snr_model()
    model.denoiser.prediction = "epsilon"
    with pytest.raises(SettingsError, match="begins at zero signal"):
        denoise(model, VELOCITY)
