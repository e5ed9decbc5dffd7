"""Grids are filled by the plan's calls and no others. Truth: `record` and the calls of the network."""

import numpy as np
import pytest

from diffuscope import Keep, Settings, record
from diffuscope.grid import grid, open_grid
from diffuscope.grid.fill.batch import draw

BASE = Settings("a red circle", steps=4, guidance_scale=3.0, scheduler="ddim")

SEEDS = {"seed": "1-4"}

SQUARE = {"seed": "1-3", "guidance_scale": "2, 3, 4"}


def test_the_run_makes_the_calls_of_the_plan_and_the_pictures_of_solo_runs(model, calls):
    made = grid(model, BASE, SQUARE)
    assert made.run() is made
    assert sum(calls) == made.plan.cost[1] < made.plan.cost[0]
    assert made.done == set(made.plan.pictures)
    assert made.missing == []
    for cell in made.plan.cells:
        solo = record(model, cell.settings, Keep((), ())).image
        picture = np.array(made.store.picture(cell.key))
        assert np.abs(picture.astype(int) - solo).max() <= 1
        assert made.store.settings(cell.key) == cell.settings
    before = len(calls)
    made.run()
    assert len(calls) == before
    assert made.seconds == 0


@pytest.mark.slow
def test_one_more_value_makes_its_own_cells_only(model, calls, tmp_path):
    seeds, prompts = "1-8", ["a red", "a blue", "red", "blue", "circle", "square", "a circle", "a square"]
    grid(model, BASE, {"prompt": prompts, "seed": seeds, "guidance_scale": [2]}, folder=tmp_path).run()
    calls.clear()
    more = grid(model, BASE, {"prompt": prompts, "seed": "1-9", "guidance_scale": [2]}, folder=tmp_path)
    assert len(more.missing) == 8
    finished = []
    more.run(on_cell=finished.append)
    assert len(finished) == 8
    # eight pictures alone: their first calls without the prompt are one, as they have one seed
    assert sum(calls) == 8 * 4 * 2 - 7
    assert len(more.done) == 72


@pytest.mark.slow
def test_one_more_guidance_value_makes_its_own_calls_only(model, calls, tmp_path):
    eight = [2, 3, 4, 5, 6, 7, 8, 9]
    grid(model, BASE, {"seed": "1-8", "guidance_scale": eight}, folder=tmp_path).run()
    calls.clear()
    more = grid(model, BASE, {"seed": "1-8", "guidance_scale": [*eight, 10]}, folder=tmp_path).run()
    assert sum(calls) == 8 * 4 * 2  # eight cells of four steps, with and without the prompt
    assert len(more.done) == 72


def test_cells_with_one_picture_are_made_once(model, calls):
    made = grid(model, BASE, {"guidance_scale": "0, 0.5, 1", "negative_prompt": ["blue", "square"]})
    assert len(made.missing) == 1
    made.run()
    assert sum(calls) == 4
    assert len(list((made.store.folder / "cells").iterdir())) == 1


def test_coarse_before_fine(model):
    seen = []
    made = grid(model, BASE, {"seed": "1-5", "guidance_scale": "1, 2, 3, 4, 5"})
    made.run(on_cell=seen.append, batch=4)
    places = {cell.key: cell.place for cell in made.plan.cells}
    assert {places[key] for key in seen[:4]} == {(0, 0), (0, 4), (4, 0), (4, 4)}


def test_film_frames_are_x0_at_chosen_steps(model):
    ((trace, frames),) = draw(model, [model.complete(BASE.replace(steps=9))], film=3)
    whole = record(model, trace.settings, Keep((), ("x0",)))
    assert [len(trace), trace.pictures, len(frames)] == [9, {}, 3]
    for frame, step in zip(frames, (0, 4, 8), strict=True):
        np.testing.assert_array_equal(frame, whole.pictures["x0"][step])
    both = draw(model, [model.complete(BASE.replace(steps=9, seed=seed)) for seed in (1, BASE.seed)], film=3)
    for frame, alone in zip(both[1][1], frames, strict=True):
        assert np.abs(frame.astype(int) - alone).max() <= 1
    assert len(draw(model, [model.complete(BASE)], film=50)[0][1]) == 4
    kept = grid(model, BASE, SEEDS, film=3).run()
    assert all(kept.store.film(key) for key in kept.done)
    for wrong in (-1, 128):
        with pytest.raises(ValueError, match=f"film={wrong} is not 0 to 127 pictures"):
            grid(model, BASE, SEEDS, film=wrong)
        with pytest.raises(ValueError, match=f"film={wrong} is not 0 to 127 pictures"):
            open_grid(kept.store.folder, film=wrong)


def test_what_the_safety_checker_refuses_is_black_in_every_frame(model, monkeypatch):
    monkeypatch.setattr(model, "flagged", lambda pictures: np.ones(len(pictures), bool))
    ((trace, frames),) = draw(model, [model.complete(BASE)], film=2)
    assert not trace.image.any()
    assert not any(frame.any() for frame in frames)
