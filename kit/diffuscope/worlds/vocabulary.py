"""What a model can draw, as it was measured: words in groups, each with how often it comes out right."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

WORLDS = ("storybook",)
"""Worlds that read prompts and give advice."""


@dataclass(frozen=True, repr=False)
class Vocabulary(Mapping[str, Mapping[str, float]]):
    """Words in groups ("objects", "places" ...); of each the share of pictures, 0 to 1, in which it comes out right."""

    groups: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    world: str = ""
    """One of `WORLDS`, which reads prompts for `advice`."""

    @classmethod
    def of(cls, folder: Path) -> Vocabulary:
        """What `vocabulary.json` beside the weights says; an empty one where nobody measured.

        Raises:
            ValueError: it says something else.
        """
        path = folder / "vocabulary.json"
        if not path.is_file():
            return cls()
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
            rates = [rate for group in found["groups"].values() for rate in group.values()]
            if found.keys() - {"groups", "world"} or not all(0 <= rate <= 1 for rate in rates):
                raise ValueError("it has more than groups and world, or a share that is not 0 to 1")
        except (ValueError, TypeError, AttributeError, KeyError, RecursionError) as error:
            why = f"{type(error).__name__}: {error}"
            raise ValueError(f'"{folder.name}/vocabulary.json" is no vocabulary ({why:.120}).') from None
        return cls(**found)

    def advice(self, text: str) -> list[str]:
        """Sentences about what a prompt asks for beyond what the model does well."""
        if self.world not in WORLDS:
            return []
        return import_module(f"diffuscope.worlds.{self.world}.advice").advice(text, self.groups)

    def __getitem__(self, group: str) -> Mapping[str, float]:
        return self.groups[group]

    def __iter__(self) -> Iterator[str]:
        return iter(self.groups)

    def __len__(self) -> int:
        return len(self.groups)

    def __repr__(self) -> str:
        if not self:
            return "This model does not say which words it knows."
        best_first = {group: sorted(rates.items(), key=lambda pair: -pair[1]) for group, rates in self.groups.items()}
        return "\n".join(
            f"{group}: {', '.join(f'{word} {100 * rate:.0f} %' for word, rate in pairs)}"
            for group, pairs in best_first.items()
        )
