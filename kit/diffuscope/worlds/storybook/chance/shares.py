"""Shares that a lab may ask for: how often a value comes, alone or together with another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from diffuscope.worlds.storybook.chance.split import COLOURS_KEPT_BACK, places_kept_back
from diffuscope.worlds.storybook.objects import KINDS
from diffuscope.worlds.storybook.scene.scene import ATTRIBUTES
from diffuscope.worlds.storybook.scene.tables import COLOURS, SIZES

OBJECT = {"kind": tuple(KINDS), "colour": tuple(COLOURS), "size": tuple(SIZES), "count": (1, 2, 3)}
VALUES: dict[str, tuple[Any, ...]] = {**{name: tuple(table) for name, table in ATTRIBUTES.items()}, **OBJECT}

Weights = dict[Any, float]


class Shares:
    """Checked shares, and the order in which attributes are then chosen.

    Args:
        wanted: an attribute to the shares of its values, `{"time": {"night": 0.5}}`; or a pair of attributes to the
            shares of the second among pictures (or objects) with the first,
            `{("place", "time"): {("beach", "sunset"): 0.9}}`. Values not named share the rest as before.
        train: whether kept-back pairs are refused.

    Raises:
        ValueError: an attribute or value that does not exist, a share outside 0 to 1, shares above 1 together, a
            kept-back pair, or pairs that go in a circle.
    """

    def __init__(self, wanted: Mapping[Any, Mapping[Any, float]] | None, train: bool) -> None:
        self.single: dict[str, dict[Any, float]] = {}
        self.pairs: dict[tuple[str, str], dict[Any, dict[Any, float]]] = {}
        for names, table in (wanted or {}).items():
            if isinstance(names, str):
                self.single[names] = {value: self._number(names, value, s) for value, s in table.items()}
                self._sum(names, self.single[names])
                continue
            given, chosen = names
            if given == chosen:
                raise ValueError(f"shares[{names!r}]: a pair needs two different attributes")
            for (a, b), share in table.items():
                self._known(given, a)
                self.pairs.setdefault((given, chosen), {}).setdefault(a, {})[b] = self._number(chosen, b, share)
                if train and share and {(given, a), (chosen, b)} & {("kind", a), ("kind", b)}:
                    self._seen({given: a, chosen: b})
            for a, row in self.pairs[given, chosen].items():
                self._sum(f"{chosen} with {given} {a}", row)
        # objects before places if shares of kinds are asked for: a place can go with a kind that is kept back elsewhere
        free = "kind" in self.single and "place" not in self.single
        self.order = self._sorted([*(["objects"] if free else []), "place", "time", "weather", "style", "objects"])
        self.object_order = self._sorted(["kind", "colour", "size", "count"])

    @staticmethod
    def _known(name: str, value: Any) -> None:
        if name not in VALUES:
            raise ValueError(f"shares: no attribute {name!r}; there are {', '.join(VALUES)}")
        if value not in VALUES[name]:
            raise ValueError(f"shares: {name} has no value {value!r}; choose from {', '.join(map(str, VALUES[name]))}")

    def _number(self, name: str, value: Any, share: float) -> float:
        self._known(name, value)
        if not 0 <= share <= 1:
            raise ValueError(f"shares: {share!r} for {name} {value!r} is not between 0 and 1")
        return float(share)

    @staticmethod
    def _sum(name: str, row: dict[Any, float]) -> None:
        if sum(row.values()) > 1 + 1e-9:
            raise ValueError(f"shares of {name} sum to {sum(row.values()):g}; they can be at most 1")

    @staticmethod
    def _seen(pair: dict[str, Any]) -> None:
        kind, colour, place = pair["kind"], pair.get("colour"), pair.get("place")
        if colour and colour not in KINDS[kind].colours:
            raise ValueError(f"shares: there is no {colour} {kind}")
        if (kind, colour) in COLOURS_KEPT_BACK or (kind, place) in places_kept_back():
            raise ValueError(
                f"shares: {kind} with {colour or place} is kept back from training; pass split=None for it"
            )

    def _sorted(self, names: list[str]) -> list[str]:
        """The names so that what is given comes before what depends on it; as they were where nothing depends."""
        block = {name: "objects" if name in OBJECT and "objects" in names else name for name in VALUES}
        edges = {(block[a], block[b]) for a, b in self.pairs if block[a] != block[b]}
        out: list[str] = []
        rest = list(dict.fromkeys(names))
        while rest:
            free = [n for n in rest if not any(b == n and a in rest for a, b in edges)]
            if not free:
                raise ValueError(f"shares: the pairs of {', '.join(rest)} depend on each other in a circle")
            out.append(free[0])
            rest.remove(free[0])
        return out

    def adjust(self, name: str, weights: Weights, seen: Mapping[str, set[Any]]) -> Weights:
        """The weights of an attribute's values, with the shares asked for.

        Args:
            seen: the values chosen so far, by attribute.
        """
        if name in self.single:
            weights = _set(weights, self.single[name])
        for (given, chosen), rows in self.pairs.items():
            if chosen == name:
                for value in seen.get(given, ()):
                    if value in rows:
                        weights = _set(weights, rows[value])
        return weights


def _set(weights: Weights, shares: dict[Any, float]) -> Weights:
    """Give the named values their shares and the others the rest, in proportion; impossible values stay out."""
    rest = 1 - sum(shares.values())
    others = sum(w for value, w in weights.items() if value not in shares)
    factor = rest / others if others else 0.0
    return {v: shares.get(v, w * factor) if w else 0.0 for v, w in weights.items()}
