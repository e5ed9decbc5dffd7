"""A studio of recorded runs, which needs neither a model nor torch."""

import os

import pytest
from studios import RED, press, same

from diffuscope import Keep, record
from diffuscope_widgets import Studio

REPLAY = """
import sys
class NoTorch:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("torch", "diffusers", "transformers"):
            raise ImportError(f"{name} is not installed")
sys.meta_path.insert(0, NoTorch())
from diffuscope_widgets import Studio
studio = Studio(sys.argv[1])
assert studio.film.meta["calls"] == 6
assert [type(studio.open_tab(tab.name)).__name__ for tab in studio.tabs] == [
    "ScheduleView", "GuidanceView", "LatentView", "History"]
assert not studio.error and not any(tab.placeholder.error for tab in studio.tabs)
studio.history._handle_custom_msg({"type": "restore", "key": studio.history.meta["entries"][-1]["key"]}, [])
assert studio.settings.seed == 1 and studio.film.trace.settings.seed == 1 and not studio.error, studio.error
studio.to_html(sys.argv[1] + "/all.html")
try:
    studio.run()
except ValueError as error:
    print(error)
"""


def test_recorded_runs_need_no_torch(model, light_server, tmp_path):
    for seed in (1, 2):
        record(model, RED.replace(seed=seed)).save(tmp_path / f"{seed}.trace")
        os.utime(tmp_path / f"{seed}.trace", (seed, seed))
    done = light_server.run(REPLAY, tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("This is a recorded run")


def test_studio_of_a_trace(model, tmp_path):
    trace = record(model, RED.replace(seed=4), Keep(every=2))
    for source in (trace, trace.save(tmp_path / "one"), str(tmp_path), tmp_path):
        studio = Studio(source)
        same(studio.trace, trace)
        assert studio.settings == trace.settings
        assert "nothing drawn" in studio.form.blocked
        assert studio.model is None
        press(studio.form, type="draw", traits={"values": dict(studio.form.values)})  # nobody listens
        studio.stop()
        assert studio.error == ""
        assert studio.open_tab("Schedule").levels()[:, 1].tolist() == trace.ratio.astype("f4").tolist(), (
            "what was recorded"
        )
        assert repr(studio) == "<Studio of recorded runs>"
    with pytest.raises(FileNotFoundError, match=r'"none\.trace" does not exist'):
        Studio("none.trace")
