"""Sums written as they are kept, so that an epidemic of thousands costs no thousand cases."""

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert

from app.coordination.models import BedReport
from app.core import clock
from app.core.db import db
from app.core.transaction import transaction
from app.institutions.queries import institution_by_code
from app.statistics.models import DailyCount
from app.statistics.rules import rolled_up
from tests.statistics.conftest import as_system, centre, covid, emptied

__all__ = ["emptied"]
LAST = date(2021, 8, 20)
ASKED = {"from": "2021-07-20", "to": LAST.isoformat(), "basis": "published"}
KEYS = ("disease_id", "grain", "prefecture_code", "measure", "counted_on", "authority_id")


def add_sums(place: str, prefecture: str, measure: str, numbers: dict[date, int]) -> None:
    """The sums of a centre, in every grain. Inside :func:`as_system`."""
    home = centre(place)
    key = (covid(), prefecture, home.authority_id or 0, home.id)
    cells: Any = Counter({(*key, measure, day): n for day, n in numbers.items()})
    rows = [
        dict(zip((*KEYS, "centre_id"), at, strict=True)) | {"n": n}
        for at, n in rolled_up(cells).items()
    ]
    with transaction() as session:
        session.connection().execute(insert(DailyCount), rows)


def days_before(count: int) -> list[date]:
    """The days up to :data:`LAST`."""
    return [LAST - timedelta(days=n) for n in reversed(range(count))]


@pytest.fixture
def epidemic(emptied: Flask) -> Flask:
    """新宿: 20 new cases a day for 60 days, 100 of them in hospital from the first on; 大阪: 5.

    A hospital of Tokyo has declared 80 beds usable and 150 secured.
    """
    with as_system(emptied):
        days = days_before(60)
        add_sums("shinjuku", "13", "new_published", dict.fromkeys(days, 20))
        add_sums("shinjuku", "13", "in_hospital", {days[0]: 100})
        add_sums("osaka", "27", "new_published", dict.fromkeys(days, 5))
        hospital = institution_by_code("hospital-shinjuku")
        with transaction() as session:
            session.add(declared(hospital))
        db.session.remove()
    return emptied


def declared(hospital: Any) -> BedReport:
    assert hospital is not None
    return BedReport(
        institution_id=hospital.id,
        prefecture_code="13",
        declared_on=LAST,
        declared_at=clock.now(),
        total=150,
        usable=80,
        occupied=0,
        severe_total=0,
        severe_usable=0,
        severe_occupied=0,
    )
