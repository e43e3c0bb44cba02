"""Databases of a given number of cases, and the portal running on them."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.browser import Browser, Page

ROOT = Path(__file__).resolve().parent.parent
WAIT_SECONDS = 60
REDIRECTS = (302, 303)


@dataclass(frozen=True)
class Site:
    """One database with its data directory."""

    label: str
    cases: int
    directory: Path
    database_url: str

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {
            "PORTAL_MODE": "demo",
            "DATA_DIR": str(self.directory),
            "DATABASE_URL": self.database_url,
        }

    def flask(self, *words: str) -> str:
        """Run a command of the portal and give what it printed."""
        command = [sys.executable, "-m", "flask", "--app", "run", *words]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, check=False, capture_output=True, text=True
        )
        if done.returncode:
            raise RuntimeError(f"flask {' '.join(words)}: {done.stderr[-2000:]}")
        return done.stdout

    def prepare_demo(self) -> None:
        """Tables, master data and the demo; quick when they are there."""
        self.directory.mkdir(parents=True, exist_ok=True)
        self.flask("db", "upgrade")
        self.flask("master", "load")
        self.flask("demo", "load", "--size", "small")

    def prepare(self) -> None:
        """The demo and the plain cases; quick when they are there."""
        begun = time.perf_counter()
        self.prepare_demo()
        said = self.flask("demo", "fill", "--cases", str(self.cases))
        print(f"{self.label}: {said.strip()} ({time.perf_counter() - begun:.0f} s in all)")

    @contextmanager
    def running(self, program: str = "bench/server.py") -> Iterator[int]:
        """The portal on a free port of the loopback; the port."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        server = subprocess.Popen(
            [sys.executable, program],
            cwd=ROOT,
            env=self.environment | {"PORT": str(port)},
        )
        try:
            _wait(port)
            yield port
        finally:
            server.terminate()
            server.wait(10)

    def sign_in(self, port: int, username: str) -> Browser:
        """A session of a demo account, in both steps."""
        browser = Browser(port)
        printed = self.flask("demo", "load", "--size", "small")
        word = re.search(r"password of all: (\S+)", printed)
        assert word is not None
        fields = dict(Page(browser.get("/login/").text).form_with("username"))
        code = self.flask("otp", username).strip()
        step = browser.post("/login/", fields | {"username": username, "password": word[1]})
        fields = dict(Page(browser.get(step.location).text).form_with("code"))
        done = browser.post(step.location, fields | {"code": code})
        if done.status not in REDIRECTS:
            raise RuntimeError(f"{username} could not sign in: {done.status}")
        return browser


def _wait(port: int) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError("the portal did not start")
