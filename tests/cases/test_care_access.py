"""A hospital meets the patients it takes in, and for fourteen days after they left."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.cases.care_access import care_ends_at, share_with_place_of_care
from app.cases.models import Case, Stay
from app.core.clock import frozen_at
from app.core.db import db
from app.core.transaction import transaction
from app.institutions.queries import institution_by_code
from app.security.actor import Actor, acting_as, system_actor
from tests.support import cast
from tests.support.clock import NOON


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("hospital", datetime(2021, 9, 4, 15, tzinfo=UTC)),
        ("hotel", datetime(2021, 8, 21, 15, tzinfo=UTC)),
    ],
)
def test_access_ends_at_midnight_in_japan(place: str, expected: datetime) -> None:
    assert care_ends_at(place, date(2021, 8, 21)) == expected


def test_a_hospital_sees_the_case_from_admission_until_14_days_after_discharge(app: Flask) -> None:
    with app.app_context():
        fujii, case = cast.actor("fujii"), cast.foreign_episode().case
        assert not _meets(fujii, case, NOON)
        with frozen_at(NOON), acting_as(system_actor("test")) as system, transaction() as session:
            hospital = institution_by_code("hospital-shinjuku")
            assert hospital is not None
            stay = Stay(
                case_id=case,
                place="hospital",
                institution_id=hospital.id,
                from_on=date(2021, 8, 20),
            )
            session.add(stay)
            session.flush()
            share_with_place_of_care(stay, by=system)
        assert _meets(fujii, case, NOON + timedelta(days=60))
        with frozen_at(NOON), acting_as(system_actor("test")) as system, transaction() as session:
            stay = session.scalars(select(Stay).where(Stay.place == "hospital")).one()
            stay.to_on = date(2021, 8, 25)
            share_with_place_of_care(stay, by=system)
        assert _meets(fujii, case, NOON + timedelta(days=19))
        assert not _meets(fujii, case, NOON + timedelta(days=20))


def test_a_stay_entered_by_the_health_centre_sets_how_long_the_hotel_meets_the_case(
    app: Flask,
) -> None:
    client = cast.sign_in(app.test_client(), "aoki")
    with app.app_context(), acting_as(system_actor("test")):
        case = cast.own_episode().case
        hotel = institution_by_code("hotel-shinjuku")
        assert hotel is not None
        stay = db.session.get_one(Stay, cast.own_episode().stay)
        assert stay.case_id == case
    page = client.get(f"/stays/add?case_id={case}").text
    token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    form_token = page.partition('name="form_token_"')[2].partition('value="')[2].partition('"')[0]
    sent = {
        "csrf_token": token,
        "form_token_": form_token,
        "place": "hotel",
        "institution_id": str(hotel.id),
        "from_on": "2021-08-21",
        "to_on": "2021-08-22",
    }
    assert client.post(f"/stays/add?case_id={case}", data=sent).status_code == 303
    with app.app_context():
        goto = cast.actor("goto")
        assert _meets(goto, case, NOON + timedelta(days=2))
        assert not _meets(goto, case, NOON + timedelta(days=3))


def _meets(actor: Actor, case: int, instant: datetime) -> bool:
    db.session.remove()
    with frozen_at(instant), acting_as(actor):
        return db.session.get(Case, case) is not None
