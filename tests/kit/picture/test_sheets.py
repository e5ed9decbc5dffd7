"""Sheets: their labels."""

import numpy as np
import pytest

from diffuscope.picture.sheets import sheet


@pytest.mark.parametrize("side", [96, 128, 512])
def test_labels_can_be_read_when_the_sheet_is_scaled_to_the_width_of_a_page(side):
    white = np.full((side, side, 3), 255, np.uint8)
    made = np.asarray(sheet([[white] * 10], column_labels=["0"] * 10, tile=side).convert("L"))
    ink = np.flatnonzero((made < 128).any(axis=1))
    assert 0.07 < (ink[-1] - ink[0] + 1) / side < 0.09, "the height of a digit, of a picture"
    assert ink[0] >= side, "below the picture"
    assert ink[-1] < len(made) - 1, "not cut off"
