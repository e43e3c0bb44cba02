"""What the tests of data quality share: the own case with faults, judged as the worker does."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.cases.models import Case
from app.core.db import db
from app.core.transaction import transaction
from app.quality.models import QualityFinding
from app.quality.upkeep import judge_due
from app.security.actor import acting_as, system_actor
from tests.support import cast

Faulty = Callable[..., int]


@pytest.fixture(autouse=True)
def _without_tokens(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", True)


@pytest.fixture
def visitor(app: Flask) -> Callable[[str], FlaskClient]:
    return lambda who: cast.sign_in(app.test_client(), who)


@pytest.fixture
def faulty(app: Flask) -> Faulty:
    """Bring the own case (or another) into a state, judge it as the worker does; its key."""

    def make(case: int | None = None, **values: Any) -> int:
        with app.app_context(), acting_as(system_actor("tests")):
            with transaction() as session:
                key = case or cast.own_episode().case
                record = session.get_one(Case, key)
                record.diagnosed_on = record.reported_on = date(2021, 8, 12)
                for name, value in values.items():
                    setattr(record, name, value)
            judge_due()
            db.session.remove()
        return key

    return make


@pytest.fixture
def found(app: Flask) -> Callable[[], dict[str, tuple[int, str]]]:
    """Rule → (key, state) of every finding of the own case."""

    def read() -> dict[str, tuple[int, str]]:
        with app.app_context(), acting_as(system_actor("tests")):
            rows = db.session.scalars(
                select(QualityFinding).where(QualityFinding.case_id == cast.own_episode().case)
            )
            return {row.rule: (row.id, row.state) for row in rows}

    return read
