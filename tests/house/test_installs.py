"""What `pip install diffuscope` brings, what its extras add, and that the light part works alone."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import light_install
import pytest

from diffuscope import Settings, record
from diffuscope.extras import EXTRAS, MissingExtra, needed_for
from diffuscope.grid import grid

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_the_light_part_is_light():
    assert not light_install.LIGHT & {"torch", "diffusers", "transformers", "jupyterlab", "ipykernel"}
    assert {"numpy", "ipython", "jinja2"} <= light_install.LIGHT, "requirements of requirements are found"


def test_extras_are_those_of_the_project():
    for package, extra in EXTRAS.items():
        listed = [re.match(r"[\w-]+", line)[0] for line in PROJECT["optional-dependencies"][extra]]
        assert package in listed
    everything = light_install.brought(["diffuscope[dev]"])
    assert everything >= set(EXTRAS), "make test installs all"


def test_every_package_has_a_pinned_version():
    pinned = {
        light_install.key(line.partition("==")[0])
        for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
        if line[:1] != "#"
    }
    groups = (PROJECT["dependencies"], *PROJECT["optional-dependencies"].values())
    listed = {light_install.key(re.match(r"[\w.-]+", line)[0]) for group in groups for line in group}
    assert listed - {"diffuscope"} <= pinned


def test_install_lines_name_the_extras_of_the_lab():
    for name in ("README.md", "Makefile"):
        assert ".[models,lab]" in (ROOT / name).read_text(encoding="utf-8"), name


def test_only_what_an_extra_brings_is_named():
    with (
        pytest.raises(MissingExtra, match=r"^a look needs torch, .* pip install 'diffuscope\[models\]'$"),
        needed_for("a look"),
    ):
        raise ModuleNotFoundError("No module named 'torch.nn'", name="torch.nn")
    with pytest.raises(ModuleNotFoundError, match=r"^No module named 'numppy'$"), needed_for("a look"):
        raise ModuleNotFoundError("No module named 'numppy'", name="numppy")


@pytest.mark.slow
def test_runs_and_grids_are_seen_without_torch(model, tmp_path):
    base = Settings("a red circle", steps=3, seed=7)
    record(model, base).save(tmp_path / "run")
    grid(model, base, {"seed": "1-2", "guidance_scale": [1, 4]}, folder=tmp_path / "grid", film=2).run()
    site = tmp_path / "site"
    site.mkdir()
    light_install.lay_out(site)
    done = subprocess.run(
        [sys.executable, "-S", light_install.__file__, tmp_path],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(map(str, (site, ROOT / "kit", ROOT / "widgets")))},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    for file in (
        "run.gif",
        "plot.png",
        "film.html",
        "studio.html",
        "grid.png",
        "sheet.png",
        "grid.html",
        "again.trace",
    ):
        assert (tmp_path / file).stat().st_size > 1000, file
    said = done.stdout + done.stderr
    assert "FAILED torch: not installed; run: pip install 'diffuscope[models]'" in said
    assert "FAILED jupyterlab: not installed; run: pip install 'diffuscope[lab]'" in said
    assert re.search(r"^diffuscope: \w+ needs (torch|diffusers), which is not installed; run: pip", said, re.MULTILINE)
    assert "diffuscope: lab needs jupyterlab, which is not installed" in said
