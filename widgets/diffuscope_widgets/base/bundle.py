"""The front end of a widget as one text: its JavaScript module and its style sheet, each with what it imports."""

from __future__ import annotations

import re
from pathlib import Path

HERE = Path(__file__).parents[1]
IMPORT = re.compile(r'^import (\{[^}]*\}) from "(\.\.?/[\w/.]+)\.js";$', re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:async function|function|const|class) (\w+))", re.MULTILINE)
SHEET = re.compile(r'^@import "(\.\.?/[\w/.]+\.css)";\n', re.MULTILINE)
COMMENT = re.compile(r"^[ \t]*/\*\*.*?\*/\n", re.MULTILINE | re.DOTALL)
ROOT = re.compile(r'\bscope\((?:this\.)?model, el, "([\w-]+)"\)')


def script(stem: str) -> str:
    """The ES module of a widget as one text: each file it imports comes first, once, in a scope of its own.

    Text, not a path: anywidget watches paths and then never lets go of the widget (manzt/anywidget#929).

    Args:
        stem: the module below this package, without its ending: "film/film".
    """
    before: dict[Path, str] = {}
    text = _read((HERE / stem).with_suffix(".js"), before)
    return "\n".join([*before.values(), text])


def _read(path: Path, before: dict[Path, str]) -> str:
    """A file that takes its imports from constants; `before` gains what defines those, in the order needed."""
    text = COMMENT.sub("", path.read_text(encoding="utf-8"))  # types are for the reader: every widget carries the rest
    for _, name in IMPORT.findall(text):
        other = _beside(path, f"{name}.js")
        if other not in before:
            inner = _read(other, before)
            exports = ", ".join(EXPORT.findall(inner))
            before[other] = (
                f"const {_constant(other)} = (() => {{\n{EXPORT.sub('', inner)}return {{ {exports} }};\n}})();"
            )
    return IMPORT.sub(lambda found: f"const {found[1]} = {_constant(_beside(path, f'{found[2]}.js'))};", text)


def _beside(path: Path, name: str) -> Path:
    return (path.parent / name).resolve()


def _constant(path: Path) -> str:
    """The name of a module's constant, unique by its place below this package."""
    return "module_" + "_".join(path.relative_to(HERE.resolve()).with_suffix("").parts)


def style(stem: str) -> str:
    """The style sheet of a widget: the shared one, then its own with those it imports, which ends at the widget's root:
    many share one page.

    Args:
        stem: as for `script`.
    """
    path = (HERE / stem).with_suffix(".css")
    shared, own = (file.read_text(encoding="utf-8") for file in (HERE / "base" / "shared.css", path))
    own = SHEET.sub(lambda found: (path.parent / found[1]).read_text(encoding="utf-8"), own)
    root = ROOT.findall(path.with_suffix(".js").read_text(encoding="utf-8"))[0]
    inside = re.sub(rf"\.ds-{root}(?![\w-])", ":scope", own)  # in there, the class itself would mean one further inside
    return f"{shared}\n@scope (.ds-{root}) {{\n{inside}}}\n"
