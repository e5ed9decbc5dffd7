"""The built-in model that people meet first: what it reads, costs, knows, and says of prompts that ask for more."""

import pytest
from torch.utils.flop_counter import FlopCounterMode

from diffuscope import Keep, Settings, load, record
from diffuscope.families.catalogue import CATALOGUE, WEIGHTS


@pytest.mark.parametrize(
    ("prompt", "unknown"),
    [
        ("two tiny red houses left of a kitty by the seashore, ink style", []),
        ("雪地里有一座红色的房子", []),
        ("a cat beside a blorp", ["blorp"]),
    ],
)
def test_storybook_knows_its_words(prompt, unknown):
    """Those of captions, and those that people write in their place."""
    model = load("storybook")
    assert model.unknown_words(prompt) == unknown
    assert all(token.text in prompt for token in model.tokens(prompt))


def test_a_word_for_another_stands_whole_in_the_prompt():
    """The tokenizer reads "kitten" there, and would point at the last letter of what was typed."""
    tokens = load("storybook").tokens("a kitty, (yacht:1.2) and a 狐狸")
    assert [token.text for token in tokens] == ["a", "kitty", ",", "yacht", "and", "a", "狐狸"]


@pytest.mark.slow
def test_storybook_is_as_small_and_cheap_as_promised():
    """At most 40 MB, and 60 GFLOP for a picture with guidance."""
    model = load("storybook")
    assert sum(path.stat().st_size for path in (WEIGHTS / "storybook").rglob("*.safetensors")) <= 40_000_000
    with FlopCounterMode(display=False) as counter:
        record(model, Settings(CATALOGUE["storybook"].example), Keep((), ()))
    assert counter.get_total_flops() <= 60e9


def test_storybook_says_what_it_knows():
    words = load("storybook").vocabulary()
    assert {"house", "penguin"} <= set(words["objects"])
    assert "house 1" in str(words) or "house 9" in str(words)
    assert all(0 <= rate <= 1 for rates in words.values() for rate in rates.values())


@pytest.mark.parametrize(
    ("prompt", "says"),
    [
        ("a red hose in the snow", "'hose' is not in the picture book; did you mean house?"),
        ("a blue penguin", "No blue penguin in the picture book; it comes only in its own colours."),
        ("five houses", "'five' is not in the picture book"),
        ("a train by the sea", 'This model was not taught "train".'),
        ("a red house in the snow at night", ""),
        ("(a red house:1.2) in the snow at [night|day]", ""),
    ],
)
def test_storybook_says_what_a_prompt_asks_in_vain(prompt, says):
    assert load("storybook").notes(Settings(prompt)).get("prompt", "").startswith(says)


def test_a_misspelt_word_is_answered_with_the_nearest():
    assert (
        load("scenes").notes(Settings("a red cirle"))["prompt"]
        == 'This model does not know "cirle". Did you mean "circle"?'
    )
