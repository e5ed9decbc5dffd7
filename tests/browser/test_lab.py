"""The studio in a real JupyterLab: what a learner does with mouse and keyboard, and what Python then knows."""

import time
from pathlib import Path

import numpy as np
import pytest
from labpage import ASK, READY, RUN

from diffuscope import Settings, record, save_picture

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
SLIDER = f"{FILM} .ds-track input"


class Notebook:
    """The open notebook: cell 0 builds the studio, cell 1 tells what the kernel knows."""

    def __init__(self, page, lab, name):
        self.page, self.lab = page, lab
        lab.write(name, BUILD, TELL, "studio.film", "replay = Studio(studio.trace)\nreplay")
        page.goto(f"{lab.url}/doc/tree/{name}?reset")
        page.evaluate(READY)
        page.evaluate(RUN, 0)
        page.wait_for_selector(".ds-form", timeout=60_000)

    def tell(self):
        self.page.evaluate(RUN, 1)
        return self.lab.read("told.json")

    def run(self, code):
        """Run code in the kernel, beside the cells."""
        self.page.evaluate(ASK, code)

    def ask(self, expression):
        """What the kernel says to an expression."""
        self.run(f"Path('part').write_text(json.dumps({expression})); Path('part').rename('said.json')")
        return self.lab.read("said.json")

    def wait_for_index(self, wanted):
        """A trait may be a moment behind: one message of a widget is under way at a time."""
        end = time.monotonic() + 10
        while (found := self.tell()["index"]) != wanted:
            assert time.monotonic() < end, f"the kernel knows index {found}, the page shows {wanted}"

    def draw(self):
        self.run("studio.form.status = ''")  # what the last run left there must not be taken for this one's
        self.page.wait_for_function("() => document.querySelector('.ds-status').textContent === ''")
        self.page.get_by_role("button", name="Draw", exact=True).click()
        self.wait_for_film()

    def wait_for_film(self):
        self.page.wait_for_function("() => /steps in/.test(document.querySelector('.ds-status')?.textContent)")
        self.page.wait_for_function(f"() => document.querySelector('{SLIDER}')?.disabled === false")

    def label(self):
        return self.page.locator(".ds-label").first.inner_text()

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
    page.get_by_role("button", name="Draw", exact=True).click()
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


# -- tabs, history, sheet, tools


def open_tab(page, name):
    page.locator(".ds-studio").get_by_role("tab", name=name, exact=True).click()


def reset(notebook, **fields):
    """The form as it was built, with some fields changed."""
    changed = {"seed": 7, "scheduler": "dpm++ 2m", "schedule": "karras", "steps": 12} | fields
    notebook.run(f"studio.form.values = {{**studio.form.values, **{changed!r}}}")
    steps = notebook.page.get_by_label("Steps", exact=True)
    notebook.page.wait_for_function(
        "n => document.querySelector('.ds-steps input').value === String(n)", arg=changed["steps"]
    )
    return steps


def test_a_tab_opens_when_it_is_clicked_and_works_on_the_form(notebook):
    page = notebook.page
    reset(notebook)
    assert page.locator(".ds-seeds").count() == 0
    open_tab(page, "Seed")
    page.wait_for_selector(".ds-seeds")
    page.locator(".ds-seeds").get_by_label("Seed", exact=True).fill("19")
    page.wait_for_function("() => document.querySelector('.ds-form .ds-seed input').value === '19'")
    notebook.draw()
    assert notebook.tell()["values"]["seed"] == 19
    open_tab(page, "Guidance")
    page.wait_for_selector(".ds-guidance canvas")
    open_tab(page, "Schedule")
    page.wait_for_selector(".ds-levels")
    page.get_by_label("Steps", exact=True).fill("9")
    page.wait_for_function("() => /9 steps/.test(document.querySelector('.ds-levels').innerText)")


def test_history_gives_a_run_back(notebook):
    page = notebook.page
    reset(notebook, seed=31, steps=6)
    notebook.draw()
    reset(notebook, seed=32, steps=8)
    notebook.draw()
    open_tab(page, "History")
    page.wait_for_selector(".ds-shelf li")
    page.locator(".ds-take").nth(1).click()
    page.wait_for_function("() => /of 6/.test(document.querySelector('.ds-label').textContent)")
    told = notebook.tell()
    assert (told["values"]["seed"], told["values"]["steps"], told["error"]) == (31, 6, "")
    page.locator(".ds-against").nth(0).click()
    page.wait_for_function("() => document.querySelector('.ds-film .ds-differences')?.checkVisibility()")
    page.locator(".ds-take").nth(0).click()
    page.wait_for_function("() => !document.querySelector('.ds-film .ds-differences')?.checkVisibility()")


def test_four_then_vary_then_larger(notebook):
    page = notebook.page
    reset(notebook, seed=5, steps=4)
    open_tab(page, "Variants")
    page.get_by_role("button", name="Draw four").click()
    page.get_by_role("button", name="Vary picture 2, seed 6").click()
    page.wait_for_function(
        "() => /seed 6, 30% towards/.test(document.querySelector('.ds-cell .ds-about')?.textContent)"
    )
    page.get_by_role("button", name="Larger: picture 3").click()
    page.wait_for_function("() => /^8 steps in/.test(document.querySelector('.ds-status').textContent)")
    values = notebook.tell()["values"]
    assert (values["seed"], values["steps"], values["variation_strength"]) == (6, 8, 0.3)
    assert page.locator(".ds-form").get_by_label("Variation seed").is_visible()


def test_copied_code_is_the_recipe(notebook):
    page = notebook.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy as Python").click()
    page.wait_for_function("() => /^Copied/.test(document.querySelector('.ds-tools [role=status]').textContent)")
    code = page.evaluate("() => navigator.clipboard.readText()")
    values = notebook.tell()["values"]
    assert f"seed={values['seed']}," in code
    assert f"variation_seed={values['variation_seed']}," in code
    compile(code, "copied", "exec")


def test_a_saved_picture_gives_its_settings(notebook, model, tmp_path):
    page = notebook.page
    path = save_picture(
        record(model, Settings("a blue square", seed=99, steps=5, scheduler="euler")), tmp_path / "kept.png"
    )
    page.locator(".ds-tools input[type=file]").set_input_files(path)
    page.wait_for_function("() => /kept.png/.test(document.querySelector('.ds-tools [role=status]').textContent)")
    page.wait_for_function("() => document.querySelector('.ds-form .ds-seed input').value === '99'")
    assert page.locator(".ds-form").get_by_label("Scheduler").input_value() == "euler"
    notebook.draw()
    assert (
        notebook.tell()["image"]
        == record(model, Settings("a blue square", seed=99, steps=5, scheduler="euler")).image.tolist()
    )


def test_fifty_moves_end_in_the_last_value(notebook):
    """Every move draws; a run that a newer one replaced must not be shown, nor the queue of them be worked off."""
    page = notebook.page
    reset(notebook, scheduler="ddim", schedule="uniform", steps=200)  # long enough to be overtaken
    notebook.run(SPY)
    page.get_by_label("at every change").check()
    slider = page.get_by_label("Guidance slider")
    slider.evaluate(
        """async (slider) => { for (let i = 1; i <= 50; i++) { slider.value = 2 + i / 4;
        slider.dispatchEvent(new Event('input', { bubbles: true })); await new Promise(r => setTimeout(r, 20)); } }"""
    )
    last = float(slider.input_value())
    page.wait_for_function(
        "() => /^200 steps in/.test(document.querySelector('.ds-status').textContent)", timeout=60_000
    )
    page.get_by_label("at every change").uncheck()
    told = notebook.ask("{'begun': begun, 'shown': studio.trace.settings.guidance_scale, 'kept': kept()}")
    assert told["shown"] == last == told["begun"][-1]
    assert len(told["begun"]) < 50, "moves that came too fast were not even sent"
    assert len(told["kept"]) <= 2, "the last run, and at most one that was overtaken too late"


SPY = """
begun, before = [], list(studio.history.traces)
kept = lambda: [t.settings.guidance_scale for t in studio.history.traces if t not in before]
teller = studio._runner._listener
def began(recipe, told=teller.began):
    begun.append(recipe.guidance_scale)
    told(recipe)
teller.began = began
"""


def test_two_views_of_one_film(notebook):
    page = notebook.page
    notebook.page.evaluate(RUN, 2)  # shows the film once more
    page.wait_for_function(f"() => document.querySelectorAll('{SLIDER}').length === 2")
    sliders = page.locator(SLIDER)
    sliders.nth(1).fill("3")
    page.wait_for_function(f"() => document.querySelectorAll('{SLIDER}')[0].value === '3'")
    sliders.nth(0).fill("1")
    page.wait_for_function(f"() => document.querySelectorAll('{SLIDER}')[1].value === '1'")
    notebook.wait_for_index(1)
    notebook.run("studio.film.index = 2")
    page.wait_for_function(f"() => [...document.querySelectorAll('{SLIDER}')].every(s => s.value === '2')")


def test_keyboard_alone_reaches_everything(notebook):
    page = notebook.page
    reset(notebook, steps=7)
    page.get_by_label("Prompt", exact=True).first.focus()
    seen = []
    for _ in range(60):
        page.keyboard.press("Tab")
        seen.append(
            page.evaluate("() => { const at = document.activeElement; return at.ariaLabel ?? at.id ?? at.tagName; }")
        )
        if page.evaluate("() => document.activeElement.getAttribute('role') === 'tab'"):
            break
    assert {"Steps slider", "Guidance slider", "Another seed", "Step", "Play"} <= set(seen)
    before = page.locator(".ds-studio [role=tab][aria-selected=true]").inner_text()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    now = page.locator(".ds-studio [role=tab][aria-selected=true]").inner_text()
    assert now != before


def test_buttons_work_beside_an_await_cell(notebook):
    """ipykernel 7.4 turns deaf to traits that were touched while such a cell ran; nothing here may depend on them."""
    page = notebook.page
    notebook.run("import asyncio; await asyncio.sleep(8); Path('awaited.json').write_text('1')")
    page.get_by_label("Steps", exact=True).fill("5")
    page.get_by_role("button", name="Draw", exact=True).click()
    page.wait_for_function("() => /^5 steps in/.test(document.querySelector('.ds-status').textContent)")
    page.locator(SLIDER).first.fill("2")
    open_tab(page, "Latents")
    page.wait_for_selector(".ds-latents")
    page.get_by_label("Steps", exact=True).fill("900")
    page.locator(".ds-form").get_by_label("Scheduler").select_option("ddim")
    page.get_by_role("button", name="Draw", exact=True).click()
    page.wait_for_function("() => document.querySelector('.ds-actions progress').value > 0.01")
    page.get_by_role("button", name="Stop", exact=True).click()
    page.wait_for_function("() => /^stopped/.test(document.querySelector('.ds-status').textContent)")
    assert notebook.lab.read("awaited.json") == 1
    page.get_by_label("Steps", exact=True).fill("6")
    page.get_by_role("button", name="Draw", exact=True).click()
    page.wait_for_function("() => /^6 steps in/.test(document.querySelector('.ds-status').textContent)")
    assert notebook.tell()["values"]["steps"] == 6


def test_recorded_runs_have_no_draw_button(notebook):
    page = notebook.page
    page.evaluate(RUN, 3)  # Studio(studio.trace)
    replay = page.locator(".ds-studio", has_text="This is a recorded run")
    replay.wait_for()
    assert replay.get_by_role("button", name="Draw", exact=True).count() == 0
    replay.get_by_role("tab", name="History", exact=True).click()
    replay.locator(".ds-take").wait_for()


def test_restarted_kernel_is_told(notebook):
    page = notebook.page
    page.evaluate("() => { jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart(); }")
    page.locator("p.ds-no-kernel").first.wait_for()
    seen = page.locator(".ds-studio").first.locator("p.ds-no-kernel >> visible=true")
    assert seen.count() == 1, "said once"
    assert seen.inner_text() == "No kernel: run the cell again."
    page.locator(SLIDER).first.fill("0")  # what is there can still be looked at
    assert notebook.label().startswith("step 1 of")
