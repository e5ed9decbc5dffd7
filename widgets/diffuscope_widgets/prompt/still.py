"""The tokens of a prompt as a picture, for places where widgets do not run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from PIL import Image, ImageDraw

from diffuscope.picture.arrays import encode
from diffuscope.picture.sheets import INK, PAPER, font

WIDE, HIGH, GAP, EDGE = 760, 30, 6, 12  # pixels
SOFT, LINE, ACCENT, BAD = (110, 110, 116), (205, 205, 212), (68, 71, 196), (179, 38, 30)
"""The colours of `shared.css` on white."""


def draw(reading: Mapping[str, Any]) -> bytes:
    """A PNG of what `PromptBox.reading` says: a box a token, options behind one another with when they are read."""
    image = Image.new("RGB", (WIDE, 2000), PAPER)
    pen = ImageDraw.Draw(image)
    x, y = EDGE, EDGE
    for text, ink, edge, struck in _boxes(reading["parts"]):
        text = text if len(text) <= 60 else text[:57] + "..."
        letters = font(13, text)
        wide = int(letters.getlength(text)) + 16
        if x > EDGE and x + wide > WIDE - EDGE:
            x, y = EDGE, y + HIGH + GAP
        if y > image.height - 3 * HIGH:
            break
        if edge:
            pen.rounded_rectangle((x, y, x + wide, y + HIGH), 7, outline=edge)
        pen.text((x + 8, y + HIGH // 2), text, ink, letters, anchor="lm")
        if struck:
            pen.line((x + 8, y + HIGH // 2, x + wide - 8, y + HIGH // 2), ink)
        x += wide + GAP
    room = reading["room"]
    total = f"{reading['count']} of {room} {reading['unit']}" if room else f"{reading['count']} {reading['unit']}"
    pen.text((EDGE, y + HIGH + 18), total, SOFT, font(13), anchor="lm")
    return encode(image.crop((0, 0, WIDE, y + HIGH + 36)))


def _boxes(parts: list[dict[str, Any]]) -> Iterator[tuple[str, Any, Any, bool]]:
    """Text, ink, edge (None is no box) and whether it is struck through."""
    for part in parts:
        if "kind" in part:
            for option in part["options"]:
                yield f"{option['when']}:", SOFT, None, False
                yield from _boxes(option["parts"]) if option["parts"] else iter([("—", SOFT, None, False)])
            yield "|", SOFT, None, False
            continue
        weight = f" ×{part['weight']:g}" if part["weight"] != 1 else ""
        known = "" if part["known"] else " (unknown)"
        ink = SOFT if not part["read"] else INK if part["known"] else BAD
        yield f"{part['text']}{weight}{known}", ink, ACCENT if weight else LINE, not part["read"]
