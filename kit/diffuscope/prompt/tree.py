"""The brackets of a prompt as a tree. `diffuscope.prompt.language` says what they mean; this is how they are found."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_SIGNS = re.compile(r"\\[()\[\]]|[()\[\]:|]")
_WEIGHT = re.compile(r"\s*([+-]?(?:\d+\.?\d*|\.\d+))\s*")
_WHEN = re.compile(r"\s*(\d+\.?\d*|\.\d+)\s*")


@dataclass(frozen=True)
class Text:
    """Ordinary words."""

    text: str
    """What the model reads; an escape is read as its character."""
    begin: int
    end: int
    """Where it stands in the source: source[begin:end]."""


class _Sign(Text):
    """A colon or a bar that may divide a bracket; where it does not, it is text."""


@dataclass(frozen=True)
class Weight:
    """`(parts:weight)`"""

    parts: tuple[Node, ...]
    weight: float
    begin: int
    end: int


@dataclass(frozen=True)
class Alternation:
    """`[option|option|...]`"""

    options: tuple[tuple[Node, ...], ...]
    begin: int
    end: int

    def pick(self, step: int, steps: int) -> int:
        """Which option is read at a step."""
        return step % len(self.options)

    def notes(self) -> list[str]:
        """When each option is read, in words."""
        every = len(self.options)
        return [f"steps {i}, {i + every}, {i + 2 * every}, …" for i in range(1, every + 1)]


@dataclass(frozen=True)
class Switch:
    """`[before:after:when]`"""

    options: tuple[tuple[Node, ...], tuple[Node, ...]]
    when: float
    """A share of the steps, 0 to 1, or a number of steps."""
    share: bool
    begin: int
    end: int

    def first(self, steps: int) -> int:
        """The first step of the second option, from 0."""
        # a hair more: 0.29 * 100 is a hair less than 29
        return int(min(self.when * steps + 1e-9 if self.share else self.when, steps))

    def pick(self, step: int, steps: int) -> int:
        """Which option is read at a step."""
        return int(step >= self.first(steps))

    def notes(self) -> list[str]:
        """When each option is read, in words."""
        if self.when == 0:
            return ["never", "always"]
        if self.share:
            return [f"until {self.when * 100:g} %", f"after {self.when * 100:g} %"]
        return [f"until step {self.when:g}", f"after step {self.when:g}"]


def number(weight: float) -> str:
    """A weight as it is written, without an exponent: 1.21; what is above 999 is 999, which is refused as well."""
    return f"{max(-999.0, min(weight, 999.0)):.4f}".rstrip("0").rstrip(".")


Node = Text | Weight | Alternation | Switch


def walk(parts: tuple[Node, ...]) -> Iterator[tuple[Node, float, int]]:
    """Every node with its whole weight and depth. A list of what is left, not recursion: it runs before depth is known."""
    left: list[tuple[Node, float, int]] = [(node, 1.0, 1) for node in reversed(parts)]
    while left:
        node, weight, depth = left.pop()
        weight *= node.weight if isinstance(node, Weight) else 1
        yield node, weight, depth
        if not isinstance(node, Text):
            inner = node.parts if isinstance(node, Weight) else [part for option in node.options for part in option]
            left += [(part, weight, depth + 1) for part in reversed(inner)]


class _Open:
    """A bracket that has not been closed yet, and what stands in it so far."""

    def __init__(self, bracket: str, begin: int) -> None:
        self.bracket, self.begin = bracket, begin
        self.items: list[Node] = []

    def as_text(self) -> list[Node]:
        """The bracket as a plain character, and its content."""
        return [Text(self.bracket, self.begin, self.begin + 1), *self.items]


def tree(source: str) -> tuple[Node, ...]:
    """The parts of a prompt: one pass over the text, with the open brackets on a stack."""
    root = _Open("", 0)
    stack, at = [root], 0
    waiting = {"(": 0, "[": 0}  # how many of each are open: a closing bracket need not search in vain
    for found in _SIGNS.finditer(source):
        sign, (begin, end) = found[0], found.span()
        if begin > at:
            stack[-1].items.append(Text(source[at:begin], at, begin))
        at = end
        opening = {")": "(", "]": "["}.get(sign, "")
        if sign in waiting:
            stack.append(_Open(sign, begin))
            waiting[sign] += 1
        elif opening and waiting[opening]:
            _close(stack, waiting, opening, Text(sign, begin, end))
        else:
            kind = _Sign if sign in ":|" else Text
            stack[-1].items.append(kind(sign[-1], begin, end))
    stack[-1].items.append(Text(source[at:], at, len(source)))
    for one in stack[1:]:
        root.items += one.as_text()
    return _merged(root.items)


def _close(stack: list[_Open], waiting: dict[str, int], opening: str, sign: Text) -> None:
    """End the nearest bracket of a kind; those opened in it and never closed are text."""
    place = next(i for i in range(len(stack) - 1, 0, -1) if stack[i].bracket == opening)
    one = stack[place]
    for lost in stack[place:]:
        waiting[lost.bracket] -= 1
        if lost is not one:
            one.items += lost.as_text()
    del stack[place:]
    make = _weight if opening == "(" else _choice
    node = make(one.items, one.begin, sign.end)
    stack[-1].items += [node] if node else _merged([*one.as_text(), sign])


def _weight(items: list[Node], begin: int, end: int) -> Node | None:
    if len(items) < 3:
        return None
    *inner, colon, last = items
    number = isinstance(last, Text) and _WEIGHT.fullmatch(last.text)
    parts = _merged(inner)
    if not number or not isinstance(colon, _Sign) or colon.text != ":" or _blank(parts):
        return None
    return Weight(parts, float(number[1]), begin, end)


def _choice(items: list[Node], begin: int, end: int) -> Node | None:
    options = _split(items, "|")
    if len(options) > 1:
        return None if all(map(_blank, options)) else Alternation(tuple(options), begin, end)
    *options, last = _split(items, ":")
    number = len(last) == 1 and isinstance(last[0], Text) and _WHEN.fullmatch(last[0].text)
    if not number or len(options) not in (1, 2) or all(map(_blank, options)):
        return None
    before, after = options if len(options) == 2 else ((), options[0])
    return Switch((before, after), float(number[1]), "." in number[1], begin, end)


def _split(items: list[Node], sign: str) -> list[tuple[Node, ...]]:
    groups: list[list[Node]] = [[]]
    for item in items:
        if isinstance(item, _Sign) and item.text == sign:
            groups.append([])
        else:
            groups[-1].append(item)
    return [_merged(group) for group in groups]


def _blank(parts: tuple[Node, ...]) -> bool:
    return all(isinstance(part, Text) and not part.text.strip() for part in parts)


def _merged(items: Sequence[Node]) -> tuple[Node, ...]:
    """Neighbouring texts as one, but escapes stay apart, so that each text is as long as its place in the source."""
    out: list[Node] = []
    for item in items:
        last = out[-1] if out else None
        if isinstance(item, Text):
            whole = len(item.text) == item.end - item.begin
            if isinstance(last, Text) and whole and len(last.text) == last.end - last.begin:
                out[-1] = Text(last.text + item.text, last.begin, item.end)
            elif item.end > item.begin:
                out.append(Text(item.text, item.begin, item.end))
        else:
            out.append(item)
    return tuple(out)
