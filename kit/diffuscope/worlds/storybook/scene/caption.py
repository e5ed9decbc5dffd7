"""A scene in words, as people write prompts: English and Chinese, in many forms, with much or little left out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from diffuscope.worlds.storybook.objects import KINDS
from diffuscope.worlds.storybook.scene.scene_object import SceneObject
from diffuscope.worlds.storybook.scene.tables import COLOURS, COUNTS, PLACES, SIDES, SIZES, STYLES, TIMES, WEATHERS
from diffuscope.worlds.storybook.scene.vocabulary import LONGEST, words

if TYPE_CHECKING:
    from diffuscope.worlds.storybook.scene.scene import Scene

LANGUAGES = ("en", "zh")


def caption(scene: Scene, rng: np.random.Generator, language: str = "en", mention: float = 0.65) -> str:
    """One of the many captions of a scene; everything it says is true.

    Args:
        language: "en" or "zh".
        mention: how often an attribute is said, 0 to 1; at 1 everything is.
    """
    return phrase(leave_out(scene, rng, mention), rng, language)


def leave_out(scene: Scene, rng: np.random.Generator, mention: float = 0.65) -> Scene:
    """The part of a scene that a caption tells."""
    if not 0 <= mention <= 1:
        raise ValueError(f"mention={mention!r} is not between 0 and 1")

    def told(usually: float = mention) -> bool:
        # `usually` at the usual mention of 0.65, always at 1, never at 0
        share = usually * mention / 0.65 if mention < 0.65 else usually + (1 - usually) * (mention - 0.65) / 0.35
        return bool(rng.random() < share)

    def part(o: SceneObject) -> SceneObject:
        size = o.size if o.size != "medium" and told(0.65) else None
        count = o.count if o.count == 1 or told(0.9) else None
        return replace(
            o, colour=o.colour if told(0.65) else None, size=size, count=count, side=o.side if told(0.25) else None
        )

    objects = list(map(part, scene.objects))
    order = scene.order if len(objects) > 1 and told(0.5) else None
    if mention < 1 and len(objects) > 1 and rng.random() < 0.1:
        objects.pop(int(rng.integers(len(objects))))
        order = order if len(objects) > 1 and order == "row" else None
    weather = 0.6 if scene.weather in ("rain", "snow", "rainbow") else 0.3
    out = replace(
        scene,
        place=scene.place if told(0.72) else None,
        time=scene.time if told(0.55) else None,
        weather=scene.weather if told(weather) else None,
        style=scene.style if told(0.5) else None,
        objects=tuple(objects),
        order=order,
    )
    if mention < 1 and out.place and rng.random() < 0.04:
        return replace(out, objects=(), order=None)
    return out


def phrase(scene: Scene, rng: np.random.Generator, language: str = "en") -> str:
    """All that a scene says, in words; what is None is not said, and neither is a medium size.

    The text has at most `LONGEST` words: of a scene too full for that, weather, style and time are dropped in turn.
    """
    if language not in LANGUAGES:
        raise ValueError(f"no language {language!r}; there are {', '.join(LANGUAGES)}")
    tell = _English(rng).text if language == "en" else _Chinese(rng).text
    text = tell(scene)
    shorter = (
        lambda s: replace(s, weather=None),
        lambda s: replace(s, style=None),
        lambda s: replace(s, time=None),
    )
    for drop in shorter:
        if len(words(text)) > LONGEST:
            scene = drop(scene)
            text = tell(scene)
    return text


class _Teller:
    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng

    def chance(self, share: float) -> bool:
        return bool(self.rng.random() < share)

    def pick(self, options: Any) -> Any:
        return options[int(self.rng.integers(len(options)))]

    def usual(self, names: tuple[str, ...], share: float = 0.7) -> int:
        """The index of a name: the first one in so many cases."""
        return 0 if len(names) == 1 or self.chance(share) else int(self.rng.integers(1, len(names)))


class _English(_Teller):
    def text(self, scene: Scene) -> str:
        what = self.objects(scene) if scene.objects else ""
        tails = []
        if scene.place and not what:
            what = PLACES[scene.place].noun
        elif scene.place:
            tails.append(self.pick(PLACES[scene.place].english))
        if not what:
            what = "a picture" if not scene.style else ""
        if scene.time:
            tails.append(self.pick(TIMES[scene.time].english))
        if scene.weather:
            tails.append(self.pick(WEATHERS[scene.weather].english))
        self.rng.shuffle(tails)
        lead = tails.pop(0) + ", " if tails and what and not scene.style and self.chance(0.15) else ""
        text = lead + what + "".join(self.pick((" ", " ", ", ")) + tail for tail in tails)
        if scene.style:
            style = STYLES[scene.style]
            if not what:
                return (style.noun + text).strip()
            if self.chance(0.6):
                return f"{style.noun} of {text}"
            return text + self.pick((", ", " in ")) + style.english[0]
        return f"a picture of {text}" if self.chance(0.05) and not lead and what != "a picture" else text

    def thing(self, o: SceneObject) -> str:
        kind = KINDS[o.kind]
        i = self.usual(kind.english)
        noun = kind.english[i] if o.count == 1 else kind.plurals[i]
        size = self.pick(SIZES[o.size].english) if o.size and SIZES[o.size].english else ""
        many = "" if o.count is None and self.chance(0.4) and kind.plurals[i] != kind.english[i] else COUNTS[o.count][0]
        out = [word for word in (many, size, o.colour, noun) if word]
        if out[0] == "a" and out[1][0] in "aeiou":
            out[0] = "an"
        return " ".join(out)

    def objects(self, scene: Scene) -> str:
        names = [self.thing(o) for o in scene.objects]
        if len(names) == 1:
            side = scene.objects[0].side
            return f"{names[0]} {SIDES[side].english[0]}" if side else names[0]
        if len(names) == 2 and scene.order == "row":
            a, b = names
            return self.pick((f"{a} left of {b}", f"{a} to the left of {b}", f"{b} right of {a}", f"{b} to the right of {a}",
                              f"{a} on the left and {b} on the right"))  # fmt: skip
        if scene.order == "front":
            a, b = names
            return self.pick((f"{a} in front of {b}", f"{b} behind {a}"))
        if scene.order is None:
            self.rng.shuffle(names)
        if len(names) == 2:
            return self.pick((" and ", " and ", " next to ", " with ")).join(names)
        text = ", ".join(names[:-1]) + " and " + names[-1]
        return f"{text} from left to right" if scene.order == "row" else text


class _Chinese(_Teller):
    def text(self, scene: Scene) -> str:
        place = self.place(scene)
        time = self.pick(TIMES[scene.time].chinese).replace(" ", "") if scene.time else ""
        weather = self.pick(WEATHERS[scene.weather].chinese).replace(" ", "") if scene.weather else ""
        if not scene.objects:
            what = PLACES[scene.place].noun_zh if scene.place else ""
            main = f"{time}的{what}" if time and what else time + what
            parts = [main, weather]
        else:
            if place and time and self.chance(0.4):
                place, time = f"{time}的{place}", ""
            main = self.main(scene, place)
            parts = [time, main, weather] if self.chance(0.6) else [main, time, weather]
            if weather[-1:] in ("中", "下"):  # "in the rain" may also come first
                parts = [time, weather, main] if self.chance(0.6) else parts
        if scene.style and self.chance(0.4):
            parts.append(STYLES[scene.style].chinese[0].replace(" ", ""))
        elif scene.style:
            style = STYLES[scene.style].noun_zh.replace(" ", "")
            rest = ",".join(filter(None, parts))
            return f"{self.pick(('', '一幅'))}{style}" + (f":{rest}" if rest else "")
        return ",".join(filter(None, parts)) or "一幅画"

    def place(self, scene: Scene) -> str:
        return self.pick(PLACES[scene.place].chinese).replace(" ", "") if scene.place else ""

    def main(self, scene: Scene, place: str) -> str:
        """The objects, where they stand, and where that is."""
        names = [self.thing(o) for o in scene.objects]
        related = self.related(scene, names)
        if related:
            return place + self.pick((",", "")) + related if place else related
        if scene.order is None:
            self.rng.shuffle(names)
        listed = "、".join(names[:-1]) + "和" + names[-1] if len(names) > 1 else names[0]
        if not place:
            return listed
        forms = [f"{place}有{listed}", f"{place}有{listed}", f"{listed}在{place}"]
        if "的" not in place:
            forms.append(f"{place}的{listed}")
        return str(self.pick(forms))

    def related(self, scene: Scene, names: list[str]) -> str:
        if len(names) == 1:
            side = scene.objects[0].side
            if not side:
                return ""
            where = self.pick(SIDES[side].chinese)
            return self.pick((f"{where}有{names[0]}", f"{names[0]}在{where}"))
        if scene.order == "row" and len(names) == 2:
            a, b = names
            left, right = self.pick(SIDES["left"].chinese), self.pick(SIDES["right"].chinese)
            return self.pick(
                (
                    f"{a}在{b}的{left}",
                    f"{a}在{b}{left}",
                    f"{b}在{a}的{right}",
                    f"{b}在{a}{right}",
                    f"{left}有{a},{right}有{b}",
                )
            )
        if scene.order == "row":
            return f"从左到右是{'、'.join(names[:-1])}和{names[-1]}"
        if scene.order == "front":
            a, b = names
            return self.pick((f"{a}在{b}前面", f"{a}在{b}的前面", f"{b}在{a}后面"))
        return ""

    def thing(self, o: SceneObject) -> str:
        kind = KINDS[o.kind]
        noun = kind.chinese[self.usual(kind.chinese)]
        number = COUNTS[o.count][1] + kind.measure
        colour = ""
        if o.colour:
            colour = COLOURS[o.colour].chinese[self.usual(COLOURS[o.colour].chinese)]
            # the particle is left out now and then before nouns of several syllables
            colour += "的" if colour.endswith("色") and (len(noun) == 1 or self.chance(0.5)) else ""
        if not o.size or o.size == "medium":
            return number + colour + noun
        *long, short = SIZES[o.size].chinese
        if noun[0] not in "小大" and not (colour and colour[-1] != "的") and self.chance(0.6):
            return number + colour + short + noun
        return f"{number}{self.pick(long)}的{colour}{noun}"
