"""Automatic calls a minute: the exchange of the simulator calls, people press at once.

The portal answers by its real server; everybody answers all six questions, one in ten is busy,
hangs up or wants a person. Nobody takes time to listen or to press: the figure is what the
portal bears, not how long people speak. A line is free again as soon as its call has ended.

    python -m bench.calls --people 200 --lines 20
"""

import argparse
import itertools
import sys
import tempfile
import threading
import time
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import waitress
from flask import Flask
from sqlalchemy import select

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from app import create_app
from app.cases.models import Case, Stay
from app.core import clock
from app.core.db import db
from app.core.transaction import transaction
from app.devtools.call_simulator import Exchange, ExchangeServer, Phone
from app.followup.plans import ObservationPlan
from app.persons.models import Person
from app.security.actor import acting_as, system_actor
from app.voice.dialling import dial_due
from app.voice.models import VoiceCall
from app.voice.planning import plan_calls
from config import TestSettings
from tests.support import cast
from tests.support.database import migrate

WELL = Phone(("0430", "365", "97", "2", "2", "2"))
KINDS = (*([WELL] * 7), Phone(status="busy"), Phone(("0430", "381")), Phone(("9",)))
PIECE = 100
LONGEST_SECONDS = 600


def main() -> int:
    options = _options()
    with tempfile.TemporaryDirectory() as directory:
        app = create_app(TestSettings(f"sqlite:///{directory}/bench.sqlite3", DATA_DIR=directory))
        with app.app_context():
            migrate()
        cast.fill(app)
        with app.app_context():
            _fill(options.people)
        _call(app, options.lines)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--lines", type=int, default=20)
    return parser.parse_args()


def _fill(people: int) -> None:
    """Cases at home who are to be called this hour."""
    hour, today = clock.in_japan(clock.now()).hour, clock.today()
    with acting_as(system_actor("bench")):
        like = db.session.get_one(Case, cast.own_episode().case)
        given = {
            "disease_id": like.disease_id,
            "prefecture_code": "13",
            "first_prefecture_code": "13",
            "responsible_centre_id": like.responsible_centre_id,
            "authority_id": like.authority_id,
        }
        for start in range(0, people, PIECE):
            with transaction() as session:
                for number in range(start, min(start + PIECE, people)):
                    person = Person(
                        name=f"患者 {number}",
                        birth_on=date(1955, 4, 30),
                        mobile_phone=f"0901{number:07d}",
                    )
                    case = Case(person=person, notification_state="accepted", **given)
                    case.onset_on = today - timedelta(days=3)
                    case.number = f"9{number:07d}"
                    session.add_all([case, Stay(case=case, place="home", from_on=today)])
        with transaction() as session:
            for plan in session.scalars(select(ObservationPlan)):
                plan.voice_morning_hour = plan.voice_evening_hour = hour
        db.session.expunge_all()


def _call(app: Flask, lines: int) -> None:
    kinds = itertools.cycle(KINDS)
    exchange = Exchange("bench", "secret of the bench", usual=lambda: next(kinds))
    server = ExchangeServer(exchange)
    site = waitress.create_server(app, host="127.0.0.1", port=0, threads=8)
    for run in (server.serve_forever, site.run):
        threading.Thread(target=run, daemon=True).start()
    app.config.update(
        PORTAL_URL=f"http://127.0.0.1:{site.effective_port}",
        VOICE_URL=f"http://127.0.0.1:{server.server_port}",
        VOICE_ACCOUNT=exchange.account,
        VOICE_TOKEN=exchange.token,
        VOICE_FROM="+81300000000",
        VOICE_HOURS="00:00-23:59",
        VOICE_TRIES="1",
        VOICE_LINES=str(lines),
    )
    with app.app_context():
        began = time.perf_counter()
        planned = plan_calls()
        print(f"planned: {planned} calls in {time.perf_counter() - began:.1f} s", flush=True)
        began, made = time.perf_counter(), 0
        while made < planned and time.perf_counter() - began < LONGEST_SECONDS:
            made += dial_due().get("placed", 0)
            time.sleep(0.05)
        exchange.wait()
        seconds = time.perf_counter() - began
        with acting_as(system_actor("bench")):
            states = Counter(db.session.scalars(select(VoiceCall.state)).all())
    webhooks = Counter(status for call in exchange.calls for status in call.statuses)
    print(f"{made} calls, {lines} lines: {made / seconds * 60:.0f} calls a minute")
    print(f"webhooks: {sum(webhooks.values()) / seconds:.0f} a second, answers {dict(webhooks)}")
    print(f"states: {dict(states)}")
    server.shutdown()


if __name__ == "__main__":
    sys.exit(main())
