"""Packages that a plain `pip install diffuscope` leaves out, and the command that installs them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

EXTRAS = {
    "torch": "models",
    "diffusers": "models",
    "transformers": "models",
    "torchsde": "models",
    "jupyterlab": "lab",
    "ipykernel": "lab",
}
"""Package to the extra of pyproject.toml that brings it."""


class MissingExtra(ModuleNotFoundError):
    """A package of an extra is not installed; the message has the line that installs it."""

    def __init__(self, what: str, package: str) -> None:
        extra = EXTRAS[package]
        super().__init__(
            f"{what} needs {package}, which is not installed; run: pip install 'diffuscope[{extra}]'", name=package
        )


@contextmanager
def needed_for(what: str) -> Iterator[None]:
    """Say which extra is missing where an import in this block fails for want of it.

    Raises:
        MissingExtra: in place of the ModuleNotFoundError.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if package not in EXTRAS or isinstance(error, MissingExtra):
            raise
        raise MissingExtra(what, package) from None
