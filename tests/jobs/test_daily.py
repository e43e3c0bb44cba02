"""Chores run once a day, whoever comes first, and a case's status follows the calendar."""

from datetime import date, timedelta

from flask import Flask

from app.cases.models import Case, Stay
from app.core.clock import frozen_at
from app.core.db import db
from app.core.transaction import transaction
from app.jobs.daily import do_daily_chores
from app.security.actor import acting_as, system_actor
from tests.support import cast
from tests.support.clock import NOON


def test_a_patient_who_leaves_today_is_no_longer_at_home_tomorrow(app: Flask) -> None:
    with app.app_context(), acting_as(system_actor("test")):
        key = cast.own_episode().case
        with frozen_at(NOON), transaction() as session:
            case = session.get(Case, key)
            assert case is not None
            session.get_one(Stay, cast.own_episode().stay).to_on = date(2021, 8, 22)
            session.flush()
            assert case.status == "home"
        with frozen_at(NOON + timedelta(days=3)):
            assert do_daily_chores()["refresh case statuses"] == 1
            assert db.session.get_one(Case, key, populate_existing=True).status != "home"


def test_a_chore_is_done_once_a_day(app: Flask) -> None:
    with app.app_context():
        with frozen_at(NOON):
            assert "refresh case statuses" in do_daily_chores()
            assert do_daily_chores() == {}
        with frozen_at(NOON + timedelta(days=1)):
            assert "refresh case statuses" in do_daily_chores()
