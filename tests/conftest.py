import os
import sys

import pytest
import torch

STATUS = pytest.StashKey[int]()

torch.set_num_threads(1)  # with other work on the machine, two threads can be ten times slower than one


@pytest.fixture(scope="session")
def model():
    from tiny import tiny_model

    return tiny_model()


def pytest_sessionfinish(session, exitstatus):
    session.config.stash[STATUS] = int(exitstatus)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config):
    """Leave without the interpreter's own end.

    Now and then (about 1 run in 7, after everything was reported and with no Python frame left) a native thread of a
    library aborts the process there, which would turn a green run red.
    """
    if STATUS in config.stash:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(config.stash[STATUS])
