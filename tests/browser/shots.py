"""`make shots`: the pictures of README and docs/widgets.md, taken from a real JupyterLab, light and dark."""

import io
import re
import shutil
import sys
import tempfile
from pathlib import Path

from conftest import Lab
from labpage import READY, RUN
from PIL import Image
from playwright.sync_api import sync_playwright

from diffuscope import Keep, Settings, load, record
from diffuscope.picture.sheets import sheet

ROOT = Path(__file__).parents[2]
PROMPT = "a red house and a tree in the snow at night"
GALLERY = (
    "a red house in the snow at night", "two penguins on the beach", "a campfire left of a tent in the forest",
    "a yellow rocket in the desert at dawn", "a sailing boat at sea at sunset", "a castle in the hills, ink style",
    "an elephant in a meadow", "雪地里的雪人",
)  # fmt: skip
THEMES = {"": "JupyterLab Light", "-dark": "JupyterLab Dark"}


def main(folder: Path) -> None:
    (folder / "widgets").mkdir(parents=True, exist_ok=True)
    draw_gallery(folder / "storybook.png")
    lab = Lab(Path(tempfile.mkdtemp()))
    try:
        lab.wait()
        with sync_playwright() as play:
            browser = play.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
            )
            page = browser.new_page(viewport={"width": 1280, "height": 1000}, device_scale_factor=1.25)
            page.set_default_timeout(120_000)
            shoot_studio(page, lab, folder)
            shoot_widgets(page, lab, folder / "widgets")
            browser.close()
    finally:
        lab.close()


def draw_gallery(path: Path) -> None:
    """The first eight seeds of eight prompts."""
    drawn = [record(load(), [Settings(prompt, seed=seed) for seed in range(8)], Keep((), ())) for prompt in GALLERY]
    rows = [[trace.image for trace in traces] for traces in drawn]
    whole = sheet(rows, column_labels=[f"seed {seed}" for seed in range(8)])
    whole.quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)


def save(png: bytes, path: Path) -> None:
    """With 256 colours: a fifth of the size, and nobody sees it."""
    Image.open(io.BytesIO(png)).convert("RGB").quantize(256).save(path, optimize=True)


def theme(page, name: str) -> None:
    page.evaluate("theme => { jupyterapp.commands.execute('apputils:change-theme', { theme }); }", name)
    page.wait_for_function("light => document.body.dataset.jpThemeLight === light", arg=str("Light" in name).lower())
    page.wait_for_timeout(1000)  # the theme fades


def shoot_studio(page, lab, folder: Path) -> None:
    page.goto(f"{lab.url}/doc/tree/00_first_picture.ipynb?reset")
    page.evaluate(READY)
    for cell in (1, 2):
        page.evaluate(RUN, cell)
    page.wait_for_selector(".ds-form")
    page.get_by_label("Prompt", exact=True).fill(PROMPT)
    page.get_by_label("Seed", exact=True).fill("7")
    page.get_by_role("button", name="Draw", exact=True).click()
    page.wait_for_function("() => /steps in/.test(document.querySelector('.ds-status')?.textContent)")
    page.wait_for_function("() => document.querySelector('.ds-film input[type=range]')?.disabled === false")
    page.locator(".ds-film input[type=range]").first.fill("8")
    page.locator(".ds-film").first.scroll_into_view_if_needed()
    for suffix, name in THEMES.items():
        theme(page, name)
        save(page.screenshot(), folder / f"studio{suffix}.png")
    theme(page, THEMES[""])


def shoot_widgets(page, lab, folder: Path) -> None:
    """Every example of docs/widgets.md, run as a cell of its own; the picture is of its output."""
    text = (ROOT / "docs" / "widgets.md").read_text(encoding="utf-8")
    first, *examples = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    names = re.findall(r'src="widgets/(\w+)\.png"', text)
    assert len(names) == len(examples), "one picture an example"
    lab.write("widgets.ipynb", first, *examples)
    page.set_viewport_size({"width": 1280, "height": 2200})  # an element is shot as far as it is on the screen
    page.goto(f"{lab.url}/doc/tree/widgets.ipynb?reset")
    page.evaluate(READY)
    page.evaluate(RUN, 0)
    for number, name in enumerate(names, 1):
        page.evaluate(RUN, number)
        output = page.locator(".jp-Cell").nth(number).locator(".jp-OutputArea-output .ds").first
        output.wait_for()
        for suffix, chosen in THEMES.items():
            theme(page, chosen)
            output.scroll_into_view_if_needed()
            page.wait_for_timeout(1500)  # pictures are decoded, the worker has answered
            save(output.screenshot(), folder / f"{name}{suffix}.png")
        theme(page, THEMES[""])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
