"""The picture book's drawings and their labels."""

import hashlib
import time
from collections import Counter
from pathlib import Path
from random import Random

import numpy as np
import pytest
from PIL import Image

from diffuscope.worlds import storybook as world
from diffuscope.worlds.storybook import KINDS, SIDE, Scene, SceneObject, draw, lay_out, paint, sample
from diffuscope.worlds.storybook.pen.palette import PAINTS
from diffuscope.worlds.storybook.pen.pen import Pen


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


@pytest.mark.slow
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
    """`python -c "import test_drawing as t; t.kept_pictures().save(t.KEPT)"` draws them anew."""
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


def test_speed(record_property):
    """Measured, not asserted: milliseconds for a picture with its labels."""
    rng = np.random.default_rng(0)
    scenes = [sample(rng) for _ in range(60)]
    draw(scenes[0], rng)
    start = time.process_time()
    for scene in scenes:
        draw(scene, rng)
    record_property("ms a picture", round((time.process_time() - start) / len(scenes) * 1000, 2))
