"""What the tests of coordination share: a case nobody outside the health centre meets yet."""

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.cases.models import Case, CaseAccess
from app.coordination.models import BedReport, HotelRoom, PlacementRequest
from app.core import clock
from app.core.db import db
from app.core.transaction import transaction
from app.institutions.models import Institution
from app.institutions.queries import institution_by_code
from app.security.actor import acting_as, system_actor
from tests.support import cast
from tests.support.pages import send

SYSTEM = system_actor("tests")
NEED = {
    "wanted": "hospital",
    "waiting_since_on": "2021/8/18",
    "severity": "moderate_2",
    "oxygen": "yes",
    "spo2": "92",
    "needs": "透析週3回",
}


def visitor(app: Flask, who: str) -> FlaskClient:
    return cast.sign_in(app.test_client(), who)


def close_to_outsiders(app: Flask) -> int:
    """The own case, met by its health centre alone; its key."""
    with app.app_context(), acting_as(SYSTEM), transaction() as session:
        key = cast.own_episode().case
        outside = ("hospital-shinjuku", "hotel-shinjuku", "contractor-tokyo")
        keys = [institution(code).id for code in outside]
        for access in session.scalars(
            select(CaseAccess).where(CaseAccess.case_id == key, CaseAccess.institution_id.in_(keys))
        ):
            session.delete(access)
    return key


def institution(code: str) -> Institution:
    found = institution_by_code(code)
    assert found is not None
    return found


def declare(app: Flask, *, usable: int, occupied: int = 0, severe: int = 0) -> int:
    """The hospital's beds of today; its key."""
    with app.app_context(), acting_as(SYSTEM), transaction() as session:
        hospital = institution("hospital-shinjuku")
        session.add(
            BedReport(
                institution_id=hospital.id,
                prefecture_code="13",
                declared_on=clock.today(),
                declared_at=clock.now(),
                total=usable,
                usable=usable,
                occupied=occupied,
                severe_total=severe,
                severe_usable=severe,
            )
        )
        return hospital.id


def furnish(app: Flask, *names: str, capacity: int = 1) -> int:
    """Rooms of the hotel; its key."""
    with app.app_context(), acting_as(SYSTEM), transaction() as session:
        hotel = institution("hotel-shinjuku")
        for name in names:
            session.add(
                HotelRoom(
                    institution_id=hotel.id, prefecture_code="13", name=name, capacity=capacity
                )
            )
        return hotel.id


def ask_for_a_place(app: Flask, case: int, **more: str) -> int:
    """A request by the clerk of the health centre; its key."""
    answer = send(visitor(app, "aoki"), f"/placements/add?case_id={case}", **(NEED | more))
    assert answer.status_code == 303, answer.text
    return int(answer.headers["Location"].rsplit("/", 1)[1])


def step(app: Flask, who: str, request: int, action: str, **fields: object) -> TestResponse:
    """One step of the coordination by somebody."""
    return send(visitor(app, who), f"/coordination/{request}/{action}", **fields)


def another_case(app: Flask) -> int:
    """A second patient of the same health centre."""
    with app.app_context(), acting_as(SYSTEM), transaction() as session:
        first = session.get(Case, cast.own_episode().case)
        assert first is not None
        twin = Case(
            disease_id=first.disease_id,
            sex="male",
            age_years=40,
            prefecture_code="13",
            first_prefecture_code="13",
            municipality_code="13104",
            responsible_centre_id=first.responsible_centre_id,
            authority_id=first.authority_id,
            notification_state="accepted",
            diagnosis_type="confirmed",
        )
        session.add(twin)
        session.flush()
        session.add(
            CaseAccess(
                case_id=twin.id,
                institution_id=first.responsible_centre_id,
                role="responsible",
                from_at=clock.now(),
            )
        )
        return twin.id


def state_of(app: Flask, request: int) -> str:
    with app.app_context(), acting_as(SYSTEM):
        return db.session.scalars(
            select(PlacementRequest.state).where(PlacementRequest.id == request)
        ).one()
