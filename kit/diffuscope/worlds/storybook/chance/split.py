"""What training may see, and what is kept back to ask whether the model combines or only repeats.

Kept back for ever, by arithmetic that anyone can repeat:
- six pairs of object and colour;
- a fifth of the pairs of object and place, none of them where one expects the object;
- a fifth of the pairs of objects.
"""

from __future__ import annotations

import zlib
from functools import cache
from itertools import combinations

from diffuscope.worlds.storybook.objects import KINDS
from diffuscope.worlds.storybook.scene.scene import Scene
from diffuscope.worlds.storybook.scene.tables import PLACES

SPLITS = ("train", "unseen object-colour pairs", "unseen object-place pairs", "unseen object pairs")

COLOURS_KEPT_BACK = frozenset(
    {
        ("house", "blue"),
        ("cat", "white"),
        ("car", "green"),
        ("balloon", "purple"),
        ("sailing boat", "yellow"),
        ("umbrella", "pink"),
    }
)


def _first(pairs: list[tuple[str, str]], count: int) -> frozenset[tuple[str, str]]:
    """The pairs whose checksums are smallest: the same on every machine, without any random state."""
    return frozenset(sorted(pairs, key=lambda pair: zlib.crc32("+".join(pair).encode()))[:count])


@cache
def places_kept_back() -> frozenset[tuple[str, str]]:
    """Pairs (kind, place)."""
    odd = [(kind, place) for kind in KINDS for place in PLACES if place not in KINDS[kind].places]
    return _first(odd, len(KINDS) * len(PLACES) // 5)


@cache
def objects_kept_back() -> frozenset[tuple[str, str]]:
    """Pairs (kind, kind) in the order of the alphabet."""
    pairs = list(combinations(sorted(KINDS), 2))
    return _first(pairs, len(pairs) // 5)


def pair_kept_back(one: str, other: str) -> bool:
    return (min(one, other), max(one, other)) in objects_kept_back()


def split_of(scene: Scene) -> str:
    """The one of `SPLITS` that a scene belongs to; it does not depend on any random state."""
    if any((o.kind, o.colour) in COLOURS_KEPT_BACK for o in scene.objects):
        return SPLITS[1]
    if any((o.kind, scene.place) in places_kept_back() for o in scene.objects):
        return SPLITS[2]
    if any(pair_kept_back(a.kind, b.kind) for a, b in combinations(scene.objects, 2)):
        return SPLITS[3]
    return "train"
