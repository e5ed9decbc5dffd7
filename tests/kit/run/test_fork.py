"""Forks: a run copied between two steps goes on to the very latents of the run that was not."""

import pytest
import torch
from rows import ROWS

from diffuscope import SCHEDULERS, Settings, SettingsError, collect, denoise, record


def settings_for(row):
    return Settings("a red circle", scheduler=row.name, seed=7, steps=6, guidance_scale=4.0, eta=0.5)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_fork_ends_in_the_latents_of_the_unforked_run(model, row):
    settings = settings_for(row)
    *_, expected = denoise(model, settings)
    for at in (0, 1, 3, 5):
        run = denoise(model, settings)
        for _ in range(at):
            next(run)
        twin = run.fork()
        mine, theirs = list(run), list(twin)  # one after the other: neither may disturb the other
        assert len(mine) == len(theirs) == expected.calls - at
        assert torch.equal(mine[-1].latents, expected.latents)
        assert torch.equal(theirs[-1].latents, expected.latents)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_two_forks_walked_in_turns_are_apart(model, row):
    settings = settings_for(row)
    *_, expected = denoise(model, settings)
    run = denoise(model, settings)
    next(run)
    twin = run.fork(prompt="a blue square")
    while run.index < run.calls:
        mine, _ = next(run), next(twin)
    assert torch.equal(mine.latents, expected.latents)


def test_a_prompt_changed_on_the_way_is_a_prompt_that_switches(model):
    settings = settings_for(SCHEDULERS["ddim"])
    run = denoise(model, settings)
    for _ in range(3):
        next(run)
    *_, found = run.fork(prompt="a blue square")
    *_, switched = denoise(model, settings.replace(prompt="a [red:blue:3] [circle:square:3]"))
    assert torch.equal(found.latents, switched.latents)


def test_a_fork_is_collected_as_any_run(model):
    run = denoise(model, settings_for(SCHEDULERS["dpm++ 2m"]))
    next(run), next(run)
    trace = collect(run.fork(guidance_scale=9.0))
    assert trace.index.tolist() == [2, 3, 4, 5]
    assert trace.settings.guidance_scale == 9.0
    assert trace.image.shape == (16, 16, 3)


def test_what_a_fork_cannot_change(model):
    run = denoise(model, settings_for(SCHEDULERS["ddim"]))
    for change in ({"seed": 3}, {"scheduler": "euler"}, {"steps": 9}, {"width": 32}):
        with pytest.raises(SettingsError, match=r"A fork cannot change .*; it can change prompt, "):
            run.fork(**change)
    with pytest.raises(SettingsError, match="Guidance must be 0 to 50"):
        run.fork(guidance_scale=99)


def test_steer_changes_the_latents_between_steps(model):
    settings = settings_for(SCHEDULERS["ddim"])
    plain = record(model, settings)
    seen = []
    same = record(model, settings, steer=lambda step: seen.append(step.index))
    assert seen == list(range(6))
    assert (same.latents == plain.latents).all()
    run = denoise(model, settings, steer=lambda step: step.latents * 0 if step.index == 2 else None)
    steps = list(run)
    assert not steps[3].x_t.any()
    assert steps[2].latents.any(), "a step shows what the solver made"
    with pytest.raises(ValueError, match="steer gave latents of shape"):
        list(denoise(model, settings, steer=lambda step: step.latents[:, :2]))
