"""What people try first, and get wrong: it works, or a sentence says what to write."""

import pytest

from diffuscope import Settings, Trace, denoise, load, record, worker

RED = Settings("a red circle", steps=1)


def test_a_model_may_be_given_by_name():
    assert record("scenes", RED).made_by["model"] == "scenes"
    assert denoise("scenes", RED).model is load("scenes")
    with pytest.raises(LookupError, match="Did you mean"):
        record("scens", RED)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda model: record(model, "a red circle"), r"got a text; write Settings\('a red circle'\)"),
        (lambda model: record(model, ["a red circle"]), r"write Settings\('a red circle'\)"),
        (lambda model: record(RED, model), r"needs is a model, got Settings.*write record\(model, Settings"),
        (lambda model: record(None, RED), "needs is a model, got None"),
        (lambda model: worker("scenes"), "got 'scenes'; load a model first"),
        (lambda model: Trace.of(model), r"a recorded run is shown, got <Model tiny"),
    ],
)
def test_a_mistake_is_told_in_a_sentence(model, call, words):
    with pytest.raises(TypeError, match=words):
        call(model)


def test_a_model_says_what_it_is(model):
    assert repr(model) == "<Model tiny (random): 16 x 16 pixels, torch.float32 on cpu>"
