"""A small grid, and its view on a page."""

import pytest
from gridpage import DRAWN, Talk
from grids import PaintedGrid, planned


@pytest.fixture
def small():
    return PaintedGrid(planned({"seed": [1, 2, 3], "guidance_scale": [1.0, 4.0], "steps": [10, 20]}))


@pytest.fixture
def look(show):
    def put(view):
        page = show(view)
        page.wait_for_function(DRAWN)
        return Talk(page, view)

    return put
