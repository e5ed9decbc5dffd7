"""A pen that draws shapes in the style and light of the picture, and the labels beside them.

The rasteriser is Agg, as it comes with matplotlib: nothing more to install, and no system library. (skia-python draws
a third faster, but its Linux wheels need libEGL and libGL, which servers and containers lack; pycairo has no wheels
for Linux at all.)
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from random import Random

import numpy as np
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.path import Path

from diffuscope.worlds.storybook.pen.palette import GLASS, GOLD, INK, PAPER, RGB, dark, mix
from diffuscope.worlds.storybook.pen.shapes import CIRCLE, polygon, rounded, svg

SIDE = 128
"""Width and height of a picture in pixels."""

RGBA = tuple[float, float, float, float]
"""Red, green, blue and how opaque, 0 to 1, as matplotlib takes them."""

_NIGHT_PAPER: RGB = (196, 190, 204)


class Pen:
    """Draws on a picture of `SIDE` units; y points downwards.

    Attributes:
        style: "flat", "ink", "watercolour" or "pixel" (64 x 64 pixels without antialiasing).
        light: red, green and blue of the light, 1 for daylight.
        night: whether windows are lit.
        label: what `labels` gets where the pen draws; None leaves the labels as they are.
        random: for whatever the shapes leave open.
    """

    def __init__(self, style: str, light: RGB, night: bool, random: Random) -> None:
        self.style, self.light, self.night, self.random = style, light, night, random
        self.label: int | None = None
        self.side = SIDE // 2 if style == "pixel" else SIDE
        self._scale = self.side / SIDE
        self._picture = RendererAgg(self.side, self.side, 72)
        self._labels = RendererAgg(self.side, self.side, 72)
        np.asarray(self._labels.buffer_rgba())[:] = 0
        self._gc = self._picture.new_gc()
        self._gc.set_snap(False)
        self._gc.set_antialiased(style != "pixel")
        self._gc.set_capstyle("round")
        self._gc.set_joinstyle("round")
        if style == "watercolour":
            self._gc.set_sketch_params(0.45, 26, 3)
        self._mask = self._labels.new_gc()
        self._mask.set_snap(False)
        self._mask.set_antialiased(False)
        self._mask.set_capstyle("round")
        self._mask.set_joinstyle("round")
        self._stack: list[tuple[np.ndarray, float]] = []
        k = self._scale
        self.matrix = np.array([[k, 0, 0], [0, -k, self.side], [0, 0, 1.0]])  # Agg counts y from below
        self.unit = k  # pixels to one unit of the shapes

    @property
    def pixels(self) -> np.ndarray:
        """The picture so far, uint8 (side, side, 3), not a copy."""
        return np.asarray(self._picture.buffer_rgba())[..., :3]

    @property
    def labels(self) -> np.ndarray:
        """The labels so far, uint8 (side, side), not a copy."""
        return np.asarray(self._labels.buffer_rgba())[..., 0]

    def paint_rows(self, rows: np.ndarray) -> None:
        """Cover the picture with one colour a row, uint8 (side, 3); it stands under all else."""
        buffer = np.asarray(self._picture.buffer_rgba())
        buffer[..., :3] = rows[:, None]
        buffer[..., 3] = 255

    def push(self, x: float, y: float, scale: float = 1.0, mirror: bool = False, turn: float = 0.0) -> None:
        """Draw from now on around (x, y), scaled, mirrored and turned by `turn` degrees clockwise."""
        self._stack.append((self.matrix, self.unit))
        a = math.radians(turn)
        flip = -scale if mirror else scale
        own = np.array(
            [[flip * math.cos(a), -scale * math.sin(a), x], [flip * math.sin(a), scale * math.cos(a), y], [0, 0, 1.0]]
        )
        self.matrix = self.matrix @ own
        self.unit *= scale

    def pop(self) -> None:
        self.matrix, self.unit = self._stack.pop()

    def colour(self, c: RGB, alpha: float = 1.0, lit: bool = False) -> RGBA:
        """The paint for a colour in this light, 0 to 1; what is lit shines by itself."""
        if not lit:
            c = c[0] * self.light[0], c[1] * self.light[1], c[2] * self.light[2]
        if self.style == "ink":
            c = mix(c, _NIGHT_PAPER if self.night else PAPER, 0.24)
        red, green, blue = (min(255.0, max(0.0, x)) / 255 for x in c)
        return red, green, blue, alpha

    def _draw(
        self,
        path: Path,
        matrix: np.ndarray,
        face: RGBA | None,
        line: RGBA | None,
        width: float,
    ) -> None:
        gc = self._gc
        if line is None:
            gc.set_linewidth(0)
        else:
            gc.set_linewidth(width)
            gc.set_foreground(line, isRGBA=True)
        self._picture.draw_path(gc, path, matrix, face)
        alpha = face[3] if face is not None else line[3] if line is not None else 0
        if self.label is not None and alpha > 0.6:
            shade = self.label / 255
            self._mask.set_linewidth(width if face is None else 0)
            self._mask.set_foreground((shade, shade, shade, 1.0), isRGBA=True)
            self._labels.draw_path(self._mask, path, matrix, None if face is None else (shade, shade, shade, 1.0))

    def _fill(self, path: Path, matrix: np.ndarray, c: RGB, edge: bool, alpha: float, lit: bool) -> None:
        line: RGBA | None = None
        width = 0.0
        if edge and self.style == "ink":
            line, width = (INK[0] / 255, INK[1] / 255, INK[2] / 255, 1.0), 1.35
        elif edge and self.style == "watercolour":
            line, width = self.colour(dark(c, 0.72), 0.42 * alpha), 1.1
        if self.style == "watercolour":
            alpha *= 0.92
        self._draw(path, matrix, self.colour(c, alpha, lit), line, width)

    def path(self, path: Path | str, c: RGB, edge: bool = True, alpha: float = 1.0, lit: bool = False) -> None:
        """Fill an outline (SVG path data or a path); `edge` draws its contour in the styles that have contours."""
        self._fill(svg(path) if isinstance(path, str) else path, self.matrix, c, edge, alpha, lit)

    def poly(
        self, points: Sequence[tuple[float, float]], c: RGB, edge: bool = True, alpha: float = 1.0, lit: bool = False
    ) -> None:
        self._fill(polygon(points), self.matrix, c, edge, alpha, lit)

    def rect(
        self, x: float, y: float, w: float, h: float, c: RGB,
        radius: float = 0, edge: bool = True, alpha: float = 1.0, lit: bool = False,
    ) -> None:  # fmt: skip
        """A rectangle whose upper left corner is (x, y)."""
        place = self.matrix @ np.array([[1, 0, x], [0, 1, y], [0, 0, 1.0]])
        self._fill(rounded(w, h, radius), place, c, edge, alpha, lit)

    def oval(
        self, x: float, y: float, rx: float, ry: float, c: RGB,
        edge: bool = True, alpha: float = 1.0, lit: bool = False, turn: float = 0.0,
    ) -> None:  # fmt: skip
        """An ellipse around (x, y) with the radii rx and ry, turned by `turn` degrees clockwise."""
        a = math.radians(turn)
        cos, sin = math.cos(a), math.sin(a)
        place = self.matrix @ np.array([[rx * cos, -ry * sin, x], [rx * sin, ry * cos, y], [0, 0, 1.0]])
        self._fill(CIRCLE, place, c, edge, alpha, lit)

    def circle(
        self, x: float, y: float, radius: float, c: RGB, edge: bool = True, alpha: float = 1.0, lit: bool = False
    ) -> None:
        self.oval(x, y, radius, radius, c, edge, alpha, lit)

    def stroke(self, path: Path | str, c: RGB, width: float, alpha: float = 1.0, lit: bool = False) -> None:
        """A line with round ends, `width` in units of the shapes, never thinner than a pixel."""
        path = svg(path) if isinstance(path, str) else path
        pixels = max(width * self.unit, 1.0)
        if self.style == "ink" and pixels > 2:
            self._draw(path, self.matrix, None, (INK[0] / 255, INK[1] / 255, INK[2] / 255, alpha), pixels + 2)
        self._draw(path, self.matrix, None, self.colour(c, alpha, lit), pixels)

    def window(self, x: float, y: float, w: float, h: float, radius: float = 1.5) -> None:
        """A window pane: the sky by day, a lamp at night."""
        self.rect(x, y, w, h, GOLD if self.night else GLASS, radius, lit=self.night)

    def eye(self, x: float, y: float, radius: float = 3.2) -> None:
        """A dark eye with a spark."""
        self.circle(x, y, radius, (38, 34, 44), edge=False, lit=True)
        if self.style != "pixel" or radius * self.unit > 1.8:  # else it would be all spark
            self.circle(x + radius * 0.3, y - radius * 0.35, radius * 0.38, (255, 255, 255), edge=False, lit=True)
