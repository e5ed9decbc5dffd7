"""The tokens of a prompt: where each one stands, whether the model knows and reads it, how much it counts and when."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from diffuscope.prompt.language import Piece, Prompt

Span = tuple[int, int, bool]
"""Begin and end of a token in a plain text, and whether the model knows it."""


@dataclass(frozen=True)
class Token:
    """One token of a prompt as the model reads it."""

    text: str
    known: bool
    """False for a word outside the vocabulary."""
    read: bool
    """False when it stands behind the limit and is cut off, at any step."""
    position: int
    """Its place, from 0; where steps read different words, the furthest one it comes to."""
    weight: float
    """How much it counts; a token across the edge of a weight follows its first character."""
    begin: int
    end: int
    """Where it stands in the prompt as typed."""
    when: str = ""
    """When it is read, in words; "" is always."""


def read_tokens(prompt: Prompt, tokenize: Callable[[str], Sequence[Span]], room: int | None, steps: int) -> list[Token]:
    """The tokens of everything a run reads, in the order of the prompt; what is read at several steps comes once.

    Args:
        tokenize: the spans of a plain text's tokens.
        room: how many tokens are read; None is no limit.
        steps: network calls of the run. Options it never comes to have no tokens.
    """
    found: dict[tuple[int, int, str, int], Token] = {}
    for form in prompt.forms(steps):
        text, seen = "".join(piece.text for piece in form), Counter[tuple[int, int]]()
        starts = list(accumulate((len(piece.text) for piece in form[:-1]), initial=0))
        for position, (low, high, known) in enumerate(tokenize(text)):
            first, last = bisect_right(starts, low) - 1, bisect_right(starts, max(low, high - 1)) - 1
            begin = _place(form[first], low - starts[first])
            end = _place(form[last], high - starts[last])
            seen[begin, end] += 1  # an emoji may be several tokens of one place
            key = (begin, end, text[low:high], seen[begin, end])
            position = max(position, found[key].position if key in found else 0)
            when = " and ".join(dict.fromkeys(piece.when for piece in form[first : last + 1] if piece.when))
            read = room is None or position < room
            found[key] = Token(text[low:high], known, read, position, form[first].weight, begin, end, when)
    return sorted(found.values(), key=lambda token: (token.begin, token.end))


def count(tokens: Sequence[Token]) -> int:
    """How many tokens the longest form of a prompt has."""
    return max((token.position + 1 for token in tokens), default=0)


def _place(piece: Piece, offset: int) -> int:
    """A place in a piece as a place in the prompt; an escape is one character from two."""
    return piece.end if offset >= len(piece.text) else piece.begin + offset


_WORDS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W\u3040-\u30ff\u3400-\u9fff]+|[^\w\s]")


def words(text: str) -> list[Span]:
    """Spans of words, signs and Chinese or Japanese characters: what can be said of a prompt without a model."""
    return [(*found.span(), True) for found in _WORDS.finditer(text)]
