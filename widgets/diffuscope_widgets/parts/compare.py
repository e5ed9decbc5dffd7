"""The ways to compare two pictures, for every widget that does."""

from diffuscope_widgets.base.wire import Choice

GAIN = 3
"""How much stronger differences are shown."""
CHOICES: list[Choice] = [
    {"name": "side", "label": "Side by side", "about": "Left and right run beside each other"},
    {"name": "wipe", "label": "Wipe", "about": "Left run before the seam, right run behind it"},
    {"name": "blink", "label": "Blink", "about": "The two runs in turn: what jumps is what differs"},
    {"name": "difference", "label": "Difference", "about": f"Absolute difference of the two pictures, times {GAIN}"},
]
MODES = tuple(choice["name"] for choice in CHOICES)
