"""What people type, what of it a model reads, and what a picture shows: each against the world itself."""

import numpy as np
import pytest

from diffuscope.train.networks.tokenizer import word_tokenizer
from diffuscope.worlds.storybook import Scene, draw, parse, read, sample, words
from diffuscope.worlds.storybook.advice import advice
from diffuscope.worlds.storybook.world import StorybookWorld

WORLD = StorybookWorld()


@pytest.fixture(scope="module")
def tokens():
    tokenizer = word_tokenizer(WORLD.words, 40, WORLD.aliases)
    return lambda text: tokenizer.convert_ids_to_tokens(tokenizer(text, add_special_tokens=False)["input_ids"])


@pytest.mark.parametrize("alias", WORLD.aliases)
def test_a_word_for_another_is_read_as_the_world_reads_it(tokens, alias):
    text = f"a red {alias} on the beach" if alias.isascii() else f"红色的{alias}在沙滩"
    assert tokens(text) == words(text)


def test_captions_are_read_as_the_world_reads_them(tokens):
    """Two languages; within a longer word, a word for another stays what it is."""
    rng = np.random.default_rng(5)
    for _ in range(500):
        caption = WORLD.caption(WORLD.sample(rng), rng)
        assert [word for word in tokens(caption) if word != "<unk>"] == words(caption)


RATES = {"objects": {"house": 0.9, "bus": 0.42}, "places": {"beach": 1.0}, "relations": {"left of": 0.5}}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a red house on the beach", []),
        ("a bus on the beach", ['"bus" comes out right in about 4 of 10 pictures.']),
        ("a train at sea", ['This model was not taught "train".', 'This model was not taught "sea".']),
        ("a house left of a house", ['"left of" comes out right in about 5 of 10 pictures.']),
        ("a hose", ["'hose' is not in the picture book; did you mean house?"]),
        ("a pink house at night", []),  # colours and times were not measured
    ],
)
def test_advice(text, says):
    assert advice(text, RATES) == says


def test_advice_repeats_what_the_world_notes():
    text = "a blue penguin behind four cats"
    reading = parse(text)
    found = advice(text, {})
    assert len(found) == len(reading.unknown) + len(reading.notes) >= 2


@pytest.mark.slow
def test_the_reader_knows_what_was_drawn():
    rng = np.random.default_rng(91)
    scenes = [sample(rng, level=1) for _ in range(60)]
    seen = [read(draw(scene, rng)[0]) for scene in scenes]
    for name in ("place", "time", "weather", "style"):
        assert (
            np.mean([getattr(sight.scene, name) == getattr(s, name) for sight, s in zip(seen, scenes, strict=True)])
            > 0.95
        )
    kinds = [
        {o.kind for o in s.objects} == {o.kind for o in sight.scene.objects}
        for sight, s in zip(seen, scenes, strict=True)
    ]
    assert np.mean(kinds) > 0.9
    assert all(0 <= chance <= 1 for sight in seen for chance in sight.sure.values())


def test_a_picture_of_another_size_is_refused():
    with pytest.raises(ValueError, match="128x128x3"):
        read(np.zeros((64, 64, 3), np.uint8))


def test_words_of_the_example_are_understood():
    assert Scene.parse("a kitty by the seashore").objects[0].kind == "cat"
