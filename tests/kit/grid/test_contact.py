"""Contact sheets: the pixels stand where the plan says, labels are whole, and A1111's own rules read the record back."""

import csv
import json
import re
from io import StringIO
from itertools import chain
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image
from readers import others_read
from rows import ROWS

from diffuscope import SCHEDULERS, Settings, read_settings
from diffuscope.grid import contact as sheet
from diffuscope.grid.contact import contact_sheet, record
from diffuscope.grid.plan.layout import Layout, wrapped
from diffuscope.grid.planner import make_plan
from diffuscope.picture.sheets import PAPER, font
from diffuscope.prompt.a1111 import for_a1111, from_a1111

BASE = Settings("a red circle", "blue", seed=7, steps=3, width=64, height=64)


def colour(key):
    return tuple(40 + byte % 160 for byte in bytes.fromhex(key)[:3])


def shown(plan, missing=()):
    def picture(key):
        return None if key in missing else Image.new("RGB", (64, 64), colour(key))

    return SimpleNamespace(plan=plan, store=SimpleNamespace(picture=picture))


def blocks(image):
    """Where each colour of a tile is: colour -> (left, top, right, bottom)."""
    pixels = np.asarray(image)
    out = {}
    for rgb in {tuple(map(int, c)) for c in np.unique(pixels.reshape(-1, 3), axis=0)}:
        ys, xs = np.where((pixels == rgb).all(-1))
        if len(ys) > 1000 and rgb != PAPER:
            out[rgb] = (xs.min(), ys.min(), xs.max(), ys.max())
            assert (pixels[ys.min() : ys.max() + 1, xs.min() : xs.max() + 1] == rgb).all()
    return out


@pytest.mark.slow
def test_tiles_stand_where_the_plan_says(model):
    plan = make_plan(model, BASE, {"scheduler": ["ddim", "euler"], "guidance_scale": [2, 4], "seed": "1-3"})
    found = blocks(contact_sheet(shown(plan)))
    boxes = {cell.place: found[colour(cell.key)] for cell in plan.cells}
    assert {(right - left + 1, bottom - top + 1) for left, top, right, bottom in boxes.values()} == {(128, 128)}
    columns = {place[-1]: box[0] for place, box in boxes.items()}
    rows = {place[:-1]: box[1] for place, box in boxes.items()}
    assert all((box[0], box[1]) == (columns[place[-1]], rows[place[:-1]]) for place, box in boxes.items())
    assert sorted(columns.values()) == list(columns.values())
    assert sorted(rows.values()) == list(rows.values())


def test_holes_are_nothing_and_missing_ones_are_empty(model):
    plan = make_plan(model, BASE, {"guidance_scale": [2, 4], "seed": "1-3"}, skip=[{"seed": 2, "guidance_scale": 4}])
    lost = plan.cells[0].key
    found = blocks(contact_sheet(shown(plan, {lost})))
    assert len(found) == 4 + 1  # and the tile of the missing one
    assert colour(lost) not in found
    x, y = found[colour(plan.cells[1].key)][0], found[colour(plan.cells[3].key)][1]
    assert contact_sheet(shown(plan)).crop((x, y, x + 128, y + 128)).getcolors() == [(128 * 128, PAPER)]


@pytest.mark.parametrize(
    ("spec", "least"), [({}, (96, 96)), ({"seed": "1-3"}, (3 * 48, 48)), ({"seed": "1-3", "steps": [3, 4]}, (96, 150))]
)
def test_any_number_of_axes(model, spec, least):
    plan = make_plan(model, BASE, spec)
    assert Layout(plan).draw().size >= (48, 48)
    wide, high = contact_sheet(shown(plan)).size
    assert wide >= least[0]
    assert high >= least[1]


@pytest.mark.parametrize(
    "text", ["a", "one two three " * 30, "x" * 500, "$\\frac{1}{2}$ <b>", "café " * 40, "a\nb", ""]
)
@pytest.mark.parametrize("width", [5, 40, 160])
def test_labels_wrap_and_lose_nothing(text, width):
    lines = wrapped(text, font(11), width).split("\n")
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(font(11).getlength(line) <= width or len(line) == 1 for line in lines)


@pytest.mark.parametrize("more", [{}, {"seed": [1, 2]}], ids=["columns", "rows"])
def test_long_labels_make_room(model, more):
    short, long = (make_plan(model, BASE, {"replace red": [text, "blue"]} | more) for text in ("red", "red " * 100))
    assert Layout(long).draw().height > Layout(short).draw().height + 100


@pytest.mark.slow
def test_a_sheet_stays_below_the_limit(model, monkeypatch):
    plan = make_plan(model, BASE, {"seed": "1-9", "steps": [3, 4]})
    monkeypatch.setattr(sheet, "MAX_PIXELS", 200_000)
    image = contact_sheet(shown(plan))
    assert 50_000 < image.width * image.height <= 200_000
    assert len(blocks(image)) > 9
    monkeypatch.setattr(sheet, "MAX_PIXELS", 5_000)
    with pytest.raises(ValueError, match=r"18 cells make a sheet of .* with tiles of 16 pixels"):
        contact_sheet(shown(plan))


def test_written_whole_or_not(model, tmp_path):
    grid = shown(make_plan(model, BASE, {"seed": "1-3"}))
    image = contact_sheet(grid, tmp_path / "a.png")
    written = Image.open(tmp_path / "a.png")
    np.testing.assert_array_equal(np.asarray(written), np.asarray(image))
    assert written.info["parameters"] == record(grid.plan)
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]
    grid.store.picture = None  # refused before anything is drawn
    with pytest.raises(ValueError, match=r"must end in \.png"):
        contact_sheet(grid, tmp_path / "a.jpg")


def a1111_reads(text):
    """Parameters and axes as stable-diffusion-webui finds them: modules/infotext_utils.py and scripts/xyz_grid.py."""
    last = text.strip().split("\n")[-1]
    pairs = {}
    for key, value in re.findall(r'\s*(\w[\w \-/]+):\s*("(?:\\.|[^\\"])+"|[^,]*)(?:,|$)', last):
        pairs[key] = json.loads(value) if value[:1] == '"' and value[-1:] == '"' else value
    axes = {}
    for letter in "XYZ":
        if f"{letter} Type" in pairs:
            read = csv.reader(StringIO(pairs[f"{letter} Values"]), skipinitialspace=True)
            axes[pairs[f"{letter} Type"]] = [value.strip() for value in chain.from_iterable(read) if value]
    return pairs, axes


def test_a1111_finds_the_axes(model):
    spec = {"scheduler": ["ddim", "dpm++ 2m", "sa solver"], "guidance_scale": [3, 5.5], "seed": "1-3"}
    plan = make_plan(model, BASE.replace(schedule="uniform"), spec)
    pairs, axes = a1111_reads(record(plan))
    assert list(axes.items()) == [
        ("Seed", ["1", "2", "3"]),
        ("CFG Scale", ["3", "5.5"]),
        ("Sampler", ["DDIM", "DPM++ 2M", "SASolverScheduler"]),
    ]
    assert pairs["Script"] == "X/Y/Z plot"
    assert (pairs["Seed"], pairs["CFG scale"], pairs["Sampler"]) == ("1", "3.0", "DDIM")


REPLACED = [
    ({"replace red": ["red", "blue, dark", 'a "b"', "x: (y)"]}, BASE),
    ({"{animal}": ["cat", "a dog (small)"]}, Settings("a {animal}", "no {animal}")),
    ({"prompt": ["a cat, asleep", "two\nlines"]}, BASE),
    ({"negative_prompt": ["bad, worse", ""]}, BASE),
    ({"prompt": ["a {x}", "b {x}"], "{x}": ["1", "2"]}, BASE),
]


@pytest.mark.parametrize(("spec", "base"), REPLACED)
def test_a1111_makes_our_prompts(model, spec, base):
    """Its Prompt S/R on the recorded prompt gives the prompts of our cells, where it gives any."""
    plan = make_plan(model, base, spec)
    text = record(plan)
    first = plan.cells[0].settings
    _, axes = a1111_reads(text)
    head = "\n".join(text.split("\n")[:-1])
    if "Prompt S/R" in axes:
        searched = axes["Prompt S/R"][0]
        assert searched in head
        name = "negative_prompt" if "negative_prompt" in spec else "prompt"
        here = [cell.settings for cell in plan.cells if cell.place[:-1] == plan.cells[0].place[:-1]]
        wanted = [getattr(settings, name) for settings in here]
        got = [for_a1111(getattr(first, name)).replace(searched, text) for text in axes["Prompt S/R"]]
        assert [from_a1111(text) for text in got] == [from_a1111(for_a1111(text)) for text in wanted if text]


def test_an_axis_without_a_word_is_left_out(model):
    spec = {"scheduler steps": "ddim x 3, euler x 4", "width height": "64 x 64, 96 x 64"}
    _, axes = a1111_reads(record(make_plan(model, BASE, spec)))
    assert axes == {"Size": ["64x64", "96x64"]}
    _, axes = a1111_reads(record(make_plan(model, BASE, {"width": [64, 96]})))
    assert axes == {"Size": ["64x64", "96x64"]}


def test_the_first_cell_may_be_a_hole(model):
    spec = {"replace red": ["red", "blue"], "seed": [1, 2]}
    plan = make_plan(model, BASE, spec, skip=[{"replace red": "red"}])
    _, axes = a1111_reads(record(plan))
    assert axes["Prompt S/R"] == ["blue", "red"]  # what is searched must stand in the recorded prompt


@pytest.mark.parametrize("name", [row.name for row in ROWS])
def test_every_scheduler_and_sigmas(model, name, monkeypatch):
    monkeypatch.setattr(
        "diffuscope.grid.fill.cache.count_calls", lambda *_: (0, 0)
    )  # half a second for some schedulers
    for schedule in (None, *SCHEDULERS[name].schedules):
        plan = make_plan(model, BASE.replace(scheduler=name), {"schedule": [schedule], "scheduler": [name]})
        _, axes = a1111_reads(record(plan))
        assert [len(values) for values in axes.values()] == [1, 1]


def test_independent_reader_and_ours(model, tmp_path):
    plan = make_plan(model, BASE, {"prompt": ["a cat, (red:1.2)", "b: c"], "seed": "1-3"})
    contact_sheet(shown(plan), tmp_path / "a.png")
    found = others_read(tmp_path / "a.png")
    assert found.full_prompt == "a cat, (red:1.2)"
    assert found.full_negative_prompt == "blue"
    assert int(found.samplers[0].parameters["seed"]) == 1
    with pytest.warns(UserWarning, match="X/Y/Z plot"):
        assert read_settings(tmp_path / "a.png") == plan.cells[0].settings


def test_a_layout_is_as_large_as_it_says(model):
    layout = Layout(make_plan(model, BASE, {"seed": "1-3", "steps": [3, 4]}), (30, 20))
    assert layout.draw().size == layout.size
