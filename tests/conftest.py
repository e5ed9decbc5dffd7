import pytest
import torch

torch.set_num_threads(1)  # with other work on the machine, two threads can be ten times slower than one


@pytest.fixture(scope="session")
def model():
    from tiny import tiny_model

    return tiny_model()


@pytest.fixture
def told(monkeypatch):
    """Call it with a widget: the dict of what that widget tells its front end from now on."""

    def listen(view):
        states = {}
        monkeypatch.setattr(view, "send_state", lambda key=None: states.update(view.get_state(key)))
        return states

    return listen
