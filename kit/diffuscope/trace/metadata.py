"""The record that is written into a saved picture: what A1111, InvokeAI and we ourselves can read back.

PNG gets three text chunks: `parameters` (A1111 infotext), `invokeai_metadata` (where valid) and `diffuscope` (our full,
lossless JSON). JPEG and WebP get the infotext and our JSON in Exif.
"""

from __future__ import annotations

import io
import json
import re
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PIL import Image, PngImagePlugin, TiffTags

from diffuscope import atomic
from diffuscope.prompt.a1111 import for_a1111
from diffuscope.prompt.tree import Text, tree, walk
from diffuscope.recipe.checks import COMMON_SEED
from diffuscope.recipe.fields import FIELDS
from diffuscope.recipe.no_effect import effective
from diffuscope.recipe.settings import OPEN, Recipe, Settings
from diffuscope.trace.trace import Trace

FORMATS = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP"}
"""Endings of picture files that can carry a record, and Pillow's name of each format."""
SCHEMA = 1

_EXIF_IFD, _USER_COMMENT, _DESCRIPTION = 0x8769, 0x9286, 0x010E
_MOST_EXIF = 65_533
"""Bytes of Exif that fit into a JPEG."""


def save_picture(trace: Trace, path: str | Path) -> Path:
    """Write a trace's finished picture with its record: .png, .jpg, .jpeg or .webp. Whole or not at all.

    Raises:
        ValueError: another suffix.
        TypeError: no recorded run comes first.
    """
    if not isinstance(trace, Trace):
        raise TypeError(f"save_picture takes a recorded run and then a path, got {trace!r:.60} first")
    path = Path(path)
    form = FORMATS.get(path.suffix.lower())
    if form is None:
        raise ValueError(f'"{path.name}" must end in .png, .jpg or .webp')
    atomic.write(path, with_record(trace, form))
    return path


def with_record(trace: Trace, form: str = "PNG", picture: Image.Image | None = None) -> bytes:
    """The bytes of a file of a trace's finished picture that carries its record.

    Args:
        form: PNG, which keeps every pixel, JPEG or WEBP.
        picture: another picture of the same run, such as a contact sheet.

    Raises:
        ValueError: the record is too long for a JPEG.
    """
    texts, out, picture = records(trace), io.BytesIO(), picture or trace.pil
    if form == "PNG":
        info = PngImagePlugin.PngInfo()
        for key, text in texts.items():
            info.add_text(key, text)
        picture.save(out, form, pnginfo=info)
    else:
        exif = Image.Exif()
        exif[_DESCRIPTION] = texts["diffuscope"]
        # what piexif writes and Civitai decodes: big endian, with this prefix
        exif.get_ifd(_EXIF_IFD)[_USER_COMMENT] = b"UNICODE\0" + texts["parameters"].encode("utf-16-be")
        # Pillow calls bytes BYTE; a comment is UNDEFINED in Exif's table of tags, and of another type piexif, which A1111
        # reads with, makes no text
        undefined = exif.tobytes().replace(_entry(TiffTags.BYTE), _entry(TiffTags.UNDEFINED), 1)
        if form == "JPEG" and len(undefined) > _MOST_EXIF:
            raise ValueError(
                f"The record takes {len(undefined):,} bytes, and a JPEG has room for {_MOST_EXIF:,}; save as .png or .webp."
            )
        picture.save(out, form, quality=95, exif=undefined)
    return out.getvalue()


def _entry(kind: int) -> bytes:
    """The first bytes of the comment's entry in an Exif directory as Pillow writes it: tag and type, big endian."""
    return struct.pack(">HH", _USER_COMMENT, kind)


def records(trace: Trace) -> dict[str, str]:
    """The text chunks of a PNG: chunk name to text."""
    ours = {
        "schema": SCHEMA,
        "settings": json.loads(trace.settings.to_json()),
        "made_by": dict(trace.made_by),
        "timesteps": [round(float(t), 4) for t in trace.t],
        "alphas": [round(float(a), 6) for a in trace.alpha],
        "sigmas": [round(float(s), 6) for s in trace.sigma],
    }
    texts = {"parameters": infotext(trace.settings, trace.made_by), "diffuscope": json.dumps(ours, allow_nan=False)}
    invoke = _invokeai(trace.settings, trace.made_by)
    return texts | ({"invokeai_metadata": json.dumps(invoke)} if invoke else {})


def infotext(settings: Settings, made_by: Mapping[str, Any]) -> str:
    """A1111's text: prompt, negative prompt, one line of parameters that starts with `Steps:`."""
    pairs = _pairs(settings, usual=True) | {"Model": re.sub(r"[,:\n\"]", " ", str(made_by["model"]))}
    pairs |= _pairs(settings, usual=False)
    # without "RNG: CPU" readers assume GPU noise; a bare version number would switch on old behaviour in A1111
    pairs |= {"RNG": "CPU", "Version": str(made_by["app"]).replace(" ", " v")}
    lines = [for_a1111(settings.prompt)]
    if settings.negative_prompt:
        lines.append("Negative prompt: " + for_a1111(" ".join(settings.negative_prompt.splitlines())))
    return "\n".join([*lines, ", ".join(f"{key}: {value}" for key, value in pairs.items())])


def _pairs(settings: Settings, usual: bool) -> dict[str, Any]:
    """The part of A1111's line about the settings that are always written, steps first, or about the others."""
    fields = sorted(FIELDS.values(), key=lambda field: field.a1111_key != "Steps")
    found = {
        field.a1111_key: field.to_a1111(settings)
        for field in fields
        if field.a1111_key and field.always_written == usual
    }
    return {key: value for key, value in found.items() if value is not None}


def _plain(prompt: str) -> bool:
    """Whether a prompt uses nothing of the prompt language."""
    return all(isinstance(node, Text) for node, _, _ in walk(tree(prompt)))


def _invokeai(recipe: Recipe, made_by: Mapping[str, Any]) -> dict[str, Any] | None:
    """InvokeAI's record, or None where its reader would refuse it (small pictures, large seeds, unknown schedulers) or
    make another picture (it knows no variation seed, and has a prompt language of its own)."""
    if any(getattr(recipe, name) is None for name in OPEN):  # steps of another system
        return None
    row, done = recipe.scheduler_row, effective(recipe)
    scheduler = row.invokeai and row.invokeai + {"karras": "_k", "uniform": ""}.get(recipe.schedule, "?")
    if min(recipe.width, recipe.height) < 64 or recipe.seed > COMMON_SEED or not scheduler or "?" in scheduler:
        return None
    others = [field for field in FIELDS.values() if not (field.invokeai or field.is_choice)]
    if any(getattr(done, field.name) != field.default for field in others):
        return None
    if not all(map(_plain, (recipe.prompt, recipe.negative_prompt))):
        return None
    return {
        "generation_mode": "txt2img",
        **{field.invokeai: getattr(recipe, name) for name, field in FIELDS.items() if field.invokeai},
        "cfg_scale": max(1.0, recipe.guidance_scale),
        "rand_device": "cpu",
        "scheduler": scheduler,
        # its key, hash and base are InvokeAI's own, and not known here; a wrong base would be taken at its word
        "model": {"name": made_by["model"], "type": "main"},
        "app_version": made_by["app"],
    }
