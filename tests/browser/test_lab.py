"""The studio in a real JupyterLab: what a learner does with mouse and keyboard, and what Python then knows."""

import time
from pathlib import Path

import numpy as np
import pytest
from labpage import READY, RUN

from diffuscope import Settings, record

ROOT = Path(__file__).parent.parent.parent
WEIGHTS = ROOT / "kit" / "diffuscope" / "weights"

BUILD = """
import json, torch
from pathlib import Path
from diffuscope import Settings
from diffuscope_widgets import Studio
from tiny import tiny_model
torch.set_num_threads(1)
studio = Studio(tiny_model(), Settings("a red circle", seed=7, steps=12))
studio"""
TELL = """
told = {"values": studio.form.values, "index": studio.film.index, "status": studio.form.status, "error": studio.error}
told["image"] = studio.trace.image.tolist() if studio.trace else None
Path("part").write_text(json.dumps(told)); Path("part").rename("told.json");"""
FILM = ".jp-OutputArea-output .ds-film"
SLIDER = f"{FILM} input[type=range]"


class Notebook:
    """The open notebook: cell 0 builds the studio, cell 1 tells what the kernel knows."""

    def __init__(self, page, lab, name):
        self.page, self.lab = page, lab
        lab.write(name, BUILD, TELL)
        page.goto(f"{lab.url}/doc/tree/{name}?reset")
        page.evaluate(READY)
        page.evaluate(RUN, 0)
        page.wait_for_selector(".ds-form", timeout=60_000)

    def tell(self):
        self.page.evaluate(RUN, 1)
        return self.lab.read("told.json")

    def wait_for_index(self, wanted):
        """A trait may be a moment behind: one message of a widget is under way at a time."""
        end = time.monotonic() + 10
        while (found := self.tell()["index"]) != wanted:
            assert time.monotonic() < end, f"the kernel knows index {found}, the page shows {wanted}"

    def draw(self):
        self.page.get_by_role("button", name="Draw").click()
        self.wait_for_film()

    def wait_for_film(self):
        self.page.wait_for_function("() => /steps in/.test(document.querySelector('.ds-status')?.textContent)")
        self.page.wait_for_function(f"() => document.querySelector('{SLIDER}')?.disabled === false")

    def label(self):
        return self.page.locator(".ds-label").inner_text()

    def close(self):
        self.page.evaluate("() => { jupyterapp.serviceManager.sessions.shutdownAll(); }")


@pytest.fixture(scope="module")
def notebook(browser, lab):
    """One notebook for the tests that only use the studio as it is."""
    context = browser.new_context(viewport={"width": 1280, "height": 1000})
    page = context.new_page()
    page.set_default_timeout(20_000)
    yield Notebook(page, lab, "studio.ipynb")
    context.close()


def test_draw_gives_the_picture_of_record(notebook, model):
    notebook.page.get_by_label("Prompt", exact=True).fill("a blue square")
    notebook.draw()
    told = notebook.tell()
    assert told["error"] == ""
    assert told["values"]["prompt"] == "a blue square"
    wanted = record(model, Settings("a blue square", seed=7, steps=12))
    np.testing.assert_array_equal(np.array(told["image"], np.uint8), wanted.image)
    assert notebook.label().startswith("step 12 of 12")


def test_film_by_mouse_and_keyboard(notebook):
    page = notebook.page
    slider = page.locator(SLIDER)
    box = slider.bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] - 8, middle)
    page.mouse.down()
    for share in (0.8, 0.6, 0.4):
        page.mouse.move(box["x"] + 8 + (box["width"] - 16) * share, middle, steps=4)
    page.mouse.up()
    dragged = int(slider.input_value())
    assert 3 <= dragged <= 5
    assert notebook.label().startswith(f"step {dragged + 1} of 12")
    notebook.wait_for_index(dragged)

    cells = page.locator(".jp-Cell").count()
    slider.focus()
    for key in ("End", "ArrowLeft", "b", "x"):  # b and x are JupyterLab's: add a cell, cut a cell
        page.keyboard.press(key)
    assert slider.input_value() == "10"
    assert page.locator(".jp-Cell").count() == cells
    notebook.wait_for_index(10)


def test_typing_does_not_reach_the_notebook(notebook):
    page = notebook.page
    cells = page.locator(".jp-Cell").count()
    prompt = page.get_by_label("Prompt", exact=True)
    prompt.fill("")
    prompt.press_sequentially("a red kite x b dd ")
    page.wait_for_function("() => /kite/.test(document.querySelector('.ds-prompt .ds-note').textContent)")
    assert prompt.input_value() == "a red kite x b dd "
    assert page.locator(".jp-Cell").count() == cells


def test_problem_appears_beside_its_field(notebook):
    page = notebook.page
    steps = page.get_by_label("Steps", exact=True)
    steps.fill("0")
    page.wait_for_function("() => /1 to 1000/.test(document.querySelector('.ds-steps .ds-problem').textContent)")
    steps.fill("12")
    page.wait_for_function("() => !document.querySelector('.ds-steps .ds-problem').textContent")


def test_stop_during_a_long_run_and_draw_again(notebook):
    page = notebook.page
    page.get_by_label("Scheduler").select_option("ddim")
    page.get_by_label("Steps", exact=True).fill("900")
    page.get_by_role("button", name="Draw").click()
    page.wait_for_function("() => document.querySelector('.ds-actions progress').value > 0.02")
    page.wait_for_function("() => / of 900/.test(document.querySelector('.ds-label').textContent)")
    page.get_by_role("button", name="Stop").click()
    page.wait_for_function(
        "() => /^stopped at step \\d+ of 900/.test(document.querySelector('.ds-status').textContent)"
    )
    assert int(notebook.tell()["status"].split()[3]) < 900
    page.get_by_label("Steps", exact=True).fill("8")
    notebook.draw()
    assert notebook.label().startswith("step 8 of 8")


def test_reload_keeps_the_state(notebook):
    page = notebook.page
    slider = page.locator(SLIDER)
    slider.fill("3")
    notebook.wait_for_index(3)
    before = notebook.tell()
    page.evaluate("() => { jupyterapp.commands.execute('docmanager:save'); }")
    page.wait_for_function("() => !jupyterapp.shell.currentWidget.context.model.dirty")
    page.reload()
    page.evaluate(READY)
    page.wait_for_selector(SLIDER, state="attached")
    page.wait_for_function("() => /step 4 of 8/.test(document.querySelector('.ds-label')?.textContent)")
    assert page.get_by_label("Scheduler").input_value() == "ddim"
    assert page.get_by_label("Steps", exact=True).input_value() == "8"
    assert notebook.tell() == before
    slider.press("End")
    notebook.wait_for_index(7)


def test_dark_theme(notebook):
    page = notebook.page
    colours = (
        "() => { const s = getComputedStyle(document.querySelector('.ds-film')); return [s.color, s.backgroundColor]; }"
    )
    light = page.evaluate(colours)
    page.evaluate("() => { jupyterapp.commands.execute('apputils:change-theme', {theme: 'JupyterLab Dark'}); }")
    page.wait_for_function("() => document.body.dataset.jpThemeLight === 'false'")
    page.wait_for_function(f"light => ({colours})().every((colour, i) => colour !== light[i])", arg=light)
    ink, paper = (brightness(colour) for colour in page.evaluate(colours))
    assert ink > 200
    assert paper < 60
    page.evaluate("() => { jupyterapp.commands.execute('apputils:change-theme', {theme: 'JupyterLab Light'}); }")


def brightness(colour):
    return sum(float(part) for part in colour[colour.index("(") + 1 : -1].split(",")[:3]) / 3
