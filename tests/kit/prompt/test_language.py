"""The parser of the prompt language, against truth written by hand."""

import time

import pytest

from diffuscope import Settings, SettingsError, denoise
from diffuscope.prompt.language import MAX_DEPTH, MAX_OPTIONS, joined, parse


def read(source, step=0, steps=10):
    """Text and weight of what is read at a step, neighbours of one weight as one."""
    out = []
    for piece in parse(source).at(step, steps):
        if out and out[-1][1] == pytest.approx(piece.weight):
            out[-1] = (out[-1][0] + piece.text, piece.weight)
        else:
            out.append((piece.text, piece.weight))
    return [(text, round(weight, 9)) for text, weight in out]


def texts(source, steps):
    return [joined(parse(source).at(step, steps))[0] for step in range(steps)]


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("", []),
        ("a red circle", [("a red circle", 1)]),
        ("a (red:1.3) circle", [("a ", 1), ("red", 1.3), (" circle", 1)]),
        ("(a:1)(b:1.0)", [("ab", 1)]),
        ("(red: .5 )(blue:+2.)(x:0)", [("red", 0.5), ("blue", 2), ("x", 0)]),
        ("(a (b:1.5) c:2)", [("a ", 2), ("b", 3), (" c", 2)]),
        ("((a:1.2):1.5)", [("a", 1.8)]),
        ("([cat|dog]:1.2)", [("cat", 1.2)]),
        ("[(cat:1.2)|dog]", [("cat", 1.2)]),
        ("[a [b|c] d:e:0.5]", [("a b d", 1)]),
        ("(a:b:1.2)", [("a:b", 1.2)]),
        ("(a|b:1.2)", [("a|b", 1.2)]),
        ("[a: x|b: y]", [("a: x", 1)]),
        ("（红:1.3） (红色:1.3)圆", [("（红:1.3） ", 1), ("红色", 1.3), ("圆", 1)]),
    ],
)
def test_weights(source, wanted):
    assert read(source) == wanted


@pytest.mark.parametrize(
    "plain",
    [
        "(red)", "[cat]", "((red))", "(red:abc)", "(red:1.2.3)", "(red:)", "(:3)", "( :1.2)", "[:3]", "[::0.4]", "[|]", "[ | ]",
        "[a:b]", "[a:b:c:0.4]", "[a:b:-1]", "[a:b:nan]", "(a:inf)", "(red:1.3", "red:1.3)", "[cat|dog", "cat|dog]",
        "a : b | c", ":1.3)", ")(", "][", "()", "[]", "\\", "\\n \\\\", "a\\", "(a]", "[a)", "(a:1.2]", "[a|b)", "emoji 🐉 (龙)",
        '<img src=x onerror="alert(1)"></script>', "$\\foo{x}", "\u202eabc\u202c שלום", "(" * 9999, "[" * 5000 + ")" * 5000,
        "(" * 5000 + ")" * 5000, "([" * 2500 + ")" * 5000, "|" * 10_000,
    ],
    ids=lambda text: text[:12].encode("ascii", "replace").decode(),
)  # fmt: skip
def test_ordinary_text_is_unchanged_and_fast(plain):
    begin = time.process_time()
    prompt = parse.__wrapped__(plain)
    assert time.process_time() - begin < 2
    assert not prompt.moves
    for at in (prompt.at(0, 10), prompt.at(9, 10)):
        assert joined(at) == (plain, ())


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        (r"\(red:1.3\)", "(red:1.3)"),
        (r"\[cat\|dog\]", r"[cat\|dog]"),
        (r"(a\):1.2)", "a)"),
        (r"[a\]|b]", "a]"),
        (r"(\(:1.2)", "("),
        (r"a\b \: \|", r"a\b \: \|"),
    ],
)
def test_escapes(source, wanted):
    assert joined(parse(source).at(0, 10))[0] == wanted


def test_brackets_that_cross_or_never_close():
    assert read("[a (b|c]") == [("a (b", 1)]
    assert read("[a (b|c]", 1) == [("c", 1)]
    assert read("(a [b:1.2)") == [("a [b", 1.2)]
    assert read("((red:1.2):abc)") == [("(", 1), ("red", 1.2), (":abc)", 1)]
    assert read("[(a|b)|c]", 0) == [("(a|b)", 1)]
    assert read("x [ (red:1.2)") == [("x [ ", 1), ("red", 1.2)]
    assert read("[[a]|b]") == [("[a]", 1)]


def test_alternation():
    assert texts("a [cat|dog] b", 4) == ["a cat b", "a dog b"] * 2
    assert texts("[a|b|c|d]", 6) == ["a", "b", "c", "d", "a", "b"]
    assert texts("[a|]", 3) == ["a", "", "a"]
    assert texts("[a|b] [c|d|e]", 6) == ["a c", "b d", "a e", "b c", "a d", "b e"]
    assert texts("[[a|b]|c]", 4) == ["a", "c", "a", "c"], "all brackets count the same steps, as in A1111"


@pytest.mark.parametrize(
    ("source", "steps", "switch"),
    [
        ("[x:y:0.4]", 10, 4),
        ("[x:y:.25]", 10, 2),
        ("[x:y: 0.29 ]", 100, 29),
        ("[x:y:0.5]", 1, 0),
        ("[x:y:1.0]", 10, 10),
        ("[x:y:1]", 10, 1),
        ("[x:y:8]", 10, 8),
        ("[x:y:80]", 10, 10),
        ("[x:y:" + "9" * 400 + "]", 10, 10),
        ("[x:y:0]", 10, 0),
    ],
)
def test_switch(source, steps, switch):
    assert texts(source, steps) == ["x"] * switch + ["y"] * (steps - switch)
    assert texts(source.replace("x", ""), steps) == [""] * switch + ["y"] * (steps - switch)
    assert texts(source.replace("y", ""), steps) == ["x"] * switch + [""] * (steps - switch)


def test_switch_as_a1111_writes_it():
    """The example at the head of A1111's prompt_parser.py."""
    source = (
        "fantasy landscape with a [mountain:lake:0.25] and [an oak:a christmas tree:0.75]"
        "[ in foreground::0.6][ in background:0.25] [shoddy:masterful:0.5]"
    )
    assert [joined(form)[0] for form in parse(source).forms(100)] == [
        "fantasy landscape with a mountain and an oak in foreground shoddy",
        "fantasy landscape with a lake and an oak in foreground in background shoddy",
        "fantasy landscape with a lake and an oak in foreground in background masterful",
        "fantasy landscape with a lake and an oak in background masterful",
        "fantasy landscape with a lake and a christmas tree in background masterful",
    ]


def test_forms_are_all_that_is_read():
    for source in ("a", "[a|b|c] [d|e]", "[a:b:0.3] [c:d:4] [e|f]", "[[a|b]:c:0.5]", "[:x:0]", ""):
        for steps in (1, 2, 7, 20):
            seen = [parse(source).at(step, steps) for step in range(steps)]
            assert parse(source).forms(steps) == list(dict.fromkeys(seen))


def test_pieces_know_their_place():
    source = r"a \(b (c [d|e]:1.5) [f:g:0.5]"
    for step in (0, 9):
        for piece in parse(source).at(step, 10):
            assert source[piece.begin : piece.end].removeprefix("\\") == piece.text
    notes = {piece.text: piece.when for step in (0, 9) for piece in parse(source).at(step, 10)}
    assert notes["d"] == "steps 1, 3, 5, …"
    assert notes["e"] == "steps 2, 4, 6, …"
    assert (notes["f"], notes["g"]) == ("until 50 %", "after 50 %")
    assert notes["a "] == ""
    assert [p.when for p in parse("[[a|b]:c:3]").at(1, 9)] == ["until step 3 and steps 2, 4, 6, …"]
    assert [p.when for p in parse("[a:b:0]").at(1, 9)] == ["always"]


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("a (red:3.1)", "Weight 3.1 at position 2"),
        ("(red:-1)", "Weight -1 at position 0"),
        ("((red:2):2)", "Weight 4 at position 1"),
        ("photo (16:9)", r"write \( and \)"),
        ("(a:" + "9" * 400 + ")", "Weight inf at position 0"),
        ("x [a:b:1.5]", "Share 1.5 at position 2"),
        ("(" * (MAX_DEPTH + 1) + "a" + ":1)" * (MAX_DEPTH + 1), f"at most {MAX_DEPTH}"),
        ("(" * 2000 + "a" + ":1)" * 2000, f"at most {MAX_DEPTH}"),
        ("[" + "a|" * MAX_OPTIONS + "a]", f"{MAX_OPTIONS + 1} options"),
    ],
)
def test_refused_before_any_compute(model, source, says):
    for field in ("prompt", "negative_prompt"):
        settings = Settings("x").replace(**{field: source})
        with pytest.raises(SettingsError) as caught:
            denoise(model, settings)
        assert says in str(caught.value)
        assert caught.value.field == field
