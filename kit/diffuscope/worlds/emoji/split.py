"""What training may see, and what is kept back to ask whether the model combines or only repeats.

Kept back, for ever, by arithmetic that anyone can repeat (data.py writes the first list into `kept_back.json`):
- a twentieth of the pairs of thing and style, of things that have at least three styles;
- an eighth of the pairs of things, in every relation, count and order.
"""

from __future__ import annotations

import zlib

SPLITS = ("train", "unseen thing-style pairs", "unseen pairs of things")


def bucket(text: str, of: int) -> int:
    """A fixed number below `of` for a text."""
    return zlib.crc32(text.encode()) % of


def style_kept_back(hexcode: str, styles: tuple[str, ...]) -> str:
    """The one of a thing's styles that training never shows, or ""; a thing of one or two styles keeps them all."""
    place = bucket(f"{hexcode} style", 20)
    return styles[place] if place < len(styles) and len(styles) >= 3 else ""


def pair_kept_back(one: str, other: str) -> bool:
    """Whether two different things, by hexcode, never stand together in training."""
    return one != other and bucket("+".join(sorted((one, other))), 8) == 0
