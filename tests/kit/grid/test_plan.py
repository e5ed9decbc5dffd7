"""Plans: which cells, which settings, which names; and that more values or axes make only new cells."""

import hashlib
import json
import random
import re
from contextlib import suppress
from dataclasses import asdict
from itertools import product

import numpy as np
import pytest
from rows import ROWS
from through import through

from diffuscope import Recipe, Settings, SettingsError, record
from diffuscope.grid.plan.plan import Plan
from diffuscope.grid.planner import identity, key, make_plan
from diffuscope.recipe.no_effect import effective
from diffuscope.trace.trace import Keep

BASE = Settings("a red circle", "blue", seed=7, steps=3, width=16, height=16)


def keys(plan):
    return [cell.key for cell in plan.cells]


def test_cells_row_by_row(model):
    plan = make_plan(model, BASE, {"seed": "1-3", "guidance_scale": [2, 4]})
    assert plan.shape == (3, 2)
    assert [cell.place for cell in plan.cells] == list(product(range(3), range(2)))
    assert [(c.settings.seed, c.settings.guidance_scale) for c in plan.cells] == list(product((1, 2, 3), (2.0, 4.0)))
    assert all(cell.settings == model.complete(cell.settings) for cell in plan.cells)
    assert plan.labels(plan.cells[3]) == {"seed": "2", "guidance_scale": "4"}
    assert len(set(keys(plan))) == 6
    assert plan.base == BASE


def test_no_axes_is_one_cell(model):
    (cell,) = make_plan(model, BASE, {}).cells
    assert cell.place == ()
    assert cell.settings == model.complete(BASE)


def test_words_are_put_in_after_the_prompts(model):
    base = Settings("unused", "no {animal}")
    spec = {"prompt": ["a {animal}", "{animal} red"], "{animal}": ["cat", "dog"], "replace red": ["red", "blue"]}
    plan = make_plan(model, base, spec)
    got = [(cell.settings.prompt, cell.settings.negative_prompt) for cell in plan.cells]
    assert got == [
        (prompt.replace("red", colour).replace("{animal}", animal), f"no {animal}")
        for prompt, animal, colour in product(["a {animal}", "{animal} red"], ["cat", "dog"], ["red", "blue"])
    ]
    assert len(plan.pictures) == 6  # the first prompt has no red, so its two colours are one picture


def test_more_values_and_axes_make_only_new_cells(model):
    small = make_plan(model, BASE, {"seed": "1-3"})
    wide = make_plan(model, BASE, {"seed": "1-5", "steps": [3, 4]})
    assert set(keys(small)) < set(keys(wide))
    assert len(set(keys(wide)) - set(keys(small))) == 7


@pytest.mark.parametrize("policy", ["row", "cell"])
def test_seeds_follow_from_the_labels(model, policy):
    plan = make_plan(model, BASE, {"steps": "3-5", "guidance_scale": [2, 4]}, policy)
    seeds = np.array([cell.settings.seed for cell in plan.cells]).reshape(3, 2)
    assert len(set(seeds.flat)) == {"row": 3, "cell": 6}[policy]
    assert (seeds[:, 0] == seeds[:, 1]).all() == (policy == "row")
    assert seeds.max() < 2**32
    again = make_plan(model, BASE, {"steps": "2-9", "guidance_scale": [1, 2, 3, 4]}, policy)
    assert set(keys(plan)) < set(keys(again))
    other = make_plan(model, BASE.replace(seed=8), {"steps": "3-5", "guidance_scale": [2, 4]}, policy)
    assert not {cell.settings.seed for cell in other.cells} & set(seeds.flat)
    if policy == "cell":  # swapping rows and columns moves the cells and changes none
        swapped = make_plan(model, BASE, {"guidance_scale": [2, 4], "steps": "3-5"}, policy)
        assert set(keys(swapped)) == set(keys(plan))


def test_known_seeds_and_keys(model):
    """Written down once: a change here would orphan every grid that people have on disk."""
    who = {"name": "x", "source": "y", "sha256": "ab"}
    assert (
        key(Recipe("a cat", steps=20, guidance_scale=7.0, width=64, height=64, schedule="karras"), who)
        == "f0869d6ff73a6e53"
    )
    cell = make_plan(model, BASE, {"steps": [3]}, "cell").cells[0]
    assert cell.settings.seed == int(hashlib.sha256(b'[7, [["steps", "3"]]]').hexdigest()[:8], 16)


SAME = [
    ({"guidance_scale": 1.0}, {"negative_prompt": "other"}),
    ({"guidance_scale": 1.0}, {"guidance_scale": 0.5}),
    ({"scheduler": "euler"}, {"eta": 0.5}),
    ({"scheduler": "dpm++ 2m sde"}, {"eta": 0.5}),
    ({}, {"variation_seed": 5}),
    ({}, {"variation_strength": 0.5}),
    ({}, {"variation_seed": 7, "variation_strength": 0.5}),
]
OTHER = [
    ({"guidance_scale": 1.01}, {"negative_prompt": "red"}),
    ({}, {"guidance_scale": 0.5}),
    ({"scheduler": "ddim"}, {"eta": 0.5}),
    ({}, {"variation_seed": 5, "variation_strength": 0.5}),
    ({}, {"prompt": "a blue circle"}),
    ({}, {"seed": 8}),
    ({}, {"steps": 4}),
    ({}, {"schedule": "exponential"}),
    ({}, {"scheduler": "euler"}),
    ({}, {"width": 24}),
]


@pytest.mark.parametrize(("common", "change"), SAME + OTHER)
def test_one_key_is_one_picture(model, common, change):
    """The run itself is the judge: keys agree exactly where its latents do."""

    def name(recipe):
        return key(model.guidance.effective(recipe), identity(model))

    one = model.complete(BASE.replace(**common))
    other = model.complete(one.replace(**change))
    latents = [record(model, settings, Keep((), ())).latents for settings in (one, other)]
    same = latents[0].shape == latents[1].shape and np.array_equal(*latents)
    assert same == ((common, change) in SAME)
    assert (name(one) == name(other)) == same
    assert effective(effective(other)) == effective(other)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_eta_counts_where_it_acts(model, row):
    settings = model.complete(BASE.replace(scheduler=row.name))
    with_eta = settings.replace(eta=0.7)
    one, other = (record(model, s, Keep((), ())).latents for s in (settings, with_eta))
    assert np.array_equal(one, other) == (key(settings, identity(model)) == key(with_eta, identity(model)))


def test_models_have_their_own_keys():
    who = {"name": "a", "source": "b", "sha256": None}
    settings = Settings("x", steps=1)
    assert key(settings, who) == key(settings, dict(who))
    different = [who, who | {"name": "c"}, who | {"source": "c"}, who | {"sha256": "d"}]
    assert len({key(settings, one) for one in different}) == 4
    # weights that are known are known under any name
    assert key(settings, who | {"sha256": "d"}) == key(settings, {"name": "z", "source": "z", "sha256": "d"})


def test_holes(model):
    spec = {"scheduler": ["ddim", "lcm"], "steps": [20, 100], "width height": "16 x 16, 24 x 16"}
    holes = [{"scheduler": "lcm", "steps": 100}, {"width height": [24, 16], "steps": 20}]
    plan = make_plan(model, BASE, spec, skip=holes)
    wanted = [p for p in product(range(2), repeat=3) if p[:2] != (1, 1) and p[1:] != (0, 1)]
    assert [cell.place for cell in plan.cells] == wanted
    assert "2 holes" not in str(plan)
    assert f"{8 - len(wanted)} holes" in str(plan)
    odd = make_plan(model, BASE, {"seed": "1-9"}, skip=lambda settings: settings.seed % 2 == 0)
    assert [cell.settings.seed for cell in odd.cells] == [1, 3, 5, 7, 9]


@pytest.mark.parametrize(
    ("spec", "given", "words"),
    [
        ({"guidance_scale": [1, 99]}, {}, 'Axis "guidance_scale", value 99: Guidance must be 0 to 50'),
        ({"steps": [20], "scheduler": ["ddim", "dim"]}, {}, 'Axis "scheduler", value dim: No scheduler "dim"'),
        ({"scheduler": ["ddim", "lcm"], "steps": [100]}, {}, 'Axis "steps", value 100: "lcm" takes at most 50 steps'),
        ({"width height": "16 x 20"}, {}, 'Axis "width height", value 16 x 20: Height 20 must be a multiple of 8'),
        ({"{x}": ["(a:9)"]}, {}, 'Axis "{x}", value (a:9): Weight 9 at position'),
        ({"prompt": [None]}, {}, 'Axis "prompt", value default: Prompt is missing'),
        ({"seed": "1-100", "steps": "1-50"}, {}, "100 x 50 is 5,000 cells; at most 4,096, unless most= allows more"),
        ({"seed": [1, 2]}, {"most": 1}, "2 is 2 cells; at most 1"),
        (
            {"seed": [1]},
            {"seeds": "row"},
            'An axis sets the seed already; with it the seed policy is "same", not "row"',
        ),
        ({}, {"seeds": "cells"}, "No seed policy 'cells'. Did you mean \"cell\"?"),
        ({"seed": [1]}, {"skip": [{"sed": 1}]}, "skip: no axis 'sed'. Did you mean \"seed\"?"),
        ({"seed": [1]}, {"skip": [{"seed": 3}]}, "skip: axis \"seed\" has no value '3'"),
        ({"seed": [1]}, {"skip": [{}]}, "skip: a hole is a mapping"),
        ({"seed": [1]}, {"skip": [{"seed": 1}]}, "The holes leave no cell"),
    ],
)
def test_refused_before_any_work(model, monkeypatch, spec, given, words):
    monkeypatch.setattr(model, "denoiser", through(model, None))
    monkeypatch.setattr(type(model), "encode", None)
    base = BASE.replace(prompt="a {x}") if "{x}" in spec else BASE
    with pytest.raises(SettingsError, match=re.escape(words)):
        make_plan(model, base, spec, **given)


@pytest.mark.slow
def test_more_when_asked(model, monkeypatch):
    assert len(make_plan(model, BASE.replace(steps=1), {"seed": "1-5000"}, most=5000).cells) == 5000


def test_account(model):
    base = Settings("a {red|blue} circle", "blue", steps=3)
    plan = make_plan(model, base, {"guidance_scale": [1, 4], "seed": [1, 2]})
    assert plan.cost.texts == 3  # a red circle, a blue circle, blue
    assert plan.megabytes == pytest.approx(8 * 3 * 16 * 16 / 1e6)
    alone, shared, _ = plan.cost
    assert alone == 4 * 3 * (1 + 2)
    assert shared < alone
    text = str(plan)
    for words in (
        "8 cells: 2 x 2 x 2",
        "guidance_scale: 1 | 4",
        "{red|blue}: red | blue",
        "3 texts",
        "8 different pictures",
    ):
        assert words in text, text
    assert f"{shared} network rows ({alone} without sharing)" in text


def test_moving_prompts_count_every_form(model):
    assert make_plan(model, Settings("a [red|blue] circle", steps=4, guidance_scale=1.0), {}).cost.texts == 2


def test_written_and_read(model):
    base = Settings("a {x} circle", 'quo"te', seed=3)
    plan = make_plan(
        model,
        base,
        {"{x}": ["red", "blue, é"], "width height": "16 x 16, 24 x 16"},
        "row",
        [{"{x}": "red", "width height": "24 x 16"}],
    )
    text = json.dumps(plan.to_dict())
    assert Plan.from_dict(json.loads(text)) == plan
    assert json.loads(text)["cells"][0]["settings"] == asdict(plan.cells[0].settings)


@pytest.mark.parametrize(
    ("where", "value", "words"),
    [
        (("cells", 0, "key"), "../../../etc/passwd", "is no key"),
        (("cells", 0, "key"), 5, "is no key"),
        (("cells", 0, "place"), [5, 0], "no axes have the place"),
        (("cells", 0, "place"), [-1, 0], "no axes have the place"),
        (("cells", 0, "settings", "width"), 3, "Width must be 8 to"),
        (("seeds",), "all", "seeds 'all' is none of"),
        (("axes",), 3, "not iterable"),
        (("base",), None, "must be a mapping"),
        (("model",), {}, "has no 'name'"),
        (("cost",), [1], "not enough values"),
        (("cost",), [float("inf"), 1, 1], "cannot convert float infinity"),
        (("cells",), [], "it has no cells"),
    ],
)
def test_a_foreign_plan_is_refused(model, where, value, words):
    raw = json.loads(json.dumps(make_plan(model, BASE, {"seed": [1, 2], "steps": [3]}).to_dict()))
    at = raw
    for name in where[:-1]:
        at = at[name]
    at[where[-1]] = value
    with pytest.raises(ValueError, match=re.escape(words)):
        Plan.from_dict(raw)


def test_no_plan_breaks_the_reader(model):
    """Any part replaced by any kind of value: understood, or refused as a ValueError."""
    text = json.dumps(make_plan(model, BASE, {"seed": [1, 2]}).to_dict())
    chance = random.Random(0)
    for _ in range(300):
        raw = json.loads(text)
        at, name = raw, chance.choice(list(raw))
        while isinstance(at[name], (dict, list)) and at[name] and chance.random() < 0.7:
            at = at[name]
            name = chance.choice(list(at)) if isinstance(at, dict) else chance.randrange(len(at))
        at[name] = chance.choice([None, -1, 2.5, float("inf"), "x", [], {}, [None], True, "\ud800"])
        with suppress(ValueError):
            Plan.from_dict(raw)
