"""A schedule that a scheduler cannot walk is refused before the first step, and only such a one."""

import re

import pytest
import torch

from diffuscope import SCHEDULERS, SettingsError
from diffuscope.noise.scheduler import make_scheduler
from diffuscope.noise.solver import Solver
from diffuscope.recipe.settings import Recipe


@pytest.mark.parametrize("name", ["dpm++ 2m", "dpm++ 2s", "unipc", "deis", "euler", "heun"])
@pytest.mark.parametrize("schedule", ["karras", "exponential", "uniform"])
def test_betas_that_end_in_pure_noise_walk_the_whole_way_or_are_refused(name, schedule):
    """Cosine betas put several of Karras' first levels on one timestep, and some schedulers then fail on the way."""
    row = SCHEDULERS[name]
    recipe = Recipe("a", scheduler=name, schedule=schedule, steps=20, guidance_scale=1.0, width=64, height=64)
    config = {"num_train_timesteps": 1000, "beta_schedule": "squaredcos_cap_v2", "prediction_type": "epsilon"}
    alone = make_scheduler(row, schedule, config, [1])
    alone.set_timesteps(20)
    try:
        walk(alone, alone.timesteps)
    except (IndexError, AssertionError):
        assert schedule != "uniform"
        with pytest.raises(SettingsError, match=re.escape(f'"{name}" cannot walk it')):
            Solver(recipe, config, [1])
    else:
        solver = Solver(recipe, config, [1])
        assert torch.isfinite(walk(solver.scheduler, solver.levels.t)).all()


def walk(scheduler, timesteps):
    x = torch.ones(1, 1, 1, 1)
    for t in timesteps:
        x = scheduler.step(torch.zeros(1, 1, 1, 1), t, x, return_dict=False)[0]
    return x
