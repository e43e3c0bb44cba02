"""What a new form begins with, so that nothing known is typed twice."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.notifications.samples import post
from tests.support import cast
from tests.support.reading import form_of

pytestmark = pytest.mark.usefixtures("frozen_clock")


@pytest.fixture(autouse=True)
def _without_form_tokens(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)


@pytest.fixture
def clinic(app: Flask) -> FlaskClient:
    return cast.sign_in(app.test_client(), "endo")


def sent(client: FlaskClient, **changes: object) -> str:
    answer = post(client, **changes)
    found = re.search(r"(\d+)$", answer.location or "")
    assert found is not None, answer.text[:3000]
    return found[1]


def test_the_first_form_knows_the_clinic_and_the_day(clinic: FlaskClient) -> None:
    form = form_of(clinic.get("/notifications/new").text)
    assert form["institution_name"] == "新宿駅前内科クリニック"
    assert form["reported_on"] == "2021/08/20"
    assert form["doctor_name"] == ""


def test_the_next_form_knows_doctor_method_and_specimen(clinic: FlaskClient) -> None:
    sent(clinic)
    form = form_of(clinic.get("/notifications/new").text)
    assert form["doctor_name"] == "遠藤 五月"
    assert form["diagnosis_methods"] == "nucleic_acid"
    assert form["test_nucleic_acid_specimen"] == "saliva"
    assert "test_nucleic_acid_result" not in form
    assert form["name"] == form["address"] == form["home_phone"] == ""


def test_a_second_of_the_household_shares_address_telephone_and_guardian(
    clinic: FlaskClient,
) -> None:
    first = sent(clinic, birth_on="H25.5.1", guardian_name="佐藤 花子", home_phone="03-1111-2222")
    page = clinic.get(f"/notifications/new?family={first}").text
    form = form_of(page)
    assert form["address"] == "東京都新宿区西新宿2-8-1"
    assert form["home_phone"] == "03-1111-2222"
    assert form["guardian_name"] == "佐藤 花子"
    assert form["name"] == form["kana"] == form["mobile_phone"] == ""
    assert "引き継ぎました" in page


@pytest.mark.parametrize("who", ["aoki", "fujii", "zaizen"])
def test_the_household_of_another_institution_s_notification_stays_closed(
    app: Flask, clinic: FlaskClient, who: str
) -> None:
    first = sent(clinic)
    answer = cast.sign_in(app.test_client(), who).get(f"/notifications/new?family={first}")
    assert answer.status_code in {403, 404}
    assert "西新宿2-8-1" not in answer.text
