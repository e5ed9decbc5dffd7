"""The way in: settings from a picture, or from text that somebody pasted."""

from __future__ import annotations

import os
import re
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

from diffuscope.records.parts.flat import an_object
from diffuscope.records.parts.result import ReadSettings, in_words
from diffuscope.records.parts.texts import COMMENT, MAX_RECORD, texts_of
from diffuscope.records.tools import others
from diffuscope.records.tools.table import TOOLS

_HEADING = re.compile(r"\A\s*parameters(:[ \t]*|\s*\n)\s*", re.IGNORECASE)
"""What A1111's page and others show above the text."""
PASTED = "This text"
"""What messages call text that is no file."""


def read_settings(source: str | Path | BinaryIO, name: str = "") -> ReadSettings:
    """The settings a picture was made with, as its record says, or those of a text.

    Ours are read without loss. Those of A1111 (and Forge, SD.Next, Civitai ...), ComfyUI, InvokeAI, SwarmUI, Fooocus, NovelAI
    and Draw Things are read as far as settings here can say the same; the rest is in `.unread` of the answer, and a warning
    says so.

    Args:
        source: a picture, as its path or open for reading; or the record itself, as text that was copied somewhere.
        name: what messages call it; "" is the file's own name.

    Raises:
        FileNotFoundError: there is no such file.
        TypeError: it is neither a picture nor text.
        ValueError: not a readable picture, too large, without a record, or with one that is not read; the message says
            which.
    """
    if not isinstance(source, str | os.PathLike) and not hasattr(source, "read"):
        raise TypeError(
            f"a picture or the text of a record is read, got {source!r:.60}; the settings of a run are trace.settings"
        )
    found = read_text(source) if isinstance(source, str) and is_record(source) else read(source, name)
    if found.unread:
        who = called(source, name) if not (isinstance(source, str) and is_record(source)) else PASTED
        warnings.warn(
            f"{who}: its record by {found.tool} says what settings here do not: {in_words(found.unread)}.", stacklevel=2
        )
    return found


def called(source: str | Path | BinaryIO, name: str = "") -> str:
    """What messages call a source."""
    return f'"{name or (Path(source).name if isinstance(source, (str, Path)) else "this picture")}"'


def is_record(text: str) -> bool:
    """Whether a text is a record and not the path of a file."""
    begin = text.lstrip()[:1]
    if "\n" in text or begin == "{" or len(text) > 1024:
        return True
    return ": " in text and not os.path.exists(text)


def read(source: str | Path | BinaryIO, name: str = "") -> ReadSettings:
    """The settings in the record of a picture, without the warning of `read_settings`.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: as `read_settings`.
    """
    who = called(source, name)
    try:
        texts, too_long = texts_of(source, who.strip('"'))
    except FileNotFoundError:
        raise FileNotFoundError(
            f"there is no file {who}; a record that is pasted has a line with Steps: and Sampler:"
        ) from None
    return _first(texts, who, too_long)


def read_text(text: str) -> ReadSettings:
    """The settings of a record that stands alone: A1111's text, or the JSON of one of the other tools.

    Raises:
        ValueError: it is no record, or longer than `MAX_RECORD`.
    """
    if len(text) > MAX_RECORD:
        raise ValueError(f"{PASTED} has {len(text):,} characters; at most {MAX_RECORD:,} are read.")
    text = _HEADING.sub("", text)
    return _first({_place(text): text, "Software": "NovelAI"}, PASTED, [])


def _place(text: str) -> str:
    """Where in a picture a text would stand."""
    record = an_object(text) or {}
    signs = {"settings": "diffuscope", "positive_prompt": "invokeai_metadata", "image": "sd-metadata", "uc": "Comment"}
    if "c" in record:
        return COMMENT
    return next((place for sign, place in signs.items() if sign in record), "parameters")


def _first(texts: Mapping[str, str], who: str, too_long: list[str]) -> ReadSettings:
    """What the first tool reads whose record is there."""
    trouble: ValueError | None = None
    for tool, reader in TOOLS.items():
        try:
            if found := reader(texts):
                return found
        except ValueError as error:
            trouble = trouble or ValueError(f"{who} has a record by {tool} that cannot be read: {error}")
        except RecursionError:
            trouble = trouble or ValueError(f"{who} has a record by {tool} that cannot be read: it is nested too deep")
    if trouble:
        raise trouble from None
    why = "; ".join(too_long)
    if not why and (maker := others.sign(texts)):
        why = f"it seems made by {maker}, whose records are not read"
    raise ValueError(f"{who} has no readable record of its settings{f': {why}' if why else ''}.")
