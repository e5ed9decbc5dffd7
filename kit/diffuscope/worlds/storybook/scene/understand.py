"""From words to a scene: English and Chinese, synonyms, any order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import cache
from itertools import pairwise
from typing import Any

from diffuscope.worlds.storybook.objects import KINDS
from diffuscope.worlds.storybook.scene.scene_object import SceneObject
from diffuscope.worlds.storybook.scene.tables import COLOURS, COUNTS, PLACES, SIDES, SIZES, STYLES, TIMES, WEATHERS
from diffuscope.worlds.storybook.scene.vocabulary import vocabulary, words

Meaning = tuple[str, Any]
"""What a phrase is about and its value: ("place", "meadow"), ("kind", ("cat", plural)), ("left of", None) ..."""

_ALSO = {  # single words beside the phrases of the tables
    "place": {"meadow": "meadow grass 草地 草原", "hills": "hill hills 山坡 山丘", "mountains": "mountains 群山 山", "sea": "sea ocean 海 大海",
              "beach": "beach seaside 沙滩 海滩 海边", "desert": "desert 沙漠", "forest": "forest woods 森林 树林",
              "snow field": "snow 雪地", "town": "town city street 城市 小镇 街"},
    "time": {"day": "day daytime 白天", "sunset": "sunset evening 日落", "night": "night", "dawn": "dawn morning"},
    "weather": {"clear": "clear 晴朗", "clouds": "clouds cloudy 云", "rain": "rain rains 雨", "snow": "snows 雪 雪花", "rainbow": "rainbow 彩虹"},
    "style": {"flat": "flat 扁平", "ink": "ink 钢笔", "watercolour": "watercolour 水彩", "pixel": "pixel 像素"},
}  # fmt: skip
_RELATIONS = {
    "left of": "left of|to the left of", "right of": "right of|to the right of", "in front of": "in front of", "behind": "behind",
    "row": "from left to right|从左到右", "at": "在", "front": "前面", "back": "后面", "there is": "有",
}  # fmt: skip


@dataclass(frozen=True)
class Unknown:
    """A word that the picture book does not know."""

    word: str
    suggestions: tuple[str, ...]

    def __str__(self) -> str:
        hint = f"; did you mean {' or '.join(self.suggestions)}?" if self.suggestions else ""
        return f"{self.word!r} is not in the picture book{hint}"


@dataclass(frozen=True)
class Parsed:
    """What was understood (see `Scene`), and what was not (see `Reading`)."""

    whole: dict[str, str]
    objects: tuple[SceneObject, ...]
    order: str | None
    unknown: tuple[Unknown, ...]
    notes: tuple[str, ...]


def understand(text: str) -> Parsed:
    """Read a text, word by word."""
    reader = _Reader()
    for about, value in _meanings(words(text)):
        reader.take(about, value)
    return reader.parsed()


@cache
def _phrases() -> dict[tuple[str, ...], Meaning]:
    """Every phrase with a meaning, as its words."""
    out: dict[tuple[str, ...], Meaning] = {}
    for word in ("clouds", *vocabulary()["en"], *vocabulary()["zh"]):
        out[(word,)] = ("filler", None)
    tables: dict[str, Any] = {
        "place": PLACES,
        "time": TIMES,
        "weather": WEATHERS,
        "style": STYLES,
        "colour": COLOURS,
        "size": SIZES,
        "side": SIDES,
    }
    for about, table in tables.items():
        for value, entry in table.items():
            for text in (*entry.english, *entry.chinese, entry.noun, entry.noun_zh):
                if text:
                    out[tuple(text.split())] = (about, value)
    for about, values in _ALSO.items():
        for value, texts in values.items():
            for word in texts.split():
                out[(word,)] = (about, value)
    for about, texts in _RELATIONS.items():
        for text in texts.split("|"):
            out[tuple(text.split())] = (about, None)
    out[("falling", "snow")] = ("weather", "snow")
    out[("left",)], out[("right",)] = ("side", "left"), ("side", "right")
    for count, (english, chinese) in COUNTS.items():
        out[(english,)] = out[(chinese,)] = ("count", count)
    for name, kind in KINDS.items():
        for one, many in zip(kind.english, kind.plurals, strict=True):
            out[tuple(many.split())] = ("kind", (name, True))
            out[tuple(one.split())] = ("kind", (name, False))
        for chinese in kind.chinese:
            out[(chinese,)] = ("kind", (name, False))
    return out


def _meanings(said: list[str]) -> Iterator[Meaning]:
    """The longest phrases from left to right."""
    phrases = _phrases()
    longest = max(map(len, phrases))
    i = 0
    while i < len(said):
        for n in range(longest, 0, -1):
            found = phrases.get(tuple(said[i : i + n]))
            if found:
                yield found
                break
        else:
            n = 1
            yield "unknown", said[i]
        i += n


def _suggest(word: str) -> tuple[str, ...]:
    if word[0] < "\u3400":
        near = get_close_matches(word, vocabulary()["en"], 3, 0.7)
        return tuple(one for one in near if not (one.endswith("s") and one[:-1] in near))[:2]
    names = [name for kind in KINDS.values() for name in kind.chinese]
    return tuple(sorted((n for n in names if set(n) & set(word)), key=lambda n: -len(set(n) & set(word)))[:2])


@dataclass
class _Reader:
    """What has been read so far."""

    whole: dict[str, str] = field(default_factory=dict)
    objects: list[SceneObject] = field(default_factory=list)
    pending: dict[str, Any] = field(default_factory=dict)  # said of the next object
    relation: tuple[str, int] | None = None  # said after an object, waits for the next one
    at: int | None = None  # the object before the Chinese "at"
    pairs: list[tuple[str, int, int]] = field(default_factory=list)
    row: bool = False
    unknown: list[Unknown] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def take(self, about: str, value: Any) -> None:
        if about == "unknown":
            self.unknown.append(Unknown(value, _suggest(value)))
        elif about in ("place", "time", "weather", "style"):
            if self.whole.setdefault(about, value) != value:
                self.notes.append(f"a picture has one {about}: {self.whole[about]} and {value} do not go together")
            self.at = None
        elif about in ("colour", "size", "count"):
            if about == "count" and value == 1:
                return  # articles also stand before "watercolour" and "meadow"
            if self.pending.setdefault(about, value) != value:
                self.notes.append(f"one object has one {about}: not both {self.pending[about]} and {value}")
        elif about == "kind":
            self._object(*value)
        elif about == "side":
            self._side(value)
        elif about == "row":
            self.row = True
        elif about == "at":
            self.at = len(self.objects) - 1 if self.objects else None
        elif about in ("front", "back"):
            if self.at is not None and len(self.objects) > self.at + 1:
                self.pairs.append(("in front of" if about == "front" else "behind", self.at, len(self.objects) - 1))
            self.at = None
        elif about in ("left of", "right of", "in front of", "behind") and self.objects:
            self.relation = about, len(self.objects) - 1

    def _object(self, kind: str, plural: bool) -> None:
        said = self.pending
        self.pending = {}
        colour = said.get("colour")
        if colour is not None and colour not in KINDS[kind].colours:
            comes = "in " + ", ".join(KINDS[kind].colours) if KINDS[kind].colours else "only in its own colours"
            self.notes.append(f"no {colour} {kind} in the picture book; it comes {comes}")
            colour = None
        count = said.get("count", None if plural else 1)
        here = len(self.objects)
        if sum(o.count or 2 for o in self.objects) + (count or 2) > 3:
            self.notes.append("at most three objects fit into a picture")
            return
        self.objects.append(SceneObject(kind, colour, said.get("size"), count, said.get("side")))
        if self.relation:
            self.pairs.append((self.relation[0], self.relation[1], here))
            self.relation = None

    def _side(self, side: str) -> None:
        if self.at is not None and len(self.objects) > self.at + 1:  # A at B's left
            self.pairs.append((f"{side} of", self.at, len(self.objects) - 1))
        elif self.at is not None:
            self.objects[self.at] = replace(self.objects[self.at], side=side)
        elif self.objects and not self.objects[-1].side:
            self.objects[-1] = replace(self.objects[-1], side=side)
        else:
            self.pending["side"] = side
        self.at = None

    def parsed(self) -> Parsed:
        for name in ("colour", "size"):
            value = self.pending.get(name)
            if value is None:
                continue
            last = self.objects[-1] if self.objects else None
            if last and getattr(last, name) is None and (name != "colour" or value in KINDS[last.kind].colours):
                self.objects[-1] = replace(last, **{name: value})
            elif not self.unknown:  # it may have belonged to what is not known
                self.notes.append(f"{value!r} belongs to no object")
        objects, order = self._order()
        return Parsed(self.whole, objects, order, tuple(self.unknown), tuple(self.notes))

    def _order(self) -> tuple[tuple[SceneObject, ...], str | None]:
        objects = self.objects
        if {o.side for o in objects} == {"left", "right"} and len(objects) == 2:
            self.pairs.append((f"{objects[0].side} of", 0, 1))
        if len(objects) > 1:
            objects = [replace(o, side=None) for o in objects]
        if self.row:
            return tuple(objects), "row" if len(objects) > 1 else None
        if not self.pairs:
            return tuple(objects), None
        # every relation as (nearer the left or the front, the other)
        sideways = [
            (a, b) if name == "left of" else (b, a) for name, a, b in self.pairs if name in ("left of", "right of")
        ]
        depth = [
            (a, b) if name == "in front of" else (b, a)
            for name, a, b in self.pairs
            if name in ("in front of", "behind")
        ]
        if depth and len(objects) == 2 and not sideways:
            a, b = depth[0]
            return (objects[a], objects[b]), "front"
        chain = _chain(sideways, len(objects)) if not depth else None
        if chain is None:
            self.notes.append(
                "left, right, in front of and behind are understood for two objects, or left to right for all three"
            )
            return tuple(objects), None
        return tuple(objects[i] for i in chain), "row"


def _chain(pairs: list[tuple[int, int]], count: int) -> list[int] | None:
    """All indices in the one order that the pairs leave, or None if they leave several or none."""
    before = set(pairs)
    if (0, 2) not in before and count == 3:
        before |= {(a, d) for a, b in pairs for c, d in pairs if b == c}
    order = sorted(range(count), key=lambda i: sum(b == i for _, b in before))
    return order if all((a, b) in before for a, b in pairwise(order)) else None
