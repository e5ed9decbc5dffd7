"""Outlines as matplotlib paths: SVG path data, smooth ridges, unit shapes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
from matplotlib.path import Path

_TOKEN = re.compile(r"[MLHVCQTZmlhvcqtz]|-?(?:\d+\.?\d*|\.\d+)")
_ARGUMENTS = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "Q": 4, "T": 2, "Z": 0}
_CURVE = 0.5523  # control points of a quarter circle


@lru_cache(2048)
def svg(data: str) -> Path:
    """A path from SVG path data: the commands M, L, H, V, C, Q, T and Z, absolute and relative (no arcs).

    https://www.w3.org/TR/SVG11/paths.html#PathData
    """
    tokens = _TOKEN.findall(data)
    points: list[tuple[float, float]] = []
    codes: list[Any] = []
    i, command = 0, "M"
    x = y = qx = qy = sx = sy = 0.0
    while i < len(tokens):
        if tokens[i].isalpha():
            command = tokens[i]
            i += 1
        kind = command.upper()
        count = _ARGUMENTS[kind]
        a = [float(v) for v in tokens[i : i + count]]
        i += count
        dx, dy = (x, y) if command.islower() else (0.0, 0.0)
        if kind == "Z":
            points.append((sx, sy))
            codes.append(Path.CLOSEPOLY)
            x, y = sx, sy
            continue
        if kind == "H":
            a = [a[0] + dx, y]
        elif kind == "V":
            a = [x, a[0] + dy]
        else:
            a = [v + (dy if j % 2 else dx) for j, v in enumerate(a)]
        if kind == "T":
            a = [2 * x - qx, 2 * y - qy, *a]
        if kind in "QT":
            qx, qy = a[0], a[1]
        if kind == "M":
            sx, sy = a
            command = "l" if command == "m" else "L"
        points.extend(zip(a[::2], a[1::2], strict=True))
        code = {"M": Path.MOVETO, "C": Path.CURVE4, "Q": Path.CURVE3, "T": Path.CURVE3}.get(kind, Path.LINETO)
        codes.extend([code] * (len(a) // 2))
        x, y = a[-2], a[-1]
    return Path(np.array(points), codes)


def polygon(points: Sequence[tuple[float, float]]) -> Path:
    codes = [Path.MOVETO, *[Path.LINETO] * (len(points) - 1), Path.CLOSEPOLY]
    return Path(np.array([*points, points[0]]), codes)


def ridge(points: Sequence[tuple[float, float]], bottom: float) -> Path:
    """A smooth line through the points from left to right, closed far below at `bottom`."""
    vertices: list[tuple[float, float]] = [points[0]]
    codes: list[Any] = [Path.MOVETO]
    for (x0, y0), (x1, y1) in pairwise(points):
        middle = (x0 + x1) / 2
        vertices += [(middle, y0), (middle, y1), (x1, y1)]
        codes += [Path.CURVE4] * 3
    vertices += [(points[-1][0], bottom), (points[0][0], bottom), points[0]]
    codes += [Path.LINETO, Path.LINETO, Path.CLOSEPOLY]
    return Path(np.array(vertices), codes)


@lru_cache(256)
def rounded(w: float, h: float, radius: float) -> Path:
    """A rectangle from (0, 0) to (w, h) with round corners."""
    if not radius:
        return polygon([(0, 0), (w, 0), (w, h), (0, h)])
    r = min(radius, w / 2, h / 2)
    k = r * (1 - _CURVE)
    c = Path.CURVE4
    vertices = [
        (r, 0), (w - r, 0), (w - k, 0), (w, k), (w, r), (w, h - r), (w, h - k), (w - k, h), (w - r, h),
        (r, h), (k, h), (0, h - k), (0, h - r), (0, r), (0, k), (k, 0), (r, 0), (r, 0),
    ]  # fmt: skip
    corner = [Path.LINETO, c, c, c]
    return Path(np.array(vertices), [Path.MOVETO, *corner * 4, Path.CLOSEPOLY])


CIRCLE = Path.unit_circle()
