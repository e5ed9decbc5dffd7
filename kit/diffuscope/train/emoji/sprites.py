"""Step 0 of the emoji model: names and drawings of every emoji, from four npm packages and one more for the words.

Nothing here is committed. The packages are pinned by version and checksum, and what was taken is written down in
`sources.json`, which travels with the weights: Twemoji is CC BY 4.0 and asks for attribution.
"""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import tarfile
import tempfile
import unicodedata
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from diffuscope import atomic
from diffuscope.worlds.emoji.things import LANGUAGES, STYLES


@dataclass(frozen=True)
class Source:
    """One npm package."""

    package: str
    version: str
    licence: str
    authors: str
    sha256: str


WORDS = Source(
    "emojibase-data", "17.0.0", "MIT", "Miles Johnson; names from Unicode CLDR (Unicode-3.0)",
    "d01d0e2ca4e22cb402679532155342c71e2e871f25c32223c013b8b166ebdf5a",
)  # fmt: skip
DRAWINGS = {
    "noto": Source("@iconify-json/noto", "1.2.9", "Apache-2.0", "Google, Noto Emoji",
                   "3e918d88fc945c0bb3d468dbace6f88caef67f01c9f0e7bcae0915a042e8f1ad"),
    "fluent": Source("@iconify-json/fluent-emoji-flat", "1.2.6", "MIT", "Microsoft, Fluent Emoji",
                     "7d064769dee690815f823bc5bcc511d957198caf9f5edd8dd9c1aa48a6aeb175"),
    "twemoji": Source("@iconify-json/twemoji", "1.2.5", "CC-BY-4.0", "Twitter, Inc. and other contributors, Twemoji",
                      "19046dff7d8707ce96212ec86468b36ac5f8e60409629dd13f809265c6d0ebb7"),
    "fxemoji": Source("@iconify-json/fxemoji", "1.2.2", "Apache-2.0", "Mozilla, FxEmojis",
                      "f3e72b3c59d05e1db03b7e308d55c0d05bd7ba3f625a90da1b79313c12858eef"),
}  # fmt: skip
LEFT_OUT = ("component", "flags")


def make(folder: Path, side: int) -> None:
    """Write `things.json`, `sprites.npz` and `sources.json` into `folder`; done already, they are left alone.

    sprites.npz holds `rgba` uint8 (N, side, side, 4) and `thing`, `tone`, `style` int16 (N,): indices into
    things.json, skin tone 0 (none) to 5 (dark), index into STYLES.

    Raises:
        ValueError: a package is not what it was when this recipe was written.
        FileNotFoundError: npm is not installed.
    """
    if (folder / "sprites.npz").exists():
        return
    import resvg_py  # the "train" extra; not needed once the drawings are there

    folder.mkdir(parents=True, exist_ok=True)
    sources = [WORDS, *(DRAWINGS[style] for style in STYLES)]
    packages = {source.package: _fetch(source) for source in sources}
    rows = _things(packages[WORDS.package])
    icons = {style: _icons(packages[source.package]) for style, source in DRAWINGS.items()}

    sprites, keys = [], []
    for thing, row in enumerate(rows):
        for tone, hexcode in row.pop("tones").items():
            for style, drawings in icons.items():
                svg = drawings.get(_plain(hexcode)) or drawings.get(_unicode_name(hexcode))
                if svg:
                    png = resvg_py.svg_to_bytes(svg_string=svg, width=side, height=side, skip_system_fonts=True)
                    sprites.append(np.asarray(Image.open(io.BytesIO(png)).convert("RGBA").resize((side, side))))
                    keys.append((thing, tone, STYLES.index(style)))
    thing, tone, style = np.array(keys, np.int16).T
    atomic.write(folder / "things.json", (json.dumps(rows, ensure_ascii=False, indent=0) + "\n").encode())
    atomic.write(folder / "sources.json", (json.dumps([asdict(s) for s in sources], indent=1) + "\n").encode())
    with atomic.file(folder / "sprites.npz") as file:
        np.savez_compressed(file, rgba=np.stack(sprites), thing=thing, tone=tone, style=style)


def _fetch(source: Source) -> dict[str, bytes]:
    """The files of one package, by path inside it."""
    with tempfile.TemporaryDirectory() as place:
        wanted = f"{source.package}@{source.version}"
        subprocess.run(["npm", "pack", "--silent", wanted], cwd=place, check=True, stdout=subprocess.DEVNULL)
        raw = next(Path(place).glob("*.tgz")).read_bytes()
    found = hashlib.sha256(raw).hexdigest()
    if found != source.sha256:
        raise ValueError(f"{wanted} has sha256 {found[:12]}, not {source.sha256[:12]}: it is not the package of record")
    with tarfile.open(fileobj=io.BytesIO(raw)) as tar:
        return {m.name.removeprefix("package/"): tar.extractfile(m).read() for m in tar if m.isfile()}  # type: ignore[union-attr]


def _things(files: dict[str, bytes]) -> list[dict[str, Any]]:
    from wordfreq import zipf_frequency

    groups = json.loads(files["meta/groups.json"])["groups"]
    rows = {language: json.loads(files[f"{language}/data.json"]) for language in LANGUAGES}
    other = {language: {row["hexcode"]: row for row in found} for language, found in rows.items()}
    things = []
    for row in rows["en"]:
        group = groups.get(str(row.get("group")))
        if group is None or group in LEFT_OUT:  # a bare code point has no group
            continue
        same = {language: other[language][row["hexcode"]] for language in LANGUAGES}
        # one tone for one person: couples of two tones are too many and too alike at this size
        tones = {skin["tone"]: skin["hexcode"] for skin in row.get("skins", []) if isinstance(skin["tone"], int)}
        names = {language: same[language]["label"].replace(": ", " ").lower() for language in LANGUAGES}
        things.append({
            "hexcode": row["hexcode"],
            "group": group,
            "names": names,
            "keywords": {language: same[language].get("tags", []) for language in LANGUAGES},
            "frequency": zipf_frequency(names["en"], "en"),
            "tones": {0: row["hexcode"], **tones},
        })  # fmt: skip
    return things


def _icons(files: dict[str, bytes]) -> dict[str, str]:
    """Code points (or, where a package has none, Unicode names) to a whole SVG."""
    icons = json.loads(files["icons.json"])
    names = json.loads(files["chars.json"]) or {name: name for name in icons["icons"]}
    svgs = {}
    for key, name in names.items():
        icon = icons["icons"].get(name)
        if icon:
            width, height = (icon.get(k, icons.get(k, 16)) for k in ("width", "height"))
            frame = f'viewBox="{icon.get("left", 0)} {icon.get("top", 0)} {width} {height}"'
            svgs[_plain(key)] = f'<svg xmlns="http://www.w3.org/2000/svg" {frame}>{icon["body"]}</svg>'
    return svgs


def _plain(hexcode: str) -> str:
    """A code point sequence without variation selectors, which packages write or leave out as they like."""
    return hexcode.lower().replace("-fe0f", "")


def _unicode_name(hexcode: str) -> str:
    """How FxEmojis call a character: its Unicode name in small letters without spaces."""
    plain = _plain(hexcode)
    name = "" if "-" in plain else unicodedata.name(chr(int(plain, 16)), "")
    return "".join(c for c in name.lower() if c.isalnum())
