"""GridView: a thousand pictures at once, any axis in any direction; to compare, star and extend."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import traitlets

from diffuscope.grid.plan.layout import Layout
from diffuscope.grid.refine import next_axes
from diffuscope.picture.arrays import encode
from diffuscope.recipe.settings import Settings
from diffuscope.text import suggest
from diffuscope_widgets.base.bundle import script, style
from diffuscope_widgets.base.checked import Checked
from diffuscope_widgets.base.page import write_page
from diffuscope_widgets.base.shapes import Atlas, GridRun, KeptMeta, PlanMeta
from diffuscope_widgets.base.view import explain, guard, on_message, wired
from diffuscope_widgets.grid.next import next_code
from diffuscope_widgets.grid.offline import keep, look
from diffuscope_widgets.grid.tiles import Gather, Source, Tiles, source, weakly
from diffuscope_widgets.grid.wire import FILTERS, arrangement, lengths, plan_meta
from diffuscope_widgets.parts.compare import CHOICES, MODES

STILL = 2**20  # pixels of all tiles of a still
STATE = ("rows", "columns", "page", "filter", "picked", "mode", "error")
"""Traits that say how a grid is looked at."""


class GridView(Checked):
    """A grid to zoom and pan over, to compare in, and to choose from.

        view = GridView(open_grid("my grid"), rows=["seed"], columns=["guidance_scale"])
        view.starred                            # settings of the starred cells
        grid(model, *view.next_grid())          # a grid of just these, to be given further axes

    An axis that is neither in `rows` nor in `columns` turns pages. Cells appear while the grid is being made.

    Args:
        grid: what `diffuscope.grid` gives, or None to wait for `show`.
        traits: any trait below.

    Raises:
        TraitError: an axis, page or cell the grid does not have.
        TypeError: something else than a grid, such as the name of its folder.
    """

    _esm = script("grid/view")
    _css = style("grid/view")

    plan: PlanMeta = wired()
    """The grid's axes and cells, see `base.shapes.PlanMeta`; {} is no grid."""
    tiles = traitlets.Bytes().tag(sync=True)
    """The thumbs of the finished cells, as one picture."""
    tiles_meta: Atlas = wired()
    """How to read `tiles`, see `base.shapes.Atlas`."""
    late = traitlets.Bytes().tag(sync=True)
    """Thumbs of cells that were finished since, or again: they go before `tiles`."""
    late_meta: Atlas = wired()
    """How to read `late`."""
    kept = traitlets.Bytes().tag(sync=True)
    """Films and pictures of a saved page, packed; a notebook asks for them one by one."""
    kept_meta: KeptMeta = wired()
    """How to read `kept`, see `base.shapes.KeptMeta`."""
    rows: traitlets.List[str] = traitlets.List(traitlets.Unicode()).tag(sync=True)
    """Axes that lead down, the outer one first."""
    columns: traitlets.List[str] = traitlets.List(traitlets.Unicode()).tag(sync=True)
    """Axes that lead to the right, the outer one first."""
    page: traitlets.Dict[str, int] = traitlets.Dict(value_trait=traitlets.Int()).tag(sync=True)
    """Which value of the other axes is shown, from 0, by name; 0 where it is not given."""
    filter = traitlets.Enum([one["name"] for one in FILTERS], "all").tag(sync=True)
    """Which cells are shown; "kept" are those not rejected. Rows and columns with none of them are left out."""
    filters: traitlets.List[Any] = traitlets.List(FILTERS).tag(sync=True)
    """What `filter` can be, see `base.wire.Choice`."""
    picked: traitlets.List[str] = traitlets.List(traitlets.Unicode(), maxlen=2).tag(sync=True)
    """Keys of the cell shown large, or of two to compare."""
    mode = traitlets.Enum(MODES, "side").tag(sync=True)
    """How two cells are compared."""
    modes: traitlets.List[Any] = traitlets.List(CHOICES).tag(sync=True)
    """The ways to compare, see `base.wire.Choice`."""
    ratings: traitlets.Dict[str, str] = traitlets.Dict().tag(sync=True)
    """Key to "star" or "reject", as the store has them; change it with `rate`."""
    run: GridRun = wired()
    """Whether missing cells can be made from here, and are being made: see `base.shapes.GridRun`."""

    def __init__(self, grid: Source | None = None, **traits: Any) -> None:
        self.grid = source(grid)  # before the traits, which are checked against it
        self._tiles: Tiles | None = None
        self._gather = Gather(self._finished)
        self._followed: list[Callable[[], None]] = []
        super().__init__(**traits)
        self.at_close(self._let_go)
        if grid is not None:
            self._load(grid)

    def show(self, grid: Source) -> None:
        """Show a grid in place of the one before. Axes of the same name stay where they are.

        Raises:
            ValueError: the grid's ratings cannot be read.
            TypeError: as for `GridView`.
        """
        self.grid = source(grid)
        with self.hold_sync():  # one message: the front end never sees one without the other
            self.picked, self.page = [], {}
            self._load(grid)

    def _load(self, grid: Source) -> None:
        self._let_go()
        plan = plan_meta(grid.plan)
        self._tiles = Tiles(grid.plan, grid.store, bool(plan.get("pixels")))
        tiles, meta = self._tiles.all()
        rows, columns = arrangement([axis.name for axis in grid.plan.axes], self.rows, self.columns)
        with self.hold_sync():
            self.tiles, self.tiles_meta, self.late, self.late_meta = tiles, meta, b"", {}
            self.rows, self.columns, self.ratings = rows, columns, dict(grid.store.ratings)
            self.run = {"ready": getattr(grid, "model", None) is not None, "running": False}
            self.plan, self.error = plan, ""
        self._followed.append(grid.on_change(weakly(self, grid, lambda view, key: view._gather.add(key))))
        if self.run["ready"]:
            maker: Any = grid
            self._followed.append(maker.on_job(weakly(self, grid, GridView._began)))
            if maker.job is not None and not maker.job.done:
                self._began(maker.job)

    def _let_go(self) -> None:
        """Follow the grid before no longer."""
        for undo in self._followed:
            undo()
        self._followed.clear()
        self._gather.stop()

    @property
    def starred(self) -> list[Settings]:
        """The settings of the starred cells, in the order of the plan; cells with one picture once."""
        return [settings for key, settings in self._pictures().items() if self.ratings.get(key) == "star"]

    def rate(self, key: str, mark: str | None) -> None:
        """Star or reject a cell, or take that back; the grid's folder remembers it.

        Args:
            mark: "star", "reject" or None.

        Raises:
            LookupError: the grid has no such cell.
            ValueError: another mark.
            OSError: the folder cannot be written to.
        """
        grid = self._shown()
        grid.store.rate(self._known(key), mark)
        self.ratings = dict(grid.store.ratings)

    def star(self, *keys: str) -> None:
        """Star cells, by the keys that a saved page tells. Raises as `rate`."""
        for key in keys:
            self.rate(key, "star")

    def start(self) -> None:
        """Make all missing cells, however many, in the model's worker; they appear here as they come.

        Raises:
            ValueError: a grid that was opened without its model.
        """
        grid: Any = self._shown()
        grid.submit(most=len(self._pictures()))

    def stop(self) -> None:
        """Stop what `start`, or the grid's own `submit`, began, before the next network call. Finished cells stay."""
        if job := getattr(self.grid, "job", None):
            job.cancel()

    def next_grid(self) -> tuple[Settings, dict[str, list[Any]]]:
        """Base and axes of a grid with the starred cells, see `diffuscope.grid.refine`.

        Raises:
            ValueError: nothing is starred.
        """
        return next_axes(self.starred)

    def to_html(self, path: str | Path, title: str = "") -> Path:
        """As every view; films and large pictures are kept as far as 24 MB go, the starred cells' first."""
        if self.grid is None:
            return super().to_html(path, title)
        page = GridView(self.grid)
        for name in STATE:
            setattr(page, name, getattr(self, name))
        keys = sorted(self._pictures(), key=lambda key: self.ratings.get(key) != "star")
        page.kept, page.kept_meta = keep(self.grid.store, keys)
        return write_page([page], path, title or type(self).__name__)

    def still(self) -> bytes | None:
        """The whole grid, small."""
        if self.grid is None or self._tiles is None or not self.grid.plan.cells:
            return None
        side = max(16, min(96, math.isqrt(STILL // len(self.grid.plan.cells))))
        return encode(Layout(self.grid.plan, (side, side)).draw(self._tiles.image))

    # -- the grid is being made

    @guard
    def _finished(self, keys: list[str]) -> None:
        if self._tiles is None:
            return
        late = self._tiles.add(keys)
        with self.hold_sync():
            if late is None:
                self.tiles, self.tiles_meta = self._tiles.all()
            self.late, self.late_meta = late or (b"", {})

    def _began(self, job: Any) -> None:
        self.run = {**self.run, "running": True}
        self._followed.append(job.on_done(self._ended))

    @guard
    def _ended(self, job: Any) -> None:
        last: Any = getattr(self.grid, "job", None)
        if last is not job:
            return  # of the grid before, or there is a newer one
        self._gather.flush()
        self.run = {**self.run, "running": False}
        if not job.cancelled:
            job.result()  # raises what went wrong

    # -- what the front end asks for

    @on_message("look")
    def _looked(self, message: dict[str, Any]) -> None:
        key, what = message.get("key"), message.get("what")
        data = look(self._shown().store, self._known(key), what)
        self.send({"type": "look", "key": key, "what": what}, [data] if data else [])

    @on_message("rate")
    def _rated(self, message: dict[str, Any]) -> None:
        try:
            self.rate(message["key"], message["mark"])
        except (LookupError, ValueError, OSError) as error:
            self.error = explain(error)
            self.send_state("ratings")  # the front end had marked it already

    @on_message("next")
    def _next(self, _message: dict[str, Any]) -> None:
        self.send({"type": "next", "code": next_code(self._shown(), self.starred)})

    @on_message("start")
    def _start(self, _message: dict[str, Any]) -> None:
        self.start()

    @on_message("stop")
    def _stop(self, _message: dict[str, Any]) -> None:
        self.stop()

    def _shown(self) -> Source:
        if self.grid is None:
            raise ValueError("this view has no grid yet; call show(grid)")
        return self.grid

    def _pictures(self) -> Mapping[str, Settings]:
        return self.grid.plan.pictures if self.grid else {}

    def _known(self, key: Any) -> str:
        if key not in self._pictures():
            raise LookupError(f"this grid has no cell {key!r}.{suggest(str(key), list(self._pictures()))}")
        return key

    @traitlets.validate("rows", "columns")
    def _axes(self, proposal: Any) -> list[str]:
        lengths(self.grid and self.grid.plan, proposal["value"])
        return list(dict.fromkeys(proposal["value"]))

    @traitlets.validate("page")
    def _turned(self, proposal: Any) -> dict[str, int]:
        page = proposal["value"]
        for (name, value), length in zip(page.items(), lengths(self.grid and self.grid.plan, page), strict=True):
            if not 0 <= value < length:
                raise traitlets.TraitError(f"axis {name!r} has pages 0 to {length - 1}, not {value}")
        return page

    @traitlets.observe("rows", "columns")
    def _one_way(self, change: Any) -> None:
        """An axis leads one way: it leaves the other one."""
        other = "columns" if change["name"] == "rows" else "rows"
        left = [name for name in getattr(self, other) if name not in change["new"]]
        if left != getattr(self, other):
            setattr(self, other, left)

    @traitlets.validate("picked")
    def _there(self, proposal: Any) -> list[str]:
        for key in proposal["value"]:
            try:
                self._known(key)
            except LookupError as error:
                raise traitlets.TraitError(str(error)) from None
        return proposal["value"]
