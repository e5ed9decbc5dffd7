"""The code of a picture, run as a user would run it: the same picture, bit for bit."""

import numpy as np
import pytest

from diffuscope import Settings, load, record
from diffuscope.recipe.as_python import settings_code

HARD = '<img onerror="x"></script> \'\'\' """ \\foo{ $\\foo{ \n two lines \u202e \u0627\u0644\u0639 \U0001f34e'


def run(code):
    names = {}
    exec(compile(code, "pasted", "exec"), names)  # noqa: S102 - what a cell does with it
    return names


@pytest.mark.parametrize(
    "settings",
    [
        Settings("a large red circle", seed=7, steps=5),
        Settings("a small blue star", "red", seed=3, scheduler="ddim", eta=0.7, steps=4, guidance_scale=3.5),
        Settings("a red circle", steps=4, variation_seed=9, variation_strength=0.25, scheduler="euler a"),
    ],
)
def test_the_code_draws_the_same_picture(settings):
    done = load("scenes").complete(settings)
    wanted = record(load("scenes"), done)
    for code in (settings_code("scenes", settings), settings_code("scenes", done)):
        trace = run(code)["trace"]
        assert trace.settings == done
        np.testing.assert_array_equal(trace.latents, wanted.latents)
        np.testing.assert_array_equal(trace.image, wanted.image)


def test_any_text_survives():
    settings = Settings(HARD, HARD, steps=1)
    code = settings_code("scenes", settings).replace("trace = record(", "trace = (").replace("trace.pil", "")
    assert run(code)["settings"] == settings
    assert "\u202e" not in code, "a right-to-left override would show the code in another order"


def test_what_is_not_used_is_not_written():
    code = settings_code("owner/model", Settings("a"))
    assert "eta" not in code
    assert "variation" not in code
    assert "steps" not in code, "the model's own"
    assert "load('owner/model')" in code
    assert "seed=42" in code, "a default may change"
