"""Animals of the farm and the house: cat, dog, rabbit, sheep, cow, pig, duck."""

from __future__ import annotations

from random import Random

from diffuscope.worlds.storybook.objects.kinds import kind
from diffuscope.worlds.storybook.pen.palette import DARK, RGB, dark, light, pale, vary
from diffuscope.worlds.storybook.pen.pen import Pen

ROSE: RGB = (246, 160, 168)
NOSE: RGB = (226, 104, 116)
_COATS = "orange orange white white yellow red blue purple pink green"


def _belly(c: RGB) -> RGB:
    return light(c, 0.58) if not pale(c) else (232, 226, 216)


@kind("cat", size=0.49, half=39, top=100, middle=11, colours=_COATS, also="kitten", zh="猫 猫咪", measure="只",
      places="meadow,town,forest", sure=True)  # fmt: skip
def cat(p: Pen, c: RGB, r: Random) -> None:
    p.stroke(f"M16,-8C46,-4 46,-30 {r.choice((36, 42))},-46", dark(c, 0.88), 10)
    p.path("M-22,0C-32,-30 -16,-56 0,-56C16,-56 32,-30 24,0Z", c)
    p.path("M-10,0C-14,-24 -8,-38 0,-38C8,-38 14,-24 10,0Z", _belly(c), edge=False)
    p.path("M-28,-66L-27,-100L-9,-86H9L27,-100L28,-66C28,-42 -28,-42 -28,-66Z", c)
    for side in (-1, 1):
        p.poly([(side * 22, -84), (side * 22.5, -92), (side * 14, -86)], ROSE, edge=False)
        p.eye(side * 11, -70, 5)
        p.oval(side * 19, -59, 5, 3, ROSE, edge=False, alpha=0.55)
    p.stroke("M-8,-86V-79M0,-87V-78M8,-86V-79", dark(c, 0.78), 3)
    p.poly([(-4, -62), (4, -62), (0, -57)], NOSE, edge=False)
    p.stroke("M0,-57Q-4,-51 -8,-54M0,-57Q4,-51 8,-54", DARK, 1.6)


@kind("dog", size=0.49, half=63, top=98, middle=7, colours=_COATS, also="puppy", plural="dogs,puppies", zh="狗", measure="只",
      places="meadow,town", faces=True)  # fmt: skip
def dog(p: Pen, c: RGB, r: Random) -> None:
    ear = dark(c, 0.66) if not pale(c) else (150, 110, 84)
    p.stroke("M-34,-46Q-54,-54 -50,-76", c, 10)
    for x in (-22, 24):
        p.rect(x, -28, 12, 28, dark(c, 0.84), 5)
    for x in (-36, 12):
        p.rect(x, -28, 13, 28, dark(c, 0.95), 5)
    p.rect(-40, -56, 78, 36, c, 17)
    p.oval(-14, -44, 13, 9, dark(c, 0.84) if not pale(c) else (176, 132, 98), edge=False)
    p.path("M16,-46C10,-96 30,-98 40,-96C52,-94 54,-84 56,-78C70,-78 72,-58 58,-56Q48,-54 44,-46Z", c)
    p.path("M30,-94C10,-96 6,-70 12,-54C22,-50 30,-62 32,-78Z", ear)
    p.oval(64, -74, 6, 4.6, (44, 38, 46), edge=False)
    p.eye(44, -80, 4.6)
    p.stroke("M64,-66Q58,-60 52,-63", (60, 44, 50), 2)
    p.rect(14, -52, 30, 8, (214, 60, 60) if c[0] < 200 or c[1] > 120 else (60, 110, 190), 4, edge=False)


@kind("rabbit", size=0.50, half=33, top=112, middle=3, colours="white white pink orange yellow blue purple red green",
      also="bunny", plural="rabbits,bunnies", zh="兔子", measure="只", places="meadow,forest,snow field", sure=True)  # fmt: skip
def rabbit(p: Pen, c: RGB, r: Random) -> None:
    tilt = r.uniform(4, 20)
    for side in (-1, 1):
        p.oval(side * 13, -86, 9.5, 26, c, turn=side * tilt)
        p.oval(side * 13, -85, 4.6, 18, ROSE, edge=False, turn=side * tilt)
    p.circle(26, -12, 10, light(c, 0.5))
    p.path("M-26,0C-36,-26 -18,-44 0,-44C18,-44 36,-26 26,0Z", c)
    p.oval(0, -14, 14, 15, _belly(c), edge=False)
    for side in (-1, 1):
        p.oval(side * 16, -3, 12, 5.5, light(c, 0.25) if not pale(c) else c)
    p.oval(0, -53, 26, 22, c)
    for side in (-1, 1):
        p.eye(side * 11, -57, 4.8)
        p.oval(side * 17, -47, 5, 3.2, ROSE, edge=False, alpha=0.6)
    p.oval(0, -50, 4.2, 3.2, NOSE, edge=False)
    p.rect(-3.6, -45, 7.2, 7, (255, 255, 255), 1, edge=False)


@kind("sheep", size=0.45, half=52, top=72, colours="white white white pink blue yellow purple orange green red", also="lamb",
      plural="sheep", zh="绵羊 羊", measure="只", places="meadow,hills", faces=True)  # fmt: skip
def sheep(p: Pen, c: RGB, r: Random) -> None:
    face = (76, 68, 76)
    for x in (-26, -13, 11, 23):
        p.rect(x, -22, 8, 22, (64, 58, 66), 3, edge=False)
    p.path("M-36,-18C-56,-22 -52,-46 -38,-46C-38,-66 -14,-68 -8,-60C-2,-74 22,-70 24,-58C40,-60 46,-42 36,-34C40,-18 22,-12 14,-18"
           "C6,-10 -10,-10 -14,-18C-20,-12 -34,-12 -36,-18Z", c)  # fmt: skip
    p.path("M-36,-18C-20,-28 20,-22 36,-34C40,-18 22,-12 14,-18C6,-10 -10,-10 -14,-18C-20,-12 -34,-12 -36,-18Z", dark(c, 0.86),
           edge=False)  # fmt: skip
    for x, y in ((-24, -46), (-4, -50), (-12, -34), (12, -40)):
        p.stroke(f"M{x - 6},{y}Q{x},{y - 7} {x + 6},{y}", dark(c, 0.82), 2.4)
    p.oval(27, -54, 10, 5, face, edge=False, turn=-20)
    p.oval(40, -46, 14, 18, face)
    p.circle(34, -62, 8, c, edge=False)
    p.circle(43, -63, 8, c, edge=False)
    for x in (37, 47):
        p.circle(x, -50, 3.6, (255, 255, 255), edge=False, lit=True)
        p.circle(x + 0.6, -49.6, 2, (30, 28, 34), edge=False, lit=True)


@kind(
    "cow",
    size=0.47,
    half=71,
    top=100,
    middle=11,
    also="milk cow",
    zh="奶牛 牛",
    measure="头",
    places="meadow,hills",
    sure=True,
    faces=True,
)
def cow(p: Pen, c: RGB, r: Random) -> None:
    body = vary((250, 246, 238), r, 4)
    spot = r.choice(((62, 56, 62), (142, 92, 66)))
    p.stroke("M-46,-54Q-58,-42 -54,-24", body, 4)
    p.oval(-54, -22, 5, 7, spot, edge=False)
    for x in (-26, 32):
        p.rect(x, -26, 11, 26, dark(body, 0.84), 2)
    for x in (-42, 18):
        p.rect(x, -26, 12, 26, dark(body, 0.95), 2)
        p.rect(x, -5, 12, 5, spot, 1, edge=False)
    p.rect(-48, -62, 92, 40, body, 15)
    p.path("M-40,-60C-14,-66 -6,-50 -18,-40C-30,-32 -46,-38 -47,-50Q-46,-58 -40,-60Z", spot, edge=False)
    p.oval(10, -34, 14, 9, spot, edge=False)
    p.oval(18, -55, 10, 6, spot, edge=False)
    p.oval(-4, -20, 9, 6, ROSE, edge=False)
    p.oval(33, -73, 10, 5.5, spot, turn=14)
    p.oval(71, -73, 10, 5.5, spot, turn=-14)
    p.stroke("M41,-82Q36,-91 42,-97M63,-82Q68,-91 62,-97", (222, 200, 160), 5)
    p.rect(36, -84, 32, 42, body, 13)
    p.path("M36,-70C36,-82 42,-84 50,-84C52,-74 46,-64 38,-62Z", spot, edge=False)
    p.oval(52, -50, 19, 12, (246, 180, 182))
    p.oval(46, -51, 2.6, 3.4, (150, 80, 90), edge=False)
    p.oval(58, -51, 2.6, 3.4, (150, 80, 90), edge=False)
    p.eye(44, -69, 4)
    p.eye(60, -69, 4)


@kind(
    "pig",
    size=0.45,
    half=61,
    top=90,
    middle=-3,
    also="piglet",
    zh="猪",
    measure="头",
    places="meadow,hills",
    sure=True,
    faces=True,
)
def pig(p: Pen, c: RGB, r: Random) -> None:
    body = vary((246, 166, 176), r, 5)
    p.stroke("M-44,-44C-60,-54 -62,-36 -52,-38C-44,-42 -54,-54 -60,-46", dark(body, 0.9), 4.4)
    for x in (-16, 26):
        p.rect(x, -20, 12, 20, dark(body, 0.78), 3)
    for x in (-32, 10):
        p.rect(x, -20, 13, 20, dark(body, 0.88), 3)
    p.oval(-2, -41, 46, 30, body)
    p.path("M-44,-32C-30,-8 28,-6 42,-30C34,-4 -34,-4 -44,-32Z", dark(body, 0.9), edge=False)
    p.poly([(14, -68), (12, -90), (32, -77)], dark(body, 0.86))
    p.poly([(38, -77), (54, -88), (53, -66)], dark(body, 0.86))
    p.circle(33, -55, 24, body)
    p.oval(43, -48, 13, 10.5, dark(body, 0.84))
    p.oval(38.5, -48, 2.8, 4, (140, 70, 84), edge=False)
    p.oval(47.5, -48, 2.8, 4, (140, 70, 84), edge=False)
    p.eye(26, -61, 4)
    p.eye(45, -64, 4)
    p.oval(20, -48, 6, 4, (236, 120, 136), edge=False, alpha=0.6)


@kind("duck", home="water", size=0.40, half=58, top=78, middle=6, colours="yellow yellow yellow white white orange blue green pink",
      zh="鸭子", measure="只", places="sea,meadow,beach", faces=True)  # fmt: skip
def duck(p: Pen, c: RGB, r: Random) -> None:
    p.path("M-52,-42Q-44,-32 -30,-34Q-6,-46 10,-38Q42,-36 38,-14Q30,5 0,5H-14Q-46,3 -52,-42Z", c)
    p.path("M-44,-16Q-30,0 0,-2Q28,-2 37,-18Q34,5 0,5H-14Q-36,4 -44,-16Z", dark(c, 0.9), edge=False)
    p.path("M-30,-24Q-4,-36 14,-22Q6,-6 -14,-8Q-22,-14 -30,-24Z", dark(c, 0.82))
    p.circle(24, -56, 22, c)
    p.path("M40,-64Q64,-60 62,-51Q56,-44 38,-48Z", (244, 140, 48))
    p.stroke("M43,-54H58", (206, 100, 30), 2)
    p.eye(29, -62, 4.6)
    p.oval(18, -50, 5, 3.4, (250, 150, 130), edge=False, alpha=0.5)
