"""What JavaScript does too: both are held by the cases of tests/support/cases. JavaScript's side: tests/js/twins.test.mjs."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
import torch
import traitlets
from grids import planned

from diffuscope.grid.plan.layout import Layout
from diffuscope.noise.initial import slerp
from diffuscope.picture.arrays import grey
from diffuscope.prompt.language import parse
from diffuscope.prompt.tree import Text, Weight
from diffuscope.recipe.schedulers import SCHEDULERS
from diffuscope_widgets import SeedPicker
from diffuscope_widgets.film.export import at
from diffuscope_widgets.seeds.picker import portrait

CASES = Path(__file__).parents[1] / "support" / "cases"


def over(name):
    """The cases of a file as parameters of a test."""
    return pytest.mark.parametrize(
        "case", json.loads((CASES / f"{name}.json").read_text(encoding="utf-8"))["cases"], ids=str
    )


def test_every_file_has_a_test():
    text = Path(__file__).read_text(encoding="utf-8")
    assert sorted(path.stem for path in CASES.glob("*.json")) == sorted(
        re.findall(r'^@over\("(\w+)"\)', text, re.MULTILINE)
    )


@over("slerp")
def test_slerp(case):
    found = slerp(
        torch.tensor(case["a"], dtype=torch.float64), torch.tensor(case["b"], dtype=torch.float64), case["strength"]
    )
    np.testing.assert_allclose(found.numpy(), case["mix"], atol=1e-6)


@over("calls")
def test_calls(case):
    rows = [row for row in SCHEDULERS.values() if row.calls == case["rule"]]
    assert {row.network_calls(case["steps"]) for row in rows} == {case["calls"]}


def test_every_rule_of_the_catalogue_has_cases():
    cases = json.loads((CASES / "calls.json").read_text(encoding="utf-8"))["cases"]
    assert {case["rule"] for case in cases} == {row.calls for row in SCHEDULERS.values()}


@over("frames")
def test_frames(case):
    share = case["position"] / (case["longest"] - 1) if case["longest"] > 1 else 1.0
    assert at(share, range(case["count"])) == case["frame"]


@over("portrait")
def test_portrait(case):
    noise = np.array(case["noise"], np.float32).reshape(case["shape"])
    assert portrait(noise).flatten().tolist() == case["rgb"]


@over("grey")
def test_grey(case):
    assert grey(np.array(case["values"]), case["white"]).tolist() == case["grey"]


@over("seeds")
def test_seeds(case):
    picker = SeedPicker(7)
    if case["fine"]:
        picker.seed = case["value"]
        assert picker.seed == case["value"]
    else:
        with pytest.raises(traitlets.TraitError):
            picker.seed = case["value"]


def weights(nodes, factor=1.0):
    """The weights of the texts among nodes, by where they stand."""
    found = {}
    for node in nodes:
        for option in getattr(node, "options", ()):
            found |= weights(option, factor)
        if isinstance(node, Weight):
            found |= weights(node.parts, factor * node.weight)
        elif isinstance(node, Text):
            found[node.begin, node.end] = factor
    return found


@over("weights")
def test_weights(case):
    """The text that JavaScript makes has, to the language, the weight that was meant."""
    if case["made"] is None:
        return
    text = case["made"].replace("‹", "").replace("›", "")
    begin, end = case["made"].index("‹"), case["made"].index("›") - 1
    found = [weight for (first, last), weight in weights(parse(text).parts).items() if first <= begin and end <= last]
    assert found == pytest.approx([case["weight"]])


@over("places")
def test_places(case):
    axes = {name: list(range(1, size + 1)) for name, size in zip(("seed", "steps"), case["sizes"], strict=True)}
    plan = planned(axes, holes=[tuple(hole) for hole in case["holes"]])
    (table,) = Layout(plan)._tables
    assert list(table.down) == case["rows"]
    assert list(table.across) == case["columns"]
