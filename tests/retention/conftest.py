"""A record whose period ends, and the days around it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.core import clock
from app.core.db import db
from app.core.transaction import transaction
from app.retention.applying import Applied, run_apply
from app.retention.models import RetentionEntry, RetentionRule
from app.retention.preview import Listed, run_preview
from app.security.actor import acting_as, system_actor
from tests.support import cast
from tests.support.world import forget

DUE = date(2026, 8, 13)
"""The case of our health centre was reported on 12 August 2021 and is kept for five years."""
LISTED = DUE - timedelta(days=7)


class Keys:
    """The cast's two cases; found by name before there is none."""

    own: cast.Episode
    foreign: cast.Episode


keys = Keys()


@contextmanager
def on(day: date, hour: int = 3) -> Iterator[None]:
    """That day in Japan (3 o'clock UTC is noon there)."""
    with clock.frozen_at(datetime(day.year, day.month, day.day, hour, tzinfo=UTC)):
        yield


def decide(who: str = "hogo", **values: object) -> int:
    """A period for cases: five years from the report, unless something else is said."""
    officer = cast.actor(who)
    given = {
        "kind": "case",
        "event": "case_reported",
        "amount": 5,
        "unit": "years",
        "basis": "文書管理規程",
        "institution_id": officer.institution_id,
    }
    with acting_as(officer), transaction() as session:
        rule = RetentionRule(**(given | values))
        session.add(rule)
        session.flush()
        key = rule.id
    forget()
    return key


def preview(day: date) -> Listed:
    with on(day), acting_as(system_actor("retention")):
        done = run_preview(day)
    forget()
    return done


def apply(day: date) -> Applied:
    with on(day), acting_as(system_actor("retention")) as system:
        done = run_apply(day, by=system)
    forget()
    return done


def entries() -> list[tuple[str, str, str | None]]:
    """(kind, state, why it left) of every entry."""
    with acting_as(system_actor("test")):
        found = db.session.scalars(select(RetentionEntry).order_by(RetentionEntry.id)).all()
        return [(one.kind, one.state, one.left_because) for one in found]


@pytest.fixture
def inside(app: Flask) -> Iterator[Flask]:
    with app.app_context():
        keys.own, keys.foreign = cast.own_episode(), cast.foreign_episode()
        forget()
        yield app
