"""Fooocus and its forks RuinedFooocus and Fooocus-MRE: a JSON object."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from diffuscope.prompt.a1111 import from_comfyui
from diffuscope.records.parts.flat import an_object, loads, rest, size, take
from diffuscope.records.parts.names import scheduler
from diffuscope.records.parts.result import ReadSettings, prompt, result
from diffuscope.records.parts.texts import COMMENT

TOOL = "Fooocus"
_NAMES = {
    "seed": "seed",
    "steps": "steps",
    "guidance_scale": "guidance_scale",
    "cfg": "guidance_scale",
    "width": "width",
    "height": "height",
}
_SAID = (*_NAMES, "prompt", "negative_prompt", "Prompt", "Negative", "base_model", "base_model_name", "base_model_hash", "resolution",
         "sampler", "sampler_name", "scheduler", "version", "metadata_scheme", "software", "full_prompt", "full_negative_prompt",
         "created_by", "vae", "refiner_switch", "image_number", "performance")  # fmt: skip


def read(texts: Mapping[str, str]) -> ReadSettings | None:
    """The settings; None where there is no such record."""
    for place in ("parameters", COMMENT, "Comment"):
        record = an_object(texts.get(place))
        if record and _is_fooocus(record, texts):
            return _settings(record)
    return None


def _is_fooocus(record: Mapping[str, Any], texts: Mapping[str, str]) -> bool:
    scheme = record.get("metadata_scheme") or texts.get("fooocus_scheme") or texts.get("MakerNote")
    software = f"{record.get('software')} {record.get('version')} {texts.get('Software')}"
    model = record.get("base_model") or record.get("base_model_name")
    return "prompt" in {key.lower() for key in record} and bool(model) and (scheme == "fooocus" or "ooocus" in software)


def _settings(record: Mapping[str, Any]) -> ReadSettings:
    said = size(record.get("resolution")) | take(record, _NAMES)
    unread = rest(record, _SAID)
    full = record.get("full_prompt")
    texts = {
        "prompt": record.get("prompt", record.get("Prompt")),
        "negative_prompt": record.get("negative_prompt", record.get("Negative")),
    }
    for name, text in texts.items():
        said[name] = prompt(text, from_comfyui)
    styles = record.get("styles")
    if isinstance(styles, str) and not loads(styles.replace("'", '"')):
        unread.pop("styles", None)
    if isinstance(full, list) and full not in ([], [texts["prompt"]]):
        unread["full_prompt"] = " | ".join(map(str, full))
    values, left = scheduler(record.get("sampler", record.get("sampler_name")), record.get("scheduler"))
    model = record.get("base_model") or record.get("base_model_name")
    return result(TOOL, said | values, {**unread, **left}, str(model).rsplit(".safetensors", 1)[0])
