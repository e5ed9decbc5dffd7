"""The scene world: captions, drawing, reading and the split, each against the other."""

import numpy as np
import pytest

from diffuscope.worlds.scenes import (
    COLOURS,
    PARTS,
    SHAPES,
    SIZES,
    SPLITS,
    Scene,
    Thing,
    compare,
    draw,
    read,
    sample,
    split_of,
    vary,
)


def test_caption_parses_back():
    rng = np.random.default_rng(0)
    for split in SPLITS:
        for _ in range(100):
            scene = sample(rng, split)
            assert Scene.parse(scene.caption) == scene
            assert Scene.parse(vary(scene, rng)).canonical.relation == scene.canonical.relation
    assert Scene.parse("a red circle").first.size == ""
    with pytest.raises(ValueError, match="not a caption of the scene world"):
        Scene.parse("a red dragon")


@pytest.mark.slow
def test_reader_reads_fresh_pictures():
    rng = np.random.default_rng(1234)
    scenes = [sample(rng, split) for split in SPLITS for _ in range(150)]
    right = [compare(scene, read(draw(scene, rng)))["all"] for scene in scenes]
    assert np.mean(right) >= 0.995


def test_reader_notices_each_wrong_part():
    rng = np.random.default_rng(5)
    true = Scene.parse("a large red square left of a small blue star")
    seen = read(draw(true, rng))
    for caption, wrong in (
        ("a large red square left of a small blue star", set()),
        ("a large green square left of a small blue star", {"colours", "all"}),
        ("a large red circle left of a small blue star", {"shapes", "all"}),
        ("a small red square left of a small blue star", {"sizes", "all"}),
        ("a large red square right of a small blue star", {"relation", "all"}),
        ("a small blue star right of a large red square", set()),
        ("a red square left of a star".replace("a star", "a blue star"), set()),
        ("a large red square", set(PARTS)),
    ):
        got = compare(Scene.parse(caption), seen)
        assert {part for part in PARTS if not got[part]} == wrong, caption


def test_reader_refuses_noise():
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 256, (32, 32, 3), dtype=np.uint8)
    scene = Scene(Thing("large", "red", "circle"))
    assert not compare(scene, read(noise))["all"]
    assert read(np.full((32, 32, 3), 245, np.uint8)) is None


@pytest.mark.slow
def test_split_keeps_back_what_it_says():
    singles = [Scene(Thing(s, c, h)) for s in SIZES for c in COLOURS for h in SHAPES]
    kept = {(s.first.colour, s.first.shape) for s in singles if split_of(s) != "train"}
    assert len(kept) == 6
    assert {colour for colour, _ in kept} == set(COLOURS)
    rng = np.random.default_rng(2)
    for _ in range(300):
        scene = sample(rng, "train")
        assert not {(t.colour, t.shape) for t in scene.things} & kept
        assert split_of(scene.canonical) != "unseen relation pairs"
    pairs = {
        "+".join(sorted(f"{t.colour} {t.shape}" for t in sample(rng, "unseen relation pairs", 0).things))
        for _ in range(2000)
    }
    assert len(pairs) == 171 // 5  # 18 seen things make 171 pairs
