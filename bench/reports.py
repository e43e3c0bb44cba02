"""Households report from their links while nurses use the board: what it costs the nurses.

The portal runs in a process of its own (waitress, as in production), the phones in another: each
opens its link, enters the birth date, looks at the page, says "no symptoms" and is thanked. First
the board alone, then 12,000 reports an hour, then as many as come through. Read the ratios.

    python -m bench.reports --people 1500 --seconds 60
"""

import argparse
import json
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import waitress
from flask import Flask

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from app import create_app
from app.cases.models import Case
from app.core.db import db
from app.portal.service import Invitation, issue
from app.portal.tokens import token_of
from app.security.actor import acting_as
from bench.board import BIRTH, fill
from bench.browser import Browser
from config import TestSettings
from tests.support import cast
from tests.support.database import migrate

AN_HOUR = 12_000
NURSES = 3
PHONES = 6
"""Phones that report at the same time."""
PAUSE = 0.5
"""Seconds a nurse looks at the board before the next page."""
_TOKEN = re.compile(r'name="token" value="([0-9a-f]+)"')


def main() -> int:
    options = _options()
    if options.serve:
        waitress.serve(_app(options.serve), host="127.0.0.1", port=options.port, threads=8)
        return 0
    if options.phones:
        return _report(Path(options.phones), options.port, options.an_hour, options.seconds)
    with tempfile.TemporaryDirectory() as directory:
        app = _app(directory)
        with app.app_context():
            migrate()
        cast.fill(app)
        with app.app_context():
            fill(options.people)
            tokens = _invite(options.people)
        with _served(directory) as port:
            return _compare(app, directory, port, tokens, options.seconds)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1500)
    parser.add_argument("--seconds", type=float, default=60)
    for internal in ("--serve", "--phones"):
        parser.add_argument(internal, help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--an-hour", type=int, default=0, help=argparse.SUPPRESS)
    return parser.parse_args()


def _app(directory: str) -> Flask:
    url = f"sqlite:///{directory}/bench.sqlite3"
    return create_app(TestSettings(url, DATA_DIR=directory))


def _invite(people: int) -> list[str]:
    """A link on paper for everybody."""
    nurse, tokens = cast.actor("baba"), []
    with acting_as(nurse):
        newest = db.select(Case).order_by(Case.id.desc()).limit(people)
        for case in db.session.scalars(newest).all():
            link = issue(case, [], Invitation("paper", None), by=nurse)
            tokens.append(token_of(link.id, link.generation))
    return tokens


@contextmanager
def _served(directory: str) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    words = ["--serve", directory, "--port", str(port)]
    server = subprocess.Popen([sys.executable, "-m", "bench.reports", *words])
    try:
        for _try in range(300):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.2)
        yield port
    finally:
        server.terminate()
        server.wait(10)


def _compare(app: Flask, directory: str, port: int, tokens: list[str], seconds: float) -> int:
    calm = _nurses(app, port, seconds / 3)
    print(f"board alone: {_words(calm)}", flush=True)
    failed = 0
    for an_hour in (AN_HOUR, 0):
        path = Path(directory) / f"phones-{an_hour}.json"
        path.write_text(json.dumps(tokens))
        words = ["--phones", str(path), "--port", str(port), "--an-hour", str(an_hour)]
        command = [sys.executable, "-m", "bench.reports", *words, "--seconds", str(seconds)]
        phones = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        busy = _nurses(app, port, seconds)
        told = json.loads(phones.communicate(timeout=120)[0])
        del tokens[: told["asked"]]
        failed += told["failed"]
        rate = told["reports"] / told["seconds"] * 3600
        print(f"{an_hour or 'all that come'} an hour wanted: {rate:,.0f} an hour reported,")
        print(
            f"  {told['failed']} refused, one report {told['median']:.2f} s; board {_words(busy)},"
        )
        print(
            f"  {statistics.median(busy) / statistics.median(calm):.1f} times as long", flush=True
        )
    return 1 if failed else 0


def _words(times: list[float]) -> str:
    slowest = sorted(times)[int(len(times) * 0.95)]
    return (
        f"{statistics.median(times):.2f} s (95 of 100 within {slowest:.2f} s, {len(times)} pages)"
    )


def _nurses(app: Flask, port: int, seconds: float) -> list[float]:
    """Seconds of every board page that nurses opened, one after the other, for so long."""
    times: list[float] = []
    over = threading.Event()

    def work(username: str) -> None:
        cookie = cast.sign_in(app.test_client(), username).get_cookie("hersys")
        assert cookie is not None
        browser = Browser(port)
        browser.keep("hersys", cookie.value)
        while not over.wait(PAUSE):
            answer = browser.get("/board/")
            assert answer.status == 200, answer.status
            times.append(answer.seconds)

    people = [threading.Thread(target=work, args=("baba",)) for _one in range(NURSES)]
    for person in people:
        person.start()
    over.wait(seconds)
    over.set()
    for person in people:
        person.join()
    return times


def _report(path: Path, port: int, an_hour: int, seconds: float) -> int:
    """The phones: as many a minute as wanted, or one after the other; tells what came of it."""
    tokens, took, statuses = iter(json.loads(path.read_text())), [], Counter[bool]()
    begun, lock, asked = time.perf_counter(), threading.Lock(), [0]

    def phone() -> None:
        while time.perf_counter() - begun < seconds:
            with lock:
                token, number = next(tokens, None), asked[0]
                asked[0] += token is not None
            if token is None:
                return
            if an_hour:
                due = begun + number * 3600 / an_hour
                time.sleep(max(0.0, due - time.perf_counter()))
            at = time.perf_counter()
            done = _one_report(port, token)
            with lock:
                took.append(time.perf_counter() - at)
                statuses[done] += 1

    phones = [threading.Thread(target=phone) for _one in range(PHONES)]
    for one in phones:
        one.start()
    for one in phones:
        one.join()
    told = {
        "asked": asked[0],
        "reports": statuses[True],
        "failed": statuses[False],
        "seconds": time.perf_counter() - begun,
        "median": statistics.median(took) if took else 0.0,
    }
    print(json.dumps(told))
    return 0


def _one_report(port: int, token: str) -> bool:
    """From the link to the thanks; True when the report was taken."""
    phone = Browser(port)
    phone.get(f"/p/{token}")
    opened = phone.post(f"/p/{token}", {"birth": f"{BIRTH:%Y%m%d}"})
    found = _TOKEN.search(phone.get("/p/").text)
    if opened.status != 303 or found is None:
        return False
    values = {"token": found[1], "temperature": "36.6", "spo2": "98"}
    sent = phone.post("/p/member/0", values)
    return sent.status == 303 and phone.get("/p/thanks").status == 200


if __name__ == "__main__":
    os.environ.setdefault("PORTAL_MODE", "demo")
    sys.exit(main())
