"""Animals of the wild and the garden: snail, penguin, elephant, bird, butterfly, fish, whale."""

from __future__ import annotations

from random import Random

from diffuscope.worlds.storybook.objects.kinds import ALL, kind
from diffuscope.worlds.storybook.pen.palette import CREAM, DARK, RGB, dark, light, pale, vary
from diffuscope.worlds.storybook.pen.pen import Pen

BEAK: RGB = (246, 164, 56)


@kind("snail", size=0.47, half=62, top=76, colours=ALL, zh="蜗牛", measure="只", places="meadow,forest", faces=True)
def snail(p: Pen, c: RGB, r: Random) -> None:
    body = (232, 196, 146)
    p.stroke("M36,-26L32,-58M46,-26L56,-56", body, 6)
    p.circle(32, -62, 6.5, body)
    p.circle(57, -60, 6.5, body)
    p.eye(33, -62, 3.6)
    p.eye(58, -60, 3.6)
    p.path("M-60,0Q-42,-20 -10,-14H24Q24,-40 42,-40Q60,-38 56,-16Q52,0 34,0Z", body)
    p.circle(-8, -40, 36, c)
    p.circle(-5, -38, 25, dark(c, 0.74), edge=False)
    p.circle(-4, -37, 18, c, edge=False)
    p.circle(-2, -36, 9.5, dark(c, 0.7), edge=False)
    p.circle(-2, -37, 4, light(c, 0.2), edge=False)
    p.oval(-22, -58, 7, 5, light(c, 0.42), edge=False, turn=-40)
    p.stroke("M46,-20Q50,-15 54,-21", (150, 104, 76), 2)


@kind("penguin", size=0.45, half=44, top=94, zh="企鹅", measure="只", places="snow field", sure=True)
def penguin(p: Pen, c: RGB, r: Random) -> None:
    coat = vary((50, 56, 78), r, 5)
    for side in (-1, 1):
        p.oval(side * 12, -3, 12, 5.5, BEAK)
        p.path(
            f"M{side * 24},-52C{side * 40},-46 {side * 48},-20 {side * 42},-10Q{side * 30},-14 {side * 24},-26Z", coat
        )
    p.path("M-29,-20C-32,-54 -28,-94 0,-94C28,-94 32,-54 29,-20C26,0 -26,0 -29,-20Z", coat)
    p.path("M-20,-20C-24,-44 -24,-78 -10,-80Q0,-80 0,-71Q0,-80 10,-80C24,-78 24,-44 20,-20C16,-3 -16,-3 -20,-20Z",
           (252, 250, 246), edge=False)  # fmt: skip
    p.eye(-9, -70, 4.6)
    p.eye(9, -70, 4.6)
    p.poly([(-8, -63), (8, -63), (0, -53)], BEAK)
    for side in (-1, 1):
        p.oval(side * 16, -60, 4.5, 3, (250, 150, 150), edge=False, alpha=0.6)


@kind(
    "elephant",
    size=0.52,
    half=66,
    top=92,
    middle=6,
    zh="大象",
    measure="头",
    places="desert,meadow,forest",
    sure=True,
    faces=True,
)
def elephant(p: Pen, c: RGB, r: Random) -> None:
    body = vary((152, 162, 182), r, 7)
    p.stroke("M-46,-54Q-60,-44 -56,-26", body, 5)
    for x in (-22, 28):
        p.rect(x, -28, 17, 28, dark(body, 0.8), 4)
    for x in (-42, 6):
        p.rect(x, -28, 18, 28, dark(body, 0.92), 4)
        for toe in (3, 9, 15):
            p.oval(x + toe, -2.5, 2.6, 2.6, CREAM, edge=False)
    p.path("M-49,-26C-52,-72 -22,-82 0,-79H20V-24H-46Q-49,-24 -49,-26Z", body)
    p.circle(31, -63, 28, body)
    p.path("M42,-52Q64,-50 60,-22Q59,-6 70,-8Q74,-3 68,2Q47,6 47,-20Q47,-34 36,-38Z", body)
    p.stroke("M49,-24Q54,-26 59,-24M49,-14Q54,-15 58,-13M50,-34Q55,-37 60,-34", dark(body, 0.84), 2)
    p.path("M41,-42L57,-33L43,-35Z", (255, 255, 250), edge=False)
    p.oval(13, -64, 20, 25, dark(body, 0.86))
    p.oval(13, -62, 13, 17, (224, 176, 184), edge=False)
    p.eye(42, -68, 4.6)


@kind("bird", home="sky", size=0.42, half=69, top=108, colours=ALL, zh="鸟", measure="只", places="sea,beach,forest,town,hills",
      faces=True)  # fmt: skip
def bird(p: Pen, c: RGB, r: Random) -> None:
    up = r.random() < 0.6
    p.path("M-32,-48L-68,-62Q-66,-52 -60,-46L-68,-34Q-44,-30 -28,-34Z", dark(c, 0.78))
    p.path("M-42,-46C-24,-40 -12,-66 14,-74C26,-84 52,-78 54,-56C56,-40 44,-26 28,-20C2,-10 -28,-20 -42,-46Z", c)
    belly = light(c, 0.5) if not pale(c) else (226, 220, 214)
    p.path("M-24,-28C-4,-26 24,-34 44,-40C42,-14 -6,-8 -24,-28Z", belly, edge=False)
    if up:
        wing = "M-18,-44C-38,-60 -44,-92 -34,-108C-24,-106 -18,-100 -14,-94C-6,-94 0,-88 2,-80C12,-76 16,-60 12,-46Q-4,-36 -18,-44Z"
    else:
        wing = "M10,-50C-4,-58 -24,-54 -34,-40Q-28,-36 -22,-36Q-20,-28 -10,-28Q-6,-20 2,-22C14,-26 16,-42 10,-50Z"
    p.path(wing, dark(c, 0.74))
    p.path("M51,-66Q66,-62 72,-55Q60,-51 52,-52Z", BEAK)
    p.eye(38, -62, 6)


@kind("butterfly", home="sky", size=0.42, half=60, top=102, colours=ALL.replace("green ", ""), plural="butterflies", zh="蝴蝶",
      measure="只", places="meadow,forest,hills")  # fmt: skip
def butterfly(p: Pen, c: RGB, r: Random) -> None:
    s = r.uniform(0.92, 1.04)
    lower = light(c, 0.38) if not pale(c) else (216, 220, 232)
    for m in (-1, 1):
        x = m * s
        p.path(
            f"M0,-46C{24 * x:.1f},-46 {50 * x:.1f},-40 {44 * x:.1f},-16C{34 * x:.1f},4 {8 * x:.1f},-12 0,-40Z", lower
        )
        p.path(f"M0,-50C{8 * x:.1f},-94 {56 * x:.1f},-106 {57 * x:.1f},-74C{57 * x:.1f},-54 {24 * x:.1f},-42 0,-46Z", c)
        p.circle(38 * x, -76, 8.5, dark(c, 0.66) if not pale(c) else (120, 140, 190), edge=False)
        p.circle(28 * x, -20, 6, c, edge=False)
    p.oval(0, -50, 5.6, 27, DARK)
    p.stroke("M0,-76Q-3,-92 -14,-98M0,-76Q3,-92 14,-98", DARK, 3)
    p.circle(-14, -98, 3, DARK, edge=False)
    p.circle(14, -98, 3, DARK, edge=False)


@kind(
    "fish",
    home="water",
    size=0.44,
    half=64,
    top=74,
    middle=-8,
    colours=ALL,
    plural="fish",
    zh="鱼",
    measure="条",
    places="sea,beach",
    faces=True,
)
def fish(p: Pen, c: RGB, r: Random) -> None:
    p.push(0, -34, 1, False, r.uniform(-24, -10))
    fin = dark(c, 0.78)
    p.path("M-30,0L-66,-26Q-56,0 -66,26Z", fin)
    p.path("M-18,-26Q4,-54 26,-22Z", fin)
    p.path("M-42,0C-24,-38 36,-38 56,0C36,38 -24,38 -42,0Z", c)
    p.path("M-36,8C-18,34 34,36 56,0C30,20 -14,20 -36,8Z", dark(c, 0.9), edge=False)
    band = light(c, 0.5) if not pale(c) else (250, 150, 100)
    p.path("M18,-27Q4,0 18,27Q10,29 2,28Q-12,0 2,-28Q10,-29 18,-27Z", band, edge=False)
    p.path("M-14,-25Q-24,0 -14,25Q-20,23 -25,19Q-32,0 -25,-19Q-20,-23 -14,-25Z", band, edge=False)
    p.path("M6,6Q-10,8 -14,20Q4,22 10,12Z", fin, edge=False)
    p.circle(39, -8, 7.5, (255, 255, 255), lit=True)
    p.circle(40.5, -8, 4.2, (30, 28, 34), edge=False, lit=True)
    p.stroke("M47,10Q43,12 40,9", fin, 2)
    p.pop()


@kind("whale", home="water", size=0.48, half=71, top=96, middle=-9, colours="blue blue blue purple red orange yellow green pink white",
      zh="鲸鱼 鲸", measure="头", places="sea", sure=True, faces=True)  # fmt: skip
def whale(p: Pen, c: RGB, r: Random) -> None:
    p.stroke("M14,-60Q12,-84 -6,-86M14,-60Q16,-84 34,-86M14,-60V-92", (206, 234, 248), 5.5, lit=not p.night)
    p.path(
        "M-38,-26Q-58,-34 -60,-56Q-76,-56 -80,-74Q-62,-78 -56,-66Q-48,-78 -32,-74Q-36,-58 -50,-55Q-46,-40 -30,-40Z", c
    )
    p.path("M-44,-36C-30,-30 -28,-60 10,-62C50,-62 64,-34 60,-8Q58,5 40,5H-6C-34,5 -46,-18 -44,-36Z", c)
    p.path("M60,-12Q58,5 40,5H-2Q22,2 32,-12Q46,-20 60,-12Z", CREAM if not pale(c) else (214, 220, 230), edge=False)
    p.stroke("M26,2Q36,-2 42,-9M38,3Q46,0 51,-6", (214, 200, 190), 1.8)
    p.path("M-4,-14Q-24,-2 -20,8Q0,8 8,-8Z", dark(c, 0.82))
    p.oval(-6, -50, 16, 5, light(c, 0.25), edge=False, turn=-22)
    p.eye(36, -28, 5)
