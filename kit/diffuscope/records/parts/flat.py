"""Records that are one JSON object of names and values, as most tools write them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

_IDLE: tuple[Any, ...] = (None, "", False, 0, 0.0, [], {}, "none", "None", "[]", "{}")
"""Values that say that nothing was done."""


def loads(text: str) -> Any:
    """The JSON a text holds; None where it holds none."""
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):  # brackets in brackets, thousands deep
        return None


def an_object(text: str | None) -> dict[str, Any] | None:
    """The JSON object a text holds; None where it holds none."""
    found = loads(text) if text and text.lstrip()[:1] == "{" else None
    return found if isinstance(found, dict) else None


def take(record: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """The settings a record holds.

    Args:
        names: the tool's words to names of settings.
    """
    return {ours: record[theirs] for theirs, ours in names.items() if record.get(theirs) is not None}


def rest(record: Mapping[str, Any], known: Iterable[str]) -> dict[str, Any]:
    """What else a record says.

    Args:
        known: words that were read, or that have no part in how the picture looks.
    """
    known = set(known)
    return {
        str(name): json.dumps(value, ensure_ascii=False) if isinstance(value, (dict, list)) else value
        for name, value in record.items()
        if name not in known and not any(value is idle or value == idle for idle in _IDLE)
    }


def size(text: object) -> dict[str, Any]:
    """Width and height of "512x768" or "(1152, 896)"; {} where it is neither."""
    parts = str(text).strip("()[] ").replace("×", "x").replace("*", "x").replace(",", "x").split("x")
    return {"width": parts[0].strip(), "height": parts[1].strip()} if len(parts) == 2 else {}
