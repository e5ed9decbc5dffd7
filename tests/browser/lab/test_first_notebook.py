"""Notebook 00 as it is shipped, served by `diffuscope lab`, with the built-in model: the way in of every user."""

import pytest
from labpage import ASK, READY, RUN

from diffuscope import Settings, load, record

TELL = """
import json
from pathlib import Path
told = {"image": studio.trace.image.tolist() if studio.trace else None, "status": studio.form.status, "error": studio.error}
Path("part").write_text(json.dumps(told)); Path("part").rename("told.json")"""
PROMPT = "a red house and a tree in the snow at night"
STATUS = "document.querySelector('.ds-status')?.textContent"


@pytest.fixture(scope="module")
def page(browser, lab):
    context = browser.new_context(viewport={"width": 1280, "height": 1000})
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.goto(f"{lab.url}/doc/tree/00_first_picture.ipynb?reset")
    page.evaluate(READY)
    for cell in (1, 2):  # the import, and the studio
        page.evaluate(RUN, cell)
    page.wait_for_selector(".ds-form")
    yield page
    context.close()


def ask(page, lab):
    page.evaluate(ASK, TELL)
    return lab.read("told.json")


def test_draw_while_the_model_may_still_be_loading(page, lab):
    page.get_by_label("Prompt", exact=True).fill(PROMPT)
    page.get_by_role("button", name="Draw", exact=True).click()
    page.wait_for_function(f"() => /steps in/.test({STATUS})")
    told = ask(page, lab)
    assert told["error"] == ""
    assert page.locator(".jp-OutputArea-output[data-mime-type='application/vnd.jupyter.stderr']").count() == 0
    # the picture in the kernel is the one plain Python makes
    assert told["image"] == record(load(), Settings(PROMPT)).image.tolist()


def test_drag_the_film(page):
    slider = page.locator(".ds-film .ds-track input")
    box = slider.bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] - 8, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.3, middle, steps=8)
    page.mouse.up()
    step = int(slider.input_value()) + 1
    assert 4 <= step <= 9
    assert page.locator(".ds-label").inner_text().startswith(f"step {step} of 20")


def test_stop_a_long_run(page, lab):
    page.get_by_label("Scheduler").select_option("ddim")
    page.get_by_label("Steps", exact=True).fill("900")
    page.get_by_role("button", name="Draw", exact=True).click()
    page.wait_for_function("() => document.querySelector('.ds-actions progress').value > 0.01")
    page.get_by_role("button", name="Stop").click()
    page.wait_for_function(f"() => /^stopped at step \\d+ of 900/.test({STATUS})")
    told = ask(page, lab)
    assert told["status"].startswith("stopped")
    assert told["image"] is not None  # the picture before is not lost


def test_keyboard_only(page, lab):
    """JupyterLab itself has meanings for Ctrl+Enter (run the cell, which would make a new studio) and Escape."""
    before = page.locator(".jp-Cell").nth(2).locator(".jp-InputPrompt").inner_text()
    steps = page.get_by_label("Steps", exact=True)
    page.get_by_label("Prompt", exact=True).focus()
    page.keyboard.press("Control+Enter")
    # the bar alone may still be that of the run before
    page.wait_for_function(
        f"() => {STATUS} === 'drawing' && document.querySelector('.ds-actions progress').value > 0.01"
    )
    page.keyboard.press("Escape")
    page.wait_for_function(f"() => /^stopped at step \\d+ of 900/.test({STATUS})")
    page.keyboard.press("Tab")  # on to the next control, not out of the widget
    assert page.evaluate("() => !!document.activeElement.closest('.ds-form')")
    steps.focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("12")
    page.keyboard.press("Control+Enter")
    page.wait_for_function(f"() => /^12 steps in/.test({STATUS})")
    assert page.locator(".jp-Cell").nth(2).locator(".jp-InputPrompt").inner_text() == before
    assert ask(page, lab)["error"] == ""


def test_the_next_cells_read_the_result(page):
    page.evaluate(RUN, 4)
    page.wait_for_selector(".jp-OutputArea-output img[src^='data:image/png']")
    page.evaluate(RUN, 6)
    page.wait_for_function("() => /σ.α .*\\n/.test(document.querySelectorAll('.jp-Cell')[6].innerText)")
