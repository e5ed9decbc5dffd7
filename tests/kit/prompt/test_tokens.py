"""Tokens with their place, their weight and the steps that read them."""

from diffuscope import Settings
from diffuscope.prompt.language import parse
from diffuscope.prompt.tokens import count, read_tokens, words


def test_tokens_with_weights(model):
    seen = model.tokens("a (red dragon:1.3), circle")
    assert [(t.position, t.text, t.known, t.weight, t.begin) for t in seen] == [
        (0, "a", True, 1, 0), (1, "red", True, 1.3, 3), (2, "dragon", False, 1.3, 7), (3, ",", False, 1, 18), (4, "circle", True, 1, 20),
    ]  # fmt: skip


def test_tokens_of_all_options_in_order(model):
    seen = model.tokens("a [red|blue blue] [circle:square:0.4] a a")
    assert [(t.text, t.position, t.when) for t in seen] == [
        ("a", 0, ""),
        ("red", 1, "steps 1, 3, 5, …"),
        ("blue", 1, "steps 2, 4, 6, …"),
        ("blue", 2, "steps 2, 4, 6, …"),
        ("circle", 3, "until 40 %"),
        ("square", 3, "after 40 %"),
        ("a", 4, ""),
        ("a", 5, ""),
    ]
    assert count(seen) == 6 == model.reader.max_tokens
    assert all(t.read for t in seen)
    assert [(t.text, t.position) for t in model.tokens("[blue blue|red] a")] == [
        ("blue", 0), ("blue", 1), ("red", 0), ("a", 2)
    ], "the furthest place it comes to"  # fmt: skip
    longer = model.tokens("a [red|blue blue] [circle:square:0.4] a a a")
    assert [t.text for t in longer if not t.read] == ["a"], "cut off at every second step"


def test_tokens_of_a_short_run(model):
    assert [t.text for t in model.tokens("[red|blue|circle] [a:square:9]", steps=2)] == ["red", "blue", "a"]
    assert [t.text for t in model.tokens("[[red|blue]|circle]")] == ["red", "circle"]


def test_words_that_cross_a_bracket(model):
    assert [(t.text, t.begin, t.end, t.when) for t in model.tokens("[red|blu]e")] == [
        ("rede", 1, 10, "steps 1, 3, 5, …"),
        ("blue", 5, 10, "steps 2, 4, 6, …"),
    ]
    assert [(t.text, t.weight) for t in model.tokens("(re:1.2)d")] == [("red", 1.2)]


def test_tokens_of_escapes_and_emoji(model):
    seen = model.tokens(r"\(red\) 🐉 红色")
    assert [(t.text, t.begin, t.end) for t in seen] == [
        ("(", 0, 2), ("red", 2, 5), (")", 5, 7), ("🐉", 8, 9), ("红", 10, 11), ("色", 11, 12)
    ]  # fmt: skip


def test_several_tokens_of_one_place():
    seen = read_tokens(parse("🐉 a"), lambda text: [(0, 1, True), (0, 1, True), (2, 3, True)], 2, 1)
    assert [(t.text, t.position, t.read) for t in seen] == [("🐉", 0, True), ("🐉", 1, True), ("a", 2, False)]


def test_words_without_a_model():
    text = "a red-ish 红色圆, café's ひらがな"
    assert [text[b:e] for b, e, _ in words(text)] == [
        "a", "red", "-", "ish", "红", "色", "圆", ",", "café", "'", "s", "ひ", "ら", "が", "な"
    ]  # fmt: skip


def test_notes_speak_of_options_too(model):
    assert "dragon" in model.notes(Settings("a [red|dragon]"))["prompt"]
    assert model.notes(Settings("a (red:1.2) [circle|square]")) == {}
    assert "reads 6 of 7" in model.notes(Settings("(a red circle a blue square red:1.2)"))["prompt"]
