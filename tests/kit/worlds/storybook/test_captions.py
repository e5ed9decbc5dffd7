"""The picture book's captions, each way against the other."""

from dataclasses import replace

import numpy as np
import pytest

from diffuscope.worlds import storybook as world
from diffuscope.worlds.storybook import Scene, SceneObject, parse, sample
from diffuscope.worlds.storybook.scene import aliases


def said(scene):
    """A scene as a caption can give it back: without a said order, objects come in any."""
    objects = scene.objects if scene.order else tuple(sorted(scene.objects, key=repr))
    return replace(scene, objects=objects)


@pytest.mark.slow
@pytest.mark.parametrize("language", world.LANGUAGES)
def test_captions_parse_back(language):
    rng = np.random.default_rng(3)
    exact = 0
    for i in range(2000):
        scene = sample(rng, split=None if i % 2 else "train")
        part = world.leave_out(scene, rng, (0.3, 0.65, 1.0)[i % 3])
        text = world.phrase(part, rng, language)
        got = parse(text)
        assert not got.unknown, text
        assert not got.notes, text
        assert got.scene.allows(scene), f"{text!r} is not true of {scene}"
        assert set(world.words(text)) <= set(world.vocabulary()[language]), text
        assert len(world.words(text)) <= world.LONGEST, text
        exact += said(got.scene) == said(part)
        # of captions that would get too long, these are left out
        dropped = {name: None for name in ("weather", "style", "time") if getattr(got.scene, name) is None}
        assert said(got.scene) == said(replace(part, **dropped)), text
    assert exact > 1800


def test_allows_notices_each_wrong_part():
    true = Scene.parse("a watercolour of a small red cat left of a blue dog in the meadow at night, in the rain")
    for text in (
        "a small red cat",
        "a dog right of a cat",
        "a cat and a dog in the meadow",
        "a picture at night",
        "水彩画:雨中,一只小红猫在一只狗左边",
    ):
        assert Scene.parse(text).allows(true), text
    for text in (
        "a big red cat",
        "a blue cat",
        "two cats",
        "a dog left of a cat",
        "a cat in front of a dog",
        "a cat and a tree",
        "a cat by day",
        "a cat in the forest",
        "an ink drawing of a cat",
        "a cat while it snows",
        "一只狗在一只猫左边",
    ):
        assert not Scene.parse(text).allows(true), text


@pytest.mark.parametrize(
    ("text", "scene"),
    [
        ("Two bunnies in the woods!", Scene(place="forest", objects=(SceneObject("rabbit", count=2),))),
        ("cats", Scene(objects=(SceneObject("cat", count=None),))),
        ("a fish", Scene(objects=(SceneObject("fish"),))),
        ("at night, in the snow, a red cottage", Scene("snow field", "night", objects=(SceneObject("house", "red"),))),
        ("a house while it snows", Scene(weather="snow", objects=(SceneObject("house"),))),
        ("a watercolor of the sea", Scene(place="sea", style="watercolour")),
        ("傍晚的海边有两艘帆船", Scene("beach", "sunset", objects=(SceneObject("sailing boat", count=2),))),
        ("一头大象在一头奶牛后面", Scene(objects=(SceneObject("cow"), SceneObject("elephant")), order="front")),
        ("a cat, a dog and a pig from left to right",
         Scene(objects=(SceneObject("cat"), SceneObject("dog"), SceneObject("pig")), order="row")),
        ("a pig right of a dog right of a cat",
         Scene(objects=(SceneObject("cat"), SceneObject("dog"), SceneObject("pig")), order="row")),
        ("There is a rose on a sunny day", Scene(time="day", weather="clear", objects=(SceneObject("flower"),))),
        ("snowy mountains", Scene("mountains", weather="snow")),
        ("晴空下,一艘船", Scene(weather="clear", objects=(SceneObject("boat"),))),
        ("", Scene()),
    ],
)  # fmt: skip
def test_reads(text, scene):
    assert Scene.parse(text) == scene


def test_aliases_lead_into_the_vocabulary():
    for language, table in (("en", aliases.ENGLISH), ("zh", aliases.CHINESE)):
        known = set(world.vocabulary()[language])
        assert not known & set(table), "a word of the vocabulary needs no other"
        assert {word for text in table.values() for word in text.split()} <= known


def test_names_what_it_does_not_know():
    got = parse("a read hose and a drogon at night")
    assert [u.word for u in got.unknown] == ["read", "hose", "drogon"]
    assert "red" in got.unknown[0].suggestions
    assert "house" in got.unknown[1].suggestions
    assert got.scene.time == "night"
    with pytest.raises(ValueError, match=r"'hose' is not in the picture book; did you mean house"):
        Scene.parse("a hose")
    assert [u.word for u in parse("草地上有一条恐龙").unknown] == ["恐龙"]
    assert "热气球" in parse("一个热汽球").unknown[0].suggestions
    for text, note in (
        ("a blue elephant", "only in its own colours"),
        ("a cat by day at night", "day and night do not go together"),
        ("three cats and a dog", "at most three"),
        ("a cat left of a dog and a tree", "for two objects"),
    ):
        assert note in parse(text).notes[0], text
    with pytest.raises(ValueError, match="kind='dragon'"):
        SceneObject("dragon")
