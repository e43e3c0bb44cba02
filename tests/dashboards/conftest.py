"""A small epidemic that can be counted by hand, with beds and rooms."""

from typing import Any

import pytest
from flask import Flask

from app.coordination.models import BedReport, HotelRoom
from app.core import clock
from app.core.transaction import transaction
from app.institutions.models import Institution
from app.institutions.queries import institution_by_code
from tests.statistics.conftest import add_case, add_stay, as_system, counting, day, emptied

__all__ = ["add_case", "add_stay", "as_system", "counting", "day", "emptied", "portal"]


@pytest.fixture
def portal(emptied: Flask) -> Flask:
    """新宿: 4 cases (1 severe, 1 in a hotel), 千代田: 1, 大阪: 1, all reported on 19 August;
    one of 新宿 a week before; beds of two days, ten rooms."""
    with as_system(emptied):
        add_stay(add_case(reported_on=day(19)), "hospital", 19, icu="yes")
        add_stay(add_case(reported_on=day(19)), "hotel", 19)
        add_case(reported_on=day(19), link_known="no")
        add_case("shinjuku", reported_on=day(12))
        add_case("chiyoda", reported_on=day(19))
        add_case("osaka", reported_on=day(19))
        declare(18, occupied=9)
        declare(20, occupied=10)
        with transaction() as session:
            hotel = _place("hotel-shinjuku")
            for number in range(10):
                session.add(
                    HotelRoom(
                        institution_id=hotel.id,
                        prefecture_code="13",
                        name=f"{number}",
                        usable="no" if number == 9 else "yes",
                    )
                )
    return emptied


def declare(on: int, **numbers: int) -> None:
    """A declaration of 新宿総合病院: 20 beds, 4 for severe cases."""
    hospital = _place("hospital-shinjuku")
    values: dict[str, Any] = {
        "total": 20,
        "usable": 16,
        "occupied": 0,
        "severe_total": 4,
        "severe_usable": 4,
        "severe_occupied": 1,
    }
    with transaction() as session:
        session.add(
            BedReport(
                institution_id=hospital.id,
                prefecture_code="13",
                declared_on=day(on),
                declared_at=clock.now(),
                **(values | numbers),
            )
        )


def _place(code: str) -> Institution:
    found = institution_by_code(code)
    assert found is not None
    return found
