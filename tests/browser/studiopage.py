"""The studio on a JupyterLab page, and the kernel behind it."""

import time

from labpage import ASK, READY, RUN

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
