"""The studio in a real JupyterLab: tabs, history, sheets, files, haste, and a kernel that is gone."""

from labpage import READY, RUN
from studiopage import SLIDER, open_tab, reset

from diffuscope import Settings, record, save_picture


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
    page.evaluate(READY)  # a server that ends while a kernel begins takes twenty seconds
