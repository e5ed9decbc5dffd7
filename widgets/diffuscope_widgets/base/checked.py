"""Widgets that check what is set: a refused value is an exception in Python and a sentence in the browser."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import traitlets

from diffuscope.recipe.settings import SettingsError
from diffuscope_widgets.base.view import View, explain


class Refused(SettingsError, traitlets.TraitError):
    """A value a trait cannot take. Traitlets rolls back for its own TraitError only."""


class Checked(View):
    """A view whose validators raise `Refused`: to Python it is raised, to the front end it is shown in `error`."""

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take what the front end sends, all of it or nothing."""
        self.error = ""  # that was about the last wish
        try:
            super().set_state(sync_data)
        except traitlets.TraitError as error:
            self.error = explain(error)
            self.send_state([name for name in sync_data if name in self.keys])  # the front end shows what is refused


@contextmanager
def refusing() -> Iterator[None]:
    """Turn the SettingsError of the block into a `Refused`."""
    try:
        yield
    except SettingsError as error:
        raise Refused(error.field, str(error)) from None
