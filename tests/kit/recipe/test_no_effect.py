"""Notes: every control that has no effect says so, and none that has one."""

import numpy as np
import pytest

from diffuscope import SCHEDULERS, Settings, record
from diffuscope.families.guidance import ClassifierFree, Embedded, Plain
from diffuscope.recipe.no_effect import notes

RED = Settings("a red circle", steps=4, guidance_scale=3.0)

VAIN = [
    ("negative_prompt", {"negative_prompt": "blue", "guidance_scale": 1.0}, {"negative_prompt": ""}),
    ("eta", {"scheduler": "euler", "eta": 0.5}, {"eta": 0.0}),
    ("guidance_scale", {"prompt": "", "guidance_scale": 3.0}, {"guidance_scale": 1.0}),
    ("guidance_scale", {"guidance_scale": 0.5}, {"guidance_scale": 1.0}),
    ("variation_strength", {"variation_strength": 0.5}, {"variation_strength": 0.0}),
    ("variation_seed", {"variation_seed": 7}, {"variation_seed": None}),
    (
        "variation_seed",
        {"variation_seed": 42, "variation_strength": 0.5},
        {"variation_seed": None, "variation_strength": 0.0},
    ),
]


@pytest.mark.parametrize(("field", "settings", "without"), VAIN)
def test_what_is_said_to_have_no_effect_has_none(model, field, settings, without):
    said = RED.replace(**settings)
    assert list(model.notes(said)) == [field]
    one, other = (record(model, s).latents for s in (said, said.replace(**without)))
    np.testing.assert_allclose(one, other, atol=1e-4)  # guidance between equal predictions rounds
    assert field not in model.notes(said.replace(**without))


def test_nothing_is_said_of_what_works(model):
    for works in (
        RED,
        RED.replace(scheduler="ddim", eta=0.5, negative_prompt="blue"),
        RED.replace(variation_seed=7, variation_strength=0.3),
    ):
        assert notes(works) == model.notes(works) == {}
    assert notes(RED.replace(guidance_scale=1.0, negative_prompt="blue")) == {}, "a model's guidance decides that"


@pytest.mark.parametrize(
    ("guidance", "vain"),
    [(Plain(), {"negative_prompt", "guidance_scale"}), (ClassifierFree(), set()), (Embedded(), {"negative_prompt"})],
)
def test_each_kind_of_guidance_says_what_it_does_not_read(model, guidance, vain):
    given = model.complete(RED.replace(negative_prompt="blue"))
    assert set(given.changed(guidance.effective(given))) == set(guidance.notes(given)) == vain
    assert not guidance.notes(guidance.effective(given))
    low = given.replace(guidance_scale=0.5)
    assert ("guidance_scale" in low.changed(guidance.effective(low))) == (not isinstance(guidance, Embedded))


def test_few_step_schedulers_warn_and_have_one_schedule():
    for row in SCHEDULERS.values():
        said = notes(RED.replace(scheduler=row.name))
        assert ("scheduler" in said) == row.needs_distilled
        assert ("schedule" in said) == (len(row.schedules) == 1)


@pytest.mark.parametrize("field", ["prompt", "negative_prompt"])
def test_what_is_not_read_of_either_prompt(model, field):
    assert '"zebra"' in model.notes(RED.replace(**{field: "a zebra"}))[field]
    assert "tokens; ignored" in model.notes(RED.replace(**{field: "a red circle " * 9}))[field]
    vain = RED.replace(negative_prompt="a zebra", guidance_scale=1.0)
    assert "No effect" in model.notes(vain)["negative_prompt"], "that it is not read at all comes first"
