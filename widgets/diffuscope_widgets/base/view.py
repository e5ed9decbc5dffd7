"""View: what every widget has in common. Traits carry plain data and bytes; everything needed to redraw lives in them."""

from __future__ import annotations

import base64
import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import anywidget
import traitlets

from diffuscope.picture.arrays import light
from diffuscope.text import suggest
from diffuscope_widgets.base.page import write_page

PAUSE = 1 / 20  # seconds between two words on a run under way; faster ones would be lost on the way
Call = TypeVar("Call", bound=Callable[..., Any])


def explain(error: BaseException) -> str:
    """An exception as a sentence for the page. The kit's own messages stand alone; others need their type."""
    text = str(error).strip() or "no message"
    own = type(error) in (LookupError, ValueError) or type(error).__module__.startswith("diffuscope")
    return text if own else f"{type(error).__name__}: {text}"


def guard(call: Call) -> Call:
    """Let a callback's exception land in the widget's `error`: a notebook shows none raised there."""

    @functools.wraps(call)
    def guarded(self: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return call(self, *args, **kwargs)
        except Exception as error:  # noqa: BLE001 - shown, whatever it is
            self.error = explain(error)

    return guarded  # type: ignore[return-value]


class View(anywidget.AnyWidget):
    """The base of the widgets with a front end.

    Raises:
        TypeError: a keyword that is no trait; the message names the nearest one.
    """

    error = traitlets.Unicode().tag(sync=True)
    """A sentence shown inside the widget as an alert; "" is none."""

    def __init__(self, **traits: Any) -> None:
        known = [name for name in self.trait_names() if not name.startswith("_")]
        for name in traits:
            if name not in known:
                own = [k for k in known if k in type(self).class_own_traits()]
                raise TypeError(
                    f"{type(self).__name__} has no {name!r}.{suggest(name, known)} It has: {', '.join(own)}."
                )
        super().__init__(**traits)
        self.on_msg(self._hear)

    @guard
    def _hear(self, _widget: Any, content: dict[str, Any], buffers: Any) -> None:
        self._answer({**content, "buffers": buffers} if buffers else content)

    def _answer(self, message: dict[str, Any]) -> None:
        """Answer a custom message of the front end. Commands travel so: ipykernel 7.4 can turn deaf to traits."""

    def _hand_over(self, asked: dict[str, Any], name: str, data: bytes) -> None:
        """Answer a `fileButton` of the front end: the browser saves the bytes under this name."""
        self.send({"type": "file", "ask": asked["ask"], "name": name}, [data])

    def still(self) -> bytes | None:
        """A PNG shown where widgets cannot run (GitHub, a printed page), or None."""
        return None

    def to_html(self, path: str | Path, title: str = "") -> Path:
        """Write one offline page with this widget as it stands: no kernel, no network, the same front end.

        Args:
            path: the file, ending in .html.
            title: the page's heading; "" is the widget's name.

        Returns:
            The path.

        Raises:
            ValueError: another ending, or a number that is not finite in a trait.
        """
        return write_page([self], path, title or type(self).__name__)

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        return with_still(super()._repr_mimebundle_(**kwargs), self.still())


def with_still(bundle: Any, png: bytes | None) -> Any:
    """Add a PNG, made light, to what a widget gives the notebook."""
    if not bundle or not png:
        return bundle
    data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
    return {**data, "image/png": base64.b64encode(light(png)).decode()}, metadata
