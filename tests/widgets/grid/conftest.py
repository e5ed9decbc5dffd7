"""A grid with a hole."""

import pytest
from grids import PaintedGrid, planned


@pytest.fixture
def small():
    return PaintedGrid(planned({"seed": [1, 2, 3], "guidance_scale": [1.0, 4.0]}, holes=[(2, 0)]))
