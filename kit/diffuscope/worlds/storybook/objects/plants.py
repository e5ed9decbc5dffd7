"""Trees, flowers, mushroom, cactus, apple."""

from __future__ import annotations

import math
from random import Random

from diffuscope.worlds.storybook.objects.kinds import ALL, kind
from diffuscope.worlds.storybook.pen.palette import CREAM, LEAF, PAINTS, RGB, SNOW, WOOD, dark, light, pale, vary
from diffuscope.worlds.storybook.pen.pen import Pen


def _crown(p: Pen, green: RGB, r: Random, cloudy: float = 0.5) -> None:
    """A round crown or, in so many cases, a cloudy one; its light side is at the upper left."""
    if r.random() >= cloudy:
        p.circle(0, -67, 33, green)
        p.path("M28,-84C36,-64 22,-36 0,-35C-8,-34 -20,-38 -25,-46C0,-36 26,-50 28,-84Z", dark(green, 0.88), edge=False)
    else:
        p.path(
            "M-26,-42C-46,-50 -42,-76 -25,-77C-20,-101 20,-101 25,-77C42,-76 46,-50 26,-42C16,-34 -16,-34 -26,-42Z",
            green,
        )
        p.path("M-34,-50C-26,-42 16,-40 36,-60C38,-50 34,-45 26,-42C16,-34 -16,-34 -26,-42C-30,-44 -32,-46 -34,-50Z",
               dark(green, 0.88), edge=False)  # fmt: skip
    p.oval(-11, -79, 12, 8, light(green, 0.2), edge=False, turn=-24)


@kind("fir tree", size=0.54, half=40, top=106, also="fir,pine tree", zh="冷杉 松树", measure="棵",
      places="mountains,forest,snow field", sure=True)  # fmt: skip
def fir(p: Pen, c: RGB, r: Random) -> None:
    w = r.uniform(32, 39)
    p.rect(-6, -16, 12, 16, WOOD)
    green = vary((54, 126, 90), r)
    n = r.choice((3, 3, 4))
    snow = r.random() < 0.12
    for i in range(n):
        a, b, half = -11 - i * 72 / n, -58 - i * 62 / n, w * (1 - i * 0.2)
        shade = light(green, 0.05 * i)
        p.path(f"M{-half:.1f},{a:.1f}Q{-half * 0.3:.1f},{(a + b) / 2:.1f} 0,{b:.1f}Q{half * 0.3:.1f},{(a + b) / 2:.1f} {half:.1f},{a:.1f}"
               f"Q0,{a + 9:.1f} {-half:.1f},{a:.1f}Z", shade)  # fmt: skip
        p.path(f"M0,{b:.1f}Q{half * 0.3:.1f},{(a + b) / 2:.1f} {half:.1f},{a:.1f}Q{half * 0.6:.1f},{a + 3:.1f} {half * 0.34:.1f},{a + 3:.1f}Z",
               dark(shade, 0.86), edge=False)  # fmt: skip
        if snow:
            p.poly([(-half * 0.3, b + 17), (0, b), (half * 0.3, b + 17)], SNOW, edge=False)


@kind("tree", size=0.54, half=40, top=100, colours="green green green green orange red yellow pink", also="leafy tree",
      zh="树", measure="棵", places="meadow,hills,forest", sure=True)  # fmt: skip
def tree(p: Pen, c: RGB, r: Random) -> None:
    p.path("M-8,0Q-4,-20 -5,-46H5Q4,-20 8,0Z", WOOD)
    p.stroke("M0,-36L11,-50M0,-30L-10,-46", WOOD, 4)
    green = c[1] > c[0] and c[1] > c[2]
    _crown(p, vary((92, 164, 84) if green else c, r, 10), r, 0.5 if green else 1)


@kind(
    "palm tree",
    size=0.58,
    half=52,
    top=96,
    middle=10,
    also="palm",
    zh="棕榈树 椰子树",
    measure="棵",
    places="beach,desert",
    sure=True,
)
def palm(p: Pen, c: RGB, r: Random) -> None:
    lean = r.uniform(4, 15)
    p.path(
        f"M-7,0C-4,-30 {lean - 6:.1f},-50 {lean - 4:.1f},-76H{lean + 5:.1f}C{lean + 3:.1f},-50 7,-30 8,0Z",
        (166, 118, 76),
    )
    for y in (-12, -27, -42, -57):
        x = lean * (-y / 76) ** 1.4
        p.stroke(f"M{x - 4:.1f},{y}Q{x:.1f},{y + 3} {x + 5:.1f},{y}", (126, 84, 56), 2)
    green = vary((70, 158, 96), r)
    for dx, dy, s in (
        (-40, 30, 0.8),
        (40, 28, 0.8),
        (-47, 12, 1),
        (47, 10, 1),
        (-34, -14, 0.9),
        (34, -16, 0.9),
        (0, -24, 1),
    ):
        x, y = lean + dx, -74 + dy
        p.path(f"M{lean:.1f},-77Q{lean + dx * 0.55:.1f},{-102 + dy * 0.3:.1f} {x:.1f},{y}Q{lean + dx * 0.4:.1f},{-80 + dy * 0.25:.1f} {lean:.1f},-69Z",
               dark(green, s))  # fmt: skip
    for x, y in ((-5, -69), (6, -68), (1, -64)):
        p.circle(lean + x, y, 5, (120, 78, 52), edge=False)


@kind("apple tree", size=0.54, half=40, top=100, zh="苹果树", measure="棵", places="meadow,hills")
def apple_tree(p: Pen, c: RGB, r: Random) -> None:
    p.path("M-8,0Q-4,-20 -5,-46H5Q4,-20 8,0Z", WOOD)
    _crown(p, vary((96, 168, 84), r, 8), r)
    for x, y in ((-24, -56), (-6, -82), (0, -55), (14, -72), (24, -54), (-15, -70)):
        p.circle(x + r.uniform(-2, 2), y + r.uniform(-2, 2), 6.4, (226, 56, 52), edge=False)


@kind("flower", size=0.46, half=32, top=102, colours="red orange yellow blue purple pink white", also="blossom",
      zh="花 花朵", measure="朵", places="meadow,hills,forest")  # fmt: skip
def flower(p: Pen, c: RGB, r: Random) -> None:
    h = r.uniform(48, 56)
    p.stroke(f"M0,0Q{r.uniform(-6, 6):.1f},{-h / 2:.1f} 0,{-h:.1f}", LEAF, 6)
    p.path("M0,-8Q-30,-10 -32,-34Q-6,-32 0,-8Z", LEAF)
    p.path("M0,-8Q30,-10 32,-34Q6,-32 0,-8Z", dark(LEAF, 0.9))
    n, turn = r.choice((5, 6, 6)), r.uniform(0, 1)
    for i in range(n):
        a = (i + turn) * 2 * math.pi / n
        p.circle(math.cos(a) * 18, -h - 16 + math.sin(a) * 18, 13.5, c if i % 2 else light(c, 0.1))
    p.circle(0, -h - 16, 11.5, (250, 200, 60) if c[2] > 110 or c[1] < 120 else (150, 90, 50))


@kind("sunflower", size=0.50, half=34, top=114, zh="向日葵", measure="朵", places="meadow,hills", sure=True)
def sunflower(p: Pen, c: RGB, r: Random) -> None:
    h = 62
    p.stroke(f"M0,0V{-h}", LEAF, 6)
    p.path("M0,-10Q-30,-14 -32,-38Q-6,-36 0,-10Z", LEAF)
    p.path("M0,-16Q30,-20 32,-44Q6,-42 0,-16Z", dark(LEAF, 0.9))
    for i in range(12):
        a = i * math.pi / 6
        x, y = math.cos(a), math.sin(a)
        petal = [
            (x * 12 - y * 8, -h - 18 + y * 12 + x * 8),
            (x * 33, -h - 18 + y * 33),
            (x * 12 + y * 8, -h - 18 + y * 12 - x * 8),
        ]
        p.poly(petal, (252, 200, 50) if i % 2 else (246, 178, 40))
    p.circle(0, -h - 18, 17, (112, 72, 46))
    p.circle(-3, -h - 21, 9, (140, 92, 58), edge=False)


@kind("mushroom", size=0.42, half=42, top=86, colours=ALL.replace("green ", ""), also="toadstool", zh="蘑菇", measure="朵",
      places="meadow,forest")  # fmt: skip
def mushroom(p: Pen, c: RGB, r: Random) -> None:
    p.path("M-14,0C-19,-20 -13,-36 -13,-46H13C13,-36 19,-20 14,0Q0,5 -14,0Z", CREAM)
    p.path("M4,2C9,-18 5,-34 3,-46H13C13,-36 19,-20 14,0Q8,2 4,2Z", dark(CREAM, 0.9), edge=False)
    p.path("M-42,-44C-40,-100 40,-100 42,-44Q0,-32 -42,-44Z", c)
    p.path(
        "M42,-44Q0,-32 -42,-44C-42,-48 -41,-50 -40,-52Q0,-42 41,-52C42,-50 42,-48 42,-44Z", dark(c, 0.84), edge=False
    )
    dots = CREAM if not pale(c) else (226, 90, 80)
    for x, y, s in ((-21, -60, 7.5), (4, -75, 8.5), (25, -60, 7)):
        p.oval(x + r.uniform(-2, 2), y, s, s * 0.86, dots, edge=False)


@kind("cactus", size=0.50, half=32, top=106, plural="cactuses", zh="仙人掌", measure="棵", places="desert", sure=True)
def cactus(p: Pen, c: RGB, r: Random) -> None:
    green = vary((72, 150, 98), r)
    tall = r.uniform(86, 96)
    p.stroke(f"M0,-34Q-25,-34 -25,{-r.uniform(52, 66):.1f}", green, 14)
    p.stroke(f"M0,-26Q25,-26 25,{-r.uniform(48, 64):.1f}", green, 14)
    p.stroke(f"M0,-8V{-tall + 12:.1f}", green, 24)
    p.stroke(f"M-5,-6V{-tall + 14:.1f}M5,-6V{-tall + 14:.1f}", dark(green, 0.78), 2.2)
    if r.random() < 0.6:
        p.circle(-5, -tall, 6, (244, 120, 160), edge=False)
        p.circle(5, -tall, 6, (250, 140, 176), edge=False)
        p.circle(0, -tall - 4, 6, (252, 150, 186), edge=False)


@kind(
    "apple",
    size=0.42,
    half=44,
    top=94,
    colours="red red green yellow",
    zh="苹果",
    measure="个",
    places="meadow,hills,town",
)
def apple(p: Pen, c: RGB, r: Random) -> None:
    if c == PAINTS["green"]:
        c = (120, 186, 84)
    p.path("M0,-66C-14,-78 -44,-70 -42,-36C-40,-6 -18,4 0,-3C18,4 40,-6 42,-36C44,-70 14,-78 0,-66Z", c)
    p.path("M34,-64C50,-40 30,-4 0,-3C18,4 40,-6 42,-36C43,-50 40,-59 34,-64Z", dark(c, 0.84), edge=False)
    p.oval(-22, -48, 7, 12, light(c, 0.55), edge=False, turn=14)
    p.stroke("M0,-64Q0,-80 7,-90", WOOD, 6)
    p.path("M4,-74Q12,-98 40,-92Q30,-70 4,-74Z", LEAF)
