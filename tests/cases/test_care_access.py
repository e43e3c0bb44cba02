"""A hospital meets the patients it takes in, and for fourteen days after they left."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.cases.care_access import share_with_place_of_care
from app.cases.ending import care_ends_at
from app.cases.models import Case, CaseAccess, Stay
from app.core.clock import frozen_at
from app.core.db import db
from app.core.transaction import transaction
from app.institutions.queries import institution_by_code
from app.security.actor import Actor, acting_as, system_actor
from tests.support import cast
from tests.support.clock import NOON
from tests.support.reading import form_of


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
    form = form_of(client.get(f"/stays/add?case_id={case}").text)
    del form["institution_id_text"]
    sent = form | {
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


def _enter_stay(app: Flask, who: str, code: str, **changes: str) -> TestResponse:
    """A stay of our own case at the institution ``code``, entered by ``who``."""
    client = cast.sign_in(app.test_client(), who)
    with app.app_context(), acting_as(system_actor("test")):
        case, named = cast.own_episode().case, institution_by_code(code)
        assert named is not None
        place = str(named.id)
    form = form_of(client.get(f"/stays/add?case_id={case}").text)
    del form["institution_id_text"]
    stay = {"place": "hospital", "institution_id": place, "from_on": "2021-08-20"}
    return client.post(f"/stays/add?case_id={case}", data=form | stay | changes)


def _has_tie(app: Flask, code: str, days: int = 0) -> bool:
    """The institution meets our own case in so many days."""
    with app.app_context(), acting_as(system_actor("test")):
        access = db.session.scalar(
            select(CaseAccess)
            .where(CaseAccess.case_id == cast.own_episode().case)
            .where(CaseAccess.institution.has(code=code))
        )
        instant = NOON + timedelta(days=days)
        return access is not None and (access.to_at is None or access.to_at > instant)


@pytest.mark.usefixtures("frozen_clock")
@pytest.mark.parametrize("who", ["aoki", "fujii"])
@pytest.mark.parametrize("code", ["hc-osaka", "hotel-shinjuku", "hq_13"])
def test_nobody_lets_any_institution_in_by_calling_it_a_hospital(
    app: Flask, who: str, code: str
) -> None:
    answer = _enter_stay(app, who, code)
    assert answer.status_code == 422
    assert "error-summary" in answer.text
    assert not _has_tie(app, "hc-osaka")


@pytest.mark.usefixtures("frozen_clock")
def test_a_hospital_lets_nobody_but_itself_in(app: Flask) -> None:
    assert _enter_stay(app, "fujii", "clinic-osaka").status_code == 422
    assert not _has_tie(app, "clinic-osaka")
    assert _enter_stay(app, "fujii", "hospital-shinjuku").status_code == 303


@pytest.mark.usefixtures("frozen_clock")
def test_an_institution_named_by_mistake_stops_meeting_the_case(app: Flask) -> None:
    assert _enter_stay(app, "aoki", "clinic-osaka").status_code == 303
    assert _has_tie(app, "clinic-osaka", days=60)
    client = cast.sign_in(app.test_client(), "aoki")
    with app.app_context(), acting_as(system_actor("test")):
        key = db.session.scalars(select(Stay.id).where(Stay.place == "hospital")).one()
    form = form_of(client.get(f"/stays/edit/{key}").text)
    cleared = form | {"institution_id": "", "institution_id_text": ""}
    assert client.post(f"/stays/edit/{key}", data=cleared).status_code == 303
    assert not _has_tie(app, "clinic-osaka")


@pytest.mark.usefixtures("frozen_clock")
def test_closing_an_earlier_stay_leaves_the_running_one_in_sight(app: Flask) -> None:
    assert _enter_stay(app, "aoki", "hospital-shinjuku").status_code == 303
    earlier = {"from_on": "2021-06-01", "to_on": "2021-06-05"}
    assert _enter_stay(app, "aoki", "hospital-shinjuku", **earlier).status_code == 303
    assert _has_tie(app, "hospital-shinjuku", days=60)


@pytest.mark.usefixtures("frozen_clock")
def test_a_stay_until_the_end_of_time_crashes_nothing(app: Flask) -> None:
    assert _enter_stay(app, "aoki", "hospital-shinjuku", to_on="9999-12-31").status_code == 422


def _meets(actor: Actor, case: int, instant: datetime) -> bool:
    db.session.remove()
    with frozen_at(instant), acting_as(actor):
        return db.session.get(Case, case) is not None
