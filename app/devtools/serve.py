"""``python -m app.devtools.serve``: the web process and the worker, started and stopped together."""

import os
import signal
import socket
import subprocess
import sys
import time
from types import FrameType

WEB = (sys.executable, "run.py")
WORKER = (sys.executable, "-m", "flask", "--app", "run", "jobs", "work")
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
STOP_SECONDS = 10
START_SECONDS = 60
RESTART_SECONDS = 2
POLL_SECONDS = 0.2


class _Stopped(Exception):
    """Ctrl-C or a termination signal arrived."""


def main() -> int:
    """Run both until one signal stops both; the exit status is that of the web process."""
    host, port = os.environ.get("HOST", "127.0.0.1"), int(os.environ.get("PORT", "8080"))
    if _answers(host, port):
        print(f"Port {port} is in use. Choose another one: PORT={port + 1} make run")
        return 1
    for number in STOPPING:
        signal.signal(number, _stop)
    children: list[subprocess.Popen[bytes]] = []
    try:
        return _supervise(host, port, children)
    except _Stopped:
        print("Stopping")
        return 0
    finally:
        for number in STOPPING:
            signal.signal(number, signal.SIG_IGN)
        _end(children)


def _supervise(host: str, port: int, children: list[subprocess.Popen[bytes]]) -> int:
    """Start both, say when pages answer, and start a worker that died again."""
    web = _start(WEB)
    children.append(web)
    children.append(_start(WORKER))
    deadline = time.monotonic() + START_SECONDS
    announced = False
    while web.poll() is None:
        if not announced and (_answers(host, port) or time.monotonic() > deadline):
            announced = True
            print(f"HER-SYS Portal: http://{host}:{port}/  (Ctrl-C stops it)", flush=True)
        if children[-1].poll() is not None:
            print("The worker ended; starting it again", flush=True)
            time.sleep(RESTART_SECONDS)
            children[-1] = _start(WORKER)
        time.sleep(POLL_SECONDS)
    return web.returncode


def _start(command: tuple[str, ...]) -> subprocess.Popen[bytes]:
    # A process group of its own: Ctrl-C reaches this process, which stops the children in order.
    return subprocess.Popen(command, process_group=0)


def _end(children: list[subprocess.Popen[bytes]]) -> None:
    for child in children:
        if child.poll() is None:
            child.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for child in children:
        try:
            child.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _answers(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(POLL_SECONDS)
        return probe.connect_ex((host, port)) == 0


def _stop(number: int, frame: FrameType | None) -> None:
    raise _Stopped


if __name__ == "__main__":
    sys.exit(main())
