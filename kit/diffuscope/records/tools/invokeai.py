"""InvokeAI, from its first form to that of version 6."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from diffuscope.prompt.compel import from_compel, understood
from diffuscope.recipe.fields import FIELDS
from diffuscope.records.parts.flat import an_object, rest, take
from diffuscope.records.parts.names import scheduler
from diffuscope.records.parts.result import ReadSettings, prompt, result

TOOL = "InvokeAI"
_NAMES = {field.invokeai: name for name, field in FIELDS.items() if field.invokeai} | {"clip_skip": "clip_skip"}
_SAID = (*_NAMES, "model", "scheduler", "rand_device", "app_version", "generation_mode", "_canvas_objects", "canvas_v2_metadata",
         "positive_style_prompt", "negative_style_prompt", "ref_images", "board_id")  # fmt: skip
_COMPEL = ("sd-1", "sd-2", "sdxl", "sdxl-refiner", "any", "")
"""Kinds of model whose prompts are in Compel's language."""
_OLD = {"steps": "steps", "cfg_scale": "guidance_scale", "seed": "seed", "width": "width", "height": "height"}
_OLD_SAID = (*_OLD, "prompt", "sampler", "type", "rand_device", "grid")
_DREAM = {"s": "steps", "S": "seed", "W": "width", "H": "height", "C": "cfg_scale", "A": "sampler"}
_NOT_LIKE = re.compile(r"\[([^\[\]]*)\]")


def read(texts: Mapping[str, str]) -> ReadSettings | None:
    """The settings; None where there is no such record.

    Raises:
        ValueError: there is one that is no JSON object.
    """
    for place in ("invokeai_metadata", "sd-metadata"):
        if place in texts:
            record = an_object(texts[place])
            if record is None:
                raise ValueError(f"its text {place} is no JSON object")
            return _of_today(record) if place == "invokeai_metadata" else _of_version_2(record)
    if "Dream" in texts:
        return _of_version_1(texts["Dream"])
    if "invokeai_graph" in texts:
        raise ValueError("made by InvokeAI, by a workflow that saved no settings")
    return None


def _of_today(record: dict[str, Any]) -> ReadSettings:
    model = record.get("model")
    about: Mapping[str, Any] = model if isinstance(model, dict) else {"name": model}
    said, unread = take(record, _NAMES), rest(record, _SAID)
    for name in ("prompt", "negative_prompt"):
        text = str(said.get(name) or "")
        if str(about.get("base", about.get("base_model")) or "") in _COMPEL:
            if not understood(text):
                unread[name] = said.pop(name)
                continue
            said[name] = prompt(text, from_compel)
        else:
            said[name] = prompt(text, _as_text)
    sampler = str(record.get("scheduler") or "")
    karras = sampler.endswith("_k")
    values, left = scheduler(sampler.removesuffix("_k"), "karras" if karras else "uniform" if sampler else "")
    if "scheduler" in left:
        left["scheduler"] = sampler
    for style, name in (("positive_style_prompt", "prompt"), ("negative_style_prompt", "negative_prompt")):
        if record.get(style) and record[style] != record.get(_style_of(name)):
            unread[style] = record[style]
    return result(TOOL, said | values, {**unread, **left}, about.get("name") or about.get("model_name"))


def _style_of(name: str) -> str:
    return FIELDS[name].invokeai


def _as_text(text: str) -> str:
    """A prompt without a language."""
    return re.sub(r"[()\[\]]", r"\\\g<0>", text)


def _of_version_2(record: dict[str, Any]) -> ReadSettings:
    image = record.get("image")
    if not isinstance(image, dict):
        raise ValueError("its text sd-metadata has no image")  # noqa: TRY004
    texts = image.get("prompt")
    parts = [part for part in texts if isinstance(part, dict)] if isinstance(texts, list) else [{"prompt": texts}]
    unread = rest(image, _OLD_SAID)
    if image.get("type") not in (None, "txt2img"):
        unread["type"] = image["type"]
    if len(parts) > 1:
        unread["prompt"] = " | ".join(str(part.get("prompt")) for part in parts)
    text = str(parts[0].get("prompt") or "") if len(parts) == 1 else ""
    return _old(
        text, take(image, _OLD), image.get("sampler"), unread, record.get("model_weights") or record.get("model")
    )


def _of_version_1(text: str) -> ReadSettings | None:
    """A command of its shell: "a fox" -s 50 -S 5 -W 512 -H 768 -C 7.5 -A k_lms."""
    found = re.match(r'\s*"((?:[^"\\]|\\.)*)"(.*)', text, re.DOTALL) or re.match(r"()(.*)", text, re.DOTALL)
    options = re.search(r"\s-[A-Za-z]", found[2]) if found else None
    if not found or not options:
        return None
    spoken = found[1].replace('\\"', '"') or found[2][: options.start()]
    given, unread = dict[str, str](), dict[str, Any]()
    for option, value in re.findall(r"(?<!\S)-([A-Za-z])[ \t]*([^\s-]\S*)?", found[2][options.start() :]):
        if option in _DREAM:
            given[_DREAM[option]] = value
        elif value:
            unread["-" + option] = value
    return _old(spoken, take(given, _OLD), given.get("sampler"), unread, "")


def _old(text: str, said: dict[str, Any], sampler: object, unread: dict[str, Any], model: object) -> ReadSettings:
    """Versions 1 and 2, which wrote what not to show into square brackets."""
    negative = ", ".join(part.strip() for part in _NOT_LIKE.findall(text))
    said["prompt"] = prompt(" ".join(_NOT_LIKE.sub(" ", text).split()), from_compel)
    said["negative_prompt"] = prompt(negative, from_compel)
    values, left = scheduler(sampler, plain_is_uniform=True)
    return result(TOOL, said | values, {**unread, **left}, model)
