"""Activities day by day."""

import re
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.cases.models import ActivityRecord
from app.core.db import db
from app.core.transaction import transaction
from app.security.actor import acting_as, system_actor
from tests.support import cast
from tests.support.cast import Episode
from tests.support.pages import send, statements

pytestmark = pytest.mark.usefixtures("frozen_clock")


@pytest.fixture(autouse=True)
def _without_form_tokens(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)


@pytest.fixture
def own(app: Flask) -> Episode:
    with app.app_context():
        return cast.own_episode()


@pytest.fixture
def nurse(app: Flask) -> FlaskClient:
    return cast.sign_in(app.test_client(), "baba")


def activities(app: Flask, case_id: int) -> list[ActivityRecord]:
    with app.app_context(), acting_as(system_actor("test")):
        of_case = select(ActivityRecord).where(ActivityRecord.case_id == case_id)
        return list(db.session.scalars(of_case.order_by(ActivityRecord.id)))


def days_of(page: str) -> list[str]:
    return re.findall(r'name="d(\d{8})_place"', page)


def test_the_sheet_begins_fourteen_days_before_onset_and_ends_today_or_with_isolation(
    nurse: FlaskClient, own: Episode
) -> None:
    page = nurse.get(f"/cases/{own.case}/days").text
    days = days_of(page)
    assert days[0] == "20210727"
    assert "発症14日前" in page
    assert "発症日" in page
    assert days == sorted(days)
    assert f"/cases/{own.case}/days" in nurse.get(f"/cases/show/{own.case}").text


def test_lines_are_saved_as_activities_of_their_day(
    app: Flask, nurse: FlaskClient, own: Episode
) -> None:
    before = len(activities(app, own.case))
    answer = send(
        nurse,
        f"/cases/{own.case}/days",
        d20210808_place="居酒屋　花",
        d20210808_happened_time="１９：００",
        d20210808_companions="佐藤",
        d20210809_activity="在宅",
    )
    assert answer.status_code == 303
    found = activities(app, own.case)
    assert len(found) == before + 2
    assert (found[-2].happened_on, found[-2].place) == (date(2021, 8, 8), "居酒屋 花")
    assert found[-2].happened_time == "19:00"
    page = nurse.get(f"/cases/{own.case}/days").text
    # The day has room again, and the place is offered.
    assert 'name="d20210808_place"' in page
    assert '<option value="居酒屋 花">' in page


def test_an_activity_is_corrected_in_its_line(app: Flask, nurse: FlaskClient, own: Episode) -> None:
    send(nurse, f"/cases/{own.case}/days", d20210808_place="居酒屋")
    record = activities(app, own.case)[-1]
    key = f"a{record.id}"
    changes = {f"{key}_place": "喫茶店", f"{key}_version": str(record.row_version)}
    assert send(nurse, f"/cases/{own.case}/days", **changes).status_code == 303
    assert activities(app, own.case)[-1].place == "喫茶店"
    # From an old copy: nothing is overwritten, and what was typed is still there.
    late = send(nurse, f"/cases/{own.case}/days", **(changes | {f"{key}_place": "駅"}))
    assert late.status_code == 409
    assert 'value="駅"' in late.text
    assert activities(app, own.case)[-1].place == "喫茶店"


def test_what_is_too_long_is_said_at_its_field_and_nothing_is_stored(
    app: Flask, nurse: FlaskClient, own: Episode
) -> None:
    before = len(activities(app, own.case))
    answer = send(
        nurse,
        f"/cases/{own.case}/days",
        d20210808_place="あ" * 201,
        d20210809_activity="在宅",
    )
    assert answer.status_code == 422
    assert 'id="p-d20210808-place"' in answer.text
    assert 'value="在宅"' in answer.text
    assert len(activities(app, own.case)) == before


def test_a_place_of_a_foreign_case_is_not_offered(
    app: Flask, nurse: FlaskClient, own: Episode
) -> None:
    with app.app_context():
        foreign = cast.foreign_episode().case
    with app.app_context(), acting_as(system_actor("test")), transaction() as session:
        session.add(ActivityRecord(case_id=foreign, place="大阪の店"))
    assert "大阪の店" not in nurse.get(f"/cases/{own.case}/days").text
    assert nurse.get(f"/cases/{foreign}/days").status_code == 404


def test_the_sheet_needs_few_statements_however_much_stands_in_it(
    app: Flask, nurse: FlaskClient, own: Episode
) -> None:
    nurse.get(f"/cases/{own.case}/days")
    with statements(app) as before:
        nurse.get(f"/cases/{own.case}/days")
    days = {f"d202108{day:02d}_place": f"店 {day}" for day in range(1, 11)}
    send(nurse, f"/cases/{own.case}/days", **days)
    with statements(app) as after:
        nurse.get(f"/cases/{own.case}/days")
    assert len(before) == len(after) <= 15
