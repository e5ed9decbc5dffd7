"""All words of the picture book, and how a text is cut into them."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from diffuscope.worlds.storybook.objects import KINDS
from diffuscope.worlds.storybook.scene import aliases
from diffuscope.worlds.storybook.scene.tables import (
    COLOURS,
    COUNTS,
    PLACES,
    SIDES,
    SIZES,
    STYLES,
    TIMES,
    WEATHERS,
)

LONGEST = 26
"""The most words a caption has; with a start and an end that is 28 tokens."""

_JOINTS = "a an and with next to the of left right in front behind from picture on is"
_JOINTS_ZH = "一 幅 的 和 在 有 左边 左侧 右边 右侧 前面 后面 从左到右 是 画"


@cache
def vocabulary() -> dict[str, tuple[str, ...]]:
    """Every word that a caption can hold, sorted, by language: "en" and "zh"."""
    english, chinese = set(_JOINTS.split()), set(_JOINTS_ZH.split())
    for table in (PLACES, TIMES, WEATHERS, STYLES, COLOURS, SIZES, SIDES):
        for entry in table.values():
            english.update(" ".join((*entry.english, entry.noun)).split())
            chinese.update(" ".join((*entry.chinese, entry.noun_zh)).split())
    for word, word_zh in COUNTS.values():
        english.add(word)
        chinese.add(word_zh)
    for kind in KINDS.values():
        english.update(" ".join((*kind.english, *kind.plurals)).split())
        chinese.update((*kind.chinese, kind.measure))
    return {"en": tuple(sorted(english)), "zh": tuple(sorted(chinese))}


@cache
def _chinese() -> dict[str, str]:
    """Every Chinese word that is known, and what stands for it."""
    return {**{word: word for word in vocabulary()["zh"]}, **aliases.CHINESE}


_PIECE = re.compile(r"[a-z]+(?:'[a-z]+)?|\d+|[\u3400-\u9fff]+")


def words(text: str) -> list[str]:
    """The words of a text in either language, known or not; punctuation is dropped.

    English is cut at spaces. Chinese is cut from left to right into the longest words of
    the vocabulary; characters that fit no word stay together as one unknown word. Words in `aliases` are replaced by
    those that stand for them.
    """
    out: list[str] = []
    for piece in _PIECE.findall(unicodedata.normalize("NFKC", text).lower()):
        if piece[0] < "\u3400":
            known = aliases.ENGLISH.get(piece, piece)
            out.extend(known.split())
        else:
            out.extend(_cut(piece))
    return out


def _cut(text: str) -> list[str]:
    known = _chinese()
    longest = max(map(len, known))
    out: list[str] = []
    strange = ""
    i = 0
    while i < len(text):
        word = next((text[i : i + n] for n in range(longest, 0, -1) if text[i : i + n] in known), "")
        if word and strange:
            out.append(strange)
            strange = ""
        if word:
            out.extend(known[word].split())
        else:
            strange += text[i]
        i += len(word) or 1
    return [*out, strange] if strange else out
