"""The picture book: captions, drawing, labels, shares and the split, each against the other."""

import hashlib
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
import pytest
from PIL import Image

from diffuscope.worlds import storybook as world
from diffuscope.worlds.storybook import KINDS, SIDE, Scene, SceneObject, draw, lay_out, paint, parse, sample
from diffuscope.worlds.storybook.pen.palette import PAINTS
from diffuscope.worlds.storybook.pen.pen import Pen
from diffuscope.worlds.storybook.scene import aliases


def said(scene):
    """A scene as a caption can give it back: without a said order, objects come in any."""
    objects = scene.objects if scene.order else tuple(sorted(scene.objects, key=repr))
    return replace(scene, objects=objects)


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


@pytest.mark.slow
def test_labels_are_where_the_objects_are():
    """Drawn again without an object, the picture changes under its label, its shadow, its pond and its glow only."""
    rng = np.random.default_rng(11)
    seen = Counter()
    for _ in range(150):
        scene = sample(rng, split=None)
        layout = lay_out(scene, rng)
        picture, labels = paint(layout)
        assert set(np.unique(labels)) <= set(range(len(scene.objects) + 1))
        for i, thing in enumerate(scene.objects):
            bare, others = paint(layout, skip={i})
            mine = labels == i + 1
            changed = np.abs(picture.astype(int) - bare).max(2)
            assert mine.sum() > 150, (scene, i)
            assert (changed[mine] > 6).mean() > 0.5, (scene, i)  # white on snow changes little
            # what changes strongly outside lies close by: outlines, glow, waves, shadow
            rows, columns = np.nonzero(mine)
            box = np.zeros_like(mine)
            around = 6 + np.ptp(columns) // 4  # ponds and islands are wider than what they carry
            box[max(0, rows.min() - 3) : rows.max() + 16, max(0, columns.min() - around) : columns.max() + around] = (
                True
            )
            stray = (changed > 40) & ~box
            assert stray.sum() < 30 or thing.kind in ("lighthouse", "campfire"), (scene, i)
            assert not (others == i + 1).any()
            assert (labels[labels == others] == others[labels == others]).all()
            seen[thing.kind] += 1
    assert len(seen) > 35


def test_nothing_is_tiny_or_cut_off():
    rng = np.random.default_rng(5)
    for kind in KINDS:
        for size in ("small", "big"):
            for style in ("flat", "watercolour"):
                thing = SceneObject(kind, size=size)
                scene = world.complete(Scene("meadow", "day", "clear", style, (thing,)), rng)
                _, labels = draw(scene, rng)
                rows, columns = np.nonzero(labels)
                extent = max(np.ptp(rows), np.ptp(columns)) + 1
                assert extent >= 24, (kind, size)
                border = 2 if style == "flat" else 0
                assert rows.min() >= border, (kind, size, style)
                assert columns.min() >= border, (kind, size, style)
                assert max(rows.max(), columns.max()) < SIDE - border, (kind, size, style)


@pytest.mark.slow
def test_nothing_touches_the_frame():
    rng = np.random.default_rng(17)
    for _ in range(250):
        scene = sample(rng, split=None)
        _, labels = draw(scene, rng)
        frame = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
        smoke = {o.kind for o in scene.objects} & {"train", "ship"}
        assert not frame.any() or smoke, scene


@pytest.mark.parametrize("name", KINDS)
def test_kinds_are_as_large_as_their_table_says(name):
    """The layout relies on `half`, `top` and `middle`."""
    kind = KINDS[name]
    for seed in range(6):
        pen = Pen("flat", (1, 1, 1), False, Random(0))
        pen.push(64, 92, 0.5)
        pen.label = 1
        kind.draw(pen, PAINTS["red"], Random(seed))
        rows, columns = np.nonzero(pen.labels)
        assert kind.middle - kind.half - 4 <= (columns.min() - 64) * 2
        assert (columns.max() + 1 - 64) * 2 <= kind.middle + kind.half + 4
        assert 0.7 * kind.top <= (92 - rows.min()) * 2 <= kind.top + 4
        assert (rows.max() + 1 - 92) * 2 <= 26
        assert np.ptp(columns) * 2 > 1.5 * kind.half


def test_same_picture_every_time():
    scene = Scene.parse("a red house left of a yellow balloon in the hills at sunset, flat style")
    one, labels = draw(scene, np.random.default_rng(7))
    two, again = draw(scene, np.random.default_rng(7))
    assert hashlib.sha256(one).digest() == hashlib.sha256(two).digest()
    assert (labels == again).all()
    other, _ = draw(scene, np.random.default_rng(8))
    assert (other != one).mean() > 0.2


KEPT = Path(__file__).with_name("storybook.png")
CAPTIONS = (
    "a flat picture of a red house left of a yellow balloon in the hills at sunset",
    "an ink drawing of a cow in front of a white castle in the meadow by day with clouds",
    "a watercolour of a blue sailing boat, a duck and a pink whale from left to right on the sea with a rainbow at dawn",
    "pixel art of a green train in the town at night while it snows",
    "a flat picture of two penguins in a snow field at night under a clear sky",
    "an ink drawing of a campfire and a tent in the forest in the rain at night",
)


def kept_pictures():
    """`python -c "import test_storybook as t; t.kept_pictures().save(t.KEPT)"` draws them anew."""
    scenes = [Scene.parse(text) for text in CAPTIONS]
    return Image.fromarray(np.hstack([draw(scene, np.random.default_rng(i))[0] for i, scene in enumerate(scenes)]))


def test_same_picture_on_every_machine():
    now, kept = np.asarray(kept_pictures()).astype(int), np.asarray(Image.open(KEPT)).astype(int)
    assert now.shape == kept.shape
    off = np.abs(now - kept).max(2) > 1
    assert off.mean() < 0.001


def test_order_is_kept():
    rng = np.random.default_rng(2)
    for text in ("a cat left of a house", "一棵树在一辆汽车右边"):
        scene = Scene.parse(text)
        for _ in range(10):
            _, labels = draw(scene, rng)
            middle = [np.nonzero(labels == i)[1].mean() for i in (1, 2)]
            assert middle[0] < middle[1]
    scene = Scene.parse("a rabbit in front of a house")
    for _ in range(10):
        _, labels = draw(scene, rng)
        low = [np.nonzero(labels == i)[0].max() for i in (1, 2)]
        assert low[0] > low[1]
        assert (labels == 1).sum() > 300
        assert (labels == 2).sum() > 600
    sides = Counter()
    for _ in range(60):
        _, labels = draw(Scene.parse("a cat and a house"), rng)
        sides[np.nonzero(labels == 1)[1].mean() < np.nonzero(labels == 2)[1].mean()] += 1
    assert min(sides.values()) > 15  # what is not said is left to chance


def within(count, of, share, sigmas=4.5):
    return abs(count - of * share) <= sigmas * np.sqrt(of * share * (1 - share)) + 1


@pytest.mark.slow
def test_shares_are_honoured():
    rng = np.random.default_rng(4)
    n = 1500
    scenes = [sample(rng, {"time": {"night": 0.7}, "kind": {"cat": 0.3}}) for _ in range(n)]
    assert within(sum(s.time == "night" for s in scenes), n, 0.7)
    assert within(sum(s.objects[0].kind == "cat" for s in scenes), n, 0.3)
    for (given, chosen), (a, b), boost in (
        (("place", "time"), ("beach", "sunset"), {"place": {"beach": 0.6}}),
        (("kind", "time"), ("house", "night"), {"kind": {"house": 0.6}}),
        (("kind", "place"), ("house", "town"), {"kind": {"house": 0.6}}),
        (("kind", "colour"), ("house", "red"), {"kind": {"house": 0.6}}),
        (("style", "weather"), ("ink", "rain"), {"style": {"ink": 0.6}}),
        (("place", "kind"), ("sea", "whale"), {"place": {"sea": 0.6}}),
    ):
        scenes = [sample(rng, {**boost, (given, chosen): {(a, b): 0.8}}) for _ in range(n)]
        had = [(_values(s, given), _values(s, chosen)) for s in scenes]
        matching = [values for known, values in had if known[0] == a]
        assert len(matching) > 0.5 * n
        assert within(sum(values[0] == b for values in matching), len(matching), 0.8), (given, chosen)
    plain = [sample(rng) for _ in range(n)]
    assert within(sum(s.time == "day" for s in plain), n, 4 / 10.5)
    for wrong, message in (
        ({"mood": {"glad": 1}}, "no attribute 'mood'"),
        ({"time": {"noon": 1}}, "no value 'noon'"),
        ({"time": {"day": 0.8, "night": 0.4}}, "at most 1"),
        ({("kind", "colour"): {("house", "blue"): 0.5}}, "kept back"),
        ({("kind", "time"): {("cat", "day"): 1}, ("time", "kind"): {("day", "cat"): 1}}, "circle"),
    ):
        with pytest.raises(ValueError, match=message):
            sample(rng, wrong)


def _values(scene, name):
    return [getattr(scene, name)] if hasattr(scene, name) else [getattr(o, name) for o in scene.objects]


def test_split_keeps_back_what_it_says():
    assert len(world.COLOURS_KEPT_BACK) == 6
    assert all(colour in KINDS[kind].colours for kind, colour in world.COLOURS_KEPT_BACK)
    assert len(world.places_kept_back()) == len(KINDS) * len(world.PLACES) // 5
    assert len(world.objects_kept_back()) == len(KINDS) * (len(KINDS) - 1) // 2 // 5
    assert not any(place in KINDS[kind].places for kind, place in world.places_kept_back())
    rng = np.random.default_rng(6)
    for level in world.LEVELS:
        for _ in range(400):
            scene = sample(rng, level=level)
            kinds = sorted(o.kind for o in scene.objects)
            assert world.split_of(scene) == "train"
            assert not {(o.kind, o.colour) for o in scene.objects} & world.COLOURS_KEPT_BACK
            assert not {(k, scene.place) for k in kinds} & world.places_kept_back()
            assert not {(a, b) for a in kinds for b in kinds if a < b} & world.objects_kept_back()
            part = world.LEVELS[level]
            assert set(kinds) <= set(part.kinds)
            assert scene.style in part.styles
            assert scene.weather in part.weathers
            assert sum(o.count for o in scene.objects) <= part.most
            assert scene.complete
    for split in world.SPLITS:
        assert world.split_of(sample(rng, split=split)) == split
    assert world.split_of(sample(rng, split="held out")) != "train"


def test_speed(record_property):
    """Measured, not asserted: milliseconds for a picture with its labels."""
    rng = np.random.default_rng(0)
    scenes = [sample(rng) for _ in range(60)]
    draw(scenes[0], rng)
    start = time.process_time()
    for scene in scenes:
        draw(scene, rng)
    record_property("ms a picture", round((time.process_time() - start) / len(scenes) * 1000, 2))
