"""PNG files whose compressed texts are longer than Pillow unpacks: the picture is not lost over them."""

from __future__ import annotations

import struct
import zlib

SIGNATURE = b"\x89PNG\r\n\x1a\n"
MOST = 2**20
"""Bytes of an unpacked text."""


def without_long_texts(data: bytes) -> bytes:
    """The file without the compressed texts that are longer than `MOST`; as it is where it is no PNG."""
    if not data.startswith(SIGNATURE):
        return data
    kept, at = [SIGNATURE], len(SIGNATURE)
    while at + 8 <= len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        end = at + 12 + length
        if not _too_long(data[at + 4 : at + 8], data[at + 8 : end - 4]):
            kept.append(data[at:end])
        at = end
    return b"".join(kept)


def _too_long(kind: bytes, body: bytes) -> bool:
    if kind not in (b"zTXt", b"iTXt"):
        return False
    rest = body.partition(b"\0")[2]  # behind the key
    if kind == b"zTXt":
        packed = rest[1:]
    else:
        if rest[:1] != b"\1":
            return False
        packed = rest[2:].partition(b"\0")[2].partition(b"\0")[2]  # behind language and translated key
    unpack = zlib.decompressobj()
    try:
        unpack.decompress(packed, MOST)
    except zlib.error:
        return False
    return bool(unpack.unconsumed_tail)
