"""Car, bus, train, airplane, rocket, boat, sailing boat, ship, hot air balloon."""

from __future__ import annotations

from random import Random

from diffuscope.worlds.storybook.objects.kinds import ALL, kind
from diffuscope.worlds.storybook.pen.palette import CREAM, DARK, PANE, RGB, WOOD, dark, light, pale
from diffuscope.worlds.storybook.pen.pen import Pen


def _wheel(p: Pen, x: float, y: float, radius: float) -> None:
    p.circle(x, y, radius, (54, 52, 62))
    p.circle(x, y, radius * 0.48, (206, 206, 210), edge=False)


@kind(
    "car",
    size=0.50,
    half=58,
    top=68,
    colours=ALL,
    zh="汽车 轿车",
    measure="辆",
    places="town,desert,hills",
    sure=True,
    faces=True,
)
def car(p: Pen, c: RGB, r: Random) -> None:
    if r.random() < 0.5:
        p.path("M-36,-34C-34,-66 -20,-68 -6,-68H8C22,-68 30,-52 38,-34Z", c)
        p.path("M-27,-37C-26,-56 -18,-60 -5,-60V-37Z", PANE)
        p.path("M2,-60C14,-60 21,-50 27,-37H2Z", PANE)
    else:
        p.path("M-38,-34V-62Q-38,-68 -32,-68H18Q24,-68 28,-62L40,-34Z", c)
        p.path("M-31,-37V-60H-5V-37Z", PANE)
        p.path("M2,-37V-60H18L29,-37Z", PANE)
    p.path("M-58,-12V-30Q-58,-39 -48,-39H42Q58,-37 58,-22V-12Q58,-9 54,-9H-54Q-58,-9 -58,-12Z", c)
    p.rect(-58, -19, 116, 8, dark(c, 0.8), 3, edge=False)
    p.stroke("M-2,-34V-20", dark(c, 0.74), 2)
    p.stroke("M4,-30H12", dark(c, 0.66), 3)
    _wheel(p, -33, -12, 14)
    _wheel(p, 33, -12, 14)
    p.circle(51, -28, 5.5, (255, 240, 160), edge=False, lit=True)
    p.rect(-58, -31, 5, 8, (206, 50, 50), 1, edge=False, lit=True)


@kind("bus", size=0.50, half=62, top=72, colours="red red yellow yellow green blue orange purple pink white", also="coach",
      plural="buses,coaches", zh="公共汽车 巴士", measure="辆", places="town,hills", sure=True, faces=True)  # fmt: skip
def bus(p: Pen, c: RGB, r: Random) -> None:
    p.rect(-62, -72, 124, 62, c, 11)
    p.rect(-62, -20, 124, 10, dark(c, 0.8), 3, edge=False)
    p.rect(-62, -36, 124, 7, light(c, 0.5) if not pale(c) else (120, 150, 190), edge=False)
    for i in range(4):
        p.window(-55 + i * 26, -63, 21, 22, 3)
    p.rect(48, -63, 14, 32, PANE, 3)
    _wheel(p, -36, -11, 13)
    _wheel(p, 34, -11, 13)
    p.circle(57, -23, 4.5, (255, 240, 160), edge=False, lit=True)


@kind("train", size=0.46, half=75, top=114, colours="red blue green orange purple yellow pink", also="steam train", zh="火车",
      measure="列", places="hills,mountains,town", faces=True)  # fmt: skip
def train(p: Pen, c: RGB, r: Random) -> None:
    for x, y, s in ((46, -78, 8), (35, -91, 10), (20, -102, 12)):
        p.circle(x, y, s, (246, 246, 246), edge=False, alpha=0.9)
    wagon = r.choice([w for w in ((240, 180, 70), (96, 140, 190), (190, 90, 90)) if abs(w[0] - c[0]) > 30])
    p.rect(-70, -62, 50, 50, wagon, 3)
    p.rect(-74, -68, 58, 8, DARK, 3)
    for x in (-64, -42):
        p.window(x, -54, 16, 18)
    p.rect(-20, -16, 10, 6, DARK, edge=False)
    p.rect(-12, -72, 31, 60, c, 2)
    p.rect(-17, -80, 41, 9, dark(c, 0.7), 3)
    p.window(-5, -65, 17, 20)
    p.rect(16, -46, 48, 34, c, 8)
    p.rect(26, -46, 5, 34, dark(c, 0.76), edge=False)
    p.rect(44, -46, 5, 34, dark(c, 0.76), edge=False)
    p.path("M44,-46V-60L40,-68H62L58,-60V-46Z", DARK)
    p.rect(-12, -20, 76, 8, dark(c, 0.7), 2, edge=False)
    p.poly([(62, -16), (76, 0), (56, 0)], DARK)
    for x in (-58, -32, 2, 25, 47):
        _wheel(p, x, -10, 10)


@kind("balloon", home="sky", size=0.48, half=38, top=114, colours=ALL, also="hot air balloon", zh="热气球 气球", measure="个",
      places="meadow,hills,mountains,desert,town", sure=True)  # fmt: skip
def balloon(p: Pen, c: RGB, r: Random) -> None:
    other = light(c, 0.6) if not pale(c) else (240, 120, 96)
    p.stroke("M-22,-42L-10,-18M22,-42L10,-18", DARK, 2)
    p.path("M-10,-30C-48,-52 -44,-114 0,-114C44,-114 48,-52 10,-30Z", c)
    p.path("M-5,-30C-22,-54 -20,-110 0,-114C20,-110 22,-54 5,-30Z", other, edge=False)
    p.path("M22,-106C40,-92 40,-56 9,-30H10C48,-52 46,-96 22,-106Z", dark(c, 0.84), edge=False)
    if r.random() < 0.5:
        p.path("M-35,-86Q0,-76 35,-86Q37,-76 33,-66Q0,-56 -33,-66Q-37,-76 -35,-86Z", dark(c, 0.8), edge=False)
    p.oval(-22, -92, 6, 10, light(c, 0.45), edge=False, turn=24)
    p.rect(-12, -19, 24, 19, (172, 118, 74), 4)
    p.rect(-13, -20, 26, 6, (130, 86, 54), 2, edge=False)


@kind("airplane", home="sky", size=0.47, half=67, top=86, colours=ALL, also="plane", zh="飞机", measure="架",
      places="mountains,desert,town,sea", faces=True)  # fmt: skip
def airplane(p: Pen, c: RGB, r: Random) -> None:
    p.poly([(-8, -56), (12, -56), (-10, -80), (-26, -80)], dark(c, 0.72))
    p.path("M-44,-50L-66,-86H-46L-22,-52Z", dark(c, 0.84))
    p.path("M-62,-52Q-10,-68 40,-60Q68,-54 68,-43Q62,-28 30,-27H-10Q-46,-32 -62,-52Z", c)
    p.path("M-62,-52Q-40,-36 10,-33H64Q54,-27 30,-27H-10Q-46,-32 -62,-52Z", dark(c, 0.86), edge=False)
    p.path("M38,-59Q58,-56 63,-47H41Z", PANE)
    for x in (-26, -9, 8, 25):
        p.circle(x, -48, 5, (235, 246, 250) if not pale(c) else (120, 170, 205), edge=False)
    p.poly([(14, -38), (-14, -38), (-40, -4), (-18, -4)], dark(c, 0.74))


@kind("rocket", home="sky", size=0.52, half=34, top=106, colours="white white red orange yellow green blue purple pink",
      also="spaceship", zh="火箭", measure="枚", places="desert,mountains", sure=True)  # fmt: skip
def rocket(p: Pen, c: RGB, r: Random) -> None:
    tip = (226, 70, 66) if c[1] > 120 or c[2] > 120 else CREAM
    p.path("M-12,-16Q-16,6 0,24Q16,6 12,-16Z", (246, 130, 50), edge=False, lit=True)
    p.path("M-7,-16Q-8,2 0,12Q8,2 7,-16Z", (255, 226, 120), edge=False, lit=True)
    for side in (-1, 1):
        p.path(
            f"M{side * 14},-50Q{side * 34},-36 {side * 34},-6L{side * 12},-18Z", tip if tip != CREAM else dark(c, 0.7)
        )
    p.path("M-15,-14C-26,-50 -18,-86 0,-106C18,-86 26,-50 15,-14Z", c)
    p.path("M15,-14C26,-50 18,-86 0,-106C8,-80 12,-44 5,-14Z", dark(c, 0.87), edge=False)
    p.path("M-15,-80Q-8,-96 0,-106Q8,-96 15,-80Q0,-73 -15,-80Z", tip, edge=False)
    p.rect(-12, -20, 24, 7, DARK, 2)
    p.circle(0, -54, 11, (240, 240, 244))
    p.circle(0, -54, 7, (100, 176, 222), edge=False)


@kind("boat", home="water", size=0.46, half=58, top=42, colours=ALL, also="rowing boat", zh="小船 划艇", measure="条",
      places="sea,beach")  # fmt: skip
def boat(p: Pen, c: RGB, r: Random) -> None:
    far, near = ("M-8,-38L-46,-2", "M10,-36L48,0") if r.random() < 0.5 else ("M8,-38L46,-2", "M-10,-36L-48,0")
    p.stroke(far, (206, 164, 110), 5)
    p.path("M-58,-34Q0,-20 58,-36Q52,5 26,5H-28Q-54,3 -58,-34Z", dark(c, 0.7))
    p.rect(-34, -27, 16, 7, WOOD, 2, edge=False)
    p.rect(12, -27, 18, 7, WOOD, 2, edge=False)
    p.path("M-58,-34Q-52,-20 0,-17Q50,-18 58,-36Q54,5 26,5H-28Q-54,3 -58,-34Z", c)
    p.path("M-50,-10Q0,2 50,-12Q42,5 26,5H-28Q-44,4 -50,-10Z", dark(c, 0.86), edge=False)
    p.stroke("M-56,-29Q-48,-17 0,-14Q48,-15 56,-31", light(c, 0.4) if not pale(c) else (120, 150, 190), 3)
    p.stroke(near, (206, 164, 110), 5)


@kind("sailing boat", home="water", size=0.56, half=50, top=116, colours=ALL, also="sailboat", zh="帆船", measure="艘",
      places="sea,beach", sure=True)  # fmt: skip
def sailing_boat(p: Pen, c: RGB, r: Random) -> None:
    hull = r.choice((WOOD, (126, 76, 60), (84, 90, 116)))
    p.rect(-2.5, -104, 5, 84, WOOD)
    p.path("M4,-102Q40,-66 48,-28H4Z", c)
    p.path("M30,-68Q44,-48 48,-28H4V-34Q26,-44 30,-68Z", dark(c, 0.88), edge=False)
    p.path("M-5,-92Q-30,-62 -40,-28H-5Z", light(c, 0.5) if not pale(c) else (226, 228, 236))
    p.path("M-48,-22H52Q46,5 22,5H-24Q-44,3 -48,-22Z", hull)
    p.path("M-48,-22H52L51,-15H-47Z", CREAM, edge=False)
    p.poly([(0, -104), (0, -116), (16, -110)], (222, 62, 58))


@kind("ship", home="water", size=0.50, half=68, top=116, colours="red blue green orange purple yellow pink white",
      also="steamer", zh="轮船", measure="艘", places="sea,beach", faces=True)  # fmt: skip
def ship(p: Pen, c: RGB, r: Random) -> None:
    funnel = (222, 80, 62) if c[0] < 200 or c[1] > 130 else (60, 90, 130)
    for x, y, s in ((-12, -94, 8), (-25, -101, 10), (-42, -104, 11)):
        p.circle(x, y, s, (240, 240, 244), edge=False, alpha=0.85)
    for x in (-16, 5):
        p.rect(x, -86, 13, 28, funnel)
        p.rect(x, -86, 13, 8, DARK, edge=False)
        p.rect(x, -74, 13, 4, CREAM, edge=False)
    p.rect(-26, -62, 42, 18, CREAM, 3)
    p.rect(-38, -46, 70, 20, CREAM, 3)
    for x in (-21, -8, 5):
        p.window(x, -58, 9, 9)
    for x in (-29, -14, 1, 16):
        p.circle(x + 3, -36, 4, (100, 156, 192), edge=False)
    p.path("M-66,-30H70Q60,6 44,6H-48Q-62,2 -66,-30Z", c)
    p.path("M-60,-8H60Q54,6 44,6H-48Q-56,4 -60,-8Z", dark(c, 0.8), edge=False)
    p.path("M-66,-30H70L68,-22H-65Z", light(c, 0.55) if not pale(c) else (80, 110, 160), edge=False)
