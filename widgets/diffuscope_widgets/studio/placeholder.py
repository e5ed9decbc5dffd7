"""Placeholder: stands where a widget will be, and says when somebody looks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import traitlets

from diffuscope.listeners import Listeners
from diffuscope_widgets.base.bundle import script, style
from diffuscope_widgets.base.view import View, on_message


class Placeholder(View):
    """A line of text that calls back when it comes into sight, so that what is costly is made when it is looked at.

        placeholder = Placeholder(text="opening …")
        placeholder.on_seen(lambda: print("somebody looks"))

    A message tells of it, not a trait: those can turn deaf on ipykernel 7.4 while an `await` cell runs.
    """

    _esm = script("studio/placeholder")
    _css = style("studio/placeholder")

    text = traitlets.Unicode().tag(sync=True)
    """The line."""

    def __init__(self, **traits: Any) -> None:
        self._looked = Listeners()
        super().__init__(**traits)

    def on_seen(self, call: Callable[[], object]) -> Callable[[], None]:
        """Call back each time the placeholder comes into sight. Returns the undo."""
        return self._looked.add(call)

    @on_message("seen")
    def _seen(self, _message: dict[str, Any]) -> None:
        self._looked()
