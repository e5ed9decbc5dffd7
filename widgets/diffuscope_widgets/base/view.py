"""View: what every widget has in common. Traits carry plain data and bytes; everything needed to redraw lives in them."""

from __future__ import annotations

import base64
import functools
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import anywidget
import ipywidgets
import traitlets

from diffuscope.picture.arrays import light
from diffuscope.recipe.checks import kind
from diffuscope.run.lane import Lane
from diffuscope.text import suggest
from diffuscope_widgets.base.page import write_page
from diffuscope_widgets.base.wire import LIMITS, Limits

Call = TypeVar("Call", bound=Callable[..., Any])


def explain(error: BaseException) -> str:
    """An exception as a sentence for the page. The kit's own messages stand alone; others need their type."""
    text = str(error).strip() or "no message"
    own = type(error) in (LookupError, ValueError) or type(error).__module__.startswith("diffuscope")
    return text if own else f"{type(error).__name__}: {text}"


def guard(call: Call) -> Call:
    """Let a callback's exception land in the widget's `error`: a notebook shows none raised there."""
    return guard_in(None)(call)


def guard_in(name: str | None) -> Callable[[Call], Call]:
    """As `guard`, for what has no `error` itself: the attribute of this name has one."""

    def decorate(call: Call) -> Call:
        @functools.wraps(call)
        def guarded(self: Any, *args: Any, **kwargs: Any) -> Any:
            try:
                return call(self, *args, **kwargs)
            except Exception as error:  # noqa: BLE001 - shown, whatever it is
                (getattr(self, name) if name else self).error = explain(error)

        return guarded  # type: ignore[return-value]

    return decorate


def on_message(*kinds: str) -> Callable[[Call], Call]:
    """Marks the method that answers custom messages of these types; it is called with the message, a dict that has the
    binary parts as `buffers`."""

    def mark(call: Call) -> Call:
        call.answers = kinds  # type: ignore[attr-defined]
        return call

    return mark


def wired() -> Any:
    """A trait that crosses as a dict of plain JSON; annotate it with its shape, see `base.shapes`."""
    return traitlets.Dict().tag(sync=True)


def _as_addressed(_data: Any, subshell: str | None) -> str | None:
    return subshell


class View(anywidget.AnyWidget):
    """The base of the widgets with a front end.

    Commands of the front end travel as custom messages: ipykernel 7.4 can turn deaf to traits. A message may overtake the
    traits that were set before it, so it carries them along as `traits`; a message of the type "push" does only that.

    Args:
        model: for widgets that ask one: a model, or what `diffuscope.load` is called with, in the background; None is none.
        traits: any trait below.

    Raises:
        TypeError: a keyword that is no trait; the message names the nearest one.
    """

    error = traitlets.Unicode().tag(sync=True)
    """A sentence shown inside the widget as an alert; "" is none."""
    limits: Limits = wired()
    """Numbers that the front end must know, see `base.wire.Limits`."""

    _answers: ClassVar[dict[str, str]] = {"push": "_pushed"}  # message type: method
    _closing: list[Callable[[], object]]
    lane: Lane[Any]
    """Where this widget asks the model, and through `lane.beside()` asks for something else at the same time."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        own = {kind: name for name, call in vars(cls).items() for kind in getattr(call, "answers", ())}
        cls._answers = {**cls._answers, **own}

    def __init__(self, model: Any = None, /, **traits: Any) -> None:
        known = [name for name in self.trait_names() if not name.startswith("_")]
        for name in traits:
            if name not in known:
                own = [k for k in known if k in type(self).class_own_traits()]
                raise TypeError(
                    f"{type(self).__name__} has no {name!r}.{suggest(name, known)} It has: {', '.join(own)}."
                )
        if not isinstance(model, str | os.PathLike | Lane) and model is not None and not hasattr(model, "denoiser"):
            # to ask for the class of a model would import torch
            raise TypeError(f"a model is given as what load gives, its name or its folder, got {kind(model)}")
        self._closing = []
        self.lane = Lane(model)
        super().__init__(**{"limits": LIMITS, **traits})
        if not isinstance(traits.get("layout"), ipywidgets.Layout):
            self.at_close(self.layout.close)
        self.on_msg(self._hear)
        self.lane.on_ready(self._loading_ended)

    @property
    def model(self) -> Any:
        """The model that is asked; None without one, and while it is loading."""
        return self.lane.owner

    def open(self) -> None:
        """Connect with the front end."""
        super().open()
        # ipykernel 7.4 sends a message to the subshell for which this widget last published, not to the one that the page
        # names. A worker publishes for whatever came in last, after a reload for a subshell of JupyterLab that is deleted by
        # then: every later message would be dropped.
        if hasattr(self.comm, "_reply_subshell_for"):
            self.comm._reply_subshell_for = _as_addressed

    def at_close(self, undo: Callable[[], object]) -> None:
        """Call this when the widget is closed."""
        self._closing.append(undo)

    def follow(self, other: traitlets.HasTraits, call: Callable[[Any], object], names: Any) -> None:
        """Observe another widget, until this one is closed."""
        other.observe(call, names=names)
        self.at_close(lambda: other.unobserve(call, names=names))

    def close(self) -> None:
        """Take the widget off the page, end its work, and let go of everything it observed."""
        if "lane" in vars(self):  # else its constructor has refused something
            for undo in self._closing:
                undo()
            self._closing.clear()
            self.lane.close()
            self.unobserve_all()
        super().close()

    @guard
    def _loading_ended(self, lane: Lane[Any]) -> None:
        if lane.failure:
            self.error = explain(lane.failure)

    @guard
    def _hear(self, _widget: Any, content: dict[str, Any], buffers: Any) -> None:
        kind = str(content.get("type", ""))
        if kind not in self._answers:
            known = sorted(self._answers)
            name = type(self).__name__
            raise ValueError(f"{name} knows no message {kind!r}.{suggest(kind, known)} It knows: {', '.join(known)}.")
        if traits := content.get("traits"):
            self.set_state(traits)
        getattr(self, self._answers[kind])({**content, "buffers": buffers})

    def _pushed(self, _message: dict[str, Any]) -> None:
        """The traits were all there is to it."""

    def _hand_over(self, message: dict[str, Any], name: str, data: bytes) -> None:
        """Answer a `fileButton` of the front end: the browser saves the bytes under this name."""
        self.send({"type": "file", "ask": message["ask"], "name": name}, [data])

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
