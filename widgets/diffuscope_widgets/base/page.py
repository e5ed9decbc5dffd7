"""Widgets as one offline HTML page: the same front end, its state beside it, and a stand-in where Python was."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ipywidgets import DOMWidget, Widget

from diffuscope import atomic

HOST = Path(__file__).with_name("kernelless.js")
STYLE = """
:root { color-scheme: light dark; --paper: #fff; --ink: #1d1f24; --soft: #5b606b; }
[data-theme="dark"] { --paper: #16181d; --ink: #eceef2; --soft: #a9afbb; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
header, main { max-width: 1120px; margin: 0 auto; padding: 24px 20px 0; }
h1 { margin: 0; font-size: 20px; font-weight: 600; overflow-wrap: anywhere; }
main { display: flex; flex-flow: row wrap; gap: 28px; padding-bottom: 48px; }
section { flex: 1 1 100%; min-width: 0; }
h2 { margin: 0 4px 8px; font-size: 16px; font-weight: 600; }
.notice { margin: 8px 4px 0; color: var(--soft); font-size: 14px; }
"""
PLACE = ("flex", "width", "min_width", "max_width")
"""What of a widget's layout an exported page follows."""


def page(views: Sequence[DOMWidget], title: str, shared: Sequence[str] = ()) -> str:
    """One page with several widgets, complete in itself: it opens from disk and asks no network for anything.

    Whatever the browser does alone goes on working. What would be sent to Python is answered with a calm sentence.

    Args:
        views: widgets with a front end of their own (`View`, or any anywidget); boxes are not followed.
        title: shown at the top; any text.
        shared: traits that are one value for all views that have them, such as "index".

    Raises:
        ValueError: a state holds NaN or infinity, which JSON has not.
    """
    data = json.dumps({"parts": [part(view) for view in views], "shared": list(shared)}, allow_nan=False)
    code = HOST.read_text(encoding="utf-8") + "\nstart();\n"
    places = "".join(
        f'<section aria-label="{type(view).__name__}"{_place(view)}>{_heading(view) if len(views) > 1 else ""}</section>\n'
        for view in views
    )
    name = html.escape(title.encode("utf-8", "replace").decode())  # half a character cannot be written
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{_policy(code)}">
<title>{name}</title>
<style>{STYLE}</style>
</head>
<body>
<header><h1>{name}</h1><noscript><p>These pictures move with JavaScript, which is switched off here.</p></noscript></header>
<main>
{places}</main>
<script type="application/json" id="parts">{_quoted(data)}</script>
<script type="module">{code}</script>
</body>
</html>
"""


def write_page(views: Sequence[DOMWidget], path: str | Path, title: str, shared: Sequence[str] = ()) -> Path:
    """Write a `page` to a file, whole or not at all. Returns the path.

    Raises:
        ValueError: the path does not end in .html, or as `page`.
    """
    path = Path(path)
    if path.suffix.lower() not in (".html", ".htm"):
        raise ValueError(f'"{path.name}" must end in .html')
    atomic.write(path, page(views, title, shared).encode())
    return path


def part(view: DOMWidget) -> dict[str, Any]:
    """All a page needs of one widget, as JSON: its traits with `_esm` and `_css`, and its bytes as base64."""
    whole = Widget.get_manager_state(widgets=[view])["state"][view.model_id]
    plain = {name for name in view.keys if not name.startswith("_")} - {"layout", "tabbable", "tooltip"}
    state = {name: whole["state"][name] for name in sorted(plain | {"_esm", "_css"}) if name in whole["state"]}
    buffers = [{"path": one["path"], "data": one["data"]} for one in whole.get("buffers", ())]
    return {"state": state, "buffers": buffers}


def _heading(view: DOMWidget) -> str:
    """The name of a widget in words: "GuidanceView" is "Guidance view"."""
    return f"<h2>{re.sub('(?<=[a-z])(?=[A-Z])', ' ', type(view).__name__).capitalize()}</h2>"


def _quoted(data: str) -> str:
    """JSON that cannot end the script element around it, nor open a comment in it."""
    return data.replace("<", "\\u003c")


def _policy(code: str) -> str:
    """Lets the page run its own script and modules made from its own data, and reach nothing outside."""
    digest = base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()
    return f"default-src 'none'; script-src 'sha256-{digest}' blob:; style-src 'unsafe-inline'; img-src blob: data:"


def _place(view: DOMWidget) -> str:
    values = {name: getattr(view.layout, name) for name in PLACE}
    rules = "; ".join(f"{name.replace('_', '-')}: {value}" for name, value in values.items() if value)
    return f' style="{html.escape(rules)}"' if rules else ""
