"""The text of AUTOMATIC1111's webui, which Forge, reForge, SD.Next, Civitai, stable-diffusion.cpp and many more write."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from diffuscope.prompt.a1111 import from_a1111, not_understood
from diffuscope.recipe.fields import FIELDS
from diffuscope.records.parts.flat import size
from diffuscope.records.parts.infotext import Parts, parts
from diffuscope.records.parts.names import scheduler
from diffuscope.records.parts.result import ReadSettings, prompt, result
from diffuscope.records.parts.texts import COMMENT

TOOL = "A1111"
PLACES = ("parameters", COMMENT, "XPComment", "ImageDescription", "Comment", "Description", "Parameters", "comment")
"""Where it may stand."""
SCRIPTS = ("X/Y/Z plot", "X/Y plot", "Prompt matrix", "Prompts from file or textbox grid")
"""Scripts of A1111 whose text stands in a sheet of many pictures."""

_SYNONYMS = {
    "cfg": "cfg scale",
    "guidance scale": "cfg scale",
    "scheduler": "schedule type",
    "variation strength": "variation seed strength",
}
_SAID = frozenset(
    [
        "model",
        "model hash",
        "version",
        "hashes",
        "lora hashes",
        "ti hashes",
        "vae hash",
        "refiner hash",
        "rng",
        "template",
        "negative template",
        "created date",
        "civitai resources",
        "civitai metadata",
        "app",
        "backend",
        "parser",
        "pipeline",
        "operations",
        "time taken",
        "time",
        "user",
        "batch size",
        "batch pos",
        "sampler",
        "schedule type",
        "size",
        "script",
        "pad conds",
        "downcast alphas_cumprod",
        "gpu",
        "device",
        "diffusers",
        "lora networks",
        "hashes",
        "dtype",
        "discard penultimate sigma",
        "mask blur",
        "workflow",
        "total steps",
    ]
)
"""What has been read, or tells nothing about how the picture looks, in lower case."""
_NEUTRAL = {"denoising strength": ("1", "1.0", "0", "0.0"), "ensd": ("0",), "eta": ("1", "1.0"), "clip skip": ("0",),
            "token merging ratio": ("0", "0.0"), "guidance": ("1", "1.0"),
            "vae": ("Default (model)", "Automatic", "None")}  # fmt: skip
"""Values that say that nothing was done."""


def read(texts: Mapping[str, str]) -> ReadSettings | None:
    """The settings of the first place that holds such a text; None where none does."""
    for place in PLACES:
        if place in texts and texts[place].lstrip()[:1] != "{" and (found := parts(texts[place])):
            return settings(found)
    return None


def settings(found: Parts, tool: str = TOOL) -> ReadSettings:
    """Settings of a text that was taken apart."""
    pairs: dict[str, Any] = {}
    for key, value in found.pairs.items():
        pairs.setdefault(_SYNONYMS.get(key.lower(), key.lower()), value)
    said: dict[str, Any] = {
        "prompt": prompt(found.prompt, from_a1111),
        "negative_prompt": prompt(found.negative, from_a1111),
    }
    unread: dict[str, Any] = {}
    for name, field in FIELDS.items():
        text = pairs.get(field.a1111_key.lower()) if field.a1111_key and not field.is_choice else None
        if text in (None, "") or str(text) in _NEUTRAL.get(field.a1111_key.lower(), ()):
            continue
        if field.a1111_key == "Size":
            said[name] = size(text).get(name)
            if said[name] is None:
                unread[name] = text
            continue
        try:
            said[name] = field.from_a1111(str(text).strip())
        except ValueError:
            said[name] = str(text).strip()  # perhaps "20.0"
    if beyond := not_understood(f"{found.prompt} {found.negative}"):
        unread["Prompt language"] = ", ".join(beyond)
    version = str(pairs.get("version", ""))
    if pairs.get("script") in SCRIPTS:
        unread["Script"] = pairs["script"]
    values, left = scheduler(pairs.get("sampler", ""), pairs.get("schedule type", ""), _of_before_schedules(version))
    known = _SAID | {field.a1111_key.lower() for field in FIELDS.values()}
    for key, value in found.pairs.items():
        word = _SYNONYMS.get(key.lower(), key.lower())
        if word not in known and value not in ("", [], {}) and str(value) not in _NEUTRAL.get(word, ()):
            unread[key] = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return result(tool, said | values, {**unread, **left}, pairs.get("model", ""))


def _of_before_schedules(version: str) -> bool:
    """Whether a sampler without a schedule in its name is evenly spaced.

    So it was in A1111 before 1.9, which wrote no schedule; the oldest wrote no version either, and those who copy the form
    name a sampler as it was named there. Since 1.9 the schedule is written, and one that is not is "Automatic".
    """
    found = re.match(r"v?(\d+)\.(\d+)", version)
    if found:
        return (int(found[1]), int(found[2])) < (1, 9)
    return not version.startswith(("diffuscope", "f"))  # f2.0.1: Forge, which began with 1.10
