"""Guidance taken apart: the plane against numpy's own lengths, the predicted x0 against fresh runs."""

import numpy as np
import pytest
import torch

from diffuscope import Keep, Settings, denoise, record
from diffuscope.trace import guidance

SETTINGS = Settings("a red circle", negative_prompt="blue", seed=3, steps=6, guidance_scale=4.0)


@pytest.fixture(scope="module")
def trace(model):
    return record(model, SETTINGS, Keep(pictures=()))


def rms(latents):
    return np.sqrt(np.mean(np.square(latents, dtype=np.float64), axis=(1, 2, 3)))


def test_lengths_and_angles_are_those_of_the_latents(trace):
    uncond, cond, noise = (trace.tensors[name].astype(np.float64) for name in ("noise_uncond", "noise_cond", "noise"))
    plane = guidance.plane(trace)
    length = {"uncond": np.hypot(*plane.uncond.T), "cond": np.hypot(*plane.cond.T)}
    np.testing.assert_allclose(length["uncond"], rms(uncond), rtol=1e-12)
    np.testing.assert_allclose(length["cond"], rms(cond), rtol=1e-12)
    assert (plane.cond[:, 1] >= 0).all()
    # the law of cosines closes the triangle
    inner = (uncond * cond).mean((1, 2, 3)) / (rms(uncond) * rms(cond))
    third = length["uncond"] ** 2 + length["cond"] ** 2 - 2 * length["uncond"] * length["cond"] * inner
    np.testing.assert_allclose(np.hypot(*(plane.cond - plane.uncond).T) ** 2, third, rtol=1e-6)
    np.testing.assert_allclose(rms(cond - uncond) ** 2, third, rtol=1e-6)
    for scale in (0.0, 1.0, 7.5):
        np.testing.assert_allclose(np.hypot(*plane.guided(scale).T), rms(uncond + scale * (cond - uncond)), rtol=1e-9)
    np.testing.assert_allclose(np.hypot(*plane.guided(4.0).T), rms(noise), rtol=1e-5)


def test_expected_is_what_a_fresh_run_expects_first(model, trace):
    for scale in (1.5, 4.0, 12.0):
        first = next(denoise(model, SETTINGS.replace(guidance_scale=scale)))
        np.testing.assert_allclose(guidance.guided_x0(trace, 0, scale), first.x0[0], rtol=1e-4, atol=1e-3)
    for place, step in enumerate(denoise(model, SETTINGS)):
        for scale, name in ((0, "x0_uncond"), (1, "x0_cond"), (4.0, "x0")):
            found = torch.from_numpy(guidance.guided_x0(trace, place, scale))
            torch.testing.assert_close(found, getattr(step, name)[0], rtol=1e-4, atol=1e-3)


def test_what_cannot_be_taken_apart_is_refused(model):
    with pytest.raises(ValueError, match=r"no guidance to take apart.* record one with guidance_scale above 1"):
        guidance.plane(record(model, SETTINGS.replace(guidance_scale=1.0)))
    with pytest.raises(ValueError, match=r"keeps no x_t, x0_uncond, x0_cond; record it with Keep\(tensors="):
        guidance.guided_x0(record(model, SETTINGS, Keep(("noise_cond",), ())), 0, 2.0)


def test_needs_no_torch(trace, light_server, tmp_path):
    path = trace.save(tmp_path / "run")
    code = f"""import sys; sys.modules["torch"] = None
from diffuscope import Trace
from diffuscope.trace import guidance
trace = Trace.load({str(path)!r})
print(guidance.plane(trace).cond.shape, guidance.guided_x0(trace, 0, 3.0).shape)"""
    assert light_server.run(code).stdout == "(6, 2) (4, 8, 8)\n"
