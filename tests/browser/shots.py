"""`make shots`: the README's pictures, taken from notebook 00 in a real JupyterLab."""

import shutil
import sys
import tempfile
from pathlib import Path

from conftest import Lab
from labpage import READY, RUN
from playwright.sync_api import sync_playwright

PROMPT = "a large red circle left of a small blue square"


def main(folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    lab = Lab(Path(tempfile.mkdtemp()))
    try:
        lab.wait()
        with sync_playwright() as play:
            browser = play.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
            )
            page = browser.new_page(viewport={"width": 1280, "height": 1000}, device_scale_factor=1.25)
            shoot(page, lab, folder)
            browser.close()
    finally:
        lab.close()


def shoot(page, lab, folder: Path) -> None:
    page.goto(f"{lab.url}/doc/tree/00_first_picture.ipynb?reset")
    page.evaluate(READY)
    for cell in (1, 2):
        page.evaluate(RUN, cell)
    page.wait_for_selector(".ds-form")
    page.get_by_label("Prompt", exact=True).fill(PROMPT)
    page.get_by_label("Seed", exact=True).fill("7")
    page.get_by_role("button", name="Draw").click()
    page.wait_for_function("() => /steps in/.test(document.querySelector('.ds-status')?.textContent)")
    page.wait_for_function("() => document.querySelector('.ds-film input[type=range]')?.disabled === false")
    page.locator(".ds-film input[type=range]").fill("8")
    page.wait_for_function("() => /^step 9/.test(document.querySelector('.ds-label').textContent)")
    page.locator(".ds-film").scroll_into_view_if_needed()
    page.screenshot(path=folder / "studio.png")
    page.evaluate("() => { jupyterapp.commands.execute('apputils:change-theme', {theme: 'JupyterLab Dark'}); }")
    page.wait_for_function("() => document.body.dataset.jpThemeLight === 'false'")
    page.wait_for_timeout(1000)  # the theme fades
    page.screenshot(path=folder / "studio-dark.png")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
