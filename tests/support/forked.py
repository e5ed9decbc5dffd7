"""Python processes that cost milliseconds: forked from a server that has imported what they need.

A snippet runs in a process of its own and ends as any program does, through Python's own shutdown.
"""

import json
import os
import signal
import subprocess
import sys
import threading
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory


class Server:
    """Runs snippets. `modules` are imported before."""

    def __init__(self, *modules):
        self._process = subprocess.Popen(
            [sys.executable, __file__, *modules],
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, code, *arguments, timeout=120):
        """What `python -c code arguments` would give, as a subprocess.CompletedProcess.

        Raises:
            RuntimeError: nothing ended within `timeout` seconds; the server is gone.
        """
        clock = threading.Timer(timeout, self.close)
        clock.start()
        try:
            with TemporaryDirectory() as folder:
                files = [Path(folder, name) for name in ("out", "err")]
                request = [code, [str(file) for file in files], [str(argument) for argument in arguments]]
                self._process.stdin.write(json.dumps(request) + "\n")
                self._process.stdin.flush()
                answer = self._process.stdout.readline()
                if not answer:
                    raise RuntimeError(f"no process ended within {timeout} s")
                return subprocess.CompletedProcess(code, int(answer), *(file.read_text() for file in files))
        finally:
            clock.cancel()

    def close(self):
        """End the server and whatever still runs in it."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.communicate()


def serve(modules):
    """Fork a child for each line of standard input. Returns, in the child, its code."""
    for name in modules:
        import_module(name)
    for line in sys.stdin:
        code, files, arguments = json.loads(line)
        child = os.fork()
        if not child:
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            for number, file in enumerate(files, 1):
                os.dup2(os.open(file, os.O_WRONLY | os.O_CREAT), number)
            sys.argv = ["-c", *arguments]
            return code
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
    return ""


if __name__ == "__main__":
    exec(serve(sys.argv[1:]), {"__name__": "__main__"})  # noqa: S102
