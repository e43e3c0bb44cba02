"""Daily reports: one per institution and day, today and yesterday, never of nobody."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.core import clock
from app.core.db import db
from app.core.errors import InvalidInput, InvalidState, NotAllowed
from app.core.transaction import transaction
from app.dailyreports.models import DailyReport
from app.dailyreports.rules import is_open, is_reported, total_of
from app.dailyreports.service import correct_day, report_day
from app.security.actor import acting_as
from tests.support import cast

NOON = datetime(2022, 10, 3, 3, tzinfo=UTC)
TODAY = date(2022, 10, 3)


@pytest.fixture
def october(app: Flask) -> Iterator[None]:
    with clock.frozen_at(NOON), app.app_context():
        yield


def reported(day: date = TODAY, **counts: int | None) -> DailyReport:
    doctor = cast.actor("endo")
    with acting_as(doctor):
        return report_day(DailyReport(reported_on=day, **counts), by=doctor)


@pytest.mark.parametrize(("day", "open_"), [(2, True), (3, True), (1, False), (4, False)])
def test_a_day_is_open_on_itself_and_the_next(day: int, open_: bool) -> None:
    assert is_open(date(2022, 10, day), TODAY) is open_


@pytest.mark.parametrize(
    ("day", "counted"),
    [
        (date(2022, 9, 25), False),
        (date(2022, 9, 26), True),
        (date(2023, 5, 7), True),
        (date(2023, 5, 8), False),
    ],
)
def test_people_were_counted_from_september_2022_to_may_2023(day: date, counted: bool) -> None:
    assert is_reported(day) is counted


def test_a_blank_class_is_nobody() -> None:
    assert total_of({"under_1": 2, "from_10_to_19": None, "from_90": 3}) == 5


@pytest.mark.usefixtures("october")
def test_a_report_is_added_up() -> None:
    report = reported(under_1=1, from_20_to_29=4)
    assert (report.total, report.prefecture_code) == (5, "13")


@pytest.mark.usefixtures("october")
def test_a_second_report_of_the_day_is_refused() -> None:
    reported(under_1=1)
    with pytest.raises(IntegrityError):
        reported(under_1=2)


@pytest.mark.usefixtures("october")
@pytest.mark.parametrize("day", [date(2022, 10, 1), date(2022, 10, 4), date(2022, 9, 20)])
def test_other_days_are_refused(day: date) -> None:
    with pytest.raises(InvalidInput):
        reported(day, under_1=1)


@pytest.mark.usefixtures("october")
def test_a_day_with_nobody_needs_no_report() -> None:
    with pytest.raises(InvalidInput):
        reported(under_1=0)


@pytest.mark.usefixtures("october")
def test_it_is_corrected_until_the_next_day_by_its_own_institution() -> None:
    report, doctor, other = reported(under_1=1), cast.actor("endo"), cast.actor("fujii")
    with clock.frozen_at(datetime(2022, 10, 4, 14, 59, tzinfo=UTC)), acting_as(doctor):
        with transaction():
            report.under_1 = 3
            correct_day(report, by=doctor)
        assert report.total == 3
        with acting_as(other), pytest.raises(NotAllowed):
            correct_day(report, by=other)
    late = datetime(2022, 10, 4, 15, tzinfo=UTC)
    with clock.frozen_at(late), acting_as(doctor), pytest.raises(InvalidState):
        correct_day(report, by=doctor)


@pytest.mark.usefixtures("october")
@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("endo", True),
        ("fujii", False),
        ("aoki", True),
        ("chiba", False),
        ("ito", True),
        ("doi", True),
        ("zaizen", False),
        ("oka", False),
    ],
)
def test_institution_authority_and_prefecture_see_it(who: str, sees: bool) -> None:
    reported(under_1=1)
    db.session.expunge_all()
    with acting_as(cast.actor(who)):
        assert bool(db.session.scalars(select(DailyReport)).all()) is sees


def test_it_is_entered_on_the_screen_and_taken_out_by_the_centre(app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    with clock.frozen_at(NOON):
        doctor = cast.sign_in(app.test_client(), "endo")
        assert doctor.get("/daily-reports/add").status_code == 200
        sent = doctor.post(
            "/daily-reports/add",
            data={"reported_on": "2022/10/3", "from_30_to_39": "2", "form_token_": "a" * 32},
        )
        assert sent.status_code == 303, sent.get_data(as_text=True)
        again = doctor.post(
            "/daily-reports/add",
            data={"reported_on": "2022/10/3", "from_30_to_39": "2", "form_token_": "b" * 32},
        )
        assert again.status_code == 422
        clerk = cast.sign_in(app.test_client(), "aoki")
        page = clerk.get("/daily-reports/list/").get_data(as_text=True)
    assert "2022/10/03" in page
    assert "daily_report" in page, "the list can be taken out as a file"


@pytest.mark.parametrize(
    ("who", "status"),
    [("aoki", 303), ("baba", 303), ("ito", 303), ("doi", 303), ("endo", 403), ("fujii", 403),
     ("oka", 403), ("goto", 403), ("saito", 403)],
)  # fmt: skip
def test_the_list_leaves_as_a_file_for_those_who_hold_the_right(
    app: Flask, who: str, status: int
) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    with clock.frozen_at(NOON):
        client = cast.sign_in(app.test_client(), who)
        form = {"format": "xlsx", "form_token_": "a" * 32}
        answer = client.post("/exports/daily_report", data=form)
    assert answer.status_code == status, answer.get_data(as_text=True)[:500]
    assert ("/jobs/" in (answer.location or "")) is (status == 303)
