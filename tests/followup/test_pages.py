"""Entering and reading observations, as nurse, hotel and hospital."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.audit.models import ReadEntry
from app.core.db import db, new_token
from app.core.transaction import transaction
from app.followup.models import HealthObservation
from app.security.actor import acting_as, system_actor
from tests.support import cast
from tests.support.cast import Episode
from tests.support.pages import send, statements

pytestmark = pytest.mark.usefixtures("frozen_clock")

FULL = {
    "observed_on": "2021/8/20",
    "part_of_day": "morning",
    "temperature": "３７．２℃",
    "spo2": "９７％",
    "symptoms": ["cough", "fatigue"],
}


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


def observed(app: Flask, **where: int) -> list[HealthObservation]:
    with app.app_context(), acting_as(system_actor("test")):
        rows = select(HealthObservation).filter_by(**where).order_by(HealthObservation.id)
        return list(db.session.scalars(rows))


def fill(app: Flask, days: int, **subject: int) -> None:
    """Reports of the last ``days`` days, morning and evening, with one day missing."""
    with app.app_context(), acting_as(system_actor("test")), transaction() as session:
        for back in range(days):
            if back == 3:
                continue
            for part in ("morning", "evening"):
                day = date(2021, 8, 20) - timedelta(days=back)
                if (day, part) == (date(2021, 8, 14), "morning") and "case_id" in subject:
                    continue
                session.add(
                    HealthObservation(
                        observed_on=day,
                        part_of_day=part,
                        temperature=Decimal("36.5"),
                        spo2=97,
                        symptoms=(),
                        **subject,
                    )
                )


def test_a_nurse_enters_a_morning_with_full_width_digits(
    app: Flask, nurse: FlaskClient, own: Episode
) -> None:
    answer = send(nurse, f"/observations/add?case_id={own.case}", **FULL)
    assert answer.status_code == 303
    assert answer.location.endswith(f"/cases/show/{own.case}?tab=observations")
    new = observed(app, case_id=own.case)[-1]
    assert (new.temperature, new.spo2) == (Decimal("37.2"), 97)
    assert new.symptoms == ("cough", "fatigue")
    assert new.emergency_symptoms is None
    assert new.entered_by_kind == "health_centre"


def test_the_form_starts_with_today_and_the_part_of_the_day_it_is(
    nurse: FlaskClient, own: Episode
) -> None:
    page = nurse.get(f"/observations/add?case_id={own.case}").get_data(as_text=True)
    assert 'value="2021/08/20"' in page
    # Noon belongs to the evening.
    assert 'value="evening" checked' in page


@pytest.mark.parametrize(
    ("who", "kind"), [("goto", "hotel"), ("honda", "contractor"), ("fujii", "hospital")]
)
def test_hotel_contractor_and_hospital_enter_for_the_cases_assigned_to_them(
    app: Flask, own: Episode, who: str, kind: str
) -> None:
    client = cast.sign_in(app.test_client(), who)
    assert send(client, f"/observations/add?case_id={own.case}", **FULL).status_code == 303
    assert observed(app, case_id=own.case)[-1].entered_by_kind == kind
    page = client.get(f"/cases/{own.case}/symptoms")
    assert page.status_code == 200
    assert "37.2℃" in page.get_data(as_text=True)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"temperature": "45.9"}, "45"),
        ({"temperature": "37,2"}, "体温"),
        ({"temperature": "37.25"}, "体温"),
        ({"spo2": "9"}, "50"),
        ({"spo2": "101"}, "100"),
        ({"spo2": "97.5"}, "酸素"),
        ({"observed_on": "2021/8/21"}, "未来の日付"),
        ({"observed_on": "1955/4/29"}, "生年月日より前"),
        ({"observed_on": "8月40日"}, "日付"),
        ({"observed_on": ""}, "日付"),
        ({"symptoms": ["cough", "none_"]}, "症状"),
        ({"symptoms": ["forged"]}, "症状"),
        ({"visited": "yes", "visited_on": "2021/8/22"}, "未来の日付"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field_and_nothing_typed_is_lost(
    app: Flask, nurse: FlaskClient, own: Episode, changes: dict[str, object], sentence: str
) -> None:
    answer = send(
        nurse, f"/observations/add?case_id={own.case}", **(FULL | {"remarks": "咳が強い"} | changes)
    )
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "form-field--error" in page
    assert sentence in page
    assert "咳が強い" in page
    assert len(observed(app, case_id=own.case)) == 1


def test_a_part_of_the_day_entered_twice_is_told_at_its_field(
    app: Flask, nurse: FlaskClient, own: Episode
) -> None:
    path = f"/observations/add?contact_id={own.contact}"
    assert send(nurse, path, **FULL).status_code == 303
    answer = send(nurse, path, **FULL)
    assert answer.status_code == 422
    assert "form-field--error" in answer.get_data(as_text=True)
    path = f"/observations/add?case_id={own.case}"
    again = FULL | {"observed_on": "2021/8/14"}
    assert send(nurse, path, **again).status_code == 422
    assert len(observed(app, contact_id=own.contact)) == 1


def test_a_double_click_saves_one_observation(app: Flask, nurse: FlaskClient, own: Episode) -> None:
    token = new_token()
    answers = [
        send(nurse, f"/observations/add?case_id={own.case}", token=token, **FULL) for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert len(observed(app, case_id=own.case)) == 2


def test_an_observation_belongs_to_exactly_one(nurse: FlaskClient, own: Episode) -> None:
    both = f"/observations/add?case_id={own.case}&contact_id={own.contact}"
    assert nurse.get(both).status_code == 400
    assert nurse.get("/observations/add").status_code == 400


def test_the_graph_tells_levels_reasons_missing_days_and_events(
    app: Flask, nurse: FlaskClient, own: Episode
) -> None:
    fill(app, 6, case_id=own.case)
    send(
        nurse,
        f"/observations/add?case_id={own.case}",
        **(FULL | {"part_of_day": "once", "spo2": "93"}),
    )
    page = nurse.get(f"/cases/{own.case}/symptoms").get_data(as_text=True)
    assert "所見なし" in page  # The evening measured 97 again.
    assert page.count('<svg class="chart"') == 8  # Four pictures, each for desk and phone.
    for words in ("2021/08/17", "検査陽性", "① 2021/08/11", "38.5℃", "36.5℃", "赤（至急連絡）"):
        assert words in page
    with app.app_context(), acting_as(system_actor("test")):
        doors = list(db.session.scalars(select(ReadEntry.door)))
    assert doors == ["case.symptoms"]


def test_a_dangerous_value_is_red_with_its_reason(nurse: FlaskClient, own: Episode) -> None:
    send(nurse, f"/observations/add?case_id={own.case}", **(FULL | {"spo2": "93"}))
    page = nurse.get(f"/cases/{own.case}/symptoms").get_data(as_text=True)
    assert "level-card--danger" in page
    assert "93%" in page


def test_a_hotel_sees_no_tests_and_no_words_in_the_graph(app: Flask, own: Episode) -> None:
    hotel = cast.sign_in(app.test_client(), "goto")
    page = hotel.get(f"/cases/{own.case}/symptoms").get_data(as_text=True)
    assert "検査陽性" not in page
    assert "様子" not in page


@pytest.mark.parametrize("who", ["chiba", "zaizen", "doi", "oka", "saito"])
def test_others_have_no_graph(app: Flask, own: Episode, who: str) -> None:
    client = cast.sign_in(app.test_client(), who)
    for path in (f"/cases/{own.case}/symptoms", f"/contacts/{own.contact}/symptoms"):
        assert client.get(path).status_code in {403, 404}
    assert send(client, f"/observations/add?case_id={own.case}", **FULL).status_code in {403, 404}
    assert len(observed(app, case_id=own.case)) == 1


def test_pages_need_few_statements(app: Flask, nurse: FlaskClient, own: Episode) -> None:
    fill(app, 14, case_id=own.case)
    fill(app, 14, contact_id=own.contact)
    nurse.get("/observations/list/")
    for path, limit in (
        ("/observations/list/", 8),
        (f"/observations/show/{own.observation}", 15),
        (f"/cases/{own.case}/symptoms", 15),
        (f"/contacts/{own.contact}/symptoms", 15),
        (f"/cases/show/{own.case}?tab=observations", 15),
        (f"/observations/add?case_id={own.case}", 15),
    ):
        with statements(app) as sent:
            assert nurse.get(path).status_code == 200
        assert len(sent) <= limit, (path, sent)
    with statements(app) as sent:
        late = FULL | {"part_of_day": "once"}
        assert send(nurse, f"/observations/add?case_id={own.case}", **late).status_code == 303
    assert len(sent) <= 15, sent
