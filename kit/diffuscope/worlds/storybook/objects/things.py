"""Snowman, campfire, umbrella, kite."""

from __future__ import annotations

from random import Random

from diffuscope.worlds.storybook.objects.kinds import ALL, kind
from diffuscope.worlds.storybook.pen.palette import DARK, RGB, SNOW, WOOD, dark, light, pale
from diffuscope.worlds.storybook.pen.pen import Pen


@kind(
    "snowman",
    size=0.50,
    half=48,
    top=120,
    plural="snowmen",
    zh="雪人",
    measure="个",
    places="snow field,mountains",
    sure=True,
)
def snowman(p: Pen, c: RGB, r: Random) -> None:
    scarf = r.choice(((222, 62, 58), (52, 116, 204), (74, 160, 92)))
    p.stroke("M22,-50L44,-68M37,-62L46,-60M-22,-50L-44,-66M-37,-60L-46,-58", WOOD, 4)
    p.circle(0, -24, 28, SNOW)
    p.path("M20,-44C36,-26 22,6 0,4C-10,4 -18,-2 -22,-8C4,2 26,-10 20,-44Z", (220, 228, 242), edge=False)
    p.circle(0, -60, 21, SNOW)
    p.path("M16,-72C26,-58 14,-38 0,-39C-8,-40 -12,-44 -14,-46C4,-42 18,-52 16,-72Z", (220, 228, 242), edge=False)
    p.circle(0, -86, 17, SNOW)
    p.rect(6, -74, 10, 24, dark(scarf, 0.88), 2)
    p.rect(-17, -77, 34, 9, scarf, 4)
    p.rect(-13, -120, 26, 22, DARK, 2)
    p.rect(-13, -106, 26, 6, scarf, edge=False)
    p.rect(-20, -101, 40, 5.5, DARK, 2)
    p.eye(-7, -90, 3.4)
    p.eye(7, -90, 3.4)
    p.poly([(-2, -87), (21, -82), (-1, -80)], (245, 138, 48))
    for y in (-60, -49):
        p.circle(0, y, 2.8, DARK, edge=False)


@kind(
    "campfire",
    size=0.46,
    half=46,
    top=98,
    also="fire",
    zh="篝火",
    measure="堆",
    places="mountains,desert,forest,beach",
    sure=True,
)
def campfire(p: Pen, c: RGB, r: Random) -> None:
    strength = 0.3 if p.night else 0.13
    for radius in (70, 50):
        p.circle(0, -34, radius, (255, 190, 90), edge=False, alpha=strength, lit=True)
    for x in (-36, 36, -20, 20):
        p.oval(x, -2, 10, 7, (150, 146, 150))
    p.stroke("M-32,-4L28,-16M32,-4L-28,-16", WOOD, 12)
    sway = r.uniform(-8, 8)
    p.path(f"M-29,-14C-36,-46 -16,-52 -14,-72C-4,-62 {sway - 4:.1f},-76 {sway:.1f},-98C16,-76 20,-68 22,-58C34,-42 32,-26 29,-14Q0,0 -29,-14Z",
           (240, 104, 46), lit=True)  # fmt: skip
    p.path(
        f"M-18,-13C-24,-38 -6,-46 {sway * 0.6:.1f},-72C8,-50 24,-38 18,-13Q0,-4 -18,-13Z",
        (252, 186, 62),
        edge=False,
        lit=True,
    )
    p.path("M-9,-12C-12,-26 -3,-32 0,-46C4,-32 12,-26 9,-12Q0,-7 -9,-12Z", (255, 242, 186), edge=False, lit=True)


@kind("umbrella", size=0.48, half=54, top=110, colours=ALL, also="parasol", zh="雨伞 阳伞", measure="把", places="beach,town,meadow")  # fmt: skip
def umbrella(p: Pen, c: RGB, r: Random) -> None:
    other = light(c, 0.6) if not pale(c) else (226, 120, 120)
    p.stroke("M0,-90V-12Q0,0 9,0Q18,0 18,-10", WOOD, 6)
    p.path(
        "M-53,-46C-48,-114 48,-114 53,-46Q44,-55 35,-46Q26,-55 17,-46Q8,-55 0,-46Q-8,-55 -17,-46Q-26,-55 -35,-46Q-44,-55 -53,-46Z",
        c,
    )
    p.path("M-35,-46C-34,-80 -14,-96 0,-97C-11,-86 -18,-70 -17,-46Q-26,-55 -35,-46Z", other, edge=False)
    p.path("M35,-46C34,-80 14,-96 0,-97C11,-86 18,-70 17,-46Q26,-55 35,-46Z", other, edge=False)
    p.stroke("M0,-97V-106", WOOD, 5)


@kind(
    "kite", home="sky", size=0.45, half=36, top=108, colours=ALL, zh="风筝", measure="只", places="meadow,hills,beach"
)
def kite(p: Pen, c: RGB, r: Random) -> None:
    p.stroke("M0,-26Q-16,-12 -3,-2Q12,8 -4,22", DARK, 2.4)
    p.poly([(0, -108), (36, -72), (0, -24), (-36, -72)], c)
    p.poly([(0, -108), (36, -72), (0, -72)], light(c, 0.5) if not pale(c) else (240, 150, 120), edge=False)
    p.poly([(0, -24), (-36, -72), (0, -72)], dark(c, 0.8) if not pale(c) else (240, 150, 120), edge=False)
    p.stroke("M0,-106V-26M-34,-72H34", dark(c, 0.6), 2.4)
    bow = dark(c, 0.9) if not pale(c) else (226, 90, 80)
    for x, y in ((-9, -12), (5, 3), (0, 17)):
        p.poly([(x - 9, y - 5), (x, y), (x - 9, y + 5)], bow, edge=False)
        p.poly([(x + 9, y - 5), (x, y), (x + 9, y + 5)], bow, edge=False)
