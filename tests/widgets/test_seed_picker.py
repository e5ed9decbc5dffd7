"""The seed picker without a browser: its noise is the loop's, apply and history, ranges, and life without torch."""

import io

import numpy as np
import pytest
import torch
from PIL import Image

from diffuscope import Settings, SettingsError, denoise
from diffuscope_widgets import SeedPicker
from diffuscope_widgets.seeds.picker import portrait

RED = Settings("a red circle", steps=4)


def noises(picker):
    return np.frombuffer(picker.pair, "<f4").reshape(-1, *picker.meta["shape"])


def strip(picker):
    _, high, wide = picker.meta["shape"]
    return np.frombuffer(picker.strip, np.uint8).reshape(-1, high, wide, 3)


def test_its_noise_is_where_the_loop_begins(model):
    picker = SeedPicker(7, model, variation_seed=9)
    assert picker.shape == [4, 8, 8]
    for seed, noise in zip((7, 9), noises(picker), strict=True):
        np.testing.assert_array_equal(noise, next(denoise(model, RED.replace(seed=seed))).x_t[0])
    half = picker.apply(RED)
    assert half == RED.replace(seed=7, variation_seed=9)
    assert picker.apply(RED).key == half.key


def test_the_strip_shows_the_next_seeds():
    picker = SeedPicker(5)
    assert picker.meta["seeds"] == list(range(5, 13))
    for seed, picture in zip(picker.meta["seeds"], strip(picker), strict=True):
        noise = torch.randn((4, 8, 8), generator=torch.Generator().manual_seed(seed)).numpy()
        np.testing.assert_array_equal(picture, portrait(noise))
        unit = noise[:3].transpose(1, 2, 0).clip(-3, 3) / 3
        assert np.abs(picture / 127.5 - 1 - unit).max() < 1 / 127


def test_the_strip_stays_while_the_seed_is_in_it_and_follows_it_out():
    picker = SeedPicker(5)
    picker.seed = 12
    assert picker.first == 5
    assert (picker.meta["seed"], picker.meta["seeds"][0]) == (12, 5)
    picker.seed = 13
    assert picker.meta["seeds"][0] == picker.first == 13
    picker.first = 21
    assert (picker.seed, picker.meta["seeds"][0]) == (13, 21)
    picker.seed = 2**32 - 3
    assert picker.meta["seeds"] == [2**32 - 3, 2**32 - 2, 2**32 - 1]


def test_other_shapes(model):
    picker = SeedPicker(1, model, shape=[16, 4, 6])
    assert strip(picker).shape == (8, 4, 6, 3)
    picker.shape = [1, 2, 2]
    assert (strip(picker)[0] == strip(picker)[0][..., :1]).all(), "one channel is grey"


def test_unlocked_takes_a_new_seed_each_time():
    picker = SeedPicker(7, locked=False)
    seeds = [picker.apply(RED).seed for _ in range(3)]
    assert len({7, *seeds}) == 4
    assert picker.history == [*reversed(seeds), 7]
    picker.locked = True
    assert picker.apply(RED).seed == seeds[-1]
    assert picker.history == [*reversed(seeds), 7], "no seed twice"


def test_history_keeps_twelve():
    picker = SeedPicker(0)
    for seed in range(20):
        picker.seed = seed
        picker.apply(RED)
    assert picker.history == list(range(19, 7, -1))


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("seed", -1, "press the dice"),
        ("seed", 2**32, "above 4294967295"),
        ("variation_seed", -2, "Variation seed must be 0"),
        ("variation_strength", 1.5, "must be 0 to 1"),
        ("variation_strength", float("nan"), "finite"),
    ],
)
def test_ranges(name, value, says):
    picker = SeedPicker()
    with pytest.raises(SettingsError, match=says):
        setattr(picker, name, value)
    with pytest.raises(SettingsError, match=says):
        SeedPicker(**{name: value})
    assert picker.seed == 42


@pytest.mark.parametrize(("name", "value"), [("seed", 2**40), ("variation_seed", -1), ("variation_strength", 2.0)])
def test_what_the_front_end_cannot_have_is_taken_back(name, value, told):
    picker = SeedPicker(7)
    states = told(picker)
    picker.set_state({name: value, "locked": False})
    assert (picker.seed, picker.variation_seed, picker.variation_strength, picker.locked) == (7, None, 0, True)
    assert str(value) in picker.error
    assert states[name] == getattr(SeedPicker(7), name), "the front end learns what stays"
    picker.set_state({"seed": 8})
    assert (picker.seed, picker.error) == (8, "")


def test_the_message_alone_is_enough():
    picker = SeedPicker(7)
    picker._handle_custom_msg({"type": "push", "traits": {"seed": 3, "first": 1}}, [])
    assert (picker.seed, picker.meta["seed"], picker.meta["seeds"][0]) == (3, 3, 1)


def test_still():
    width = Image.open(io.BytesIO(SeedPicker().still())).width
    assert width == 8 * (96 + 4)


def test_without_torch(light_server):
    code = """
import sys
sys.modules["torch"] = None
from diffuscope_widgets import SeedPicker
from diffuscope.recipe.settings import Settings
picker = SeedPicker(7, variation_seed=3, variation_strength=0.5)
picker.seed = 8
print(picker.apply(Settings("")).seed, picker.meta, picker.error, picker.still(), picker.history)"""
    done = light_server.run(code)
    assert done.stdout == "8 {}  None [8]\n", done.stderr
