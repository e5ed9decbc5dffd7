"""The initial noise: unchanged without a variation, on the arc between two noises with one."""

import math

import numpy as np
import pytest
import torch
from scipy.spatial import geometric_slerp

from diffuscope import Settings, denoise
from diffuscope.noise.initial import initial_noise, slerp
from diffuscope.run.run import check_batch

SHAPE = (4, 8, 8)
ONE = Settings("a red circle", seed=7, steps=4, variation_seed=9)


def plain(seed, shape=SHAPE, dtype=torch.float32):
    return torch.randn((1, *shape), generator=torch.Generator().manual_seed(seed), dtype=dtype)


def angle(a, b):
    a, b = a.double().flatten(), b.double().flatten()
    return float(torch.acos((a @ b) / (a.norm() * b.norm())))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float16])
@pytest.mark.parametrize("changes", [{"variation_strength": 0.0}, {"variation_seed": None, "variation_strength": 0.7}])
def test_nothing_changes_without_a_variation(changes, dtype):
    assert torch.equal(initial_noise(ONE.replace(**changes), SHAPE, dtype=dtype), plain(7, dtype=dtype))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float16])
def test_strength_one_is_the_other_seed(dtype):
    assert torch.equal(initial_noise(ONE.replace(variation_strength=1.0), SHAPE, dtype=dtype), plain(9, dtype=dtype))


@pytest.mark.parametrize("strength", [0.1, 0.25, 0.5, 0.9])
def test_the_mix_lies_on_the_arc(strength):
    a, b = (one.double() / one.double().norm() for one in (plain(7), plain(9)))
    mixed = slerp(a, b, strength)
    # scipy mixes unit vectors
    wanted = geometric_slerp(a.flatten().numpy(), b.flatten().numpy(), strength)
    np.testing.assert_allclose(mixed.flatten(), wanted, atol=1e-12)
    assert float(mixed.norm()) == pytest.approx(1)
    assert angle(mixed, a) == pytest.approx(strength * angle(a, b))
    # and the loop's noise is that mix of the unnormalised two, as loud as any noise of 256 numbers
    whole = initial_noise(ONE.replace(variation_strength=strength), SHAPE)
    torch.testing.assert_close(whole, slerp(plain(7), plain(9), strength))
    assert float(whole.norm()) == pytest.approx(16, rel=0.1)


def test_the_same_noise_twice():
    assert torch.equal(slerp(plain(7), plain(7), 0.3), plain(7))


def test_right_angles_by_hand():
    a, b = torch.tensor([2.0, 0.0]), torch.tensor([0.0, 1.0])
    torch.testing.assert_close(slerp(a, b, 1 / 3), torch.tensor([2 * math.cos(math.pi / 6), math.sin(math.pi / 6)]))


def test_the_loop_starts_there_and_goes_on_in_the_seeds_stream(model):
    """DDIM at eta 1 with a network call replayed by hand: only the first draw is mixed, the next ones are the seed's."""
    settings = ONE.replace(scheduler="ddim", eta=1.0, steps=2, variation_strength=0.5)
    first, last = denoise(model, settings)
    assert torch.equal(first.x_t, initial_noise(settings, SHAPE))
    stream = torch.Generator().manual_seed(7)
    torch.randn((1, *SHAPE), generator=stream)
    from diffuscope.noise.solver import Solver

    solver = Solver(model.complete(settings), model.scheduler_config, [7])
    t = solver.levels.t[0]
    torch.testing.assert_close(solver.step(first.noise, t, first.x_t, [stream]), last.x_t, rtol=0, atol=1e-5)


def test_rows_of_a_batch_may_vary_apart(model):
    rows = [ONE, ONE.replace(variation_strength=0.5), ONE.replace(variation_seed=3, variation_strength=1.0)]
    check_batch(rows)
    first = next(denoise(model, rows))
    for row, x_t in zip(rows, first.x_t, strict=True):
        assert torch.equal(x_t[None], initial_noise(row, SHAPE))


def test_notes(model):
    assert "variation_strength" in model.notes(ONE.replace(variation_seed=None, variation_strength=0.5))
    assert "variation_seed" in model.notes(ONE)
    assert "itself" in model.notes(ONE.replace(variation_seed=7, variation_strength=0.5))["variation_seed"]
    fine = model.notes(ONE.replace(variation_strength=0.5))
    assert not {"variation_seed", "variation_strength"} & set(fine)
