"""Callbacks, each registered with an undo; and a throttle that limits how often something is reported."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

PAUSE = 1 / 20  # seconds between two reports of a run under way; a page could not show more


class Listeners:
    """Functions to call when something happens, in the order they were added."""

    def __init__(self) -> None:
        self._calls: list[tuple[object, Callable[..., object]]] = []

    def add(self, call: Callable[..., object]) -> Callable[[], None]:
        """Call back from now on.

        Returns:
            The undo: a function that ends it; calling it again does nothing.
        """
        entry = (object(), call)  # one function may be added twice
        self._calls.append(entry)

        def undo() -> None:
            if entry in self._calls:
                self._calls.remove(entry)

        return undo

    def __call__(self, *about: Any) -> None:
        """Call them all; an exception of one is raised and ends it."""
        for entry in list(self._calls):
            if entry in self._calls:  # the ones before may have undone it
                entry[1](*about)

    def __len__(self) -> int:
        return len(self._calls)

    def clear(self) -> None:
        """Undo all."""
        self._calls.clear()


class Throttle:
    """Says when something may happen again.

    Args:
        pause: seconds between two times.
    """

    def __init__(self, pause: float = PAUSE) -> None:
        self.pause = pause
        self._next = 0.0

    def due(self) -> bool:
        """Whether the pause is over; if so, the next one begins."""
        due = time.monotonic() >= self._next
        if due:
            self._next = time.monotonic() + self.pause
        return due
