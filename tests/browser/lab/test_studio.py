"""The studio in a real JupyterLab: form and film, by mouse and keyboard, and what Python then knows."""

import numpy as np
from labpage import READY, RUN
from studiopage import SLIDER, reset

from diffuscope import Settings, record


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
