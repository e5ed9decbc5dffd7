"""The emoji world on drawings of our own: what is asked for is drawn, said in words, and kept back."""

import re

import emoji_folder
import numpy as np
import pytest
from scipy import ndimage
from scipy.spatial.distance import cdist

from diffuscope.train.emoji import reading
from diffuscope.worlds.emoji import BACKGROUNDS, LAYOUTS, STYLES, Item, Scene, World
from diffuscope.worlds.emoji.caption import caption, plural
from diffuscope.worlds.emoji.scene import PLACES, fields
from diffuscope.worlds.emoji.split import pair_kept_back, style_kept_back


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    return World(emoji_folder.make(tmp_path_factory.mktemp("emoji")))


@pytest.fixture
def rng():
    return np.random.default_rng(5)


def scene(layout="one", *things, **rest):
    return Scene(tuple(Item(t) for t in things), layout, rest.pop("background", "teal"), rest.pop("style", "noto"))


def test_background_is_drawn_and_read(world, rng):
    for name in BACKGROUNDS:
        assert reading.background(world.draw(scene("one", 1, background=name), rng, 64)) == name


def test_sizes_and_counts_are_read_back(world, rng):
    for size, low, high in (("small", 0.25, 0.5), ("", 0.5, 0.8), ("large", 0.8, 1.0)):
        drawn = world.draw(Scene((Item(3, 0, size),), "one", "black", "noto"), rng, 64)
        assert low < reading.span(drawn) < high
    for layout in LAYOUTS:
        things = {"row": 2, "column": 2, "group": 3}.get(layout, 1)
        drawn = world.draw(scene(layout, *range(2, 2 + things), background="white"), rng, 64)
        assert reading.count(drawn) == len(PLACES[layout])


def test_places_follow_the_layout(world, rng):
    row = world.draw(scene("row", 0, 3, background="white"), rng, 64)
    left, right = (half[reading.things_mask(row)[:, cut]].mean(0) for half, cut in
                   ((row[:, :32], slice(0, 32)), (row[:, 32:], slice(32, 64))))  # fmt: skip
    assert left[1] < 60  # red has no green, gold has much
    assert right[1] > 150
    upper, lower = reading.crops(world.draw(scene("column", 0, 3, background="white"), rng, 64), "column")
    assert upper.shape == lower.shape == (64, 64, 3)
    assert upper[32, 32, 1] < 60
    assert lower[32, 32, 1] > 150


def test_a_picture_is_what_is_said_and_the_rest_is_chance(world):
    def drawn(said):
        return {world.draw(said, np.random.default_rng(i), 64).tobytes() for i in range(40)}

    assert len(drawn(scene("one", 4))) == 1
    assert len(drawn(scene("row", 4, 3))) == 1
    assert len(drawn(scene("one", 4, style=""))) == len(world.styles([4])) > 1
    assert len(drawn(scene("one", 4, background=""))) > 10


def test_things_stand_centred_on_their_places(world, rng):
    for layout, things in (("one", (4,)), ("column", (4, 3)), ("group", (4, 3, 0))):
        mask = reading.things_mask(world.draw(scene(layout, *things, background="white"), rng, 64))
        spots = ndimage.center_of_mass(mask, *ndimage.label(mask)[:1], range(1, 1 + len(things)))
        wanted = [(64 * y, 64 * x) for x, y in PLACES[layout]]
        assert cdist(wanted, spots).min(1).max() < 3


def test_captions_say_what_the_scene_holds(world, rng):
    one = Scene((Item(0, 0, "small"),), "one", "sky blue", "twemoji")
    for _ in range(50):
        text = caption(one, world.things, rng, "en", keywords=0)
        assert "red apple" in text
        assert "sky blue" in text
        assert "twemoji" in text
        assert re.search("small|tiny|little", text)
        text = caption(one, world.things, rng, "zh", keywords=0)
        assert "红苹果" in text
        assert "天蓝色背景" in text
        assert "小" in text
    assert "with dark skin" in " ".join(caption(Scene((Item(5, 5),)), world.things, rng, "en") for _ in range(20))


def test_the_first_named_of_two_may_stand_second(world, rng):
    for _ in range(100):
        text = caption(scene("row", 0, 1, background="", style=""), world.things, rng, "en", keywords=0)
        assert (text.index("apple") < text.index("cat")) == ("left" in text), text
        text = caption(scene("column", 0, 1, background="", style=""), world.things, rng, "zh", keywords=0)
        assert (text.index("苹果") < text.index("猫")) == ("上" in text), text


def test_keywords_name_few_things(world, rng):
    assert world.things[1].keywords["en"] == ("pet", "kitten")
    seen = {caption(scene("one", 1, background="", style=""), world.things, rng, "en", keywords=1) for _ in range(60)}
    assert any("kitten" in text for text in seen)
    assert not any("cat" in text for text in seen)


@pytest.mark.slow
def test_plurals():
    assert plural("red apple") == "red apples"
    assert plural("baby") == "babies"
    assert plural("man") == "men"
    assert plural("ok!") == "ok!"


def test_labels_name_every_part(world):
    sizes = fields(len(world.things), len(STYLES))
    rng = np.random.default_rng(1)
    made = {tuple(world.labels(world.sample(rng))) for _ in range(300)}
    assert all(
        len(row) == len(sizes) and all(0 <= n < size for n, size in zip(row, sizes, strict=True)) for row in made
    )
    a, b = (world.labels(scene("row", *pair)) for pair in ((0, 1), (1, 0)))
    assert a != b  # left and right are told apart


@pytest.mark.slow
def test_training_never_shows_what_is_kept_back(world):
    rng = np.random.default_rng(2)
    for split in ("train", "unseen pairs of things"):
        for _ in range(400):
            found = world.sample(rng, split)
            codes = [world.hexcodes[item.thing] for item in found.items]
            kept = any(pair_kept_back(a, b) for i, a in enumerate(codes) for b in codes[i + 1 :])
            assert kept == (split != "train")
            assert found.style == "" or found.style not in [world.kept_back[item.thing] for item in found.items]
    with pytest.raises(ValueError, match="no split 'test'"):
        world.sample(rng, "test")


def test_a_twentieth_of_the_style_pairs_and_an_eighth_of_the_pairs_is_kept_back():
    codes = [f"{n:X}" for n in range(4000)]
    kept = [style_kept_back(code, STYLES) for code in codes]
    assert 0.15 < np.mean([k != "" for k in kept]) < 0.25  # four styles, each with one chance in twenty
    assert {*kept} == {"", *STYLES}
    assert style_kept_back("1F431", STYLES[:2]) == ""
    pairs = [pair_kept_back(codes[i], codes[i + 1]) for i in range(3999)]
    assert 0.10 < np.mean(pairs) < 0.15
    assert pair_kept_back("A", "B") == pair_kept_back("B", "A")


def test_missing_data_says_which_command_makes_it(tmp_path):
    with pytest.raises(FileNotFoundError, match="diffuscope train data --config emoji"):
        World(tmp_path)
