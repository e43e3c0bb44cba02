"""A real browser against a real server, both on this machine."""

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import waitress
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright
from waitress.wasyncore import close_all

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    # The seal of tests.support.network, for the browser's own process.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}


def find_chromium() -> str | None:
    """The path of a Chromium: ``CHROMIUM`` if set, else the first known name on the PATH."""
    named = os.environ.get("CHROMIUM", "")
    return next(filter(None, map(shutil.which, (named, *NAMES))), None)


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """``app`` on waitress at a free loopback port; gives the address without a final slash."""
    server = waitress.create_server(app, host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=server.run, name="live-server", daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        stop(server, thread)


def stop(server: Any, thread: threading.Thread) -> None:
    """End a waitress server that runs in ``thread``."""
    # Closed by the server's own thread; its loop ends when nothing is left to wait for.
    server.trigger.pull_trigger(lambda: close_all(server._map, ignore_all=True))
    thread.join(5)
    server.task_dispatcher.shutdown()
    assert not thread.is_alive()


@pytest.fixture
def live_server(app: Flask) -> Iterator[str]:
    """The portal on a fresh database, reachable by the browser."""
    with served(app) as address:
        yield address


@pytest.fixture(scope="session")
def playwright_driver() -> Iterator[Playwright]:
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def chromium(request: pytest.FixtureRequest) -> Iterator[Browser]:
    path = find_chromium()
    if path is None:
        pytest.skip("no Chromium: set CHROMIUM to the path of one, or install it")
    driver: Playwright = request.getfixturevalue("playwright_driver")
    browser = driver.chromium.launch(executable_path=path, args=list(ARGUMENTS))
    yield browser
    browser.close()


@pytest.fixture
def browser_context(chromium: Browser) -> Iterator[BrowserContext]:
    """A visitor without cookies, reading Japanese in Japan."""
    context = chromium.new_context(locale="ja-JP", timezone_id="Asia/Tokyo", viewport=DESKTOP)
    context.set_default_timeout(10_000)
    yield context
    context.close()


@pytest.fixture
def page(browser_context: BrowserContext) -> Iterator[Page]:
    """A page; the test fails at the end when a script on it raised or the CSP refused something."""
    problems: list[str] = []
    opened = browser_context.new_page()
    opened.on("pageerror", lambda error: problems.append(str(error)))
    opened.on(
        "console",
        lambda line: problems.append(line.text) if "Content Security Policy" in line.text else None,
    )
    yield opened
    assert problems == []
