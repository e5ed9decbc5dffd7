"""`diffuscope lab`: JupyterLab on a copy of the notebooks that belongs to the user."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from diffuscope import atomic
from diffuscope.extras import MissingExtra

_SHIPPED = ".shipped.json"
"""In the user's folder: digest of each notebook as it was copied, to tell an edited one from an old one."""


def notebooks() -> Path:
    """Where the shipped notebooks lie: in the installed package, or in the checkout."""
    here = Path(__file__).parents[1]
    return next(p for p in (here / "notebooks", here.parents[1] / "notebooks") if p.is_dir())


def copy_notebooks(folder: Path) -> list[str]:
    """Bring the notebooks into `folder`. New ones are added, untouched old ones renewed, edited ones left alone.

    Returns:
        The names of edited ones that were left alone although the shipped notebook has changed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    record = folder / _SHIPPED
    before: dict[str, str] = json.loads(record.read_text(encoding="utf-8")) if record.is_file() else {}
    edited, now = [], dict(before)
    for source in sorted(notebooks().glob("*.ipynb")):
        target, shipped = folder / source.name, _digest(source)
        if target.exists() and _digest(target) not in (shipped, before.get(source.name)):
            edited.append(source.name)
            continue
        atomic.write(target, source.read_bytes())
        now[source.name] = shipped
    atomic.write(record, json.dumps(now, indent=1).encode())
    return edited


def serve(folder: Path, options: list[str]) -> int:
    """Copy the notebooks and run JupyterLab on them until it ends; `options` go to JupyterLab.

    Raises:
        MissingExtra: JupyterLab is not installed.
    """
    if find_spec("jupyterlab") is None:
        raise MissingExtra("lab", "jupyterlab")
    for name in copy_notebooks(folder):
        print(f"diffuscope: {folder / name} holds your edits and stays as it is")
    # the interpreter that runs us has everything, whatever PATH says; this also holds on Windows
    start = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={folder.resolve()}"]
    return _become([*start, "--LabApp.default_url=/lab/tree/00_first_picture.ipynb", *options])


def _become(command: list[str]) -> int:
    """Run a command in our place, so that what stops us stops it."""
    if os.name != "nt":
        os.execv(command[0], command)
    return subprocess.call(command)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
