"""Words that people write and captions never use, and the words of the vocabulary that stand for them."""

_SAY_NOTHING = "there are was were sits sit stands stand sitting standing lies lying flies fly flying swims swimming floats floating"

ENGLISH = {
    "2": "two", "3": "three", "one": "a", "beside": "next to", "near": "next to", "photo": "picture",
    "watercolor": "watercolour", "watercolors": "watercolour", "aquarelle": "watercolour", "pixels": "pixel", "pixelated": "pixel",
    "painting": "picture", "illustration": "picture", "image": "picture", "sketch": "drawing",
    "grassland": "meadow", "meadows": "meadow", "mountain": "mountains", "sand": "beach", "seashore": "seaside", "shore": "beach",
    "coast": "beach", "snowfield": "snow field", "village": "town", "road": "street", "dunes": "desert", "wood": "woods", "seas": "sea",
    "dusk": "evening", "sundown": "sunset", "sunrise": "dawn", "midnight": "night", "nighttime": "night", "daylight": "daytime",
    "raining": "rains", "rainy": "rain", "snowing": "snows", "snowy": "falling snow", "snowfall": "falling snow", "cloud": "clouds",
    "snowflakes": "falling snow", "sunny": "clear", "rainbows": "rainbow",
    "violet": "purple", "lilac": "purple", "scarlet": "red", "crimson": "red", "azure": "blue",
    "giant": "huge", "gigantic": "huge", "enormous": "huge", "minuscule": "tiny",
    "kitty": "kitten", "hound": "dog", "pup": "puppy", "hare": "rabbit", "ewe": "sheep", "hog": "pig", "automobile": "car",
    "aeroplane": "airplane", "jet": "plane", "steamship": "steamer", "yacht": "sailboat", "rowboat": "rowing boat",
    "locomotive": "train", "bonfire": "campfire", "cacti": "cactuses", "spruce": "fir", "sparrow": "bird", "duckling": "duck",
    "spacecraft": "spaceship", "rose": "flower", "tulip": "flower", "daisy": "flower", "hut": "cottage", "home": "house", "fortress": "castle",
    **dict.fromkeys(_SAY_NOTHING.split(), ""),
}  # fmt: skip
"""An empty text stands for words that add nothing to a picture."""

CHINESE = {
    "晴空": "晴朗 的 天空", "晴天": "晴朗", "阴天": "多云", "乌云": "云", "雨天": "雨", "下雨": "下着 雨", "下雪": "下着 雪", "夕阳": "日落",
    "日出": "黎明", "黑夜": "夜晚", "月夜": "夜晚", "海洋": "大海", "村庄": "小镇", "城镇": "小镇", "马路": "街", "街道": "街", "原野": "草原",
    "兔": "兔子", "鸭": "鸭子", "象": "大象", "伞": "雨伞", "木船": "小船", "船": "小船", "公交车": "公共汽车", "车": "汽车", "营火": "篝火",
    "松": "松树", "树木": "树", "房屋": "房子", "玫瑰花": "花", "玫瑰": "花", "二": "两", "左面": "左边", "右面": "右边", "前方": "前面",
    "后方": "后面", "旁边": "", "正在": "", "飞": "", "游": "", "站": "", "坐": "", "着": "", "了": "",
}  # fmt: skip
