"""What the picture book draws how often, and what it keeps back."""

import numpy as np
import pytest

from diffuscope.worlds import storybook as world
from diffuscope.worlds.storybook import KINDS, sample


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
