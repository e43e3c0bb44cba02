"""The board of a health centre with thousands under observation, beside the plain case list.

Both pages are asked in turn in one process, so that a busy machine slows both alike: read the
ratio and the number of statements, not the milliseconds.

    python -m bench.board --people 3000
"""

import argparse
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path

from flask import Flask

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from app import create_app
from app.cases.models import Case, CaseAccess, Stay
from app.core import clock
from app.core.db import db
from app.core.transaction import transaction
from app.followup.models import HealthObservation
from app.followup.plan_rules import Slot
from app.followup.service import report
from app.persons.models import Person
from app.security.actor import acting_as, system_actor
from config import TestSettings
from tests.support import cast
from tests.support.database import migrate
from tests.support.pages import statements

DAYS = 7
BIRTH = date(1955, 4, 30)
PIECE = 250
PAGES = ("/cases/list/", "/board/", "/board/?group=red", "/board/next", "/board/staff/")


def main() -> int:
    options = _options()
    with tempfile.TemporaryDirectory() as directory:
        app = create_app(TestSettings(f"sqlite:///{directory}/bench.sqlite3", DATA_DIR=directory))
        with app.app_context():
            migrate()
        cast.fill(app)
        began = time.perf_counter()
        with app.app_context():
            fill(options.people)
        print(f"{options.people} people, {DAYS} days each: {time.perf_counter() - began:.0f} s")
        _compare(app, options.requests)
        _reports(app, options.reports)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=3000)
    parser.add_argument("--requests", type=int, default=15, help="per page")
    parser.add_argument("--reports", type=int, default=200, help="timed one after the other")
    return parser.parse_args()


def fill(people: int) -> None:
    """Cases at home with reports twice a day, some of them alarming, some silent."""
    dice = random.Random(7)
    with acting_as(system_actor("bench")):
        like = db.session.get_one(Case, cast.own_episode().case)
        for start in range(0, people, PIECE):
            with transaction():
                for number in range(start, min(start + PIECE, people)):
                    _add_person(like, number, dice)
            db.session.expunge_all()
            like = db.session.get_one(Case, cast.own_episode().case)


def _add_person(like: Case, number: int, dice: random.Random) -> None:
    today = clock.today()
    case = Case(
        person=Person(
            name=f"患者 {number}", kana=f"カンジャ {number}", mobile_phone="0900000", birth_on=BIRTH
        ),
        disease_id=like.disease_id,
        age_years=dice.randrange(1, 95),
        prefecture_code="13",
        first_prefecture_code="13",
        responsible_centre_id=like.responsible_centre_id,
        authority_id=like.authority_id,
        notification_state="accepted",
        onset_on=today - timedelta(days=DAYS),
        number=f"9{number:07d}",
    )
    access = CaseAccess(case=case, institution_id=like.responsible_centre_id, role="responsible")
    access.from_at = clock.now() - timedelta(days=DAYS)
    db.session.add_all([case, access])
    db.session.add(Stay(case=case, place="home", from_on=today - timedelta(days=DAYS)))
    for back in range(DAYS, dice.choice((-1, -1, -1, 0, 1)), -1):
        for part in ("morning", "evening"):
            db.session.add(
                HealthObservation(
                    case=case,
                    observed_on=today - timedelta(days=back),
                    part_of_day=part,
                    temperature=Decimal(dice.randrange(360, 388)) / 10,
                    spo2=dice.choice((99, 98, 98, 97, 97, 96, 95, 93)),
                    symptoms=(),
                )
            )


def _compare(app: Flask, requests: int) -> None:
    nurse = cast.sign_in(app.test_client(), "baba")
    times: dict[str, list[float]] = {page: [] for page in PAGES}
    sent: dict[str, int] = {}
    for _round in range(requests + 1):
        for page in PAGES:
            with statements(app) as seen:
                times[page].append(_timed(partial(nurse.get, page)))
            sent[page] = len(seen)
    plain = statistics.median(times[PAGES[0]][1:])
    print(f"{'page':24} {'ms':>8} {'ratio':>6} {'statements':>11}")
    for page in PAGES:
        median = statistics.median(times[page][1:])
        print(f"{page:24} {median * 1000:8.0f} {median / plain:6.2f} {sent[page]:11}")


def _reports(app: Flask, number: int) -> None:
    """How many reports a minute one process takes, one after the other."""
    with app.app_context(), acting_as(system_actor("bench phones")) as phone:
        cases = db.session.scalars(db.select(Case).order_by(Case.id.desc()).limit(number)).all()
        slot = Slot(clock.today(), "morning")

        def all_of_them() -> None:
            for case in cases:
                values = {"temperature": "36.6", "spo2": "97"}
                report(by=phone, subject=case, slot=slot, values=values, source="web")

        with statements(app) as seen:
            seconds = _timed(all_of_them)
    each = len(seen) / max(len(cases), 1)
    print(f"reports: {len(cases) / seconds * 3600:.0f} an hour, {each:.1f} statements each")


def _timed(action: Callable[[], object]) -> float:
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(main())
