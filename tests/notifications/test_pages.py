"""The screens of clinic and health centre, as their browsers ask for them."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.cases.models import Case
from app.core.db import db, new_token
from app.notifications.models import Notification
from app.security.actor import acting_as, system_actor
from tests.notifications.samples import count, key_of, notify, post, statements
from tests.support import cast

pytestmark = pytest.mark.usefixtures("frozen_clock", "without_form_tokens")


@pytest.fixture
def stranger(app: Flask) -> FlaskClient:
    return cast.sign_in(app.test_client(), "zaizen")


def test_the_centre_of_the_address_sees_it_at_once_and_another_never(
    clinic: FlaskClient, centre: FlaskClient, stranger: FlaskClient
) -> None:
    key = notify(clinic)
    for client in (clinic, centre):
        page = client.get(f"/notifications/show/{key}").get_data(as_text=True)
        assert "受理待ち" in page
        assert "佐藤 健一" in page
    assert "佐藤 健一" in centre.get("/notifications/list/").get_data(as_text=True)
    assert "佐藤 健一" not in stranger.get("/notifications/list/").get_data(as_text=True)
    assert stranger.get(f"/notifications/show/{key}").status_code == 404
    assert stranger.post(f"/notifications/accept/{key}").status_code == 404
    for door in ("return", "withdraw", "correct", "edit", "discard"):
        assert stranger.get(f"/notifications/{door}/{key}").status_code == 404


def test_acceptance_gives_the_number_and_the_second_is_told(
    clinic: FlaskClient, centre: FlaskClient
) -> None:
    key = notify(clinic)
    first = centre.post(f"/notifications/accept/{key}", follow_redirects=True)
    number = re.search(r"患者等IDは(\d{8})|number is (\d{8})", first.get_data(as_text=True))
    assert number
    second = centre.post(f"/notifications/accept/{key}", follow_redirects=True)
    assert "青木 一郎" in second.get_data(as_text=True)
    page = clinic.get(f"/notifications/show/{key}").get_data(as_text=True)
    assert (number[1] or number[2]) in page


def test_a_double_click_makes_one_record(app: Flask, clinic: FlaskClient) -> None:
    token = new_token()
    before = count(app, Case)
    first = post(clinic, form_token_=token)
    second = post(clinic, form_token_=token)
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.location == second.location
    assert count(app, Case) == before + 1


def test_the_clinic_may_not_accept(clinic: FlaskClient) -> None:
    key = notify(clinic)
    assert clinic.post(f"/notifications/accept/{key}").status_code in (302, 303, 403)
    assert "受理待ち" in clinic.get(f"/notifications/show/{key}").get_data(as_text=True)


def test_a_clinic_cannot_write_in_the_name_of_another(app: Flask, clinic: FlaskClient) -> None:
    with app.app_context():
        own = cast.actor("endo").institution_id
        other = cast.actor("fujii").institution_id
    key = notify(
        clinic,
        institution_id=str(other),
        state="accepted",
        case_id="1",
        number="00000000",
        accepted_by="だれか",
    )
    with app.app_context(), acting_as(system_actor("test")):
        record = db.session.get(Notification, int(key))
        assert record is not None
        assert (record.institution_id, record.state, record.accepted_by) == (
            own,
            "submitted",
            None,
        )


def test_a_health_centre_types_a_fax_for_a_clinic(
    app: Flask, centre: FlaskClient, clinic: FlaskClient
) -> None:
    with app.app_context():
        own = cast.actor("endo").institution_id
    key = notify(centre, institution_id=str(own))
    assert clinic.get(f"/notifications/show/{key}").status_code == 200


def test_the_form_shows_again_with_questions_until_they_are_confirmed(clinic: FlaskClient) -> None:
    asked = post(clinic, test_nucleic_acid_result="negative")
    page = asked.get_data(as_text=True)
    assert asked.status_code == 422
    assert "陽性の検査結果がありません" in page
    sent = post(
        clinic,
        test_nucleic_acid_result="negative",
        confirmed_="y",
        warned_="confirmed_without_positive",
    )
    assert sent.status_code == 303


def test_ticked_rows_are_accepted_each_by_itself(clinic: FlaskClient, centre: FlaskClient) -> None:
    first = notify(clinic)
    second = notify(clinic, name="鈴木 二郎", kana="スズキ ジロウ")
    centre.post(f"/notifications/accept/{first}")
    page = centre.post(
        "/notifications/action_post?name=accept", data={"keys": [first, second]}
    ).get_data(as_text=True)
    assert page.count("tag--success") == 1
    assert "青木 一郎" in page


def test_kana_is_searched_by_post_only(clinic: FlaskClient, centre: FlaskClient) -> None:
    notify(clinic)
    notify(clinic, name="鈴木 二郎", kana="スズキ ジロウ")
    found = centre.post("/notifications/list/", data={"case__person__kana": "さとう"})
    page = found.get_data(as_text=True)
    assert found.status_code == 200
    assert "佐藤 健一" in page
    assert "鈴木 二郎" not in page
    assert centre.get("/notifications/list/?case__person__kana=さとう").status_code == 400


def test_what_waits_stands_first(clinic: FlaskClient, centre: FlaskClient) -> None:
    notify(clinic)
    last = notify(clinic, name="鈴木 二郎", kana="スズキ ジロウ")
    centre.post(f"/notifications/accept/{last}")
    page = centre.get("/notifications/list/").get_data(as_text=True)
    assert page.index("佐藤 健一") < page.index("鈴木 二郎")


def test_return_asks_for_a_reason_and_the_clinic_reads_it(
    clinic: FlaskClient, centre: FlaskClient
) -> None:
    key = notify(clinic)
    assert centre.post(f"/notifications/return/{key}", data={"reason": " "}).status_code == 422
    assert (
        centre.post(
            f"/notifications/return/{key}", data={"reason": "住所をご確認ください"}
        ).status_code
        == 303
    )
    page = clinic.get(f"/notifications/show/{key}").get_data(as_text=True)
    assert "住所をご確認ください" in page
    assert f"/notifications/correct/{key}" in page


def test_a_correction_starts_from_what_was_submitted(
    clinic: FlaskClient, centre: FlaskClient
) -> None:
    key = notify(clinic)
    page = clinic.get(f"/notifications/correct/{key}").get_data(as_text=True)
    assert "1985/05/01" in page
    answer = post(clinic, f"/notifications/correct/{key}", onset_on="2021/8/15")
    assert answer.status_code == 303
    new = key_of(answer.location)
    assert new != key
    assert "訂正済み" in centre.get(f"/notifications/show/{key}").get_data(as_text=True)
    assert "2021/08/15" in centre.get(f"/notifications/show/{new}").get_data(as_text=True)


def test_a_submitted_notification_opens_no_form(clinic: FlaskClient) -> None:
    key = notify(clinic)
    answer = clinic.get(f"/notifications/edit/{key}")
    assert answer.status_code == 303
    late = post(clinic, f"/notifications/edit/{key}", row_version_="1", confirmed_="y")
    assert late.status_code in (409, 422)


@pytest.mark.one_database
def test_statements_are_counted(app: Flask, clinic: FlaskClient, centre: FlaskClient) -> None:
    for number in range(5):
        notify(clinic, name=f"患者{number}", kana=f"カンジャ{'アイウエオ'[number]}")

    def spent(client: FlaskClient, path: str, **posted: object) -> list[str]:
        with app.app_context(), statements() as sent:
            answer = post(client, path, **posted) if posted else client.get(path)
            assert answer.status_code in (200, 303)
        return sent

    assert len(spent(centre, "/notifications/list/")) <= 8
    assert len(spent(clinic, "/notifications/new")) <= 8
    sent = spent(clinic, "/notifications/new", name="新 患者", kana="アタラシイ カンジャ")
    # Two of them say which disease the institution notifies and what its form is.
    assert len(sent) <= 23, "\n".join(s.replace("\n", " ")[:160] for s in sent)
    with app.app_context(), acting_as(system_actor("test")):
        key = db.session.scalar(select(func.max(Notification.id)))
        db.session.remove()
    assert len(spent(centre, f"/notifications/show/{key}")) <= 15
    with app.app_context(), statements() as counted:
        centre.post(f"/notifications/accept/{key}")
    # Three of them look for a case of the same person; one notes it for the rules of data quality;
    # two are the journal of what was known when (sums by day, cases), one the sums of ages, severity
    # and delays.
    assert len(counted) <= 21, "\n".join(s[:90] for s in counted)


def test_a_form_sent_after_the_session_ended_is_filled_in_again(
    app: Flask, clinic: FlaskClient
) -> None:
    with clinic.session_transaction() as session:
        session["seen_at"] = session["since_at"] = 0
    parked = clinic.post(
        "/notifications/new",
        data={"name": "途中 花子", "onset_on": "R3.2.29", "form_token_": new_token()},
        headers={"Origin": "http://localhost"},
    )
    assert parked.status_code == 303
    cast.sign_in(clinic, "endo")
    page = clinic.get("/notifications/new?parked=1").get_data(as_text=True)
    assert "途中 花子" in page
    assert "R3.2.29" in page


def test_the_case_shows_its_notifications(clinic: FlaskClient, centre: FlaskClient) -> None:
    key = notify(clinic)
    centre.post(f"/notifications/accept/{key}")
    shown = centre.get(f"/notifications/show/{key}").get_data(as_text=True)
    case = re.search(r"/cases/show/(\d+)", shown)
    assert case
    tab = centre.get(f"/cases/show/{case[1]}?tab=notifications").get_data(as_text=True)
    assert f"/notifications/show/{key}" in tab
    assert "/notifications/new?" not in tab


def test_programs_read_the_same_notifications(
    clinic: FlaskClient, centre: FlaskClient, stranger: FlaskClient
) -> None:
    key = notify(clinic)
    read = centre.get(f"/api/v1/notification/{key}")
    assert read.status_code == 200
    assert "snapshot" not in read.json["result"]
    assert stranger.get(f"/api/v1/notification/{key}").status_code == 404
