"""The levels known in advance against those a run really meets, and against the closed forms."""

import numpy as np
import pytest
from rows import ROWS

from diffuscope import SCHEDULERS, Keep, Settings, record
from diffuscope.noise.levels import LevelPlan, trained

VARIANTS = [(row, schedule) for row in ROWS for schedule in row.schedules]


def name(value):
    return value if isinstance(value, str) else value.name


@pytest.mark.parametrize(("row", "schedule"), VARIANTS, ids=name)
def test_levels_are_those_of_the_run(model, row, schedule):
    levels = LevelPlan(row, schedule, model.scheduler_config)
    for steps in (max(2, row.steps[0]), 7):
        settings = Settings("", scheduler=row.name, schedule=schedule, steps=steps, guidance_scale=1.0)
        trace = record(model, settings, Keep(tensors=(), pictures=()))
        found = levels.at(steps)
        np.testing.assert_allclose(found.ratio, trace.ratio, rtol=1e-5)
        np.testing.assert_allclose(found.alpha, trace.alpha, rtol=1e-6)
        np.testing.assert_allclose(found.t, trace.t, rtol=1e-6)
        assert len(found.t) == row.network_calls(steps)


@pytest.mark.parametrize("row", SCHEDULERS.values(), ids=name)
def test_every_call_belongs_to_a_step(row):
    for steps in range(row.steps[0], 8):
        of = [row.step_of(call) for call in range(row.network_calls(steps))]
        assert sorted(set(of)) == list(range(steps))
        assert of == sorted(of)


def test_trained_levels_are_the_product_of_the_betas():
    beta = np.linspace(0.00085**0.5, 0.012**0.5, 1000) ** 2
    signal = np.cumprod(1 - beta)
    np.testing.assert_allclose(trained(), np.sqrt((1 - signal) / signal), rtol=1e-4)


def test_karras_is_karras():
    """Karras et al. 2022 (arXiv:2206.00364) eq. 5, rho 7."""
    sigma = LevelPlan(SCHEDULERS["euler"], "karras").at(9).ratio.numpy()
    high, low = sigma[0] ** (1 / 7), sigma[-1] ** (1 / 7)
    np.testing.assert_allclose(sigma, (high + np.arange(9) / 8 * (low - high)) ** 7, rtol=1e-4)
