"""The table of things the emoji world can draw, read from the folder that `diffuscope train data` fills."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

STYLES = ("noto", "fluent", "twemoji", "fxemoji")
"""The drawing styles, each the work of one set of artists."""

LANGUAGES = ("en", "zh")


@dataclass(frozen=True)
class Thing:
    """One emoji, whatever its style and skin tone."""

    hexcode: str
    group: str
    """Unicode's group, like "food-drink"."""
    names: dict[str, str]
    """Language to name."""
    keywords: dict[str, tuple[str, ...]]
    """Language to other words for it; none is shared by more than `SHARED` things."""
    frequency: float
    """How common the English name is in written English: Zipf scale, 0 to 8 (wordfreq)."""


SHARED = 3
"""A keyword that more things than this answer to says too little to be a name."""

MIRROR = {"animals-nature", "food-drink"}
"""Groups whose pictures mean the same in a mirror. Hands, arrows, letters and clocks do not."""


def read_things(folder: Path) -> list[Thing]:
    """The table in `folder/things.json`.

    Raises:
        FileNotFoundError: the data has not been made yet.
    """
    path = folder / "things.json"
    if not path.is_file():
        raise FileNotFoundError(f"{path} is not there; make it with: diffuscope train data --config emoji")
    raw = json.loads(path.read_text(encoding="utf-8"))
    names = {language: {row["names"][language] for row in raw} for language in LANGUAGES}
    uses = {language: Counter(word for row in raw for word in row["keywords"][language]) for language in LANGUAGES}
    return [
        Thing(
            row["hexcode"],
            row["group"],
            row["names"],
            {
                language: tuple(
                    word
                    for word in row["keywords"][language]
                    if uses[language][word] <= SHARED and word not in names[language]
                )
                for language in LANGUAGES
            },
            row["frequency"],
        )
        for row in raw
    ]


def commonest(things: list[Thing], count: int) -> list[int]:
    """Indices of the things whose English names are written most often; of one or two words, and no symbols."""
    plain = [i for i, t in enumerate(things) if t.group != "symbols" and len(t.names["en"].split()) <= 2]
    return sorted(plain, key=lambda i: (-things[i].frequency, i))[:count]
