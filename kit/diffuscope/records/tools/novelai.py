"""NovelAI: a JSON object in the chunk Comment, beside Title, Description, Software and Source."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from diffuscope.prompt.novelai import from_novelai
from diffuscope.records.parts.flat import an_object, rest, take
from diffuscope.records.parts.names import scheduler
from diffuscope.records.parts.result import ReadSettings, prompt, result
from diffuscope.records.parts.texts import COMMENT

TOOL = "NovelAI"
_NAMES = {"seed": "seed", "steps": "steps", "scale": "guidance_scale", "width": "width", "height": "height"}
_SAID = (*_NAMES, "prompt", "uc", "sampler", "noise_schedule", "n_samples", "request_type", "signed_hash", "v4_prompt", "v4_negative_prompt",
         "version", "params_version", "legacy_uc", "extra_noise_seed", "stream", "image_format", "add_original_image",
         "uncond_per_vibe", "wonky_vibe_correlation", "hide_debug_overlay", "deliberate_euler_ancestral_bug", "prefer_brownian",
         "explike_fine_detail", "minimize_sigma_inf", "lora_unet_weights", "lora_clip_weights", "uncond_scale",
         "skip_cfg_above_sigma", "skip_cfg_below_sigma", "cfg_sched_eligibility", "use_coords")  # fmt: skip


def read(texts: Mapping[str, str]) -> ReadSettings | None:
    """The settings; None where there is no such record."""
    record = an_object(texts.get("Comment")) or an_object(texts.get(COMMENT))
    about: Mapping[str, Any] = texts
    if record and isinstance(record.get("Comment"), str):  # in WebP all chunks stand in one object
        about, record = record, an_object(record["Comment"])
    if not record or "NovelAI" not in str(about.get("Software")) or "uc" not in record:
        return None
    unread = rest(record, _SAID)
    if record.get("uncond_scale") not in (None, 0, 1):
        unread["uncond_scale"] = record["uncond_scale"]
    if record.get("skip_cfg_above_sigma") is not None:
        unread["skip_cfg_above_sigma"] = record["skip_cfg_above_sigma"]
    if characters := _characters(record.get("v4_prompt")):
        unread["Character prompts"] = " | ".join(characters)
    said = take(record, _NAMES)
    said["prompt"] = prompt(record.get("prompt", about.get("Description")), from_novelai)
    said["negative_prompt"] = prompt(record["uc"], from_novelai)
    schedule = str(record.get("noise_schedule") or "")
    values, left = scheduler(
        record.get("sampler"), "uniform" if schedule == "native" else schedule, plain_is_uniform=True
    )
    return result(TOOL, said | values, {**unread, **left}, about.get("Source"))


def _characters(v4: object) -> list[str]:
    """The prompts of single characters, which version 4 has beside the common one."""
    caption = v4.get("caption") if isinstance(v4, dict) else None
    parts = caption.get("char_captions") if isinstance(caption, dict) else None
    return (
        [str(part.get("char_caption")) for part in parts if isinstance(part, dict)] if isinstance(parts, list) else []
    )
