"""Sky, sun and moon, clouds, rainbow, and the weather in front of everything."""

from __future__ import annotations

from random import Random

import numpy as np

from diffuscope.worlds.storybook.drawing.layout import Layout
from diffuscope.worlds.storybook.pen.palette import RAINBOW, RGB, dark, light, mix, vary
from diffuscope.worlds.storybook.pen.pen import SIDE, Pen

LIGHT: dict[str, RGB] = {
    "day": (1, 1, 1),
    "sunset": (1, 0.9, 0.85),
    "night": (0.72, 0.74, 0.91),
    "dawn": (1, 0.96, 0.97),
}
"""The colour of the light by time, which tints every place."""

OBJECT_LIGHT: dict[str, RGB] = {**LIGHT, "sunset": (1, 0.93, 0.88), "night": (0.86, 0.86, 0.98)}
"""The same for objects, a little brighter, so that orange does not turn brown at night."""

_SKIES: dict[str, tuple[RGB, RGB, RGB]] = {
    "day": ((88, 176, 234), (156, 214, 244), (224, 243, 246)),
    "sunset": ((104, 92, 164), (232, 140, 142), (255, 196, 122)),
    "night": ((18, 24, 60), (36, 48, 98), (74, 94, 152)),
    "dawn": ((142, 170, 226), (212, 200, 230), (255, 220, 198)),
}
_GREY: dict[str, RGB] = {
    "day": (166, 184, 200),
    "sunset": (176, 146, 158),
    "night": (54, 62, 94),
    "dawn": (188, 184, 200),
}
_CLOUD: dict[str, RGB] = {
    "day": (255, 255, 255),
    "sunset": (255, 208, 184),
    "night": (112, 124, 172),
    "dawn": (255, 242, 242),
}
_CLOUDS = (
    "M-58,20C-84,20 -82,-14 -54,-12C-52,-46 -8,-52 4,-28C24,-46 58,-30 52,-4C80,-6 82,20 58,20Z",
    "M-60,18C-82,18 -80,-8 -56,-8C-56,-34 -26,-40 -14,-24C-4,-56 42,-50 42,-16C66,-22 78,18 54,18Z",
    "M-66,16C-86,14 -80,-12 -56,-10C-48,-34 -16,-34 -8,-16C8,-34 38,-28 40,-8C66,-14 80,14 62,16Z",
)


def sky(p: Pen, layout: Layout, r: Random) -> tuple[RGB, float]:
    """Paint the sky; returns the colour of the air at the horizon and the x of the sun or moon (or -1)."""
    scene = layout.scene
    time, weather = str(scene.time), str(scene.weather)
    stops = [vary(c, r, 6) for c in _SKIES[time]]
    if weather in ("rain", "snow"):
        grey = _GREY[time]
        stops = [
            mix(c, g, t)
            for c, g, t in zip(stops, (dark(grey, 0.84), dark(grey, 0.92), grey), (0.72, 0.7, 0.6), strict=True)
        ]
    saved, p.light = p.light, (1, 1, 1)
    p.paint_rows(_gradient(p, stops, layout.horizon + 6))
    x = -1.0
    if weather not in ("rain", "snow"):
        x = _sun_x(layout, r)
        if time == "night":
            _stars(p, layout, r)
            _moon(p, x, r.uniform(17, 28), r)
        else:
            _sun(p, time, x, layout.horizon, r)
    if weather == "rainbow":
        _rainbow(p, layout.horizon, r)
    _clouds(p, time, weather, r)
    p.light = saved
    return stops[2], x


def _gradient(p: Pen, stops: list[RGB], horizon: float) -> np.ndarray:
    at = np.clip(np.arange(p.side) / p.side * SIDE / horizon, 0, 1)
    if p.style == "pixel":
        at = np.floor(at * 6) / 5.5
    rows = [np.interp(at, (0, 0.55, 1), [255 * p.colour(c)[i] for c in stops]) for i in range(3)]
    return np.stack(rows, 1).round().astype(np.uint8)


def _sun_x(layout: Layout, r: Random) -> float:
    """A place for the sun where nothing tall or flying hides it, if there is one."""
    tries = [r.uniform(18, 110) for _ in range(6)]
    return max(tries, key=lambda x: min((abs(x - t.x) - 0.3 * t.scale for t in layout.things), default=0))


def _stars(p: Pen, layout: Layout, r: Random) -> None:
    for i in range(r.randrange(10, 15)):
        x, y = (i * 53 % 128 + r.uniform(-9, 9)) % 124 + 2, r.uniform(4, layout.horizon - 12)
        size = r.choice((1.1, 1.4, 2.4))
        c = (255, 250, 220)
        if p.style == "pixel":
            x, y = x // 2 * 2, y // 2 * 2
            p.rect(x, y, 2, 2, c, edge=False)
            if size > 2:
                p.rect(x - 2, y, 6, 2, c, edge=False, alpha=0.55)
                p.rect(x, y - 2, 2, 6, c, edge=False, alpha=0.55)
        elif size < 2:
            p.circle(x, y, size, c, edge=False)
        else:
            k = 3.2
            p.path(f"M{x:.1f},{y - k:.1f}Q{x:.1f},{y:.1f} {x + k:.1f},{y:.1f}Q{x:.1f},{y:.1f} {x:.1f},{y + k:.1f}"
                   f"Q{x:.1f},{y:.1f} {x - k:.1f},{y:.1f}Q{x:.1f},{y:.1f} {x:.1f},{y - k:.1f}Z", c, edge=False)  # fmt: skip
            p.circle(x, y, 1.5, c, edge=False)


def _moon(p: Pen, x: float, y: float, r: Random) -> None:
    gold = (255, 240, 190)
    for radius, alpha in ((19, 0.08), (14, 0.14)):
        p.circle(x, y, radius, gold, edge=False, alpha=alpha)
    p.push(x, y, 1.0, r.random() < 0.5, r.uniform(-24, 24))
    if r.random() < 0.6:
        p.path("M3,-11C-8,-11 -14,-1 -10,6C-5,14 8,13 11,4C2,8 -6,2 -3,-5Q-2,-9 3,-11Z", gold)
    else:
        p.circle(0, 0, 10, gold)
        for cx, cy, size in ((-3, -2.5, 2.4), (3.5, 3, 1.9), (3, -4, 1.4)):
            p.circle(cx, cy, size, (236, 216, 160), edge=False)
    p.pop()


def _sun(p: Pen, time: str, x: float, horizon: float, r: Random) -> None:
    y = {"day": r.uniform(16, 26), "sunset": horizon - r.uniform(3, 9), "dawn": horizon - r.uniform(10, 18)}[time]
    radius = {"day": 10, "sunset": 17, "dawn": 12.5}[time] * r.uniform(0.94, 1.1)
    c: RGB = {"day": (255, 216, 84), "sunset": (255, 120, 84), "dawn": (255, 244, 200)}[time]
    for grow, alpha in ((2.0, 0.13), (1.5, 0.22)):
        p.circle(x, y, radius * grow, light(c, 0.2), edge=False, alpha=alpha)
    p.circle(x, y, radius, c)


def _rainbow(p: Pen, horizon: float, r: Random) -> None:
    cx, cy, big = r.uniform(44, 84), horizon + r.uniform(2, 10), r.uniform(52, 60)
    k = 0.5523
    for i, c in enumerate(RAINBOW):
        a = big - i * 3.2
        p.stroke(f"M{cx - a:.2f},{cy:.2f}C{cx - a:.2f},{cy - k * a:.2f} {cx - k * a:.2f},{cy - a:.2f} {cx:.2f},{cy - a:.2f}"
                 f"C{cx + k * a:.2f},{cy - a:.2f} {cx + a:.2f},{cy - k * a:.2f} {cx + a:.2f},{cy:.2f}", c, 3.4, 0.85)  # fmt: skip


def _clouds(p: Pen, time: str, weather: str, r: Random) -> None:
    n = {"clear": 0, "clouds": r.choice((3, 3, 4)), "rain": 4, "snow": 3, "rainbow": r.choice((1, 2))}[weather]
    white = _CLOUD[time]
    if weather == "rain":
        white = mix(white, (112, 120, 142), 0.62)
    under = mix(white, _SKIES[time][1], 0.34) if weather != "rain" else dark(white, 0.9)
    for i in range(n):
        scale = r.uniform(0.17, 0.26) * (1.2 if weather == "rain" else 1)
        p.push((i + r.uniform(0.2, 0.8)) * SIDE / n, r.uniform(15, 36), scale, r.random() < 0.5)
        p.path(r.choice(_CLOUDS), white, edge=p.style == "ink", alpha=0.95)
        p.path("M-62,19C-74,18 -76,6 -68,2C-40,14 40,14 68,2C74,8 72,19 58,19Z", under, edge=False, alpha=0.8)
        p.pop()


def weather(p: Pen, layout: Layout, r: Random) -> None:
    """Rain or snow in front of everything: few and thick, so that nothing gets lost behind it."""
    if layout.scene.weather == "rain":
        lines, drop = (13, "l-2,7") if p.style == "pixel" else (18, "l-3,10")
        for i in range(lines):
            x, y = (i * 47 % 131) + r.uniform(-4, 4), r.uniform(0, 112)
            p.stroke(f"M{x:.1f},{y:.1f}{drop}", (220, 236, 250), 1.7, 0.75, lit=True)
    elif layout.scene.weather == "snow":
        for i in range(24):
            x, y = (i * 41 % 127) + r.uniform(-4, 4), r.uniform(2, 124)
            if p.style == "pixel":
                p.rect(x // 2 * 2, y // 2 * 2, *((4, 4) if i % 2 else (2, 2)), (255, 255, 255), edge=False, lit=True)
            else:
                p.circle(x, y, r.choice((1.6, 2.0, 2.7)), (255, 255, 255), edge=False, alpha=0.95, lit=True)
