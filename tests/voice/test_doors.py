"""The provider's doors: signed, opaque, and deaf to what was said before."""

import re
from datetime import timedelta
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest
from werkzeug.test import TestResponse

from app.core import clock
from app.security.actor import acting_as
from app.voice.dialling import dial_due
from app.voice.gateway import SIGNATURE, signature
from app.voice.planning import plan_calls
from tests.support import cast
from tests.support.clock import NOON
from tests.support.pages import statements
from tests.support.telephone import TOKEN
from tests.voice.conftest import TESTS, Patient

BIRTHDAY = "0430"


def post(
    patient: Patient, path: str, *, secret: str = TOKEN, token: str | None = None, **form: str
) -> TestResponse:
    """One webhook about the call under way, signed with ``secret``."""
    address = f"/voice/{token or patient.call().token}{path}"
    known = patient.call().provider_key
    form = {"CallSid": known or "CA1", **form}
    proof = signature(secret, f"{patient.telephone.portal}{address}", form.items())
    return patient.app.test_client().post(address, data=form, headers={SIGNATURE: proof})


def page_for(patient: Patient, who: str, path: str) -> TestResponse:
    """A page as somebody sees it, in a request of its own."""
    with patient.app.app_context():
        return cast.sign_in(patient.app.test_client(), who).get(path)


def said(answer: TestResponse) -> str:
    """Everything one document says."""
    assert (answer.status_code, answer.mimetype) == (200, "text/xml")
    return "".join(say.text or "" for say in fromstring(answer.data).iter("Say"))


@pytest.fixture
def ringing(patient: Patient) -> Patient:
    plan_calls()
    assert dial_due() == {"placed": 1}
    return patient


@pytest.mark.parametrize("path", ["/begin", "/keys/0", "/status"])
def test_a_webhook_that_is_not_signed_with_the_secret_is_refused(
    ringing: Patient, path: str
) -> None:
    assert post(ringing, path, secret="another").status_code == 403
    address = f"/voice/{ringing.call().token}{path}"
    assert ringing.app.test_client().post(address, data={"CallSid": "CA1"}).status_code == 403
    assert ringing.call().state == "calling"


def test_without_a_secret_nobody_is_believed(ringing: Patient) -> None:
    ringing.app.config["VOICE_TOKEN"] = ""
    assert post(ringing, "/begin", secret="").status_code == 403


def test_the_signature_covers_address_and_keys(ringing: Patient) -> None:
    address = f"/voice/{ringing.call().token}/keys/0"
    form = {"CallSid": ringing.call().provider_key or "", "Digits": BIRTHDAY}
    proof = signature(TOKEN, f"{ringing.telephone.portal}{address}", form.items())
    client = ringing.app.test_client()
    for changed in ({**form, "Digits": "9"}, {**form, "Extra": "1"}):
        answer = client.post(address, data=changed, headers={SIGNATURE: proof})
        assert answer.status_code == 403
    elsewhere = address.replace("/keys/0", "/keys/1")
    assert client.post(elsewhere, data=form, headers={SIGNATURE: proof}).status_code == 403


def test_an_unknown_token_and_another_call_are_nothing(ringing: Patient) -> None:
    assert post(ringing, "/begin", token="unknown").status_code == 404
    assert post(ringing, "/begin", CallSid="CA-another").status_code == 404
    assert post(ringing, "/begin", CallSid="").status_code == 404
    assert ringing.call().state == "calling"


def test_a_webhook_delivered_twice_is_heard_once(ringing: Patient) -> None:
    post(ringing, "/begin")
    for _delivery in range(2):
        assert "体温" in said(post(ringing, "/keys/0", Digits=BIRTHDAY))
    for _delivery in range(2):
        assert "酸素" in said(post(ringing, "/keys/1", Digits="372"))
    assert ringing.call().answers == {"temperature": 372}
    # Wrong dates that come again are no further tries either.
    assert ringing.call().wrong_dates == 0


def test_a_whole_call_delivered_twice_is_one_report(patient: Patient) -> None:
    patient.telephone.of(BIRTHDAY, "365", "97", "2", "2", "2", twice=True)
    plan_calls()
    dial_due()
    patient.telephone.ring()
    assert len(patient.reports()) == 1
    assert patient.call().state == "finished"


def test_the_end_of_a_call_is_told_once(ringing: Patient) -> None:
    post(ringing, "/begin")
    post(ringing, "/keys/0", Digits=BIRTHDAY)
    post(ringing, "/keys/1", Digits="381")
    for status in ("in-progress", "completed", "completed"):
        assert post(ringing, "/status", CallStatus=status).status_code == 204
    assert len(ringing.reports()) == 1
    assert ringing.call().state == "partial"
    assert "体温" not in said(post(ringing, "/keys/2", Digits="97"))


def test_the_document_asks_for_keys_and_comes_back_without_any(ringing: Patient) -> None:
    root = fromstring(post(ringing, "/begin").data)
    gather, again = root.find("Gather"), root.find("Redirect")
    assert gather is not None
    assert again is not None
    assert (gather.get("numDigits"), gather.get("finishOnKey")) == ("4", "#")
    assert gather.get("action") == again.text
    assert {say.get("language") for say in root.iter("Say")} == {"ja-JP"}
    assert "山田" not in post(ringing, "/begin").text


def test_nothing_personal_is_logged(ringing: Patient, caplog: Any) -> None:
    caplog.set_level("DEBUG")
    post(ringing, "/begin")
    post(ringing, "/keys/0", Digits=BIRTHDAY)
    post(ringing, "/keys/1", Digits="381")
    for secret in ("9011112222", BIRTHDAY, ringing.call().token or ""):
        assert secret not in caplog.text
    assert not any(re.search(r"\b381\b", message) for message in caplog.messages)


def test_number_and_answers_are_unreadable_in_the_database(ringing: Patient) -> None:
    from sqlalchemy import text

    from app.core.db import db

    post(ringing, "/begin")
    post(ringing, "/keys/0", Digits=BIRTHDAY)
    post(ringing, "/keys/1", Digits="381")
    with acting_as(TESTS):
        row = db.session.execute(text("SELECT number, answers FROM voice_call")).one()
    assert b"9011112222" not in bytes(row[0])
    assert b"381" not in bytes(row[1])


def test_one_answer_costs_a_few_statements(ringing: Patient) -> None:
    post(ringing, "/begin")
    post(ringing, "/keys/0", Digits=BIRTHDAY)
    with statements(ringing.app) as sent:
        post(ringing, "/keys/1", Digits="372")
    # Twice what ``post`` itself looks up to sign.
    assert len(sent) <= 10


# -- what staff see ---------------------------------------------------------------------------


def test_the_list_shows_the_calls_of_the_centre_and_its_counts(patient: Patient) -> None:
    patient.telephone.of(BIRTHDAY, "9")
    plan_calls()
    dial_due()
    patient.telephone.ring()
    page = page_for(patient, "aoki", "/automatic-calls/").text
    assert "山田 花子" in page
    assert "折返し希望" in page
    assert "…2222" in page
    assert "9011112222" not in page
    assert "山田 花子" in page_for(patient, "aoki", "/automatic-calls/?show=problems").text
    assert "山田 花子" not in page_for(patient, "aoki", "/automatic-calls/?show=answered").text
    assert page_for(patient, "aoki", "/automatic-calls/?show=else").status_code == 400
    for other in ("chiba", "zaizen"):
        found = page_for(patient, other, "/automatic-calls/")
        assert found.status_code == 200
        assert "山田 花子" not in found.text


def test_the_page_of_a_person_shows_hours_and_calls(patient: Patient) -> None:
    patient.telephone.of(status="busy")
    plan_calls()
    dial_due()
    patient.telephone.ring()
    path = f"/cases/{patient.case}/automatic-calls"
    page = page_for(patient, "baba", path)
    assert page.status_code == 200
    assert "話し中" in page.text
    assert "12:00" in page.text
    assert page_for(patient, "zaizen", path).status_code == 404


def test_the_hours_are_set_on_the_plan(patient: Patient) -> None:
    page = page_for(patient, "baba", f"/plans/edit/{patient.plan_id}").text
    assert "voice_morning_hour" in page
    assert "voice_evening_hour" in page
    assert "自動架電の時刻" in page


def test_pages_cost_the_same_statements_however_many_calls(patient: Patient) -> None:
    numbers = []
    with patient.app.app_context():
        aoki = cast.sign_in(patient.app.test_client(), "aoki")
    for days in range(3):
        with patient.app.app_context(), statements(patient.app) as sent:
            aoki.get("/automatic-calls/")
        numbers.append(len(sent))
        with clock.frozen_at(NOON + timedelta(days=days)):
            plan_calls()
    assert numbers[1] == numbers[2]
    assert numbers[2] <= 6
    with patient.app.app_context(), statements(patient.app) as sent:
        aoki.get(f"/cases/{patient.case}/automatic-calls")
    assert len(sent) <= 8
