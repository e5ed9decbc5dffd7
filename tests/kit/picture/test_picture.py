"""Measures of pictures, by hand."""

import math
import warnings

import numpy as np
import pytest

from diffuscope.picture.arrays import error_map, grey, psnr, whitest


def test_psnr_and_error_map_by_hand():
    grey = np.full((4, 4, 3), 100, np.uint8)
    assert psnr(grey, grey + 10) == pytest.approx(20 * math.log10(255 / 10))
    assert psnr(grey, grey) == math.inf
    other = grey.copy()
    other[0, 0] += np.array([0, 16, 32], np.uint8)  # 16 on average
    other[1, 1] -= 70
    found = error_map(grey, other)
    assert found[0, 0].tolist() == [64, 64, 64]
    assert found[1, 1].tolist() == [255, 255, 255]
    assert found.sum() == 3 * (64 + 255)


def test_grey_is_linear_around_zero():
    latents = np.linspace(-1, 1, 2001).reshape(1, -1)
    white = whitest(latents)
    assert white == pytest.approx(0.995, abs=1e-3)
    assert grey(np.array([-2 * white, -white, 0.0, white / 2, white]), white).tolist() == [0, 0, 128, 191, 255]
    assert whitest(np.zeros(4)) == 1.0


def test_what_is_not_finite_is_no_measure_of_the_rest():
    latents = np.linspace(-1, 1, 2001)
    latents[:9] = [np.nan, np.inf, -np.inf] * 3
    white = whitest(latents)
    assert white == pytest.approx(0.995, abs=0.01)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert grey(latents, white)[:3].tolist() == [128, 255, 0]
    assert whitest(np.full(4, np.nan)) == 1.0
