"""Which cells were starred and which rejected: one small file that people can read and two processes can write."""

from __future__ import annotations

import json
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
    except ValueError as error:
        raise ValueError(f'"{path.name}" cannot be read ({error}); mend it, or remove it to rate anew') from None
    if not isinstance(marks, dict) or not all(mark in MARKS for mark in marks.values()):
        raise ValueError(f'"{path.name}" must map keys of cells to {" or ".join(MARKS)}; remove it to rate anew')
    return marks


def mark(path: Path, key: str, mark: str | None) -> None:
    """Rate one cell, or with None take its rating back. The caller keeps others from writing meanwhile.

    Raises:
        ValueError: not a mark.
    """
    if mark not in (*MARKS, None):
        raise ValueError(f"a cell cannot be rated {mark!r}; there are {', '.join(map(repr, MARKS))} and None")
    marks = {**read(path), key: mark}
    kept = {key: marks[key] for key in sorted(marks) if marks[key]}
    atomic.write(path, (json.dumps(kept, indent=1) + "\n").encode())
