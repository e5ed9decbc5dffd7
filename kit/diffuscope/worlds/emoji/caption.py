"""A scene in words, as people write prompts: many forms, two languages."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from diffuscope.worlds.emoji.scene import Item, Scene
from diffuscope.worlds.emoji.things import Thing

SIZE_WORDS = {
    "en": {"small": ("small", "small", "tiny", "little"), "large": ("large", "large", "big", "huge")},
    "zh": {"small": ("小", "小", "小小的", "很小的"), "large": ("大", "大", "大大的", "巨大的")},
}
TONES = {
    "en": ("", "light", "medium light", "medium", "medium dark", "dark"),
    "zh": ("", "浅", "中浅", "中等", "中深", "深"),
}
BACKGROUNDS_ZH = {
    "white": "白色", "black": "黑色", "grey": "灰色", "red": "红色", "orange": "橙色", "yellow": "黄色", "green": "绿色",
    "light green": "浅绿色", "teal": "青色", "sky blue": "天蓝色", "blue": "蓝色", "purple": "紫色", "pink": "粉色",
    "brown": "棕色", "cream": "米色",
}  # fmt: skip
# two things: the words between them, and whether the first named stands first (left, above)
RELATIONS = {
    "en": {
        "row": (("left of", True), ("to the left of", True), ("right of", False), ("to the right of", False)),
        "column": (("above", True), ("over", True), ("below", False), ("under", False)),
    },
    "zh": {
        "row": (("在{}的左边", True), ("在{}左侧", True), ("在{}的右边", False), ("在{}右侧", False)),
        "column": (("在{}的上面", True), ("在{}上方", True), ("在{}的下面", False), ("在{}下方", False)),
    },
}


def caption(scene: Scene, things: list[Thing], rng: np.random.Generator, language: str, keywords: float = 0.15) -> str:
    """One of the many captions of a scene.

    Args:
        language: "en" or "zh".
        keywords: how often a thing is called by a keyword instead of its name, 0 to 1.
    """

    def name(item: Item) -> str:
        thing = things[item.thing]
        if thing.keywords[language] and rng.random() < keywords:
            return _pick(rng, thing.keywords[language])
        return thing.names[language]

    return (_english if language == "en" else _chinese)(scene, name, rng)


def _pick(rng: np.random.Generator, options: Any) -> Any:
    return options[int(rng.integers(len(options)))]


def _english(scene: Scene, called: Callable[[Item], str], rng: np.random.Generator) -> str:
    def noun(item: Item, count: int = 1) -> str:
        name = called(item)
        size = _pick(rng, SIZE_WORDS["en"][item.size]) if item.size else ""
        words = " ".join(word for word in (size, plural(name) if count > 1 else name) if word)
        if item.tone:
            tone = TONES["en"][item.tone]
            words = f"{words} with {tone} skin" if rng.random() < 0.5 else f"{words}, {tone} skin tone"
        if count > 1:
            return f"{('two', 'three')[count - 2]} {words}"
        article = "an " if words[0] in "aeiou" else "a "
        return article + words if rng.random() < 0.5 and not name.endswith("s") else words

    if scene.layout in RELATIONS["en"]:
        between, in_order = _pick(rng, RELATIONS["en"][scene.layout])
        first, second = scene.items if in_order else scene.items[::-1]
        text = f"{noun(first)} {between} {noun(second)}"
    elif scene.layout == "group":
        one, two, three = map(noun, scene.items)
        text = _pick(rng, (f"{one}, {two} and {three}", f"{one}, {two}, {three}"))
    else:
        text = noun(scene.items[0], len(scene.placed))
    if len(scene.items) == 1 and rng.random() < 0.15:
        text = _pick(rng, ("a picture of ", "an emoji of ", "a drawing of ", "emoji ")) + text
    ground, style = scene.background, scene.style
    if ground:
        text = _pick(rng, (
            f"{text} on a {ground} background", f"{text} on {ground}", f"{text} on a {ground} background",
            f"{text}, {ground} background", f"{ground} background, {text}",
        ))  # fmt: skip
    if style:
        text = _pick(rng, (
            f"{text}, {style} style", f"{text}, {style} style", f"{text} in {style} style", f"{text}, {style}",
            f"{style} style, {text}", f"{style} {text}",
        ))  # fmt: skip
    return text


def _chinese(scene: Scene, called: Callable[[Item], str], rng: np.random.Generator) -> str:
    def noun(item: Item, count: int = 1) -> str:
        name = called(item)
        size = _pick(rng, SIZE_WORDS["zh"][item.size]) if item.size else ""
        tone = f"{TONES['zh'][item.tone]}肤色的" if item.tone else ""
        number = ("两", "三")[count - 2] + _pick(rng, ("个", "个", "只")) if count > 1 else ""
        if count == 1 and rng.random() < 0.25:
            number = "一个"
        return number + tone + size + name

    if scene.layout in RELATIONS["zh"]:
        between, in_order = _pick(rng, RELATIONS["zh"][scene.layout])
        first, second = scene.items if in_order else scene.items[::-1]
        text = noun(first) + between.format(noun(second))
    elif scene.layout == "group":
        one, two, three = map(noun, scene.items)
        text = _pick(rng, (f"{one}、{two}和{three}", f"{one},{two},{three}"))
    else:
        text = noun(scene.items[0], len(scene.placed))
    if scene.background:
        ground = BACKGROUNDS_ZH[scene.background]
        text = _pick(rng, (f"{ground}背景上的{text}", f"{text},{ground}背景", f"{ground}背景,{text}"))
    if scene.style:
        style = scene.style
        text = _pick(
            rng, (f"{text},{style} 风格", f"{text},{style} 风格", f"{style} 风格的{text}", f"{style} 风格,{text}")
        )
    return text


@cache
def plural(name: str) -> str:
    """The plural of an English name: "red apple" to "red apples"."""
    import inflect  # the "train" extra

    head, _, last = name.rpartition(" ")
    many = inflect.engine().plural_noun(last) if last.isalpha() else ""  # it reads signs such as "!" as commands
    return f"{head} {many or last}".strip()
