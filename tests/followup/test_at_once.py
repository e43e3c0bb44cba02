"""Reports that arrive in the same instant, on a real database file or server."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

from flask import Flask
from sqlalchemy import select

from app.cases.models import Case
from app.core import clock
from app.core.db import db
from app.followup.models import HealthObservation
from app.followup.plan_rules import Slot
from app.followup.service import report
from app.security.actor import acting_as
from tests.support import cast
from tests.support.clock import NOON

DAYS = 6
PEOPLE = 4


def test_people_who_report_in_the_same_instant_are_all_taken_down(app: Flask) -> None:
    with app.app_context():
        nurse, case_id = cast.actor("baba"), cast.own_episode().case

    def send(number: int) -> None:
        with app.app_context(), clock.frozen_at(NOON), acting_as(nurse):
            case = db.session.get_one(Case, case_id)
            for day in range(DAYS):
                on = clock.today().replace(day=10 + day)
                part = "morning" if number % 2 else "evening"
                values = {"temperature": f"37.{number}"}
                report(
                    by=nurse, subject=case, slot=Slot(on, part), values=values, source="telephone"
                )
            db.session.remove()

    with ThreadPoolExecutor(PEOPLE) as pool:
        list(pool.map(send, range(PEOPLE)))
    with app.app_context(), acting_as(nurse):
        seen = select(HealthObservation.part_of_day, HealthObservation.temperature).where(
            HealthObservation.case_id == case_id, HealthObservation.source == "telephone"
        )
        rows = db.session.execute(seen).all()
    assert len(rows) == 2 * DAYS
    # Of two reports for one part of a day the later corrects the earlier.
    assert {t for part, t in rows if part == "morning"} <= {Decimal("37.1"), Decimal("37.3")}
