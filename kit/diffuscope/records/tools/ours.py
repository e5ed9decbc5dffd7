"""Our own record: the whole settings, without loss."""

from __future__ import annotations

import json
from collections.abc import Mapping

from diffuscope.recipe.settings import Settings
from diffuscope.records.parts.result import ReadSettings, result

TOOL = "diffuscope"


def read(texts: Mapping[str, str]) -> ReadSettings | None:
    """The settings; None where there is no such record.

    Raises:
        ValueError: it is damaged, or a value cannot be. Nothing is left out of our own record silently.
    """
    text = texts.get(TOOL)
    if text is None and "settings" in texts.get("ImageDescription", "") and "schema" in texts["ImageDescription"]:
        text = texts["ImageDescription"]
    if text is None:
        return None
    try:
        record = json.loads(text)
        made_by = record.get("made_by") or {}
        return result(TOOL, vars(Settings.from_dict(record["settings"])), {}, made_by.get("model", ""))
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"{type(error).__name__}: {error}") from None
