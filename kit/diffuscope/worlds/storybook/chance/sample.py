"""Random scenes: natural ones, with shares that labs may change, and the rest of a scene that leaves things open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from diffuscope.worlds.storybook.chance.levels import LEVELS, Level
from diffuscope.worlds.storybook.chance.shares import Shares, Weights
from diffuscope.worlds.storybook.chance.split import (
    COLOURS_KEPT_BACK,
    SPLITS,
    pair_kept_back,
    places_kept_back,
    split_of,
)
from diffuscope.worlds.storybook.objects import KINDS
from diffuscope.worlds.storybook.scene.scene import ATTRIBUTES, Scene, SceneObject
from diffuscope.worlds.storybook.scene.tables import PLACES, SIZES

_EXPECTED = 4.0  # how much oftener a kind stands where one expects it
_NUMBERS = {1: 0.46, 2: 0.42, 3: 0.12}
_HEAVY = ("rain", "snow")  # weather that covers small objects


def sample(
    rng: np.random.Generator,
    shares: Mapping[Any, Mapping[Any, float]] | None = None,
    split: str | None = "train",
    level: int = 3,
) -> Scene:
    """A complete random scene.

    Args:
        shares: how often values come, see `Shares`: `{"time": {"night": 0.5}}`, or of a pair,
            `{("kind", "place"): {("house", "beach"): 0.9}}`: 90 % of the houses stand on the beach.
        split: one of `SPLITS`, "held out" for any but "train", None for no matter which.
        level: 1 to 3, see `LEVELS`.

    Raises:
        ValueError: shares, split or level that do not exist, or shares that ask training for a kept-back pair.
    """
    if split not in (None, "held out", *SPLITS):
        raise ValueError(f"no split {split!r}; there are {', '.join(SPLITS)} and held out")
    if level not in LEVELS:
        raise ValueError(f"no level {level!r}; there are {', '.join(map(str, LEVELS))}")
    train = split == "train"
    rules = _NO_SHARES if not shares else Shares(shares, train)
    while True:
        scene = _Draft(rng, Scene(), rules, LEVELS[level], train).scene()
        where = "train" if train else split_of(scene)
        if split in (None, where) or (split == "held out" and where != "train"):
            return scene


def complete(scene: Scene, rng: np.random.Generator, level: int = 3) -> Scene:
    """The scene with all that it leaves open chosen as `sample` would choose it; its objects keep their order."""
    return scene if scene.complete else _Draft(rng, scene, _NO_SHARES, LEVELS[level], False).scene()


_NO_SHARES = Shares(None, True)


def _pick(rng: np.random.Generator, weights: Weights) -> Any:
    at = rng.random() * sum(weights.values())
    for value, weight in weights.items():
        at -= weight
        if at < 0:
            return value
    return next(value for value, weight in reversed(weights.items()) if weight)


class _Draft:
    """A scene while its attributes are chosen one after the other."""

    def __init__(self, rng: np.random.Generator, given: Scene, rules: Shares, level: Level, train: bool) -> None:
        self.rng, self.rules, self.level, self.train = rng, rules, level, train
        self.seen: dict[str, set[Any]] = {}
        self.whole: dict[str, Any] = {name: getattr(given, name) for name in ATTRIBUTES}
        self.given = given
        self.objects: list[SceneObject] = []
        self.number = 0

    def scene(self) -> Scene:
        for name, value in self.whole.items():
            if value is not None:
                self.seen[name] = {value}
        if self.given.objects:
            # what is said comes first: the rest is chosen to go with it
            for name in ("kind", "colour", "size", "count"):
                self.seen[name] = {getattr(o, name) for o in self.given.objects if getattr(o, name) is not None}
        for name in self.rules.order:
            if name == "objects":
                self._first()
            elif self.whole[name] is None:
                weights = self.rules.adjust(name, self._weights(name), self.seen)
                self.whole[name] = _pick(self.rng, weights)
                self.seen[name] = {self.whole[name]}
        self._others()
        order, objects = self.given.order, tuple(self.objects)
        if not self.given.objects:
            order, objects = self._stand(objects)
        return Scene(**self.whole, objects=objects, order=order)

    def _weights(self, name: str) -> Weights:
        kinds = self.seen.get("kind", set())
        if name == "place":
            return {
                place: 0.0 if self.train and any((k, place) in places_kept_back() for k in kinds)
                else float(np.prod([_EXPECTED if place in KINDS[k].places else 1.0 for k in kinds]))
                for place in PLACES
            }  # fmt: skip
        weights = {value: entry.share for value, entry in ATTRIBUTES[name].items()}
        if name == "weather":
            weights = {w: s if w in self.level.weathers else 0.0 for w, s in weights.items()}
            if {"night", "sunset"} & self.seen.get("time", set()):
                weights["rainbow"] *= 0.2
            if sum(o.count or 2 for o in self.given.objects) > 2 or len(kinds) > 2:
                weights = {w: s if w not in _HEAVY else 0.0 for w, s in weights.items()}
        elif name == "style":
            weights = {s: w if s in self.level.styles else 0.0 for s, w in weights.items()}
        return weights

    def _first(self) -> None:
        """The objects that are given, or a first one."""
        if self.given.objects:
            self.objects = [self._object(o, len(self.given.objects)) for o in self.given.objects]
        else:
            self.number = _pick(self.rng, {n: w for n, w in _NUMBERS.items() if n <= self.level.most})
            self.objects = [self._object(None, self.number)]

    def _others(self) -> None:
        """More objects, now that the whole picture is known."""
        if self.given.objects:
            return
        heavy = self.whole["weather"] in _HEAVY
        most = min(self.number, (1 if self.objects[0].size == "small" else 2) if heavy else 3)
        while len(self.objects) < most:
            self.objects.append(self._object(None, most))

    def _object(self, given: SceneObject | None, number: int) -> SceneObject:
        """An object with all attributes chosen; what shares give about objects is looked for in this object alone."""
        chosen: dict[str, Any] = {}
        if given:
            chosen = {name: getattr(given, name) for name in ("kind", "colour", "size", "count")}
        seen = dict(self.seen) if given is None else {n: s for n, s in self.seen.items() if n in ATTRIBUTES}
        for name in self.rules.object_order:
            if chosen.get(name) is None:
                weights = self._object_weights(name, chosen, number)
                own = {**seen, **{n: {v} for n, v in chosen.items() if v is not None}}
                for other in ("kind", "colour", "size", "count"):
                    if chosen.get(other) is None:
                        own.pop(other, None)
                if weights:
                    chosen[name] = _pick(self.rng, self.rules.adjust(name, weights, own))
            if chosen.get(name) is not None:
                self.seen.setdefault(name, set()).add(chosen[name])
        return SceneObject(**chosen) if given is None else replace(given, **chosen)

    def _object_weights(self, name: str, chosen: dict[str, Any], number: int) -> Weights:
        if name == "kind":
            return self._kinds(chosen.get("colour"))
        if name == "colour":
            kind = chosen.get("kind")
            weights = dict(KINDS[kind].colours) if kind else dict.fromkeys(_ALL_COLOURS, 1.0)
            return {c: 0.0 if self.train and (kind, c) in COLOURS_KEPT_BACK else w for c, w in weights.items()}
        heavy = self.whole.get("weather") in _HEAVY
        if name == "size":
            return {s: 0.0 if s == "small" and heavy and number > 1 else e.share for s, e in SIZES.items()}
        if number == 3 or self.level.most < 2:
            return {1: 1.0}
        if number == 2:
            spare = 3 - number - sum(o.count - 1 for o in self.objects if o.count)
            return {1: 0.92, 2: 0.08} if spare > 0 and not heavy and self.level.most > 2 else {1: 1.0}
        three = 0.0 if heavy or self.level.most < 3 else 0.09
        return {1: 0.78, 2: 0.13, 3: three}

    def _kinds(self, colour: str | None) -> Weights:
        place = self.whole.get("place")
        there = {o.kind for o in self.objects}
        weights = {k: _EXPECTED if place in KINDS[k].places else 1.0 for k in self.level.kinds}
        for kind in weights:
            if kind in there or (colour is not None and colour not in KINDS[kind].colours) or (self.train and (
                (kind, place) in places_kept_back()
                or (kind, colour) in COLOURS_KEPT_BACK
                or any(pair_kept_back(kind, k) for k in there)
            )):  # fmt: skip
                weights[kind] = 0.0
        return weights

    def _stand(self, objects: tuple[SceneObject, ...]) -> tuple[str | None, tuple[SceneObject, ...]]:
        """How the objects of a random scene stand."""
        if len(objects) == 1:
            if objects[0].count == 1:
                side = "left" if self.rng.random() < 0.5 else "right"
                return None, (replace(objects[0], side=side),)
            return None, objects
        ground = all(KINDS[o.kind].home == "land" and o.count == 1 for o in objects)
        if len(objects) == 2 and ground and self.level.front and self.rng.random() < 0.2:
            return "front", objects
        return "row", objects


_ALL_COLOURS = tuple(dict.fromkeys(c for kind in KINDS.values() for c in kind.colours))
