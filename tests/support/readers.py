"""A reader of picture metadata that is not ours: sd-parsers."""

from pathlib import Path

from PIL import Image
from sd_parsers import ParserManager
from sd_parsers.data import PromptInfo

_open: list[Image.Image] = []
"""sd-parsers 0.6 remembers the last picture by its id(), so one that was freed could answer for the next."""


def others_read(path: Path) -> PromptInfo:
    """What sd-parsers finds in a picture."""
    _open.append(Image.open(path))
    found = ParserManager().parse(_open[-1])
    assert found is not None, f"sd-parsers finds nothing in {path.name}"
    return found
