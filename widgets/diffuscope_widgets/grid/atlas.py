"""Many small pictures as one large one: what crosses to a browser is one file, and what it keeps is one bitmap."""

from __future__ import annotations

import io
import math
from collections.abc import Mapping

from PIL import Image

from diffuscope.picture.arrays import THUMBNAIL
from diffuscope_widgets.base.shapes import Atlas
from diffuscope_widgets.base.wire import pack

SIDE = THUMBNAIL
"""Most pixels a side of a tile, as of a thumb in the grid's folder."""
LEAST = 16
ROOM = 2**22
"""Most pixels of an atlas, while its tiles stay above `LEAST`: 16 MB when decoded."""
BLOCK = 8  # tiles begin at JPEG's blocks, so that no picture bleeds into its neighbour


def side_for(count: int) -> int:
    """How large the tiles may be when there are so many, in pixels."""
    return max(LEAST, min(SIDE, math.isqrt(ROOM // max(1, count))))


def atlas(thumbs: Mapping[str, bytes], side: int, lossless: bool) -> tuple[bytes, Atlas]:
    """Picture files laid out in a near-square.

    Args:
        thumbs: picture files by name.
        side: larger ones are made smaller until they fit, in pixels.
        lossless: whether the atlas is a PNG; else a JPEG.

    Returns:
        The file, and how to read it: type, keys, rects (x, y, width, height of each, pixels). (b"", {}) of nothing.
    """
    if not thumbs:
        return b"", {}
    tiles = [_opened(data, side) for data in thumbs.values()]
    wide, high = (-(-max(sizes) // BLOCK) * BLOCK for sizes in zip(*(tile.size for tile in tiles), strict=True))
    columns = math.ceil(math.sqrt(len(tiles) * high / wide))
    whole = Image.new("RGB", (columns * wide, -(-len(tiles) // columns) * high))
    rects = []
    for place, tile in enumerate(tiles):
        x, y = place % columns * wide, place // columns * high
        whole.paste(tile, (x, y))
        rects.append([x, y, tile.width, tile.height])
    data, packed = pack([whole], lossless)
    return data, {"type": packed["type"], "keys": list(thumbs), "rects": rects}


def _opened(data: bytes, side: int) -> Image.Image:
    tile = Image.open(io.BytesIO(data)).convert("RGB")
    tile.thumbnail((side, side))
    return tile
