"""The cases of the statistics' tests, on days that pass; figures prepared and signed off."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask import Flask

from app.core.clock import frozen_at
from app.core.transaction import transaction
from app.publication import service
from app.publication.models import Publication
from app.security.actor import Actor, acting_as
from tests.statistics.conftest import (
    add_case,
    add_stay,
    as_system,
    centre,
    counting,
    day,
    emptied,
)
from tests.support import cast

__all__ = [
    "add_case",
    "add_stay",
    "as_system",
    "at",
    "centre",
    "counting",
    "day",
    "emptied",
    "publish",
]


@contextmanager
def at(number: int, hour: int = 12) -> Iterator[None]:
    """On a day of August 2021, on the Japanese clock."""
    with frozen_at(datetime(2021, 8, number, hour - 9, tzinfo=UTC)):
        yield


def publish(
    on: date, *, who: str = "doi", basis: str = "reported", reason: str = ""
) -> Publication:
    """Prepare and sign off the figures of somebody's area."""
    by = cast.actor(who)
    with acting_as(by):
        made = service.prepare(on, basis, reason=reason, by=by)
        service.sign_off(made, by=by)
    return made


def withdraw(case: Any) -> None:
    """Take a case out of the figures."""
    with transaction():
        case.notification_state = "withdrawn"


@pytest.fixture
def doi(counting: Flask) -> Actor:
    """The headquarters of 東京都."""
    return cast.actor("doi")
