"""The cast's institutions, and cases that can be counted by hand."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.cases.models import Case, Stay
from app.core.db import db
from app.core.transaction import transaction
from app.institutions.diseases import Disease
from app.institutions.models import Institution
from app.institutions.queries import institution_by_code
from app.security.actor import acting_as, system_actor
from app.statistics.models import DailyCount, ProfileCount


@contextmanager
def as_system(app: Flask) -> Iterator[None]:
    """Inside the application, as the system; requests belong outside of it."""
    with app.app_context(), acting_as(system_actor("tests")):
        yield
        db.session.remove()


@pytest.fixture
def emptied(app: Flask, frozen_clock: object) -> Flask:
    """The portal without a counted case: the cast's own are withdrawn."""
    with as_system(app), transaction() as session:
        for case in session.scalars(select(Case)):
            case.notification_state = "withdrawn"
    return app


@pytest.fixture
def counting(emptied: Flask) -> Iterator[Flask]:
    """The same, inside the application."""
    with as_system(emptied):
        yield emptied


def day(number: int) -> date:
    """A day of August 2021."""
    return date(2021, 8, number)


def centre(place: str) -> Institution:
    found = institution_by_code(f"hc-{place}")
    assert found is not None
    return found


def covid() -> int:
    found = db.session.scalar(select(Disease.id).where(Disease.code == "covid_19"))
    assert found is not None
    return found


def add_case(place: str | None = "shinjuku", **items: Any) -> Case:
    """An accepted, confirmed case of a health centre, reported on 5 August."""
    values: dict[str, Any] = {
        "disease_id": covid(),
        "prefecture_code": "27" if place == "osaka" else "13",
        "notification_state": "accepted",
        "diagnosis_type": "confirmed",
        "reported_on": day(5),
    }
    if place is not None:
        values["responsible_centre_id"] = centre(place).id
        values["authority_id"] = centre(place).authority_id
    values |= items
    values.setdefault("first_prefecture_code", values["prefecture_code"] or "13")
    with transaction() as session:
        case = Case(**values)
        session.add(case)
    return case


def add_stay(case: Case, place: str, first: int, last: int | None = None, **items: Any) -> Stay:
    with transaction() as session:
        stay = Stay(
            case_id=case.id,
            place=place,
            from_on=day(first),
            to_on=None if last is None else day(last),
            **items,
        )
        session.add(stay)
    return stay


def all_sums() -> Counter[tuple[Any, ...]]:
    """Every row of both sums that is not nothing: (table, key…) → n."""
    found: Counter[tuple[Any, ...]] = Counter()
    for table in (DailyCount.__table__, ProfileCount.__table__):
        keys = [column for column in table.c if column.name != "n"]
        for *key, n in db.session.execute(select(*keys, table.c.n)):
            if n:
                found[(table.name, *key)] = n
    return found
