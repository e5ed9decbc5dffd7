"""Chromium, once: as a static page with a stand-in for Jupyter, and as a real JupyterLab."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from diffuscope_widgets.base.page import HOST, part

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def chromium():
    found = os.environ.get("DIFFUSCOPE_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not found:
        why = "no Chromium on PATH; install one, or name it in DIFFUSCOPE_CHROMIUM"
        pytest.fail(why) if os.environ.get("CI") else pytest.skip(why)
    return found


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args, chromium):
    quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
    return browser_type_launch_args | {"executable_path": chromium, "args": ["--no-sandbox", "--disable-gpu", *quiet]}


@pytest.fixture
def page(page):
    page.set_default_timeout(20_000)
    page.set_viewport_size({"width": 1200, "height": 900})
    return page


KIT = """async ({ host, part }) => {
  const { fill, prepare } = await import(URL.createObjectURL(new Blob([host], { type: "text/javascript" })));
  const log = { sent: [], saved: [], errors: [] };
  addEventListener("error", (event) => log.errors.push(String(event.message)));
  addEventListener("unhandledrejection", (event) => log.errors.push(String(event.reason)));
  const ends = { send: (content) => log.sent.push(content), save: (state) => log.saved.push({ ...state }) };
  const { model, widget } = await prepare(part, ends);
  const views = [];
  globalThis.kit = {
    log,
    model,
    state: model.state,
    listening: model.listening,
    receive: (change, binary = []) => model.receive(fill(change, binary.map((name) => ({ path: [name], data: change[name] })))),
    async open() {
      const el = document.createElement("div");
      document.querySelector("main").append(el);
      views.push({ el, close: await widget.render({ model, el }) });
    },
    close: () => views.splice(0).map(({ el, close }) => (close(), el.remove(), el.childElementCount)),
  };
  await kit.open();
}"""
"""What the tests hold in their hands on a static page, around the host that exported pages use:
log (sent, saved, errors), model, state, receive(change, names of base64 values), open(), close(), listening()."""


@pytest.fixture
def show(page):
    """Put a widget on a static page; returns the page."""

    def put(view):
        html = '<!doctype html><html lang="en"><title>widget</title><main><h1>One widget</h1></main></html>'
        page.route("http://widget.test/", lambda route: route.fulfill(body=html, content_type="text/html"))
        page.goto("http://widget.test/")
        page.evaluate(KIT, {"host": HOST.read_text(encoding="utf-8"), "part": part(view)})
        return page

    return put


class Lab:
    """A JupyterLab server of its own, with nothing of the user's."""

    def __init__(self, folder):
        self.folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        quiet = folder / "settings/@jupyterlab/apputils-extension/notification.jupyterlab-settings"
        quiet.parent.mkdir(parents=True)
        quiet.write_text('{"fetchNews": "false"}')
        self.log = (folder / "server.log").open("w")
        self.process = subprocess.Popen(
            self._command(), cwd=folder / "work", env=self._env(), stdout=self.log, stderr=self.log
        )

    def _env(self):
        homes = {"HOME": "home", "JUPYTER_CONFIG_DIR": "config", "JUPYTER_DATA_DIR": "data", "JUPYTER_RUNTIME_DIR": "run",
                 "IPYTHONDIR": "ipython", "JUPYTERLAB_SETTINGS_DIR": "settings", "JUPYTERLAB_WORKSPACES_DIR": "spaces"}  # fmt: skip
        for name in (*homes.values(), "work"):
            (self.folder / name).mkdir(exist_ok=True)
        own = {name: str(self.folder / place) for name, place in homes.items()}
        roots = os.pathsep.join(str(ROOT / name) for name in ("kit", "widgets", "tests/support"))
        threads = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
        return (
            os.environ
            | own
            | threads
            | {"PYTHONPATH": roots, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
        )

    def _command(self):
        (self.folder / "work").mkdir()
        start = "import sys; from diffuscope.cli.main import main; sys.exit(main())"  # as the console script does
        return [
            sys.executable, "-c", start, "lab", "--folder", ".", "--no-browser", "--ip=127.0.0.1", f"--port={self.port}", "--allow-root",
            "--ServerApp.port_retries=0", "--IdentityProvider.token=", "--ServerApp.disable_check_xsrf=True",
            "--LabApp.expose_app_in_browser=True", "--ContentsManager.allow_hidden=False",
        ]  # fmt: skip

    def wait(self, seconds=60):
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.process.poll() is None:
            try:
                with urllib.request.urlopen(f"{self.url}/api/status", timeout=2):
                    return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError(f"JupyterLab did not start:\n{(self.folder / 'server.log').read_text()[-3000:]}")

    def write(self, name, *cells):
        """A notebook of code cells."""
        made = [{"cell_type": "code", "id": f"c{i}", "source": cell, "metadata": {}, "outputs": [], "execution_count": None}
                for i, cell in enumerate(cells)]  # fmt: skip
        kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
        notebook = {"cells": made, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}
        (self.folder / "work" / name).write_text(json.dumps(notebook), encoding="utf-8")

    def read(self, name, seconds=20):
        """The JSON a cell wrote, when it is there; the file is then gone, so that the next read waits for the next one."""
        path, end = self.folder / "work" / name, time.monotonic() + seconds
        while time.monotonic() < end:
            if path.exists():
                text = path.read_text(encoding="utf-8")
                path.unlink()
                return json.loads(text)
            time.sleep(0.05)
        raise AssertionError(f"no cell wrote {name} in {seconds} s")

    def close(self):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:  # a kernel was being restarted
            self.process.kill()
        self.log.close()


@pytest.fixture(scope="session")
def lab(tmp_path_factory, chromium):
    server = Lab(tmp_path_factory.mktemp("lab"))
    try:
        server.wait()
        yield server
    finally:
        server.close()
