"""The page about what happens when something is wrong is true: each line of its tables is run and its answer compared."""

import errno
import json
import math
import re
from contextlib import closing
from pathlib import Path

import httpx
import huggingface_hub
import pytest
import torch
from huggingface_hub.errors import GatedRepoError, OfflineModeIsEnabled, RepositoryNotFoundError
from PIL import Image
from tiny import tiny_pipeline

import diffuscope
import diffuscope_widgets
from diffuscope import Keep, Settings, load, record
from diffuscope.cli.main import main
from diffuscope.families import memory, stable_diffusion
from diffuscope.grid.contact import contact_sheet
from diffuscope.grid.make import grid
from diffuscope.grid.store import store
from diffuscope.run.start import Latents, Noise, Picture
from diffuscope_widgets import Studio

TEXT = (Path(__file__).parents[2] / "docs" / "reliability.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (\d+|·) \| `(.*)`( ·)? \| (.*) \|$", TEXT, re.MULTILINE)
SETTINGS = [
    (code, bool(alone), answer)
    for _, code, alone, answer in ROWS
    if code.startswith("Settings(") and "cfg_" not in code
]
OTHERS = [(code, answer) for _, code, _, answer in ROWS if (code, answer) not in [(c, a) for c, _, a in SETTINGS]]
HUB = {"gated": GatedRepoError, "private": RepositoryNotFoundError}


@pytest.fixture(scope="module")
def scenes():
    return load("scenes")


@pytest.fixture(scope="module")
def names(scenes):
    few = stable_diffusion.model(tiny_pipeline(), "few", "", None, {"steps": 4, "guidance_scale": 1.0})
    kit = {name: getattr(diffuscope, name) for name in diffuscope.__all__}
    widgets = {name: getattr(diffuscope_widgets, name) for name in diffuscope_widgets.__all__}
    trace = record(scenes, Settings("a red circle", steps=1), Keep((), ()))
    own = {
        "grid": grid,
        "contact_sheet": contact_sheet,
        "Latents": Latents,
        "Noise": Noise,
        "Picture": Picture,
        "math": math,
        "torch": torch,
    }
    return {**kit, **widgets, **own, "scenes": scenes, "few": few, "trace": trace}


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("files")
    (folder / "page.png").write_text("<html>")
    Image.effect_noise((64, 64), 50).save(folder / "plain.png")
    (folder / "cut.png").write_bytes((folder / "plain.png").read_bytes()[:1000])
    Image.new("1", (20_000, 20_000)).save(folder / "huge.png")
    for name in ("toy.ckpt", "toy.safetensors"):
        (folder / name).touch()
    (folder / "model_index.json").write_text(json.dumps({"unet": []}))
    return folder


@pytest.fixture
def surroundings(files, monkeypatch):
    """The files, the hub, the disk and the memory that the page speaks of."""
    monkeypatch.chdir(files)

    def download(repository, name):
        kind = HUB.get(repository.removeprefix("a/"))
        if kind:
            raise kind("no", response=httpx.Response(403, request=httpx.Request("GET", "https://hub.org")))
        if repository.startswith("a/"):
            return name
        raise OfflineModeIsEnabled("offline mode is enabled.")

    monkeypatch.setattr(huggingface_hub, "hf_hub_download", download)
    monkeypatch.setattr(memory, "free", lambda device: 10**9)
    write, written = store.atomic.write, []

    def full(path, data):
        if "full" in Path(path).parts and Path(path).suffix == ".png":
            written.append(path)
            if len(written) > 2:
                raise OSError(errno.ENOSPC, "No space left on device")
        return write(path, data)

    monkeypatch.setattr(store.atomic, "write", full)


def said(code, names):
    """What the product answers: an error, or the notes of settings that are fine."""
    try:
        found = eval(code, dict(names))
        if isinstance(found, Settings):
            found = names["scenes"].notes(names["scenes"].complete(found))
    except (ValueError, TypeError, LookupError, OSError) as error:
        return [str(error.args[0] if isinstance(error, LookupError) else error)]
    return [*found.values()] if isinstance(found, dict) else []


def fits(answer, found):
    pattern = re.compile(".*".join(map(re.escape, answer.split("…"))))
    return any(pattern.fullmatch(one) for one in found)


@pytest.mark.parametrize(("code", "answer"), [(c, a) for c, _, a in SETTINGS] + OTHERS)
def test_answer(code, answer, names, surroundings):
    found = said(code, names)
    assert fits(answer, found), found


@pytest.mark.slow
@pytest.mark.parametrize(("code", "answer"), [(code, answer) for code, alone, answer in SETTINGS if not alone])
def test_form_and_command_line_answer_the_same(code, answer, scenes, tmp_path, capsys):
    """Each from a value as it comes from there: JSON, and text."""
    values = eval(code.replace("Settings(", "(lambda prompt, **rest: {'prompt': prompt, **rest})("), {"math": math})
    with closing(Studio(scenes)) as studio:
        form = studio.form
        form.values = {**form.values, **values}
        found = [*form.problems.values(), *form.notes.values()]
    assert fits(answer, found), found
    options = [f"--{name.replace('_', '-')}={value}" for name, value in values.items() if name != "prompt"]
    main(["render", values["prompt"], "--model=scenes", "--steps=1", *options, "-o", str(tmp_path / "a.png")])
    found = [line.removeprefix("diffuscope: ").removeprefix("note: ") for line in capsys.readouterr().err.splitlines()]
    assert fits(answer, found), found


def test_all_forty_are_there():
    assert {int(number) for number, *_ in ROWS if number != "·"} == {*range(1, 41)}
