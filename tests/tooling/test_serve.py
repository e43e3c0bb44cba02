import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config import ROOT

# The two processes stand in for themselves: the supervisor only sees that they live.
PROGRAM = """
import sys
from app.devtools import serve
pids, port = sys.argv[1:]
note = "import os, pathlib; pathlib.Path(%r, f'%s-{os.getpid()}').touch();"
web = note + "from http.server import *; HTTPServer(('127.0.0.1', %s), BaseHTTPRequestHandler)"
serve.WEB = (sys.executable, "-c", web % (pids, "web", port) + ".serve_forever()")
serve.WORKER = (sys.executable, "-c", note % (pids, "worker") + "import time; time.sleep(600)")
serve.RESTART_SECONDS = 0.1
sys.exit(serve.main())
"""


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, "nothing happened for 30 seconds"
        time.sleep(0.05)


def pids(directory: Path, name: str) -> list[int]:
    return [int(path.name.split("-")[-1]) for path in directory.glob(f"{name}-*")]


def lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        number: int = free.getsockname()[1]
    return number


@pytest.fixture
def supervisor(tmp_path: Path, port: int) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(tmp_path), str(port)],
        cwd=ROOT,
        env={**os.environ, "PORT": str(port)},
        stdout=subprocess.PIPE,
        text=True,
    )
    wait_for(lambda: bool(pids(tmp_path, "web") and pids(tmp_path, "worker")))
    with process:
        yield process
        process.terminate()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_one_signal_stops_both(
    supervisor: "subprocess.Popen[str]", tmp_path: Path, number: signal.Signals
) -> None:
    supervisor.send_signal(number)
    assert supervisor.wait(20) == 0
    assert [pid for pid in pids(tmp_path, "w*") if lives(pid)] == []


def test_a_killed_worker_is_started_again(
    supervisor: "subprocess.Popen[str]", tmp_path: Path
) -> None:
    (first,) = pids(tmp_path, "worker")
    os.kill(first, signal.SIGKILL)
    wait_for(lambda: len(pids(tmp_path, "worker")) == 2)


def test_the_end_of_the_web_process_ends_the_worker(
    supervisor: "subprocess.Popen[str]", tmp_path: Path
) -> None:
    (web,) = pids(tmp_path, "web")
    os.kill(web, signal.SIGKILL)
    assert supervisor.wait(20) != 0
    assert [pid for pid in pids(tmp_path, "worker") if lives(pid)] == []


def test_a_port_in_use_is_said_with_the_way_out(port: int) -> None:
    with socket.create_server(("127.0.0.1", port)):
        done = subprocess.run(
            [sys.executable, "-m", "app.devtools.serve"],
            cwd=ROOT,
            env={**os.environ, "PORT": str(port)},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert f"PORT={port + 1} make run" in done.stdout
