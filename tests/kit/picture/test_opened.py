"""Pictures from outside: taken whole or refused, and made to fit."""

import io

import numpy as np
import pytest
from PIL import Image

from diffuscope.picture.opened import fitted, opened


def file_of(image, form="PNG", **options):
    out = io.BytesIO()
    image.save(out, form, **options)
    out.seek(0)
    return out


def test_any_picture_is_made_to_fit():
    wide = Image.new("RGB", (300, 100), "blue")
    wide.paste("red", (100, 0, 200, 100))
    for form in ("PNG", "JPEG", "WEBP", "GIF", "BMP"):
        found = fitted(opened(file_of(wide, form), "a"), 32, 32)
        assert found.shape == (32, 32, 3)
        assert np.abs(found[:, 4:-4].astype(int) - [255, 0, 0]).max() < 6, "the middle is kept"
    tall = Image.new("RGB", (40, 80), "lime")
    turned = Image.Exif()
    turned[0x0112] = 6  # to be shown turned a quarter: a phone's picture
    tall.paste("red", (0, 0, 40, 20))
    found = fitted(opened(file_of(tall, "PNG", exif=turned), "a"), 64, 32)
    assert found[16, -3].tolist() == [255, 0, 0]
    assert found[16, 3].tolist() == [0, 255, 0]
    assert fitted(Image.new("RGBA", (8, 8), (0, 0, 0, 0)), 8, 8).min() == 255, "nothing is white"
    assert fitted(Image.new("L", (8, 8), 7), 8, 8).max() == 7


def test_a_picture_of_16_bits_keeps_its_greys():
    """Pillow cuts off what is above 255 and makes it white."""
    ramp = np.linspace(0, 65535, 256).astype(np.uint16).reshape(16, 16)
    found = fitted(opened(file_of(Image.fromarray(ramp)), "a.png"), 16, 16)
    assert np.abs(found[..., 0] - ramp / 257).max() < 1.5


def test_what_is_no_picture_is_refused_by_name(tmp_path):
    with pytest.raises(ValueError, match=r'"a\.txt" is not a readable PNG, JPEG, WEBP, AVIF, GIF or BMP picture'):
        opened(io.BytesIO(b"words"), "a.txt")
    whole = file_of(Image.effect_noise((64, 64), 50)).getvalue()
    with pytest.raises(ValueError, match="cut short"):
        opened(io.BytesIO(whole[: len(whole) // 2]), "half.png")
    with pytest.raises(ValueError, match=r'"a\.gif" is not a readable PNG or JPEG picture'):
        opened(file_of(Image.new("L", (4, 4)), "GIF"), "a.gif", ("PNG", "JPEG"))
    with pytest.raises(ValueError, match=r"has 81 megapixels; the limit is 64\."):
        opened(file_of(Image.new("1", (9000, 9000))), "huge.png")
    with pytest.raises(FileNotFoundError):
        opened(tmp_path / "missing.png", "missing.png")
