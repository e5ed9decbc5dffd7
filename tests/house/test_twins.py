"""What Python and JavaScript both compute, from one file of cases that tests/js/twins.test.mjs reads too.

The mixes in it are those of scipy.spatial.geometric_slerp, the calls were counted on diffusers' schedulers, the places are
by hand.
"""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from diffuscope import SCHEDULERS
from diffuscope.noise.initial import slerp
from diffuscope_widgets.film.export import at

CASES = json.loads((Path(__file__).parents[1] / "support" / "twins.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES["slerp"], ids=lambda case: f"{len(case['a'])} numbers, {case['strength']:.2f}")
def test_slerp(case):
    mixed = slerp(torch.tensor(case["a"]), torch.tensor(case["b"]), case["strength"])
    torch.testing.assert_close(mixed, torch.tensor(case["mix"]), rtol=0, atol=2e-6)


@pytest.mark.parametrize("case", CASES["calls"], ids=lambda case: f"{case['rule']} of {case['steps']}")
def test_calls(case):
    assert replace(SCHEDULERS["ddim"], calls=case["rule"]).network_calls(case["steps"]) == case["calls"]


def test_the_rules_of_all_schedulers_are_among_the_cases():
    assert {row.calls for row in SCHEDULERS.values()} == {case["rule"] for case in CASES["calls"]}


@pytest.mark.parametrize("case", CASES["places"], ids=lambda case: "{position} of {longest} in {count}".format(**case))
def test_places(case):
    assert at(case["position"] / (case["longest"] - 1), range(case["count"])) == case["frame"]
