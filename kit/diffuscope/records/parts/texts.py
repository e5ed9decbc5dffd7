"""The texts that a picture file carries: chunks of a PNG, Exif, XMP, comments. Encodings are found by looking."""

from __future__ import annotations

import html
import struct
from pathlib import Path
from typing import BinaryIO

from PIL import Image
from PIL.PngImagePlugin import iTXt

from diffuscope.picture.opened import opened

SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".avif")
"""Endings of picture files whose records are read."""
_FORMATS = ("PNG", "JPEG", "WEBP", "AVIF")
MAX_RECORD = 2**20
"""Characters of one text; the graphs of ComfyUI are long. Longer texts are named in the error and not read."""

COMMENT = "UserComment"
_EXIF_IFD = 0x8769
_TAGS = {
    0x9286: COMMENT, 0x010E: "ImageDescription", 0x010F: "Make", 0x0110: "CameraModel", 0x0131: "Software",
    0x927C: "MakerNote", 0x9C9C: "XPComment",
}  # fmt: skip
_CODES = (b"UNICODE\0", b"ASCII\0\0\0", b"JIS\0\0\0\0\0", b"\0" * 8)
_BROKEN = (OSError, SyntaxError, ValueError, KeyError, TypeError, IndexError, struct.error, EOFError)
"""What Pillow raises at damaged Exif."""


def texts_of(source: str | Path | BinaryIO, name: str) -> tuple[dict[str, str], list[str]]:
    """The texts of a picture by the name of their place, and what was found and not read, in words.

    Args:
        name: what messages call the picture.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: not a readable picture, or too large.
    """
    image = opened(source, name, _FORMATS)
    found = {
        str(key): text if isinstance(text, iTXt) else unmangled(text)
        for key, text in image.info.items()
        if isinstance(text, str)
    }
    for place, raw in _binary(image):
        text = decoded(raw) if isinstance(raw, bytes) else unmangled(str(raw))
        if text and not (place in found and _marked(found[place])):
            found[place] = text
    too_long = [f'its text "{key}" has {len(text):,} characters; at most {MAX_RECORD:,} are read'
                for key, text in found.items() if len(text) > MAX_RECORD]  # fmt: skip
    return {key: text for key, text in found.items() if len(text) <= MAX_RECORD}, too_long


def _binary(image: Image.Image) -> list[tuple[str, object]]:
    """Texts outside the chunks of a PNG, as they are stored."""
    found: list[tuple[str, object]] = []
    try:
        exif = image.getexif()
        for tags in (exif, exif.get_ifd(_EXIF_IFD)):  # Fooocus puts its comment into the first
            found += [(place, tags[tag]) for tag, place in _TAGS.items() if tag in tags]
    except _BROKEN:
        pass
    xmp = image.info.get("xmp") or image.info.get("XML:com.adobe.xmp")
    if xmp:
        text = xmp.decode("utf-8", "replace") if isinstance(xmp, bytes) else str(xmp)
        found += [(place, within) for tag, place in _XMP.items() if (within := _element(text, tag))]
    if isinstance(image.info.get("comment"), bytes):
        found.append((COMMENT, image.info["comment"]))
    return found


_XMP = {"exif:UserComment": COMMENT, "dc:description": "ImageDescription", "xmp:CreatorTool": "Software"}


def _element(xml: str, tag: str) -> str:
    """The text of an element of XMP, or of its first list entry. Found by its tags: records need no parser of XML."""
    begin = xml.find(f"<{tag}")
    end = xml.find(f"</{tag}>", begin)
    if begin < 0 or end < 0:
        return ""
    inner = xml[begin:end]
    entry = inner.find("<rdf:li")
    inner = inner[max(entry, 0) :].partition(">")[2].partition("</rdf:li>")[0]
    return html.unescape(inner).strip()


def decoded(raw: bytes) -> str:
    """The text of bytes whose encoding is not known, or is named wrongly.

    A mark at the beginning decides, else the encoding in which a record is seen, else where the zero bytes lie: letters of
    the Latin alphabet have theirs before them in UTF-16 big endian, and behind in little endian.
    """
    for code in _CODES:
        raw = raw.removeprefix(code)
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if raw.startswith(mark):
            return raw[len(mark) :].decode(encoding, "replace").rstrip("\0")
    before, behind = raw[0::2].count(0), raw[1::2].count(0)
    if not before and not behind:
        order = ["utf-8", "utf-16-be", "utf-16-le"]
    else:
        order = ["utf-16-be", "utf-16-le", "utf-8"] if before >= behind else ["utf-16-le", "utf-16-be", "utf-8"]
    readings = [text for encoding in order if (text := _strictly(raw, encoding))]
    readings.append(raw.decode("latin-1").rstrip("\0"))
    return next(filter(_marked, readings), readings[0])


def _strictly(raw: bytes, encoding: str) -> str:
    try:
        # half a unit at the end: a zero that ends the text, or a cut
        return (raw[: len(raw) // 2 * 2] if "16" in encoding else raw.rstrip(b"\0")).decode(encoding).rstrip("\0")
    except UnicodeDecodeError:
        return ""


def _marked(text: str) -> bool:
    """Whether a text looks like a record."""
    return "Steps: " in text or text.lstrip()[:2] in ('{"', "{\n", "{\r", "{ ") or '":' in text


def unmangled(text: str) -> str:
    """Text that should be ASCII or Latin-1, which Pillow reads so and many write as UTF-8."""
    try:
        return text.encode("latin-1").decode("utf-8").rstrip("\0")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return text.rstrip("\0")
