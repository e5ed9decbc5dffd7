"""Which cells were starred and which rejected: one small file that people can read and two processes can write."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from diffuscope import atomic

MARKS = ("star", "reject")


def read(path: Path) -> dict[str, str]:
    """Key of a cell to "star" or "reject"; of a file that is not there, none.

    Raises:
        ValueError: the file is damaged.
    """
    try:
        marks = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (ValueError, RecursionError) as error:
        raise ValueError(f'"{path.name}" cannot be read ({error}); mend it, or remove it to rate anew') from None
    if not isinstance(marks, dict) or not all(mark in MARKS for mark in marks.values()):
        raise ValueError(f'"{path.name}" must map keys of cells to {" or ".join(MARKS)}; remove it to rate anew')
    return marks


def write(path: Path, marks: Mapping[str, str]) -> None:
    """The inverse of `read`. The caller keeps others from writing meanwhile."""
    atomic.write(path, (json.dumps(marks, indent=1) + "\n").encode())


def marked(marks: Mapping[str, str], key: str, mark: str | None) -> dict[str, str]:
    """Marks with one cell rated, or with None its rating taken back; by key.

    Raises:
        ValueError: not a mark.
    """
    if mark not in (*MARKS, None):
        raise ValueError(f"a cell cannot be rated {mark!r}; there are {', '.join(map(repr, MARKS))} and None")
    return {name: kept for name, kept in sorted({**marks, key: mark}.items()) if kept}
