"""What a saved page keeps of a grid beside its thumbs: films and large pictures, as far as there is room."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from diffuscope_widgets.base.wire import file_of
from diffuscope_widgets.grid.tiles import Pictures

ROOM = 24 * 2**20
"""Bytes beside the thumbs; a page of a third more can still be sent by mail."""


def keep(store: Pictures, keys: Iterable[str], room: int = ROOM) -> tuple[bytes, dict[str, dict[str, list[int]]]]:
    """Films and pictures packed one after the other, the first keys first, until the room is filled.

    Returns:
        The buffer, and by "film" and "picture" the first and the last + 1 byte of each key.
    """
    parts: list[bytes] = []
    places: dict[str, dict[str, list[int]]] = {"film": {}, "picture": {}}
    used = 0
    for key in keys:
        for what, place in places.items():
            data = look(store, key, what)
            if data and used + len(data) <= room:
                place[key] = [used, used + len(data)]
                parts.append(data)
                used += len(data)
    return b"".join(parts), places


def look(store: Pictures, key: str, what: Any) -> bytes | None:
    """The film or the picture of a cell as a file; None where there is none.

    Raises:
        ValueError: there is nothing else.
    """
    if what == "film":
        return store.film(key)
    if what == "picture":
        picture = store.picture(key)
        return file_of(picture.convert("RGB")) if picture else None
    raise ValueError(f'a cell has no {what!r}; it has a "film" and a "picture"')
