import pytest
import torch

torch.set_num_threads(1)  # with other work on the machine, two threads can be ten times slower than one


@pytest.fixture(scope="session")
def model():
    from tiny import tiny_model

    return tiny_model()
