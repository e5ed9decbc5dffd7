"""Recipes in a line, and what changed between two."""

from diffuscope import Settings
from diffuscope.recipe.in_words import changed, in_a_line

RED = Settings("a red circle", seed=7, schedule="karras", steps=20, guidance_scale=4.0)


def test_a_line_has_the_usual_settings_and_what_else_is_set():
    assert in_a_line(RED) == "seed 7 · dpm++ 2m, karras · 20 steps · guidance 4"
    varied = RED.replace(variation_seed=5, variation_strength=0.3)
    assert in_a_line(varied) == "seed 7 · 30% towards 5 · dpm++ 2m, karras · 20 steps · guidance 4"
    noisy = RED.replace(scheduler="ddim", schedule="uniform", eta=0.25)
    assert in_a_line(noisy) == "seed 7 · ddim, uniform · 20 steps · guidance 4 · eta 0.25"


def test_changes_are_those_of_the_second():
    other = RED.replace(prompt="a blue circle", seed=8, guidance_scale=2.5, schedule=None)
    assert changed(RED, other) == "other prompt · seed 8 · noise levels none · guidance 2.5"
    assert changed(RED, RED) == ""
