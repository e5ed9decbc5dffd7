"""A notebook with a studio, open in JupyterLab."""

import pytest
from studiopage import Notebook


@pytest.fixture(scope="module")
def notebook(browser, lab):
    """One notebook for the tests that only use the studio as it is."""
    context = browser.new_context(viewport={"width": 1280, "height": 1000})
    page = context.new_page()
    page.set_default_timeout(20_000)
    yield Notebook(page, lab, "studio.ipynb")
    context.close()
