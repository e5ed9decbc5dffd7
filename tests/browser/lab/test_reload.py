"""The page of a JupyterLab is loaded again while a run goes on."""

from labpage import READY
from studiopage import reset

STATUS = "pattern => RegExp(pattern).test(document.querySelector('.ds-status').textContent)"
PROGRESS = "passed => document.querySelector('.ds-actions progress')?.value > passed"


def test_buttons_work_after_a_reload_during_a_run(notebook):
    """No cell is run after the reload: that would bring ipykernel back to a subshell that lives."""
    page = notebook.page
    reset(notebook, scheduler="ddim", schedule="uniform", steps=900)
    page.get_by_role("button", name="Draw", exact=True).click()
    page.wait_for_function(PROGRESS, arg=0.01)
    page.evaluate("() => { jupyterapp.commands.execute('docmanager:save'); }")
    page.wait_for_function("() => !jupyterapp.shell.currentWidget.context.model.dirty")
    page.reload()
    page.evaluate(READY)
    page.wait_for_function(PROGRESS, arg=0)
    seen = page.locator(".ds-actions progress").evaluate("bar => bar.value")
    page.wait_for_function(PROGRESS, arg=seen)  # the worker sends what it does to the page that is there now
    page.get_by_role("button", name="Stop", exact=True).click()
    page.wait_for_function(STATUS, arg="^stopped")
    page.get_by_label("Steps", exact=True).fill("8")
    page.get_by_role("button", name="Draw", exact=True).click()
    page.wait_for_function(STATUS, arg="^8 steps in")
