"""Where ipykernel takes a message of the page to."""

import comm
import pytest
from ipykernel.comm import Comm

from diffuscope_widgets.base.view import View


@pytest.mark.skipif(
    not hasattr(Comm, "_reply_subshell_for"), reason="this ipykernel sends messages where the page says"
)
def test_a_message_goes_to_the_subshell_that_the_page_names(monkeypatch):
    """Not to the one a worker last published for, as ipykernel 7.4 has it: that one may be deleted."""
    monkeypatch.setattr(comm, "create_comm", Comm)
    view = View()
    view.comm._reply_subshell_id = "deleted"
    assert view.comm._reply_subshell_for({"method": "custom"}, "of the page") == "of the page"
    assert view.comm._reply_subshell_for({"method": "update"}, None) is None
    view.close()
