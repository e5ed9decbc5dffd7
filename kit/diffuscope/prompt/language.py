r"""The prompt language: which words a run reads at each step, and how much each one counts.

    (red:1.3)                 the words count 1.3 times as much, 0 to 3; nested weights multiply
    [cat|dog]                 cat at the first step, dog at the second, cat again at the third; any number of options
    [cat:dog:0.4]             cat for the first 40 % of the steps, then dog
    [cat:dog:8]               cat for 8 steps, then dog: a number with a point is a share, one without counts steps
    [cat::0.4]                cat, then nothing
    [:dog:0.4], [dog:0.4]     nothing, then dog
    \( \) \[ \]               the character itself

It is the language of A1111's stable-diffusion-webui (modules/prompt_parser.py), less (red) and [red] without a number:
those, and everything else that is none of the above, are ordinary text. A step is a network call, as it is there, so
schedulers that ask twice a step alternate inside it. (A1111's loop runs one call behind its own schedule; ours does not.)
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from diffuscope.prompt.tree import Alternation, Node, Switch, Text, Weight, tree, walk
from diffuscope.recipe.settings import SettingsError

MAX_WEIGHT = 3.0
MAX_OPTIONS = 32
"""Options of all brackets of a prompt together; each one costs a run of the text encoder."""
MAX_DEPTH = 20


@dataclass(frozen=True)
class Piece:
    """Words as they are read at one step."""

    text: str
    weight: float
    begin: int
    end: int
    """Where it stands in the prompt. Longer than the text for an escape only, which is a piece of its own."""
    when: str = ""
    """When it is read, in words; "" is always."""


@dataclass(frozen=True)
class Prompt:
    """A prompt understood. Get it with `parse`."""

    source: str
    parts: tuple[Node, ...]

    @property
    def moves(self) -> bool:
        """Whether different steps read different words."""
        return any(not isinstance(node, Text | Weight) for node, _, _ in walk(self.parts))

    def at(self, step: int, steps: int) -> tuple[Piece, ...]:
        """What is read at one step.

        Args:
            step: the network call, 0 for the first.
            steps: network calls of the run.
        """
        return tuple(_read(self.parts, step, steps))

    def forms(self, steps: int) -> list[tuple[Piece, ...]]:
        """What a run reads, each form once, in the order a run meets them; the first `MAX_OPTIONS` forms."""
        nodes = [node for node, _, _ in walk(self.parts)]
        turns = math.lcm(*(len(node.options) for node in nodes if isinstance(node, Alternation)))
        starts = {0, *(node.first(steps) for node in nodes if isinstance(node, Switch))}
        met = {start + turn for start in starts for turn in range(min(turns, MAX_OPTIONS)) if start + turn < steps}
        return list(dict.fromkeys(self.at(step, steps) for step in sorted(met)))[:MAX_OPTIONS]


def joined(pieces: Sequence[Piece]) -> tuple[str, tuple[tuple[int, int, float], ...]]:
    """Pieces as one text, and its weighted stretches (begin, end, weight): those that do not count 1."""
    stretches, at = [], 0
    for piece in pieces:
        if piece.weight != 1 and piece.text:
            stretches.append((at, at + len(piece.text), piece.weight))
        at += len(piece.text)
    return "".join(piece.text for piece in pieces), tuple(stretches)


@lru_cache(maxsize=512)
def parse(source: str, field: str = "prompt") -> Prompt:
    """Read a prompt. Brackets that say nothing of the language stay text.

    Args:
        source: the prompt as typed.
        field: the setting that is to blame in an error.

    Raises:
        SettingsError: a weight or share out of range, or too many or too deep brackets; the message gives the position,
            counted from 0.
    """
    parts = tree(source)
    count = 0
    for node, weight, depth in walk(parts):
        if depth > MAX_DEPTH:
            raise SettingsError(field, f"Brackets stand {depth} deep at position {node.begin}; at most {MAX_DEPTH}.")
        if isinstance(node, Weight) and not 0 <= weight <= MAX_WEIGHT:
            raise SettingsError(
                field,
                f"Weight {weight:g} at position {node.begin} must be 0 to {MAX_WEIGHT:g} "
                r"(nested ones multiply). For a plain bracket write \( and \).",
            )
        if isinstance(node, Switch) and node.share and node.when > 1:
            raise SettingsError(
                field,
                f"Share {node.when:g} at position {node.begin} must be 0 to 1; a number without a point counts steps. "
                r"For a plain bracket write \[ and \].",
            )
        if isinstance(node, Alternation | Switch):
            count += len(node.options)
    if count > MAX_OPTIONS:
        raise SettingsError(field, f"The brackets offer {count} options; a prompt takes at most {MAX_OPTIONS}.")
    return Prompt(source, parts)


def _read(
    parts: tuple[Node, ...], step: int, steps: int, weight: float = 1.0, when: tuple[str, ...] = ()
) -> Iterator[Piece]:
    for node in parts:
        if isinstance(node, Text):
            yield Piece(node.text, weight, node.begin, node.end, " and ".join(when))
        elif isinstance(node, Weight):
            yield from _read(node.parts, step, steps, weight * node.weight, when)
        else:
            chosen = node.pick(step, steps)
            yield from _read(node.options[chosen], step, steps, weight, (*when, node.notes()[chosen]))
