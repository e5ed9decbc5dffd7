"""House, castle, church, lighthouse, tent, windmill."""

from __future__ import annotations

import math
from random import Random

from diffuscope.worlds.storybook.objects.kinds import ALL, kind
from diffuscope.worlds.storybook.pen.palette import CREAM, DARK, GLASS, GOLD, RGB, ROOFS, WOOD, dark, light, mix, pale
from diffuscope.worlds.storybook.pen.pen import Pen


@kind("house", size=0.52, half=56, top=96, colours=ALL, also="cottage", zh="房子 屋子", measure="座",
      places="meadow,hills,mountains,forest,snow field,town", sure=True)  # fmt: skip
def house(p: Pen, c: RGB, r: Random) -> None:
    w, h = r.uniform(74, 92), r.uniform(46, 54)
    roof = r.choice(ROOFS)
    top = -h - r.uniform(36, 44)
    p.rect(w * 0.2, top + 2, 13, 30, dark(roof, 0.8))
    p.rect(w * 0.2 - 2, top, 17, 6, dark(roof, 0.66), 1)
    p.rect(-w / 2, -h, w, h, c)
    p.rect(w * 0.3, -h, w * 0.2, h, dark(c, 0.92), edge=False)
    p.rect(-w / 2, -h, w, 6, dark(c, 0.84), edge=False)
    ridge = w * r.choice((0, 0.26))
    p.poly([(-w / 2 - 9, -h), (-ridge, top), (ridge, top), (w / 2 + 9, -h)], roof)
    p.poly([(-w / 2 - 9, -h), (-w / 2 - 5, -h - 6), (w / 2 + 5, -h - 6), (w / 2 + 9, -h)], dark(roof, 0.86), edge=False)
    door = r.choice((-0.25, 0.0, 0.25)) * w
    p.rect(door - 8, -29, 16, 29, dark(roof, 0.7), 4)
    p.circle(door + 4, -14, 1.8, GOLD, edge=False)
    for x in (-0.29, 0.29) if door == 0 else (-door / w,):
        x *= w
        p.rect(x - 10, -h + 11, 20, 20, CREAM if not pale(c) else dark(roof, 0.9), 1)
        p.window(x - 8, -h + 13, 16, 16, 1)


@kind("castle", size=0.60, half=52, top=108, colours="white pink blue purple yellow orange", zh="城堡", measure="座",
      places="hills,mountains,snow field,meadow", sure=True)  # fmt: skip
def castle(p: Pen, c: RGB, r: Random) -> None:
    w = r.uniform(62, 70)
    roof = r.choice([x for x in ((60, 90, 150), (178, 70, 70), (110, 80, 140)) if math.dist(x, c) > 90])
    wall = mix(c, (196, 190, 186), 0.12)
    if r.random() < 0.6:
        p.rect(-10, -78, 20, 40, dark(wall, 0.92))
        p.poly([(-14, -78), (0, -108), (14, -78)], roof)
        p.window(-4, -70, 8, 13, 4)
    p.rect(-w / 2, -44, w, 44, wall)
    for i in range(5):
        p.rect(-w / 2 + i * w / 5 + 1.5, -51, w / 5 - 4, 8, wall, edge=False)
    for side in (-1, 1):
        x = side * w / 2
        p.rect(x - 12, -64, 24, 64, dark(wall, 0.95))
        p.rect(x + 4, -64, 8, 64, dark(wall, 0.86), edge=False)
        p.stroke(f"M{x:.1f},-94V-106", DARK, 2)
        p.poly([(x, -107), (x + 11, -103), (x, -99)], (222, 62, 58), edge=False)
        p.poly([(x - 16, -64), (x, -97), (x + 16, -64)], roof)
        p.window(x - 4.5, -54, 9, 14, 4)
    p.path("M-13,0V-20C-13,-36 13,-36 13,-20V0Z", (92, 64, 52))
    p.stroke("M0,0V-30M-6,0V-28M6,0V-28", (64, 44, 38), 1.5)


@kind("church", size=0.56, half=46, top=124, colours="white yellow pink blue orange", also="chapel", plural="churches",
      zh="教堂", measure="座", places="hills,mountains,snow field,town")  # fmt: skip
def church(p: Pen, c: RGB, r: Random) -> None:
    roof = r.choice(ROOFS)
    glass = GOLD if p.night else GLASS
    p.rect(-14, -40, 56, 40, c)
    p.poly([(-14, -40), (-4, -67), (36, -67), (47, -40)], roof)
    p.rect(-38, -62, 28, 62, dark(c, 0.95))
    p.poly([(-43, -62), (-24, -106), (-5, -62)], dark(roof, 0.92))
    p.stroke("M-24,-105V-121M-30,-115H-18", DARK, 3.4)
    p.path("M-32,0V-16C-32,-28 -16,-28 -16,-16V0Z", dark(roof, 0.66))
    p.circle(-24, -46, 6.5, glass, lit=p.night)
    for x in (1, 23):
        p.path(f"M{x},-10V-24C{x},-34 {x + 12},-34 {x + 12},-24V-10Z", glass, lit=p.night)


@kind("lighthouse", size=0.60, half=18, top=122, colours="red red red blue green orange purple", zh="灯塔", measure="座",
      places="sea,beach", sure=True)  # fmt: skip
def lighthouse(p: Pen, c: RGB, r: Random) -> None:
    if p.night:
        p.path("M0,-94L-130,-128L-130,-78Z", (255, 236, 160), edge=False, alpha=0.34, lit=True)
    p.poly([(-17, 0), (-11, -84), (11, -84), (17, 0)], CREAM)
    for a, b in ((0, 18), (35, 53), (69, 84)):
        wa, wb = 17 - 6 * a / 84, 17 - 6 * b / 84
        p.poly([(-wa, -a), (-wb, -b), (wb, -b), (wa, -a)], c)
    p.poly([(6, 0), (4, -84), (11, -84), (17, 0)], (40, 40, 70), edge=False, alpha=0.13)
    p.rect(-9, -101, 18, 15, (255, 226, 120), 2, lit=True)
    p.rect(-16, -88, 32, 5, DARK, 2)
    p.path("M-14,-101C-12,-118 12,-118 14,-101Z", c)
    p.stroke("M0,-113V-119", DARK, 3)
    p.path("M-6,0V-10C-6,-18 6,-18 6,-10V0Z", DARK, edge=False)


@kind("tent", size=0.50, half=58, top=86, colours="red orange yellow green blue purple pink", zh="帐篷", measure="顶",
      places="mountains,beach,desert,forest,hills", sure=True)  # fmt: skip
def tent(p: Pen, c: RGB, r: Random) -> None:
    w, h = r.uniform(50, 58), r.uniform(64, 74)
    p.stroke(f"M-6,{-h - 9:.1f}L0,{-h:.1f}L6,{-h - 9:.1f}", WOOD, 4)
    p.poly([(-w, 0), (0, -h), (w, 0)], c)
    p.poly([(w * 0.42, 0), (0, -h), (w, 0)], dark(c, 0.84), edge=False)
    p.poly([(-17, 0), (0, -h * 0.72), (17, 0)], GOLD if p.night else (74, 62, 66), lit=p.night)
    p.poly([(-17, 0), (0, -h * 0.72), (-5, 0)], light(c, 0.35), edge=False)
    p.poly([(17, 0), (0, -h * 0.72), (5, 0)], light(c, 0.2), edge=False)


@kind("windmill", size=0.54, half=52, top=122, colours="white red blue yellow orange pink", zh="风车", measure="座",
      places="meadow,hills", sure=True)  # fmt: skip
def windmill(p: Pen, c: RGB, r: Random) -> None:
    p.poly([(-23, 0), (-13, -66), (13, -66), (23, 0)], c)
    p.poly([(9, 0), (5, -66), (13, -66), (23, 0)], dark(c, 0.88), edge=False)
    p.path("M-17,-65C-15,-88 15,-88 17,-65Z", r.choice(ROOFS))
    p.path("M-8,0V-13C-8,-23 8,-23 8,-13V0Z", (92, 64, 52))
    p.window(-6, -45, 12, 13)
    turn = r.uniform(12, 78)
    for i in range(4):
        a = math.radians(turn + 90 * i)
        x, y = math.cos(a), math.sin(a)
        blade = [(x * u - y * v, -70 + y * u + x * v) for u, v in ((11, 0), (49, 0), (49, 13), (11, 13))]
        p.poly(blade, CREAM if not pale(c) else (236, 214, 170))
        p.stroke(f"M0,-70L{x * 51:.1f},{-70 + y * 51:.1f}", WOOD, 3.4)
    p.circle(0, -70, 5, WOOD)
