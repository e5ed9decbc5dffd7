"""The shape of the dicts that cross to each widget's front end; wire.js has them too, by the same names.

All are plain JSON. Those that are not `total` may be {}, which stands for nothing yet.
"""

from __future__ import annotations

from typing import Literal, TypedDict

from diffuscope_widgets.base.wire import Packed

Shape = list[int]
"""Of latents: channels, height, width."""

# -- film, and what else shows frames


class RowMeta(Packed):
    """The pictures of one row of a film."""

    name: str
    symbol: str
    short: str
    """The word on its button."""
    label: str
    width: int
    height: int
    pixels: bool
    """Show single pixels as squares."""
    white: float | None
    """Of channels: the number that is white; black is its negative."""


class FilmMeta(TypedDict, total=False):
    """A recorded run, or the step a run has reached; lists but `rows` are as long as there are frames. {} is no run."""

    rows: list[RowMeta]
    steps: list[int]
    """Call numbers from 0."""
    calls: int
    ratio: list[float | None]
    """Noise over signal; None is infinite."""
    timestep: list[float]
    title: str


class Difference(TypedDict):
    """What two runs do not have in common, as text."""

    field: str
    left: str
    right: str


class GuidanceMeta(FilmMeta, total=False):
    """A run taken apart."""

    finished: list[RowMeta]
    """The finished picture."""
    uncond: list[float]
    """A length a frame, along the first axis of the plane."""
    cond: list[list[float]]
    """A point (x, y) of the plane a frame."""
    shape: Shape
    peaks: list[list[float]]
    """What 127 stands for in `maps`: of the prediction and of the difference, a frame."""
    guidance: float
    negative: str
    live: bool
    """A model is there."""


class Look(TypedDict, total=False):
    """What the model decoded, of which frame and guidance. {} is nothing yet."""

    rows: list[RowMeta]
    index: int
    guidance: float


class WholeRun(TypedDict, total=False):
    """The newest whole run at another guidance. {} is none."""

    state: Literal["running", "done", "stopped"]
    guidance: float
    seconds: float
    rows: list[RowMeta]
    drawn: float
    """The guidance of `rows`."""


# -- race


class LaneRow(Packed):
    """The pictures of one runner."""

    name: str
    width: int
    height: int


class LaneMeta(TypedDict):
    """One runner; lists are as long as there are kept calls, and one more for the end."""

    name: str
    """A letter; "R" is the reference."""
    scheduler: str
    steps: int | None
    calls: int
    random: bool
    distilled: bool
    share: list[float]
    """Of the way, 0 to 1."""
    call: list[int]
    ratio: list[float | None]
    path: list[list[float]]
    distance: list[float]
    """Empty without a reference."""
    pictures: list[int]
    """Which points have one."""


class RaceMeta(TypedDict, total=False):
    """A race. {} is none."""

    rows: list[LaneRow]
    steps: list[int]
    lanes: list[LaneMeta]
    plane: list[float]
    """The variance along its axes."""
    title: str
    seed: int
    guidance: float | None


class HistoryEntry(TypedDict):
    """One run of the history, in words."""

    key: str
    title: str
    detail: str
    changed: str


class HistoryMeta(TypedDict, total=False):
    """How to read the thumbnails: `Packed`, and whether they are shown with their pixels as squares."""

    type: str
    offsets: list[int]
    pixels: bool
    entries: list[HistoryEntry]


class VariantCell(TypedDict):
    """One of four pictures."""

    label: str
    detail: str
    larger: int | None
    """Steps it would be drawn with; None: it cannot be larger."""


class VariantsMeta(TypedDict, total=False):
    """How to read four pictures. {} is nothing yet."""

    type: str
    offsets: list[int]
    pixels: bool
    title: str
    cells: list[VariantCell]
    live: bool
    """A run is under way."""


class LatentsMeta(TypedDict, total=False):
    """How to read latents and the pictures beside them. {} is no picture."""

    type: str
    offsets: list[int]
    shape: Shape
    white: float
    """The latent number that is white; black is its negative."""
    std: list[float]
    """Of each channel."""
    rows: list[str]
    """Labels of the pictures."""
    psnr: float | None
    """Decibels; None without a round trip, or when it is without loss."""
    lossless: bool


# -- grid


class AxisMeta(TypedDict):
    """An axis of a grid."""

    name: str
    labels: list[str]


class CellMeta(TypedDict):
    """A cell of a grid."""

    key: str
    place: list[int]
    """Which value of each axis, from 0."""
    size: list[int]
    """Width and height, pixels."""
    changed: dict[str, str]
    """The settings that are not `common`, as text."""


class PlanMeta(TypedDict, total=False):
    """A grid's axes and cells. {} is no grid."""

    axes: list[AxisMeta]
    common: dict[str, str]
    """The settings of the first cell, as text."""
    usual: list[str]
    """Which of them are listed of every cell."""
    cells: list[CellMeta]
    box: list[int]
    """Width and height that hold every picture, pixels."""
    pixels: bool
    """Show single pixels as squares."""


class Atlas(TypedDict, total=False):
    """How to read many pictures in one. {} is none."""

    type: str
    keys: list[str]
    rects: list[list[int]]
    """x, y, width, height of each, pixels."""


class GridRun(TypedDict, total=False):
    """Whether missing cells can be made from here, and are being made."""

    ready: bool
    running: bool


KeptMeta = dict[str, dict[str, list[int]]]
"""By "film" and "picture": the first and the last + 1 byte of each key."""
