"""What tests of a page share: reading text and canvases, and text that would do harm anywhere it is not text."""

import base64
import io

import numpy as np
from PIL import Image

NASTY = (
    "<img src=x onerror=\"document.title='owned'\"></script><script>document.title='owned'</script> "
    "$\\foo{ \u202eאבג\u202c שלום 🦊"
)


def text(page, selector):
    return page.locator(selector).inner_text()


def pixels(page, selector, place=0):
    """The pixels of a canvas, int (H, W, 3): the one of this place among those the selector finds."""
    url = page.locator(selector).nth(place).evaluate("canvas => canvas.toDataURL()")
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(url.split(",")[1]))).convert("RGB")).astype(int)
