"""Whether the work of this thread shall end: long calls ask now and then, and nobody has to hand the question down to them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

_asked: ContextVar[Callable[[], object] | None] = ContextVar("asked", default=None)


@contextmanager
def ended_by(ask: Callable[[], object]) -> Iterator[None]:
    """Let `check` ask while the block lasts, in this thread.

    Args:
        ask: raises when the work shall end. What was asked before is asked after it.
    """
    before = _asked.get()

    def both() -> None:
        ask()
        if before:
            before()

    token = _asked.set(both)
    try:
        yield
    finally:
        _asked.reset(token)


def check(*_: object) -> None:
    """Raise if the work of this thread shall end. Takes any arguments, so that it can be a hook of a torch module.

    Raises:
        CancelledError: it shall; or what `ended_by` was given to raise.
    """
    if ask := _asked.get():
        ask()


def heed(network: Any) -> None:
    """Let a network of diffusers `check` before each of its residual blocks: of a large picture one call takes seconds.

    A UNet has about two dozen of them and a decoder about a dozen, which is most of what they do.
    """
    for block in network.modules():
        if type(block).__name__ == "ResnetBlock2D" and check not in block._forward_pre_hooks.values():
            block.register_forward_pre_hook(check)
