"""A studio for each test."""

import pytest
from studios import RED

from diffuscope_widgets import Studio


@pytest.fixture
def studio(model):
    made = Studio(model, RED)
    yield made
    made.stop()
