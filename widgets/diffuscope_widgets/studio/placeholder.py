"""Curtain: stands where a widget will be, and says when somebody looks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import traitlets

from diffuscope_widgets.base.bundle import script, style
from diffuscope_widgets.base.view import View


class Curtain(View):
    """A line of text that calls back when it comes into sight, so that what is costly is made when it is looked at.

        curtain = Curtain(text="opening …")
        curtain.on_seen(lambda: print("somebody looks"))

    A message tells of it, not a trait: those can turn deaf on ipykernel 7.4 while an `await` cell runs.
    """

    _esm = script("studio/placeholder")
    _css = style("studio/placeholder")

    text = traitlets.Unicode().tag(sync=True)
    """What is said meanwhile."""

    def __init__(self, **traits: Any) -> None:
        self._on_seen: list[Callable[[], object]] = []
        super().__init__(**traits)

    def on_seen(self, call: Callable[[], object]) -> None:
        """Call back each time the curtain comes into sight."""
        self._on_seen.append(call)

    def _answer(self, message: dict[str, Any]) -> None:
        if message.get("type") == "seen":
            for call in self._on_seen:
                call()
