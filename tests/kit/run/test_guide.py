"""Guidance as a strategy: plain, classifier-free, embedded, by gradient; and what looks into the network on the way."""

from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pytest
import torch

from diffuscope import Keep, Settings, collect, denoise, record
from diffuscope.families.guidance import ClassifierFree, Embedded, Plain
from diffuscope.families.parts import Answer, Part
from diffuscope.run.start import Picture
from diffuscope.run.step import Step
from diffuscope_widgets import Film

PICTURE = np.zeros((16, 16, 3), np.uint8)
SETTINGS = Settings("a red circle", seed=7, scheduler="ddim", steps=4, guidance_scale=4.0)


def test_plain_guidance_is_classifier_free_guidance_of_one(model):
    plain = replace(model, guidance=Plain())
    *_, found = denoise(plain, SETTINGS)
    *_, expected = denoise(model, SETTINGS.replace(guidance_scale=1.0))
    assert torch.equal(found.latents, expected.latents)
    assert "x0_uncond" not in found.seen


def test_a_row_without_guidance_costs_one_prediction(model):
    rows = [model.complete(SETTINGS.replace(guidance_scale=g)) for g in (1.0, 3.0, 0.5)]
    step = next(denoise(model, rows))
    assert step.only["x0_uncond"] == (1,)
    assert step.x0_uncond.shape[0] == 1
    assert step.row("x0_uncond", 0) is None
    assert torch.equal(step.row("x0_uncond", 1), step.x0_uncond[0])
    assert torch.equal(step.row("x0", 2), step.x0[2])
    assert ClassifierFree().prompts(rows) == [("", 1), *((SETTINGS.prompt, row) for row in range(3))]


def test_embedded_guidance_is_one_more_thing_the_network_is_given(model):
    given = []

    class Distilled:
        prediction, device, dtype = "epsilon", model.device, model.dtype

        def __call__(self, x_t, t, conditioning):
            given.append(conditioning.tensors["guidance"].tolist())
            return x_t * conditioning.tensors["guidance"].view(-1, 1, 1, 1)

    distilled = replace(model, denoiser=Distilled(), guidance=Embedded())
    steps = list(denoise(distilled, [SETTINGS, SETTINGS.replace(guidance_scale=2.0)]))
    assert given == [[4.0, 2.0]] * 4
    torch.testing.assert_close(steps[0].noise[0], steps[0].x_t[0] * 4)
    assert set(steps[0].seen) == {"x_t", "x0", "noise", "x0_cond", "noise_cond", "latents"}


class TowardsRed:
    """A guidance by gradient: the prediction, pushed so that the predicted picture is redder."""

    def __init__(self, model, strength):
        self.model, self.strength = model, strength

    def active(self, recipe):
        return True

    def prompts(self, recipes):
        return Plain().prompts(recipes)

    def __call__(self, denoiser, x_t, t, given, recipes):
        with torch.enable_grad():
            x = x_t.detach().requires_grad_()
            output = denoiser(x, t, given)
            red = self.model.codec.decode(x - output)[:, 0].mean()
            (push,) = torch.autograd.grad(red, x)
        output = output.detach()
        return Answer(output - self.strength * push, {"cond": Part(output)})


def test_a_guidance_may_take_gradients_through_the_decoder(model):
    def redness(strength):
        run = denoise(replace(model, guidance=TowardsRed(model, strength)), SETTINGS)
        steps = list(run)
        assert not steps[-1].latents.requires_grad
        return float(model.codec.decode(steps[-1].latents)[:, 0].mean())

    assert redness(200.0) > redness(0.0) > redness(-200.0)


class MiddleFeatures:
    """A probe: the features in the middle of the UNet."""

    @contextmanager
    def on(self, model):
        hook = model.denoiser.module.mid_block.register_forward_hook(lambda _m, _a, out: setattr(self, "last", out))
        try:
            yield
        finally:
            hook.remove()

    def seen(self):
        return {"middle": self.last[-1:]}


def test_a_probe_rides_along(model):
    *_, expected = denoise(model, SETTINGS)
    steps = list(denoise(model, SETTINGS, probes=[MiddleFeatures()]))
    assert torch.equal(steps[-1].latents, expected.latents)
    assert steps[0].seen["middle"].shape[:2] == (1, 16)
    assert not torch.equal(steps[0].seen["middle"], steps[1].seen["middle"])
    assert not model.denoiser.module.mid_block._forward_hooks


def walk(count, batch=2):
    """Steps that no model made: points of a plane on their way to the origin."""
    for index in range(count):
        sigma = 1 - index / count
        x_t = torch.full((batch, 3, 1, 1), sigma)
        yield Step(index, count, 1000 * sigma, 1 - sigma, sigma, {"x_t": x_t, "x0": 0 * x_t, "latents": x_t / 2})


def test_any_steps_can_be_collected():
    first, second = collect(walk(5), [Settings("one"), Settings("two")], keep=Keep(("x_t", "x0"), (), every=3))
    assert first.index.tolist() == [0, 3, 4]
    assert first.alpha.tolist() == pytest.approx([0, 0.6, 0.8])
    assert second.settings.prompt == "two"
    assert first.tensors["x_t"].shape == (3, 3, 1, 1)
    assert first.latents.ravel().tolist() == pytest.approx([0.1] * 3)
    assert first.image.size == 0
    assert first.tensor("noise").ravel() == pytest.approx([1] * 9), "computed from x_t and x0"
    with pytest.raises(ValueError, match="no finished picture"):
        first.pil  # noqa: B018
    alone = collect(walk(1, 1), Settings("alone"), keep=Keep(("x_t",), ()), made_by={"system": "by hand"})
    assert alone.made_by["system"] == "by hand"


@pytest.mark.parametrize("shape", [(2,), (4, 2, 8, 8)], ids=["points", "video"])
def test_latents_that_are_no_pictures_are_shown_in_words(shape):
    steps = (replace(step, seen={name: torch.ones(1, *shape) for name in step.seen}) for step in walk(2, 1))
    trace = collect(steps, Settings("one"), keep=Keep(("x_t", "x0"), ()))
    assert trace._repr_png_() is None, "a notebook then shows the text"
    with pytest.raises(ValueError, match="keeps nothing that a sheet can show"):
        trace.sheet()
    with pytest.raises(ValueError, match="keeps no pictures"):
        Film(trace)


def test_what_cannot_be_collected(model):
    with pytest.raises(ValueError, match="bring no recipe"):
        collect(walk(2))
    with pytest.raises(ValueError, match=r"these steps have no 'noise_cond'\..*They have x_t, x0, latents"):
        collect(walk(2, 1), Settings("x"), keep=Keep(("noise_cond",), ()))
    run = denoise(model, SETTINGS)
    list(run)
    with pytest.raises(ValueError, match="no steps to collect"):
        collect(run)
    keep = Keep(("x_t",), ())
    for settings in (Settings("one"), [Settings("one")] * 3):
        with pytest.raises(ValueError, match=r"these steps are of 2 pictures, and there are settings of [13]"):
            collect(walk(2), settings, keep=keep)
    for settings in ("one", ["one", "two"], []):
        with pytest.raises(TypeError, match=r"must be Settings, or a list of them, got"):
            collect(walk(2), settings, keep=keep)
    for loss in (np.float32(0.5), float("nan")):
        steps = walk(2)
        with pytest.raises(ValueError, match="made_by must be what JSON can hold"):
            collect(steps, [Settings("one"), Settings("two")], keep=keep, made_by={"loss": loss})
        assert next(steps).index == 0, "before the first step"


def test_steps_that_begin_late_and_are_few(model):
    """A fork, or a picture at a strength: no call of theirs needs be one that is kept."""
    run = denoise(model, SETTINGS)
    while run.index < 3:
        next(run)
    assert collect(run.fork(), keep=Keep(("x_t",), (), every=4)).index.tolist() == [3]
    late = record(model, SETTINGS.replace(steps=10), Keep(("x_t",), (), every=4), start=Picture(PICTURE, 0.5))
    assert late.index.tolist() == [8, 9], "calls are counted from the beginning of the whole run"


def test_steps_with_gradients_are_collected():
    steps = (replace(step, seen={k: v.requires_grad_() for k, v in step.seen.items()}) for step in walk(2))
    first, _ = collect(steps, [Settings("one"), Settings("two")], keep=Keep(("x_t",), ()))
    assert first.latents.ravel().tolist() == pytest.approx([0.25] * 3)


def test_what_steer_makes_of_the_last_step_is_the_result(model):
    """As what diffusers' callback returns at its last step."""
    trace = record(model, SETTINGS, steer=lambda step: step.latents * 0 + 0.5)
    assert (trace.latents == 0.5).all()
    assert (trace.image == model.decode(torch.full((1, 4, 8, 8), 0.5))[0]).all()


def test_a_trace_keeps_every_tensor_it_was_given(model, tmp_path):
    trace = record(model, SETTINGS)
    mine = replace(trace, tensors={**trace.tensors, "attention": trace.tensors["x0"] * 2})
    again = type(trace).load(mine.save(tmp_path / "run"))
    assert (again.tensors["attention"] == mine.tensors["attention"]).all()
    assert list(again.tensors) == [*trace.tensors, "attention"]


@pytest.mark.parametrize("shape", [(), (3,), (0,), (2, 5)], ids=str)
def test_tensors_of_any_name_and_shape_come_back_and_are_in_nobodys_way(model, tmp_path, shape):
    trace = record(model, SETTINGS)
    odd = np.ones((len(trace), *shape), np.float32)
    mine = replace(trace, tensors={"down.0.attention": odd, **trace.tensors})
    again = type(trace).load(mine.save(tmp_path / "run"))
    assert again.tensors["down.0.attention"].shape == odd.shape
    assert (again.tensors["down.0.attention"] == odd).all()
    kept = {name: mine.tensors[name] for name in ("down.0.attention", "x_t", "x0")}
    np.testing.assert_allclose(replace(mine, tensors=kept).tensor("noise"), trace.tensor("noise"), rtol=1e-3, atol=1e-3)
