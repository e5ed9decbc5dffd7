"""Shared work: plan and run agree to the call, pictures stay those of solo runs, coarse comes before fine."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from rows import ROWS
from through import through
from tiny import tiny_model

from diffuscope import Keep, Recipe, Settings, load, record
from diffuscope.families.parts import Conditioning
from diffuscope.grid.fill import batches
from diffuscope.grid.fill.cache import count_calls, shared
from diffuscope.grid.plan.plan import Axis, Cell, Plan, Value
from diffuscope.run.run import denoise

BASE = Settings("a red circle", steps=6, guidance_scale=4.0, scheduler="ddim")
NOTHING = Keep((), ())
GUIDED = [BASE.replace(guidance_scale=g) for g in (1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0)]
SWITCHED = [BASE.replace(prompt=f"a [red:{word}:0.5] circle") for word in ("blue", "square", "a", "circle")]


@pytest.fixture
def rows(model, monkeypatch):
    """Network rows that the model itself computes, counted at its door."""
    seen, network = [], model.denoiser
    monkeypatch.setattr(
        model, "denoiser", through(model, lambda x, t, text: seen.append(len(x)) or network(x, t, text))
    )
    return lambda: sum(seen)


def run(shared, settings, size):
    found = []
    for first in range(0, len(settings), size):
        found += record(shared, settings[first : first + size], NOTHING)
    return found


GRIDS = {
    "guidance": GUIDED,
    "switch": SWITCHED,
    "prompts and seeds": [BASE.replace(prompt=p, seed=s) for p in ("a red", "a blue", "a") for s in range(3)],
    "no guidance among guided": [BASE.replace(guidance_scale=g) for g in (0.5, 1.0, 1.5, 3.0)],
    "prompt and negative alike": [BASE.replace(negative_prompt=BASE.prompt, guidance_scale=g) for g in (2.0, 5.0)],
    "variations": [
        BASE.replace(variation_seed=9, variation_strength=v, seed=s) for v in (0.0, 0.5, 1.0) for s in (1, 2)
    ],
    "twice the same": [BASE, BASE],
    "weights": [BASE.replace(prompt=f"a (red:{w}) circle") for w in (1, 1.2, 1.4)],
    "alternation": [BASE.replace(prompt=p) for p in ("[red|blue] circle", "[red|square] circle")],
}


@pytest.mark.parametrize("name", GRIDS)
@pytest.mark.parametrize("size", [2, 8])
def test_plan_and_run_agree_to_the_row(model, rows, name, size):
    requested, computed = count_calls(model, GRIDS[name])
    assert rows() == 0, "the plan asked the model"
    sharing, counted = shared(model)
    run(sharing, GRIDS[name], size)
    assert (counted.requested, counted.computed) == (requested, computed)
    assert rows() == computed
    assert requested == sum((1 if s.guidance_scale <= 1 else 2) * 6 for s in GRIDS[name])


@pytest.mark.slow
def test_plan_and_run_agree_for_every_scheduler_at_once(model, rows):
    """dpm++ 2m and 3m, say, take the same first steps: nobody had to say so."""
    settings = [
        BASE.replace(scheduler=row.name, guidance_scale=g, seed=s, steps=4)
        for row in ROWS
        if row.steps[0] <= 4 <= row.steps[1]
        for g, s in ((2.0, 1), (4.0, 1), (2.0, 2))
    ]
    requested, computed = count_calls(model, settings)
    sharing, counted = shared(model)
    run(sharing, settings, 3)
    assert (counted.requested, counted.computed) == (requested, computed)
    assert rows() == computed
    two = [BASE.replace(scheduler=name, schedule="karras") for name in ("dpm++ 2m", "dpm++ 3m")]
    assert count_calls(model, two)[1] < count_calls(model, two[:1])[1] * 2 - 2


def test_sizes_and_seeds_share_nothing_that_differs(model):
    assert count_calls(model, [BASE.replace(width=16, height=h, guidance_scale=1) for h in (16, 24)]) == (12, 12)
    assert count_calls(model, [BASE.replace(seed=s, guidance_scale=1) for s in (1, 2)]) == (12, 12)
    assert count_calls(model, [BASE.replace(scheduler="euler a", steps=6, seed=s) for s in (1, 2)]) == (24, 24)


def test_the_promised_shares(model):
    """Exact: of 8 guidance values in 20 steps 7 first calls are spared; of 8 prompts that switch half way 7 halves."""
    guided = count_calls(model, [s.replace(steps=20) for s in GUIDED])
    assert guided == (8 * 20 * 2, 8 * 20 * 2 - 7 * 2)
    assert round(guided[1] / guided[0], 3) <= 0.956
    words = ("blue", "square", "a", "circle", "red red", "red blue", "a a", "red a")
    switched = count_calls(model, [BASE.replace(prompt=f"a [red:{word}:0.5] circle", steps=20) for word in words])
    # the negative prompt is still asked the same at the call of the switch
    assert switched == (320, 320 - 7 * 2 * 10 - 7)
    assert switched[1] / switched[0] <= 0.57


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("ddim", 3),
        ("dpm++ 2m", 8),
        ("euler a", 3),
        ("unipc", 8),
        ("heun", 3),
        ("plms", 8),
        ("lcm", 3),
        ("dpm++ sde", 8),
    ],
)
def test_shared_pictures_are_those_of_solo_runs(model, name, size):
    settings = [s.replace(scheduler=name) for s in (*GUIDED[:3], *SWITCHED, BASE.replace(guidance_scale=1.0))]
    for mine, row in zip(run(shared(model)[0], settings, size), settings, strict=True):
        *_, last = denoise(model, row)
        # the tiny network is untrained and its latents are large: what counts is the difference beside their size
        wanted = last.latents[0].numpy()
        np.testing.assert_allclose(mine.latents, wanted, rtol=0, atol=1e-4 * max(1, np.abs(wanted).max()))


@pytest.mark.slow
def test_pictures_of_the_built_in_model_are_those_of_solo_runs():
    scenes = load("scenes")
    settings = [
        Settings(f"a large {colour} circle", seed=seed, guidance_scale=g, steps=8)
        for colour, seed, g in (("red", 1, 2.0), ("blue", 1, 2.0), ("red", 1, 4.0), ("red", 2, 1.0), ("red", 2, 2.0))
    ]
    for mine, row in zip(run(shared(scenes)[0], settings, 5), settings, strict=True):
        solo = record(scenes, row, NOTHING)
        np.testing.assert_allclose(mine.latents, solo.latents, rtol=0, atol=1e-4)
        assert np.abs(mine.image.astype(int) - solo.image).max() <= 1


def test_what_is_forgotten_is_made_again(model, rows):
    forgetful, small = shared(model, memory=0)
    run(forgetful, GUIDED, 1)
    assert small.computed == small.requested == rows()
    forgetful, some = shared(model, memory=6 * 4 * 8 * 8 * 4)
    run(forgetful, GUIDED[:2], 1)
    assert some.computed == some.requested  # six rows are not the twelve of a run: its first were forgotten at its end
    assert some._rows._bytes <= 6 * 4 * 8 * 8 * 4


def test_equal_text_is_encoded_once():
    model, texts = tiny_model(), []
    hook = model.reader._pipe.text_encoder.register_forward_pre_hook(lambda _, args: texts.append(args[0].tolist()))
    run(shared(model)[0], [*GRIDS["prompts and seeds"], *SWITCHED], 4)
    hook.remove()
    assert len(texts) == 3 + 5 + 1


def test_half_precision_rows_have_keys_too(model):
    _, counted = shared(replace(model, denoiser=through(model, lambda x, t, given: x + 1)))
    latents = torch.zeros(2, 4, 8, 8, dtype=torch.bfloat16)
    given = Conditioning({"text": torch.zeros(2, 8, 16, dtype=torch.bfloat16)})
    assert counted(latents, torch.tensor(5), given).shape == latents.shape
    assert (counted.requested, counted.computed) == (2, 1)


def grid_of(*axes, **changes):
    """A plan of Settings fields, made by hand."""
    axes = [Axis(name, tuple(Value(str(v), {name: v}) for v in values)) for name, values in axes]
    cells = []
    for place in np.ndindex(*(len(axis.values) for axis in axes)):
        settings = Recipe(**{**vars(BASE), "schedule": "uniform", "width": 16, "height": 16, **changes})
        for axis, at in zip(axes, place, strict=True):
            settings = settings.replace(**axis.values[at].changes)
        cells.append(Cell(place, settings, settings.key))
    return Plan({"name": "tiny"}, BASE, tuple(axes), "same", tuple(cells))


@pytest.mark.parametrize(
    ("count", "expected"), [(1, [0]), (2, [0, 0]), (3, [0, 1, 0]), (5, [0, 2, 1, 2, 0]), (8, [0, 2, 3, 1, 3, 2, 3, 0])]
)
def test_ranks(count, expected):
    assert batches.ranks(count) == expected


@pytest.mark.parametrize(("side", "wanted"), [(32, 16), (512, 8), (1024, 2), (4096, 1)])
def test_how_many_run_together_depends_on_the_largest(side, wanted):
    plan = grid_of(("height", (64, side)), width=side)
    assert batches.together(plan.cells) == wanted
    assert batches.together([]) == batches.MOST


def test_corners_come_first_then_the_middle():
    plan = grid_of(("seed", range(5)), ("guidance_scale", (1.0, 2.0, 3.0, 4.0, 5.0)))
    ordered = [cell.place for cell in batches.order(plan)]
    assert sorted(ordered) == [cell.place for cell in plan.cells]
    assert set(ordered[:4]) == {(0, 0), (0, 4), (4, 0), (4, 4)}
    assert set(ordered[4:9]) == {(0, 2), (2, 0), (2, 2), (2, 4), (4, 2)}
    assert len(batches.order(grid_of())) == 1


def test_batches_can_run_and_lose_nothing():
    plan = grid_of(("steps", (4, 6)), ("seed", range(7)), ("guidance_scale", (1.0, 2.0, 3.0)))
    ordered = batches.order(plan)
    found = list(batches.batches(ordered, 8))
    assert sorted(cell.place for batch in found for cell in batch) == [cell.place for cell in plan.cells]
    assert all(len({cell.settings.steps for cell in batch}) == 1 for batch in found)
    assert [len(batch) for batch in found].count(8) == 4
    assert found[0][0] is ordered[0]
    # a coarser cell of a kind never waits for a finer one
    for steps in (4, 6):
        kind = [cell for cell in ordered if cell.settings.steps == steps]
        assert [cell for batch in found for cell in batch if cell.settings.steps == steps] == kind
