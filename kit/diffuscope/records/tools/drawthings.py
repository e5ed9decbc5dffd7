"""Draw Things: a JSON object with one-letter names, in Exif or XMP."""

from __future__ import annotations

from collections.abc import Mapping

from diffuscope.prompt.a1111 import from_a1111
from diffuscope.records.parts.flat import an_object, rest, size, take
from diffuscope.records.parts.names import scheduler
from diffuscope.records.parts.result import ReadSettings, prompt, result
from diffuscope.records.parts.texts import COMMENT

TOOL = "Draw Things"
_NAMES = {"seed": "seed", "steps": "steps", "scale": "guidance_scale"}
_SAID = (*_NAMES, "c", "uc", "size", "sampler", "model", "strength", "seed_mode", "v2", "profile", "clip_skip", "version", "lang",
         "mask_blur", "mask_blur_outset", "shift")  # fmt: skip


def read(texts: Mapping[str, str]) -> ReadSettings | None:
    """The settings; None where there is no such record."""
    for place in (COMMENT, "ImageDescription", "parameters"):
        record = an_object(texts.get(place))
        if record and "c" in record and "sampler" in record:
            break
    else:
        return None
    unread = rest(record, _SAID)
    if record.get("strength") not in (None, 1, 1.0):
        unread["Denoising strength"] = record["strength"]
    if record.get("shift") not in (None, 1, 1.0):
        unread["shift"] = record["shift"]
    said = take(record, _NAMES) | size(record.get("size"))
    if isinstance(record.get("clip_skip"), int):  # counted from the last layer, which is 1
        said["clip_skip"] = record["clip_skip"] - 1
    said["prompt"] = prompt(record["c"], from_a1111)
    said["negative_prompt"] = prompt(record.get("uc"), from_a1111)
    values, left = scheduler(record.get("sampler"), plain_is_uniform=True)
    return result(TOOL, said | values, {**unread, **left}, record.get("model"))
