"""What tests of GridView do on its page."""

import base64

import numpy as np
from pagetools import pixels

MAP = ".ds-window canvas"


class Talk:
    """A page and the view behind it, which answers when it is told to."""

    def __init__(self, page, view):
        self.page, self.view, self.replies, self.states = page, view, [], {}
        view.send = lambda content, buffers=(): self.replies.append((content, buffers))
        view.send_state = lambda key=None: self.states.update(view.get_state(key))

    def turn(self):
        """Python hears what was said and written so far, and answers."""
        for state in self.page.evaluate("kit.log.saved.splice(0)"):
            for name in ("rows", "columns", "page", "filter", "picked", "mode"):
                setattr(self.view, name, state[name])
        for message in self.page.evaluate("kit.log.sent.splice(0)"):
            self.view._handle_custom_msg(message, [])
        for content, buffers in self.replies:
            data = [base64.b64encode(one).decode() for one in buffers or ()]
            self.page.evaluate(
                """([content, data]) => kit.model.message(content,
                    data.map(one => new DataView(Uint8Array.from(atob(one), c => c.charCodeAt(0)).buffer)))""",
                [content, data],
            )
        packed = {
            name: base64.b64encode(value).decode() for name, value in self.states.items() if isinstance(value, bytes)
        }
        self.page.evaluate("([state, names]) => kit.receive(state, names)", [self.states | packed, list(packed)])
        self.replies, self.states = [], {}

    def until(self, condition):
        """Turn until the page agrees."""
        for _ in range(100):
            self.turn()
            if self.page.evaluate(condition):
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"it never came to: {condition}")


DRAWN = """() => { const canvas = document.querySelector('.ds-window canvas'); const pen = canvas.getContext('2d');
  return pen.getImageData(0, 0, canvas.width, canvas.height).data.some(one => one > 60); }"""


def middle(page, row, column, shape):
    """Where the middle of a cell is on the screen: cells are squares, 1.06 of their side apart."""
    box = page.locator(".ds-window").bounding_box()
    side = page.locator(".ds-cursor").evaluate("one => one.offsetWidth") or 1
    return box["x"] + side * (1.06 * column + 0.5), box["y"] + side * (1.06 * row + 0.5)


def click(page, row, column, **how):
    page.locator(".ds-window canvas").focus()
    at = middle(page, row, column, None)
    box = page.locator(".ds-window").bounding_box()
    page.locator(".ds-window").click(position={"x": at[0] - box["x"], "y": at[1] - box["y"]}, **how)


PAINTED = """async selector => {
  const canvas = document.querySelector(selector), beat = () => new Promise(requestAnimationFrame);
  let before = "", same = 0;
  while (same < 15) {
    await beat();
    const now = canvas.toDataURL();
    same = now === before ? same + 1 : 0;
    before = now;
  }
}"""


def painted(page):
    """Wait until the map has not changed for a quarter of a second."""
    page.evaluate(PAINTED, MAP)


def shows(page, row, column, wanted):
    """Whether a cell of the map comes to show a picture."""
    for _ in range(100):
        if _shows(page, row, column, wanted):
            return True
        page.wait_for_timeout(50)
    return False


def _shows(page, row, column, wanted):
    """By nine of its pixels: small ones are enlarged without blur."""
    drawn = pixels(page, MAP)
    side = page.locator(".ds-cursor").evaluate("one => one.offsetWidth")
    for y, x in np.ndindex(3, 3):
        share_y, share_x = (y + 0.5) / 3, (x + 0.5) / 3
        found = drawn[int(side * (1.06 * row + share_y)), int(side * (1.06 * column + share_x))]
        want = wanted[int(share_y * len(wanted)), int(share_x * len(wanted))]
        if np.abs(found - want).max() > 1:
            return False
    return True
