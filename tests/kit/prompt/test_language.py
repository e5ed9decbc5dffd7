"""The prompt language: the parser against truth written by hand, and the loop against runs put together by hand."""

import time
from dataclasses import replace

import numpy as np
import pytest
import torch
from through import through
from tiny import tiny_pipeline

from diffuscope import Settings, SettingsError, denoise, load
from diffuscope.families.parts import Conditioning
from diffuscope.prompt.emphasis import emphasize
from diffuscope.prompt.language import MAX_DEPTH, MAX_OPTIONS, joined, parse
from diffuscope.prompt.tokens import count, read_tokens, words


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


# -- the parser


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


# -- the loop


def latents(model, *prompts, **changes):
    rows = [Settings(p, seed=7 + i, steps=6, **changes) for i, p in enumerate(prompts)]
    return list(denoise(model, rows))[-1].latents


def by_hand(model, embeddings, negative="", **changes):
    """A run that is told at the door of the network what to read, call by call; what the loop hands over is ignored."""
    calls, denoiser = iter(embeddings), model.denoiser

    def ask(x_t, t, _given):
        return denoiser(
            x_t, t, Conditioning({"encoder_hidden_states": torch.cat([embedded(model, negative), next(calls)])})
        )

    return latents(replace(model, denoiser=through(model, ask)), "", **changes)


def embedded(model, prompt):
    """The prompt embeddings (1, tokens, width)."""
    return model.reader.condition(prompt, model.complete(Settings(prompt))).tensors["encoder_hidden_states"]


@pytest.fixture(scope="module", params=["tiny", "scenes"])
def either(request, model):
    return model if request.param == "tiny" else load("scenes")


def test_weight_one_is_no_weight(either):
    plain = latents(either, "a red circle")
    for same in (
        "a (red:1) circle",
        "(a red circle:1.0)",
        "((a red circle:2):0.5)",
        "a [red|red] circle",
        "a [red::1.0] circle",
    ):
        assert torch.equal(latents(either, same), plain), same
    assert not torch.equal(latents(either, "a (red:1.4) circle"), plain)
    assert not torch.equal(
        latents(either, "blue", negative_prompt="(red:1.4)"), latents(either, "blue", negative_prompt="red")
    )


def test_plain_brackets_are_the_tokenizers_business(model):
    """diffusers' own pipeline reads (red) and [red] as written; so do we."""
    theirs = tiny_pipeline().encode_prompt("a (red) [circle]", "cpu", 1, False)[0]
    assert torch.equal(embedded(model, "a (red) [circle]"), theirs)
    assert torch.equal(embedded(model, r"a \(red\) \[circle\]"), theirs)


@pytest.mark.parametrize("scheduler", ["ddim", "heun", "dpm2 a", "dpm++ 2m"])
def test_alternation_equals_alternating_states(either, scheduler):
    red, blue = embedded(either, "a red circle"), embedded(either, "a blue circle")
    ours = latents(either, "a [red|blue] circle", scheduler=scheduler, negative_prompt="square")
    assert torch.equal(ours, by_hand(either, [red, blue] * 10, "square", scheduler=scheduler))


@pytest.mark.parametrize(("scheduler", "switch"), [("ddim", 3), ("heun", 5), ("dpm++ 2m", 3)])
def test_switch_equals_swapped_states(either, scheduler, switch):
    red, blue = embedded(either, "a red circle"), embedded(either, "a blue circle")
    wanted = by_hand(either, [red] * switch + [blue] * 20, scheduler=scheduler)
    assert torch.equal(latents(either, "a [red:blue:0.5] circle", scheduler=scheduler), wanted)
    assert torch.equal(latents(either, f"a [red:blue:{switch}] circle", scheduler=scheduler), wanted)


def test_negative_prompt_moves_too(model):
    swapped = latents(model, "a circle", negative_prompt="[red:blue:0.5]", guidance_scale=5.0)
    assert not torch.equal(swapped, latents(model, "a circle", negative_prompt="red", guidance_scale=5.0))
    assert not torch.equal(swapped, latents(model, "a circle", negative_prompt="blue", guidance_scale=5.0))
    never = latents(model, "a circle", negative_prompt="[red:blue:99]", guidance_scale=5.0)
    assert torch.equal(never, latents(model, "a circle", negative_prompt="red", guidance_scale=5.0))


def test_batch_equals_alone(either):
    prompts = ["a (red:1.5) circle", "a [red|blue] circle", "[a::0.5] blue [square:circle:2]", "a red square"]
    rows = [Settings(p, seed=7, steps=6, guidance_scale=g, negative_prompt="[blue|red]")
            for p, g in zip(prompts, (4.0, 1.0, 7.0, 2.0), strict=True)]  # fmt: skip
    together = list(denoise(either, rows))[-1].latents
    for latent, row in zip(together, rows, strict=True):
        torch.testing.assert_close(latent[None], list(denoise(either, row))[-1].latents, rtol=1e-5, atol=1e-4)


def test_equal_texts_are_encoded_once(model):
    before = model.reader._encode.cache_info().misses
    latents(
        model, "square [circle|circle] [a|a|a]", "square [circle:circle:0.5] a", negative_prompt="(square:1.0) circle a"
    )
    assert model.reader._encode.cache_info().misses <= before + 2  # the prompts, and the negative one


# -- weights


def test_weight_acts_on_its_words_alone():
    model = load("scenes")
    plain, heavy = embedded(model, "a red circle"), embedded(model, "a (red:2) circle")
    ratio = (heavy / plain).median(-1).values[0]  # (tokens,)
    others = torch.cat([ratio[:2], ratio[3:]])  # start, a | red | circle, end, padding
    torch.testing.assert_close(others, others[:1].expand_as(others), rtol=1e-3, atol=0)
    assert float(ratio[2] / others[0]) == pytest.approx(2, rel=1e-3)


def test_emphasis_is_a1111s_where_the_mean_says_something():
    states = np.random.default_rng(0).normal(0.3, 1, (1, 5, 7)).astype("float32")
    weights = [1, 1.5, 0.2, 1, 2]
    scaled = states * np.array(weights, "float32")[None, :, None]
    wanted = scaled * (states.mean() / scaled.mean())
    torch.testing.assert_close(emphasize(torch.from_numpy(states), weights), torch.from_numpy(wanted))
    assert emphasize(torch.from_numpy(states).half(), weights).dtype == torch.float16


def test_emphasis_of_centred_states_does_not_explode():
    states = torch.from_numpy(np.random.default_rng(0).normal(0, 1, (1, 5, 7)).astype("float32"))
    states -= states.mean()
    made = emphasize(states, [1, 3, 0, 1, 2])
    assert float(made.abs().mean()) == pytest.approx(float(states.abs().mean()), rel=1e-5)
    assert torch.all(made * states >= 0), "no sign is turned"


# -- tokens


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
