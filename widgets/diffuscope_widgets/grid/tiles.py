"""What a grid view has sent of a grid's pictures, and what has to follow while cells are being made."""

from __future__ import annotations

import io
import threading
import weakref
from collections.abc import Callable, Iterable
from typing import Any, Protocol

from PIL import Image

from diffuscope.grid.plan.plan import Plan
from diffuscope_widgets.base.shapes import Atlas
from diffuscope_widgets.grid.atlas import atlas, side_for

MOST = 64
"""New pictures that travel on their own; with more, the whole atlas is sent anew."""
PAUSE = 0.3  # seconds in which finished cells are gathered
Sheet = tuple[bytes, Atlas]


class Pictures(Protocol):
    """Where a grid's results are: a `Store`, or anything like it."""

    @property
    def ratings(self) -> dict[str, str]:
        """Key to "star" or "reject"."""

    def finished(self) -> set[str]:
        """The keys of the cells that are there."""

    def thumb(self, key: str) -> bytes | None:
        """A small picture file."""

    def picture(self, key: str) -> Image.Image | None:
        """The picture."""

    def film(self, key: str) -> bytes | None:
        """A picture file of x0 at chosen steps, side by side, each as large as the thumb."""

    def rate(self, key: str, mark: str | None) -> None:
        """Star or reject, or take that back."""


class Source(Protocol):
    """What a view needs of a grid: a `diffuscope.grid.Grid`, or anything like it.

    One that has a `model` can make its missing cells: `submit(most=...)` begins a job, `job` is the last one that was
    begun, and `on_job` tells of each.
    """

    plan: Plan

    @property
    def store(self) -> Pictures:
        """Where the results are."""

    def on_change(self, call: Callable[[str], object]) -> Callable[[], None]:
        """Call back with the key of every cell that gets finished, from any thread. Returns the undo."""


def source(given: Any) -> Any:
    """What is given, if it is a grid, or None.

    Raises:
        TypeError: it is something else, such as the name of a folder.
    """
    if given is None or hasattr(given, "plan"):
        return given
    raise TypeError(
        f"a grid is shown, got {type(given).__name__} {given!r:.60}; a folder is opened by open_grid(folder)"
    )


class Tiles:
    """The thumbs of the finished cells as two atlases: one of those that were there, one of those that came since."""

    def __init__(self, plan: Plan, store: Pictures, lossless: bool) -> None:
        self._store, self._lossless = store, lossless
        self._keys = list(plan.pictures)
        self._side = side_for(len(self._keys))
        self._lock = threading.Lock()
        self._thumbs: dict[str, bytes] = {}
        self._late: list[str] = []
        done = store.finished()
        self._take(key for key in self._keys if key in done)

    def _take(self, keys: Iterable[str]) -> list[str]:
        read = {key: thumb for key in keys if (thumb := self._store.thumb(key))}
        self._thumbs |= read
        return list(read)

    def all(self) -> Sheet:
        """The atlas of all there are."""
        with self._lock:
            self._late = []
            return atlas(self._thumbs, self._side, self._lossless)

    def image(self, key: str) -> Image.Image | None:
        """The thumb of a cell; None while it is not there."""
        thumb = self._thumbs.get(key)
        return Image.open(io.BytesIO(thumb)) if thumb else None

    def add(self, keys: Iterable[str]) -> Sheet | None:
        """The atlas of those that came since `all`, with these; None when they are many: then `all` is due."""
        with self._lock:
            mine = [key for key in dict.fromkeys(keys) if key in self._keys]
            self._late = list(dict.fromkeys([*self._late, *self._take(mine)]))
            if len(self._late) > MOST:
                return None
            return atlas({key: self._thumbs[key] for key in self._late}, self._side, self._lossless)


class Gather:
    """Collects what comes one by one, from any thread, and hands it over together, at most every `PAUSE` seconds."""

    def __init__(self, call: Callable[[list[str]], object]) -> None:
        self._call = call
        self._lock = threading.Lock()
        self._waiting: list[str] = []
        self._timer: threading.Timer | None = None

    def add(self, key: str) -> None:
        """Take one more; it is handed over after the pause, in a thread of its own."""
        with self._lock:
            self._waiting.append(key)
            if self._timer is None:
                self._timer = threading.Timer(PAUSE, self.flush)
                self._timer.daemon = True
                self._timer.start()

    def stop(self) -> None:
        """Forget what waits."""
        with self._lock:
            self._waiting = []

    def flush(self) -> None:
        """Hand over what waits."""
        with self._lock:
            waiting, self._waiting, self._timer = self._waiting, [], None
        if waiting:
            self._call(waiting)


def weakly(view: Any, grid: Source, act: Callable[[Any, Any], object]) -> Callable[[Any], None]:
    """A callback for a grid, which must not keep the view alive: `act(view, what has happened)`, while it shows the grid."""
    me = weakref.ref(view)

    def call(news: Any) -> None:
        view = me()
        if view is not None and view.grid is grid:
            act(view, news)

    return call
