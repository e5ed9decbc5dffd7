"""Prompts that stand for several: `{cat|dog}`, `{0.8..1.4/0.2}` and `__wildcard__`.

Each pair of braces is a piece of its own and the text around it is never touched, so what the prompt language means by
( ) and [ ] stays; a brace behind a backslash is text. The same braces written twice take the same text. What a piece
stands for is the work of dynamicprompts: all combinations, in a stable order.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import islice, product
from pathlib import Path
from typing import TYPE_CHECKING

from diffuscope.grid.axes.values import NUMBER, count
from diffuscope.text import suggest

if TYPE_CHECKING:
    from dynamicprompts.wildcards import WildcardManager

MOST_TEXTS = 1000
"""That one prompt may stand for."""

Wildcards = Mapping[str, Sequence[str]] | str | Path | None
"""Lists of texts by name, or a folder of .txt, .json and .yaml files as dynamicprompts reads it."""

_WILDCARD = re.compile(r"__(?!_)(.+?)__")
_NAME = re.compile(r"\{\s*[^\W\d][\w -]*\}")
_NUMBERS = re.compile(rf"\{{\s*({NUMBER})\s*\.\.\s*({NUMBER})\s*(?:/\s*({NUMBER})\s*)?\}}")
_ESCAPED = re.compile(r"\\([{}])")
_COMMENT = re.compile(r"#|//|/\*")


def pieces(prompt: str) -> list[str]:
    """The braces and wildcards of a prompt, outermost, as written, each different one once.

    Raises:
        ValueError: a brace has no partner; the message says where it stands.
    """
    found, depth, begin = [], 0, 0
    for at, character in enumerate(_ESCAPED.sub("  ", prompt)):
        if character == "{":
            begin = begin if depth else at
            depth += 1
        elif character == "}":
            depth -= 1
            if depth < 0:
                raise ValueError(f"the }} at position {at} of {_short(prompt)} has no {{ before it")
            if not depth:
                found.append((begin, prompt[begin : at + 1]))
    if depth:
        raise ValueError(f"the {{ at position {begin} of {_short(prompt)} is never closed")
    rest = prompt
    for begin, text in found:  # blanked out, so that positions stay
        rest = rest[:begin] + " " * len(text) + rest[begin + len(text) :]
    found += [(match.start(), match[0]) for match in _WILDCARD.finditer(rest)]
    return list(dict.fromkeys(text for _, text in sorted(found)))


def unescaped(prompt: str) -> str:
    r"""A prompt in which `\{` and `\}`, braces that are text, are written plainly."""
    return _ESCAPED.sub(r"\1", prompt)


def is_name(piece: str) -> bool:
    """Whether a piece is a placeholder, `{animal}`, that an axis fills in."""
    return bool(_NAME.fullmatch(piece))


class Expander:
    """Finds out what pieces stand for, with one set of wildcards."""

    def __init__(self, wildcards: Wildcards = None) -> None:
        """Read the wildcards.

        Raises:
            ValueError: the folder does not exist.
        """
        self._manager = _manager(wildcards)

    def texts(self, prompt: str) -> list[str]:
        """All texts a prompt stands for, the last piece changing fastest; placeholders stay as they are.

        Raises:
            ValueError: as in `options`, or more than `MOST_TEXTS`.
        """
        parts = [piece for piece in pieces(prompt) if not is_name(piece)]
        every = [self.options(part) for part in parts]
        out = [
            replaced(prompt, dict(zip(parts, chosen, strict=True)))
            for chosen in islice(product(*every), MOST_TEXTS + 1)
        ]
        return _few(prompt, out)

    def options(self, piece: str) -> list[str]:
        """What one piece stands for, in its order, each text once.

        Raises:
            ValueError: an unknown wildcard or one that holds itself, a random choice, variables, a comment, a placeholder
                or a [a|b] within the braces, or more than `MOST_TEXTS` texts.
        """
        from dynamicprompts.enums import SamplingMethod
        from dynamicprompts.sampling_context import SamplingContext
        from pyparsing import ParseBaseException

        template = _NUMBERS.sub(_as_options, piece)
        self._check(template, ())
        context = SamplingContext(SamplingMethod.COMBINATORIAL, self._manager)
        try:
            texts = [str(text) for text in islice(context.sample_prompts(template), MOST_TEXTS + 1)]
        except (ParseBaseException, ValueError, RecursionError) as error:
            raise ValueError(f"{_short(piece)} cannot be read: {str(error)[:100]}") from None
        return _few(piece, texts)

    def _check(self, template: str, within: tuple[str, ...]) -> None:
        """What dynamicprompts would answer with an endless loop, or with a text that nobody asked for."""
        for found in (*re.finditer(r"\{\s*([~@])", template), *re.finditer(r"__([~@])", template)):
            raise ValueError(f"{_short(template)} asks for a random choice ({found[1]}); an axis takes all of them")
        if "${" in template or "%{" in template:
            raise ValueError(
                f"{_short(template)} has a variable; use a placeholder such as {{animal}} with its own axis"
            )
        if _COMMENT.search(_WILDCARD.sub("", template)):  # a wildcard may be a/*
            raise ValueError(f"{_short(template)} has a #, // or /*, which would begin a comment; use a placeholder")
        if re.search(r"\[[^\]]*\|[^\]]*\]", template):
            raise ValueError(
                f"{_short(template)} has a [a|b] within braces, whose | would divide them; use a placeholder"
            )
        for name in _NAME.findall(template):
            raise ValueError(f"{_short(template)} has the placeholder {name} within braces; write it beside them")
        for name in _WILDCARD.findall(template):
            name = name.removeprefix("!").partition("(")[0]
            if name in within:
                raise ValueError(f"the wildcard __{name}__ holds itself")
            values = [] if "{" in name else list(self._manager.get_values(name).string_values)
            if not values:
                known = sorted(self._manager.get_collection_names())
                there = f" There are: {', '.join(known[:20])}." if known else " Pass wildcards= with lists or a folder."
                raise ValueError(f"no wildcard __{name}__.{suggest(name, known)}{there}")
            for value in values:
                self._check(_NUMBERS.sub(_as_options, value), (*within, name))


def replaced(text: str, words: Mapping[str, str]) -> str:
    """A text with words put in the place of others, all at once: what was put in is not searched again.

    Where two searched texts begin at one place, the longer one counts.
    """
    if not words:
        return text
    searched = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    return re.sub(searched, lambda match: words[match[0]], text)


def _as_options(match: re.Match[str]) -> str:
    """`{1..3}` as `{1|2|3}`."""
    begin, end, step = Decimal(match[1]), Decimal(match[2]), Decimal(match[3] or 1)
    if end < begin and step > 0:
        step = -step
    return "{" + "|".join(_few(match[0], map(str, count(begin, end, step)))) + "}"


def _few(source: str, texts: Iterable[str]) -> list[str]:
    found = list(dict.fromkeys(texts))
    if len(found) > MOST_TEXTS:
        raise ValueError(f"{_short(source)} stands for more than {MOST_TEXTS:,} texts")
    if not found:
        raise ValueError(f"{_short(source)} stands for no text")
    return found


def _manager(wildcards: Wildcards) -> WildcardManager:
    from dynamicprompts.wildcards import WildcardManager

    if isinstance(wildcards, Mapping):
        single = [name for name, texts in wildcards.items() if isinstance(texts, str)]
        if single:  # its letters would be taken for a list
            raise ValueError(
                f'wildcard "{single[0]}" is one text, {_short(str(wildcards[single[0]]))}; give a list of texts'
            )
        manager = WildcardManager(root_map={"": [{name: list(texts) for name, texts in wildcards.items()}]})
        manager.sort_wildcards = False  # the order of a list is meant; that of files found in a folder is chance
        return manager
    if wildcards is not None and not Path(wildcards).is_dir():
        raise ValueError(f'there is no folder of wildcards "{wildcards}"')
    return WildcardManager(wildcards)


def _short(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "...")
