"""SwarmUI, once StableSwarmUI: a JSON object in the place of A1111's text."""

from __future__ import annotations

from collections.abc import Mapping

from diffuscope.prompt.a1111 import from_comfyui, not_understood
from diffuscope.records.parts.flat import an_object, rest, take
from diffuscope.records.parts.names import scheduler
from diffuscope.records.parts.result import ReadSettings, prompt, result
from diffuscope.records.parts.texts import COMMENT

TOOL = "SwarmUI"
_NAMES = {
    "seed": "seed", "steps": "steps", "cfgscale": "guidance_scale", "width": "width", "height": "height",
    "variationseed": "variation_seed", "variationseedstrength": "variation_strength",
}  # fmt: skip
_SAID = (*_NAMES, "prompt", "negativeprompt", "model", "images", "aspectratio", "sampler", "scheduler", "clipstopatlayer", "swarm_version",
         "date", "original_prompt", "generation_time", "nopreviews", "imageformat", "automaticvae", "batchsize", "personalnote",
         "donotsave", "used_wildcards", "wildcardseed", "presets", "colordepth", "savesegmentmask", "backendtype",
         "resolution", "sidelength", "comfyuisampler", "comfyuischeduler")  # fmt: skip


def read(texts: Mapping[str, str]) -> ReadSettings | None:
    """The settings; None where there is no such record."""
    for place in ("parameters", COMMENT, "ImageDescription"):
        record = an_object(texts.get(place))
        given = record.get("sui_image_params") if record else None
        if isinstance(given, dict):
            break
    else:
        return None
    said = take(given, _NAMES)
    said["prompt"] = prompt(given.get("prompt"), from_comfyui)
    said["negative_prompt"] = prompt(given.get("negativeprompt"), from_comfyui)
    unread = rest(given, _SAID)
    if beyond := not_understood(f"{given.get('prompt')} {given.get('negativeprompt')}"):
        unread["Prompt language"] = ", ".join(beyond)
    stop = given.get("clipstopatlayer")
    if isinstance(stop, int) and stop < 0:  # -1 is the last layer
        said["clip_skip"] = -1 - stop
    sampler = given.get("sampler") or given.get("comfyuisampler")
    values, left = scheduler(sampler, given.get("scheduler") or given.get("comfyuischeduler"))
    return result(TOOL, said | values, {**unread, **left}, given.get("model"))
