"""Every world does what `World` asks: the same tests for all."""

import numpy as np
import pytest

from diffuscope.worlds.base import UNKNOWN, World
from diffuscope.worlds.scenes.world import ScenesWorld
from diffuscope.worlds.storybook import KINDS, LEVELS
from diffuscope.worlds.storybook.world import FIELDS, StorybookWorld

SIDES = {"scenes": 32, "storybook": 128}


@pytest.fixture(scope="module", params=SIDES)
def named(request):
    return request.param, {"scenes": ScenesWorld, "storybook": StorybookWorld}[request.param]()


def test_a_world_has_every_member_and_no_stranger(named):
    wanted = {name for name in (*World.__annotations__, *vars(World)) if not name.startswith("_")}
    missing = {name for name in wanted if not hasattr(named[1], name)}
    assert not missing


def test_pictures_and_maps_have_the_shapes_that_are_told(named):
    name, world = named
    rng = np.random.default_rng(0)
    for _ in range(20):
        scene = world.sample(rng, world.splits[0])
        drawn = world.draw(scene, rng, SIDES[name])
        assert drawn.picture.shape == (SIDES[name], SIDES[name], 3)
        assert drawn.picture.dtype == drawn.maps.dtype == np.uint8
        assert drawn.maps.shape == (len(world.map_sizes), SIDES[name], SIDES[name])
        for map_, size in zip(drawn.maps, world.map_sizes, strict=True):
            assert {*np.unique(map_).tolist()} <= {*range(size), UNKNOWN}


def test_labels_fit_their_groups(named):
    _, world = named
    rng = np.random.default_rng(1)
    sizes = [size for question in world.questions for size in question.answers * question.things]
    rows = np.array([world.labels(world.sample(rng, world.splits[0])) for _ in range(300)]).reshape(300, -1)
    assert rows.shape[1] == len(sizes)
    for column, size in zip(rows.T, sizes, strict=True):
        assert {*column.tolist()} <= {*range(size), UNKNOWN}


def test_the_same_chance_makes_the_same_picture(named):
    name, world = named

    def once():
        rng = np.random.default_rng(5)
        scene = world.sample(rng, world.splits[0])
        return world.caption(scene, rng), world.draw(scene, rng, SIDES[name]).picture

    (text, picture), (text_again, picture_again) = once(), once()
    assert text == text_again
    assert np.array_equal(picture, picture_again)


def test_the_maps_of_the_picture_book_show_what_the_labels_say():
    world, rng = StorybookWorld(), np.random.default_rng(3)
    for _ in range(60):
        scene = world.sample(rng)
        kinds, colours = world.draw(scene, rng, 128).maps
        wanted = {1 + list(KINDS).index(o.kind): o for o in scene.objects}
        seen = {*np.unique(kinds).tolist()} - {0}
        assert seen <= wanted.keys()
        assert len(seen) >= len(wanted) - 1  # the hindmost may be hidden
        rows = np.array(world.labels(scene)[4:]).reshape(len(KINDS), len(FIELDS))
        assert {*(1 + rows[:, 0].nonzero()[0])} == wanted.keys()
        for kind in seen:
            colour = {*np.unique(colours[kinds == kind]).tolist()}
            told = rows[kind - 1, list(FIELDS).index("colour")]
            assert colour == {UNKNOWN if told == UNKNOWN else told + 1}
            assert (wanted[kind].colour is None) == (told == UNKNOWN)


def test_left_is_left_on_the_map():
    world, rng, right = StorybookWorld(), np.random.default_rng(4), []
    while len(right) < 60:
        scene = world.sample(rng)
        if scene.order != "row" or len(scene.objects) != 2:
            continue
        rows = np.array(world.labels(scene)[4:]).reshape(len(KINDS), len(FIELDS))
        kinds = world.draw(scene, rng, 128).maps[0]
        rank = list(FIELDS).index("rank")
        order = sorted((rows[k, rank], np.nonzero(kinds == k + 1)[1].mean()) for k in rows[:, 0].nonzero()[0])
        right.append(order[0][1] < order[1][1])
    assert np.mean(right) > 0.95


@pytest.mark.slow
def test_levels_grow():
    seen = {}
    for level in LEVELS:
        world, rng = StorybookWorld(level), np.random.default_rng(6)
        seen[level] = {o.kind for _ in range(1500) for o in world.sample(rng).objects}
    assert seen[1] < seen[2] == seen[3] == {*KINDS}


def test_the_picture_book_halves_its_pictures():
    world = StorybookWorld()
    scene = world.sample(np.random.default_rng(7))
    whole, half = (world.draw(scene, np.random.default_rng(8), side) for side in (128, 64))
    assert abs(half.picture[10, 20].astype(float) - whole.picture[20:22, 40:42].mean((0, 1))).max() <= 0.5
    rows, columns = np.nonzero(whole.maps[0])
    seen = half.maps[:, rows // 2, columns // 2] == whole.maps[:, rows, columns]
    assert seen.mean() > 0.9  # all but the outermost pixels of the objects
    with pytest.raises(ValueError, match="not 100"):
        world.draw(scene, np.random.default_rng(8), 100)
