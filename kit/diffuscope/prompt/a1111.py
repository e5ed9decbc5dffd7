r"""Prompts for A1111's webui and from it, which reads brackets without a number too: (red) as 1.1, [red] as 1 / 1.1.

Here those are ordinary text, see `diffuscope.prompt.language`. So a prompt is rewritten where it goes into an A1111 record and
where it comes out of one.

Source: parse_prompt_attention in stable-diffusion-webui's modules/prompt_parser.py.
"""

from __future__ import annotations

import re

from diffuscope.prompt.tree import Text, tree, walk

LOUDER, SOFTER = "1.1", "0.909"
_SIGN = re.compile(r"\\.|[()\[\]]", re.DOTALL)
_NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)\s*")
_BEYOND = re.compile(r"<(?:lora|lyco|hypernet|lbw):[^<>\n]{0,200}>|\b(?:AND|BREAK)\b")


def for_a1111(prompt: str) -> str:
    r"""The prompt with every bracket that is text here escaped, so that it is text there: "(red)" is `\(red\)`."""
    out, at = [], 0
    texts = [node for node, _, _ in walk(tree(prompt)) if isinstance(node, Text)]
    for node in sorted(texts, key=lambda node: node.begin):
        escaped = len(node.text) != node.end - node.begin  # by the writer already
        text = prompt[node.begin : node.end]
        out += [prompt[at : node.begin], text if escaped else re.sub(r"[()\[\]]", r"\\\g<0>", text)]
        at = node.end
    return "".join([*out, prompt[at:]])


def from_a1111(prompt: str) -> str:
    """The prompt with every bare bracket's weight written out: "(red)" is "(red:1.1)", "[red]" is "(red:0.909)"."""
    stack, at = [("", "")], 0  # what each open bracket is, and what stands in it so far
    for found in _SIGN.finditer(prompt):
        sign = found[0]
        bracket, inner = stack[-1][0], stack[-1][1] + prompt[at : found.start()]
        at = found.end()
        if sign in "([":
            stack[-1] = (bracket, inner)
            stack.append((sign, ""))
        elif {")": "(", "]": "["}.get(sign) == bracket:
            stack.pop()
            outer, before = stack[-1]
            stack[-1] = (outer, before + _written_out(bracket, inner))
        else:
            stack[-1] = (bracket, inner + sign)
    return "".join(bracket + inner for bracket, inner in stack) + prompt[at:]


def not_understood(prompt: str) -> list[str]:
    """What a prompt says in A1111's language and not in ours, where it is plain text: LoRAs, AND, BREAK; each once."""
    return list(dict.fromkeys(_BEYOND.findall(prompt)))


def _written_out(bracket: str, inner: str) -> str:
    if not inner.strip():
        return bracket + inner + {"(": ")", "[": "]"}[bracket]
    _, colon, last = inner.rpartition(":")
    number = bool(colon and _NUMBER.fullmatch(last))
    if bracket == "(":
        return f"({inner})" if number else f"({inner}:{LOUDER})"
    return f"[{inner}]" if "|" in inner or number else f"({inner}:{SOFTER})"


def from_comfyui(prompt: str) -> str:
    """The prompt of ComfyUI, and of SwarmUI: round brackets as in A1111; square ones are text there."""
    return from_a1111(re.sub(r"(?<!\\)[\[\]]", r"\\\g<0>", prompt))
