"""Places that cases share, as far as the cases exist for whoever asks."""

from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.audit.models import ReadEntry
from app.cases.models import ActivityRecord
from app.chains.places import Visit, shared
from app.core.db import db
from app.core.transaction import transaction
from app.security.actor import acting_as, system_actor
from tests.chains.making import FIRST_DAY, cases, number_of
from tests.support import cast
from tests.support.pages import statements

PERIOD = "from=2021-08-01&to=2021-08-20"


@pytest.fixture
def nurse(app: Flask, frozen_clock: object) -> FlaskClient:
    return cast.sign_in(app.test_client(), "baba")


def visit(app: Flask, case_id: int, day: int, place: str) -> None:
    with app.app_context(), acting_as(system_actor("test")), transaction() as session:
        on = FIRST_DAY + timedelta(days=day)
        session.add(ActivityRecord(case_id=case_id, happened_on=on, place=place))


def stays(*visits: tuple[int, int]) -> list[Visit]:
    """(case, day) at one place."""
    return [Visit(case, date(2021, 8, day), "", "居酒屋 花") for case, day in visits]


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("visits", "within", "close"),
    [
        (stays((1, 1), (2, 3)), 2, {(1, 1), (2, 3)}),
        (stays((1, 1), (2, 4)), 2, set()),
        (stays((1, 1), (1, 2)), 2, set()),
        (stays((1, 1), (1, 2), (2, 3)), 2, {(1, 1), (1, 2), (2, 3)}),
        (stays((1, 1), (2, 1), (1, 9)), 0, {(1, 1), (2, 1)}),
        (stays((3, 9), (1, 1), (2, 8)), 1, {(3, 9), (2, 8)}),
    ],
)
def test_visits_of_different_cases_count_when_they_are_near_enough(
    visits: list[Visit], within: int, close: set[tuple[int, int]]
) -> None:
    found = shared(visits, within)
    assert {(v.case_id, v.on.day) for place in found for v in place.visits} == close


@pytest.mark.one_database
def test_spellings_of_one_place_meet_and_places_of_more_cases_come_first() -> None:
    day = date(2021, 8, 1)
    found = shared(
        [
            Visit(1, day, "", "カラオケ　ＡＢＣ"),
            Visit(2, day, "", "ｶﾗｵｹABC"),
            Visit(1, day, "", "花屋"),
            Visit(2, day, "", "花屋"),
            Visit(3, day, "", "花屋"),
            Visit(3, day, "", "駅"),
        ],
        0,
    )
    assert [(len(place.cases), place.name) for place in found] == [
        (3, "花屋"),
        (2, "カラオケ　ＡＢＣ"),
    ]


def test_a_nurse_finds_two_own_cases_at_one_place(app: Flask, nurse: FlaskClient) -> None:
    first, second = cases(app, [2, 5])
    visit(app, first, 3, "居酒屋　花")
    visit(app, second, 4, "居酒屋 花")
    answer = nurse.get(f"/chains/places?{PERIOD}&within=1")
    assert answer.status_code == 200, answer.text
    text = answer.text
    assert number_of(app, first) in text
    assert number_of(app, second) in text
    assert "居酒屋" not in nurse.get(f"/chains/places?{PERIOD}&within=0").text
    with app.app_context(), acting_as(system_actor("test")):
        entry = db.session.scalars(
            select(ReadEntry).where(ReadEntry.door == "chain.places").order_by(ReadEntry.id)
        ).first()
        assert entry is not None
        assert entry.record_count == 2


def test_the_visit_of_a_foreign_case_does_not_appear(app: Flask, nurse: FlaskClient) -> None:
    (own,) = cases(app, [2])
    (foreign,) = cases(app, [3], place="osaka")
    visit(app, own, 3, "居酒屋 花")
    visit(app, foreign, 3, "居酒屋 花")
    text = nurse.get(f"/chains/places?{PERIOD}").text
    assert number_of(app, foreign) not in text
    assert "居酒屋" not in text


def test_roles_that_do_not_investigate_have_no_such_page(app: Flask, frozen_clock: object) -> None:
    for who in ("endo", "doi", "ito", "oka"):
        assert cast.sign_in(app.test_client(), who).get("/chains/places").status_code == 403


def test_statements_do_not_grow_with_the_places(app: Flask, nurse: FlaskClient) -> None:
    made = cases(app, list(range(10)))
    for key in made[:2]:
        visit(app, key, 3, "駅")
    nurse.get(f"/chains/places?{PERIOD}")
    with statements(app) as before:
        nurse.get(f"/chains/places?{PERIOD}")
    for key in made:
        for place in ("駅", "店", "家", "園"):
            visit(app, key, 3, place)
    with statements(app) as after:
        nurse.get(f"/chains/places?{PERIOD}")
    assert len(before) == len(after) <= 8


@pytest.mark.parametrize("query", ["within=31", "within=x", "from=2021-08-20&to=2021-08-01"])
def test_what_cannot_be_asked_is_said_at_the_field(nurse: FlaskClient, query: str) -> None:
    assert nurse.get(f"/chains/places?{query}").status_code == 422
