"""Lists while a file is made: the portal's server and its worker as processes of their own."""

import re
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bench.browser import Browser
from bench.portal import REDIRECTS, ROOT, Site
from bench.tasks import LIST

READERS = 3
ROUNDS = 3


def beside(site: Site, seconds: float) -> None:
    """Pages of the list a second without and with a file being made, in turn."""
    with site.running() as port, _worker(site):
        clerk = site.sign_in(port, "clerk")
        calm, busy = [], []
        _pages(clerk, port, lambda begun: time.perf_counter() - begun > 5)
        for turn in range(ROUNDS):
            calm.append(_pages(clerk, port, lambda begun: time.perf_counter() - begun > seconds))
            job = _ask(clerk, ("xlsx", "csv")[turn % 2])
            busy.append(_pages(clerk.another(port), port, _until_done(clerk, job)))
            print(f"  {calm[-1]:.1f} pages a second, {busy[-1]:.1f} beside a file", flush=True)
    ratio = statistics.median(busy) / statistics.median(calm)
    print(f"lists keep {ratio:.0%} of their throughput while a file is made")


@contextmanager
def _worker(site: Site) -> Iterator[None]:
    words = [sys.executable, "-m", "app.jobs.worker"]
    process = subprocess.Popen(words, cwd=ROOT, env=site.environment)
    try:
        yield
    finally:
        process.terminate()
        process.wait(30)


def _pages(session: Browser, port: int, over: Callable[[float], bool]) -> float:
    """Pages a second of several readers until it is over."""
    counted, begun, stop = [0] * READERS, time.perf_counter(), threading.Event()

    def read(number: int) -> None:
        browser = session.another(port)
        while not stop.is_set():
            answer = browser.get(LIST)
            assert answer.status == 200, answer.status
            counted[number] += 1

    readers = [threading.Thread(target=read, args=(number,)) for number in range(READERS)]
    for reader in readers:
        reader.start()
    while not over(begun):
        time.sleep(0.5)
    pages, passed = sum(counted), time.perf_counter() - begun
    stop.set()
    for reader in readers:
        reader.join()
    return pages / passed


def _ask(clerk: Browser, format_: str) -> str:
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', clerk.get(LIST).text)
    assert token is not None
    asked = clerk.post(f"/exports/case?format={format_}", {"csrf_token": token[1]})
    assert asked.status in REDIRECTS, asked.status
    return asked.location


def _until_done(clerk: Browser, job: str) -> Callable[[float], bool]:
    def over(_begun: float) -> bool:
        state = clerk.get(f"{job}/state.json").text
        assert '"failed"' not in state, state
        return '"open":true' not in state.replace(" ", "")

    return over
