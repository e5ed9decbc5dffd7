"""Prompts of NovelAI: {red} counts 1.05 times, [red] 1 / 1.05 times, and 1.3::red:: 1.3 times. Round brackets are text.

Source: docs.novelai.net, "Strengthening and Weakening" and "Numerical Emphasis".
"""

from __future__ import annotations

import re

from diffuscope.prompt.tree import number

_SIGN = re.compile(r"-?\d+(?:\.\d+)?::|::|[{}\[\]()\\]")
LOUDER = 1.05


def from_novelai(prompt: str) -> str:
    """The prompt in our language."""
    out: list[list[str]] = [[]]
    opened: list[str] = []
    at = 0
    for found in _SIGN.finditer(prompt):
        sign = found[0]
        out[-1].append(prompt[at : found.start()])
        at = found.end()
        top = opened[-1] if opened else ""
        if sign in ("{", "[") or (sign.endswith("::") and sign != "::"):
            if sign.endswith("::") and top.endswith("::"):  # a new number ends the one before
                _close(out, opened)
            opened.append(sign)
            out.append([])
        elif (sign == "}" and top == "{") or (sign == "]" and top == "[") or (sign == "::" and top.endswith("::")):
            _close(out, opened)
        elif sign in "()[]":
            out[-1].append("\\" + sign)
        else:
            out[-1].append(sign)
    out[-1].append(prompt[at:])
    while opened:  # never closed: NovelAI weighs up to the end
        _close(out, opened)
    return "".join(out[0])


def _close(out: list[list[str]], opened: list[str]) -> None:
    inner, sign = "".join(out.pop()), opened.pop()
    weight = {"{": LOUDER, "[": 1 / LOUDER}.get(sign) or float(sign.removesuffix("::") or 1)
    out[-1].append(f"({inner}:{number(weight)})" if inner.strip() and weight != 1 else inner)
