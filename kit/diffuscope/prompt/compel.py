"""Prompts of InvokeAI, in the language of Compel: (fox)1.3, fox++, (red fox)-.

Its weights are written out as ours; brackets that mean something here and nothing there become plain text.

Source: compel's documentation and grammar, src/compel/prompt_parser.py: "+" is 1.1 each, "-" is 0.9 each.
"""

from __future__ import annotations

import re

from diffuscope.prompt.tree import number

_TOKEN = re.compile(r"\\.|\(|\)(?:[+]+|-+|\d+\.?\d*|\.\d+)?|[^\s()\\,\"]+|.", re.DOTALL)
_SUFFIX = re.compile(r"(.*?[^+\-])([+]+|-+)$", re.DOTALL)
_CALL = re.compile(r"\)\s*\.(and|blend|swap)\s*\(")


def understood(prompt: str) -> bool:
    """Whether a prompt uses nothing of Compel that has no like here: .and(), .blend(), .swap()."""
    return not _CALL.search(prompt)


def from_compel(prompt: str) -> str:
    """The prompt in our language."""
    stack: list[list[str]] = [[]]
    for found in _TOKEN.finditer(prompt):
        text = found[0]
        if text == "(":
            stack.append([])
        elif text[0] == ")" and len(stack) > 1:
            inner = "".join(stack.pop())
            stack[-1].append(_weighed(inner, text[1:]))
        elif text[0] == "\\" and len(text) == 2:
            stack[-1].append(text if text[1] in "()[]" else text[1])
        elif word := _SUFFIX.fullmatch(text):
            stack[-1].append(_weighed(_plain(word[1]), word[2]))
        else:
            stack[-1].append(_plain(text))
    while len(stack) > 1:  # never closed
        open_one = stack.pop()
        stack[-1] += [r"\(", *open_one]
    return "".join(stack[0])


def _plain(text: str) -> str:
    return re.sub(r"[()\[\]]", r"\\\g<0>", text)


def _weighed(inner: str, how: str) -> str:
    weight = _weight(how)
    return inner if weight == 1 or not inner.strip() else f"({inner}:{number(weight)})"


def _weight(how: str) -> float:
    if not how:
        return 1.0
    if how[0] in "+-":
        return float((1.1 if how[0] == "+" else 0.9) ** len(how))
    return float(how)
