"""Loading without the bars and advice that diffusers and transformers print for other kinds of users."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def quiet() -> Iterator[None]:
    """Errors still show; verbosity and progress bars are set back afterwards."""
    import diffusers.utils.logging as ours
    import transformers.utils.logging as theirs

    levels, bars = (ours.get_verbosity(), theirs.get_verbosity()), theirs.is_progress_bar_enabled()
    for library in (ours, theirs):
        library.set_verbosity_error()
        library.disable_progress_bar()
    try:
        yield
    finally:
        for library, level in zip((ours, theirs), levels, strict=True):
            library.set_verbosity(level)
            if bars:
                library.enable_progress_bar()
