"""Four, vary, larger: recipes around a recipe."""

import numpy as np
import pytest

from diffuscope import Settings, SettingsError
from diffuscope.noise.initial import initial_noise
from diffuscope.recipe.variations import four, larger, vary

RED = Settings("a red circle", steps=3, seed=7)


def test_four_seeds_in_a_row():
    rows = four(RED)
    assert rows[0] == RED
    assert [row.seed for row in rows] == [7, 8, 9, 10]
    assert {row.replace(seed=7) for row in rows} == {RED}
    assert [row.seed for row in four(RED.replace(seed=2**32 - 2))] == [2**32 - 2, 2**32 - 1, 0, 1], (
        "what a form can hold"
    )
    assert [row.seed for row in four(RED.replace(seed=2**64 - 1))] == [2**64 - 1, 0, 1, 2]


def test_variations_lie_around_the_seed():
    rows = vary(RED)
    assert vary(RED) == rows, "they follow from the recipe"
    assert vary(RED.replace(seed=8)) != rows
    assert len({row.variation_seed for row in rows}) == 4
    assert RED.seed not in {row.variation_seed for row in rows}
    centre = initial_noise(RED, (4, 32, 32)).flatten().double()
    for row in rows:
        assert row.replace(variation_seed=None, variation_strength=0.0) == RED
        noise = initial_noise(row, (4, 32, 32)).flatten().double()
        cosine = float(centre @ noise / (centre.norm() * noise.norm()))
        # two noises of 4,096 numbers stand at 90 degrees, give or take one; 0.3 of the way is 27
        assert abs(np.degrees(np.arccos(cosine)) - 27) < 2


def test_the_seed_itself_is_no_variation(monkeypatch):
    monkeypatch.setattr(Settings, "key", "0005" + "0" * 12)
    assert [row.variation_seed for row in vary(RED)] == [5, 6, 8, 9]


def test_variations_of_a_variation_keep_the_seed():
    again = vary(vary(RED)[2], 0.5)
    assert {row.seed for row in again} == {7}
    assert {row.variation_strength for row in again} == {0.5}
    assert {row.variation_seed for row in again}.isdisjoint({row.variation_seed for row in vary(RED)})
    with pytest.raises(SettingsError, match="one picture four times"):
        vary(RED, 0)


def test_larger_doubles_the_steps_within_reason():
    assert larger(RED) == RED.replace(steps=6)
    assert larger(RED.replace(steps=100)).steps == 150
    assert larger(RED.replace(scheduler="lcm", steps=30)).steps == 50, "all this scheduler takes"
    for settings in (RED.replace(steps=150), RED.replace(scheduler="lcm", steps=50)):
        with pytest.raises(SettingsError, match="nothing to gain"):
            larger(settings)
    with pytest.raises(SettingsError, match=r"model\.complete"):
        larger(Settings("a"))
