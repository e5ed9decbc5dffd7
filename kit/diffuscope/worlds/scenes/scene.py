"""The vocabulary of the scene world, and captions as exact values."""

from __future__ import annotations

import re
from dataclasses import dataclass

COLOURS: dict[str, tuple[int, int, int]] = {
    "red": (220, 50, 47),
    "green": (46, 160, 67),
    "blue": (38, 100, 220),
    "yellow": (245, 200, 35),
    "purple": (140, 70, 190),
    "orange": (240, 125, 30),
}
"""Name to RGB, 0 to 255. Six colours far enough apart that the nearest one is never in doubt."""

SHAPES = ("circle", "square", "triangle", "star")
SIZES = ("small", "large")
RELATIONS = {"left of": "right of", "right of": "left of", "above": "below", "below": "above"}
"""Each relation with its inverse: 'A left of B' shows the same picture as 'B right of A'."""

WORDS = tuple(sorted({"a", "of", *COLOURS, *SHAPES, *SIZES, *" ".join(RELATIONS).split()}))
"""Every word a caption can hold."""


@dataclass(frozen=True, order=True)
class Thing:
    """One object. `size` may be "" when a caption leaves it open."""

    size: str
    colour: str
    shape: str

    def __str__(self) -> str:
        return " ".join(word for word in ("a", self.size, self.colour, self.shape) if word)


@dataclass(frozen=True)
class Scene:
    """One thing, or two things and how the first stands to the second."""

    first: Thing
    relation: str = ""
    second: Thing | None = None

    @property
    def things(self) -> tuple[Thing, ...]:
        return (self.first,) if self.second is None else (self.first, self.second)

    @property
    def caption(self) -> str:
        return str(self.first) if self.second is None else f"{self.first} {self.relation} {self.second}"

    @property
    def canonical(self) -> Scene:
        """The same picture told from its left or upper thing."""
        if self.second is None or self.relation in ("left of", "above"):
            return self
        return Scene(self.second, RELATIONS[self.relation], self.first)

    @classmethod
    def parse(cls, caption: str) -> Scene:
        """The inverse of `caption`; the article and the size may be left out.

        Raises:
            ValueError: the text is not a caption of this world.
        """
        thing = rf"(?:an? )?(?:({'|'.join(SIZES)}) )?({'|'.join(COLOURS)}) ({'|'.join(SHAPES)})"
        pattern = rf"{thing}(?: ({'|'.join(RELATIONS)}) {thing})?"
        found = re.fullmatch(pattern, " ".join(caption.lower().split()))
        if not found:
            raise ValueError(
                f"{caption!r} is not a caption of the scene world; "
                "write one like 'a large red circle left of a small blue square'"
            )
        part = [group or "" for group in found.groups()]
        first = Thing(*part[:3])
        return cls(first, part[3], Thing(*part[4:])) if part[3] else cls(first)
