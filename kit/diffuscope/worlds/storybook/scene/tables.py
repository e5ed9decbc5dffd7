"""What a picture can show besides objects: places, times, weathers, styles, colours, sizes, and how people say it."""

from __future__ import annotations

from dataclasses import dataclass

from diffuscope.worlds.storybook.pen.palette import PAINTS


@dataclass(frozen=True)
class Entry:
    """One value of an attribute.

    Attributes:
        english: phrases that can follow an object ("in the meadow"); adjectives for colours and sizes.
        chinese: the same in Chinese, its words apart ("草地 上").
        noun: how it is called alone ("a meadow"); the name of a kind of picture for styles ("an ink drawing").
        noun_zh: the same in Chinese.
        share: how often it is sampled, against the others of its table.
    """

    english: tuple[str, ...]
    chinese: tuple[str, ...]
    noun: str = ""
    noun_zh: str = ""
    share: float = 1.0


PLACES = {
    "meadow": Entry(("in the meadow", "in a meadow", "on the grass"), ("草地 上", "草原 上"), "a meadow", "草地"),
    "hills": Entry(("in the hills", "on a hill"), ("山坡 上", "山丘 上"), "hills", "山丘"),
    "mountains": Entry(("in the mountains", "among mountains"), ("群山 中", "山 里"), "mountains", "群山"),
    "sea": Entry(("at sea", "on the sea", "on the ocean"), ("海 上", "大海 上"), "the sea", "大海"),
    "beach": Entry(
        ("on the beach", "at the beach", "at the seaside"), ("沙滩 上", "海滩 上", "海边"), "a beach", "沙滩"
    ),
    "desert": Entry(("in the desert", "in a desert"), ("沙漠 里", "沙漠 中"), "a desert", "沙漠"),
    "forest": Entry(("in the forest", "in the woods"), ("森林 里", "树林 里"), "a forest", "森林"),
    "snow field": Entry(("in the snow", "in a snow field"), ("雪地 里", "雪地 上"), "a snow field", "雪地"),
    "town": Entry(("in the town", "in the city", "in a street"), ("城市 里", "小镇 上", "街 上"), "a town", "小镇"),
}
TIMES = {
    "day": Entry(("by day", "in the daytime"), ("白天",), share=4),
    "sunset": Entry(("at sunset", "in the evening"), ("日落 时", "傍晚", "黄昏"), share=2),
    "night": Entry(("at night", "by night"), ("夜里", "晚上", "夜晚"), share=3),
    "dawn": Entry(("at dawn", "in the morning"), ("黎明", "清晨", "早晨"), share=1.5),
}
WEATHERS = {
    "clear": Entry(("under a clear sky", "in clear weather"), ("天空 晴朗", "晴朗 的 天空 下"), share=4),
    "clouds": Entry(("under clouds", "under a cloudy sky", "with clouds"), ("多云", "天上 有 云"), share=3),
    "rain": Entry(("in the rain", "while it rains"), ("雨 中", "下着 雨"), share=1.5),
    "snow": Entry(("while it snows", "in falling snow"), ("下着 雪", "雪花 飘落"), share=1.5),
    "rainbow": Entry(("under a rainbow", "with a rainbow"), ("彩虹 下", "天上 有 彩虹"), share=1.2),
}
STYLES = {
    "flat": Entry(("flat style",), ("扁平 风格",), "a flat picture", "扁平 画", share=4),
    "ink": Entry(("ink style",), ("钢笔 风格",), "an ink drawing", "钢笔 画", share=2),
    "watercolour": Entry(("watercolour style",), ("水彩 风格",), "a watercolour", "水彩 画", share=2),
    "pixel": Entry(("pixel style",), ("像素 风格",), "pixel art", "像素 画", share=2),
}
_COLOURS_ZH = (
    ("红色", "红"), ("橙色", "橘色"), ("黄色", "黄"), ("绿色", "绿"), ("蓝色", "蓝"), ("紫色", "紫"), ("粉色", "粉红色"),
    ("白色", "白"),
)  # fmt: skip
COLOURS = {name: Entry((name,), chinese) for name, chinese in zip(PAINTS, _COLOURS_ZH, strict=True)}
SIZES = {
    "small": Entry(("small", "little", "tiny"), ("小小", "很小", "小"), share=2),
    "medium": Entry((), (), share=6),
    "big": Entry(("big", "large", "huge"), ("大大", "巨大", "大"), share=2),
}
SIDES = {
    "left": Entry(("on the left",), ("左边", "左侧")),
    "right": Entry(("on the right",), ("右边", "右侧")),
}
COUNTS = {1: ("a", "一"), 2: ("two", "两"), 3: ("three", "三"), None: ("some", "几")}
"""A count in English and Chinese; None is two or three."""

SCALES = {"small": 0.78, "medium": 1.0, "big": 1.28}
"""How large an object of a size is drawn."""
