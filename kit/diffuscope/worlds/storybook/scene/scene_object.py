"""One object of a scene, as plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from diffuscope.worlds.storybook.objects import KINDS
from diffuscope.worlds.storybook.scene.tables import COLOURS, SIDES, SIZES


def check(value: str | None, name: str, table: Mapping[str, object] | Sequence[str]) -> None:
    """Raise a ValueError unless the value is None or in the table."""
    if value is not None and value not in table:
        raise ValueError(f"{name}={value!r} is not in the picture book; choose one of {', '.join(table)}")


@dataclass(frozen=True)
class SceneObject:
    """One object, or two or three of a kind. None leaves an attribute open.

    Attributes:
        kind: a name in `KINDS`.
        colour: a name in `COLOURS`; always None for kinds that come in one colouring only.
        size: "small", "medium" or "big".
        count: 1, 2, 3 or None for two or three.
        side: "left" or "right" half of the picture, for an object that stands alone.
    """

    kind: str
    colour: str | None = None
    size: str | None = None
    count: int | None = 1
    side: str | None = None

    def __post_init__(self) -> None:
        check(self.kind, "kind", KINDS)
        check(self.colour, "colour", COLOURS)
        check(self.size, "size", SIZES)
        check(self.side, "side", SIDES)
        if self.colour is not None and self.colour not in KINDS[self.kind].colours:
            known = ", ".join(KINDS[self.kind].colours) or "its own colours only"
            raise ValueError(f"no {self.colour} {self.kind} in the picture book; it comes in {known}")
        if self.count not in (None, 1, 2, 3):
            raise ValueError(f"count={self.count!r}: one to three of a kind fit into a picture")

    def allows(self, other: SceneObject) -> bool:
        """Whether everything said about this object is true of the other."""
        return (
            self.kind == other.kind
            and self.colour in (None, other.colour)
            and self.size in (None, other.size)
            and (self.count == other.count if self.count else other.count in (None, 2, 3))
            and self.side in (None, other.side)
        )
