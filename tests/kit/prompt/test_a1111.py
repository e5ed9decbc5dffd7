"""Prompts on their way to A1111 and back: what is text here is text there, what is louder there is louder here."""

import pytest

from diffuscope.prompt.a1111 import for_a1111, from_a1111
from diffuscope.prompt.language import parse


def heard(prompt):
    """Every character that is read at the first step, with its weight."""
    return [(sign, piece.weight) for piece in parse(prompt).at(0, 10) for sign in piece.text]


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("a red circle", "a red circle"),
        ("a (red) circle", r"a \(red\) circle"),
        ("a (red:1.3) [cat|dog] [a:b:0.5]", "a (red:1.3) [cat|dog] [a:b:0.5]"),
        (r"a \(red\) circle", r"a \(red\) circle"),
        ("((red):1.2) :)", r"(\(red\):1.2) :\)"),
        ("[red] (", r"\[red\] \("),
    ],
)
def test_text_here_is_text_there(ours, theirs):
    assert for_a1111(ours) == theirs
    assert heard(for_a1111(ours)) == heard(ours)  # and still reads the same here


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("a (red) circle", "a (red:1.1) circle"),
        ("a ((red)) circle", "a ((red:1.1):1.1) circle"),
        ("a [red] circle", "a (red:0.909) circle"),
        ("a (red:1.3) [cat|dog] [a:b:0.5]", "a (red:1.3) [cat|dog] [a:b:0.5]"),
        ("[(red)|blue]", "[(red:1.1)|blue]"),
        (r"a \(red\) circle", r"a \(red\) circle"),
        ("a (red circle", "a (red circle"),
        ("smile :) [", "smile :) ["),
        ("f() []", "f() []"),
    ],
)
def test_a_bare_bracket_is_written_out(theirs, ours):
    assert from_a1111(theirs) == ours


@pytest.mark.parametrize("prompt", ["a (red) [circle]", "(a:1.2) b (c", r"\(x\) [y:z:3]", "plain"])
def test_there_and_back_reads_the_same(prompt):
    assert heard(from_a1111(for_a1111(prompt))) == heard(prompt)
