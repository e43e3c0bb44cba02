"""A household reports from its link: on one page, in a few taps, and nobody else through it."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.core import clock
from app.core.db import db
from app.core.transaction import transaction
from app.followup.models import HealthObservation
from app.followup.plans import ObservationPlan
from app.institutions.models import Institution
from app.messaging.languages import LANGUAGES, html_code
from app.messaging.models import Message
from app.portal.models import PatientLink, PatientPageRule
from app.portal.tasks import remind, say_goodbye
from app.portal.words import EMERGENCIES, SYMPTOMS
from app.security.actor import acting_as
from tests.portal.conftest import TESTS, Household, form_token
from tests.support import cast
from tests.support.clock import NOON
from tests.support.pages import statements, without_tokens

pytestmark = pytest.mark.usefixtures("frozen_clock")
LARGEST = 60_000


def reports(app: Flask) -> list[HealthObservation]:
    """What the household reported, in order."""
    with app.app_context(), acting_as(TESTS):
        wanted = select(HealthObservation).where(HealthObservation.source == "web")
        return list(db.session.scalars(wanted.order_by(HealthObservation.id)))


def link_of(home: Household) -> PatientLink:
    with home.app.app_context(), acting_as(TESTS):
        found = db.session.get(PatientLink, home.link, populate_existing=True)
        assert found is not None
        return found


def messages(app: Flask) -> list[Message]:
    with app.app_context(), acting_as(TESTS):
        return list(db.session.scalars(select(Message).order_by(Message.id)))


# -- opening ----------------------------------------------------------------------------------


def test_the_invitation_holds_the_link_and_neither_name_nor_number(home: Household) -> None:
    (invitation,) = messages(home.app)
    assert invitation.body is not None
    assert f"https://portal.example/p/{home.token}" in invitation.body
    for secret in ("山田", "1955", "090", str(invitation.subject and "花子")):
        assert secret not in invitation.body.replace(home.token, "")
    assert home.token.islower() or not any(c.isupper() for c in home.token)


@pytest.mark.parametrize(
    "typed", ["19550430", "１９５５０４３０", "1955-4-30", "1955年4月30日", "昭和30年4月30日"]
)
def test_the_page_opens_with_the_birth_date_however_it_is_typed(
    home: Household, typed: str
) -> None:
    phone = home.at_the_door()
    first = phone.get(f"/p/{home.token}").text
    assert "山田" not in first
    assert "新宿区保健所" in first
    assert phone.post(f"/p/{home.token}", data={"birth": typed}).status_code == 303
    assert "山田 花子" in phone.get("/p/").text


def test_three_wrong_birth_dates_close_the_link_and_tell_the_staff(home: Household) -> None:
    phone = home.at_the_door()
    path = f"/p/{home.token}"
    assert phone.post(path, data={"birth": "not a date"}).status_code == 422
    answers = [phone.post(path, data={"birth": "19550501"}).status_code for _n in range(3)]
    assert answers == [422, 422, 403]
    assert link_of(home).state == "wrong_birth_date"
    assert phone.post(path, data={"birth": "19550430"}).status_code == 404
    staff = cast.sign_in(home.app.test_client(), "baba")
    assert "生年月日の誤り3回で停止" in staff.get("/patient-links/").text
    assert "生年月日の誤り3回で停止" in staff.get(f"/cases/{home.case}/reporting").text
    other = cast.sign_in(home.app.test_client(), "chiba")
    assert "生年月日の誤り3回で停止" not in other.get("/patient-links/").text


def test_a_right_birth_date_gives_the_tries_back(home: Household) -> None:
    phone = home.at_the_door()
    for typed in ("19550501", "19550502", "19550430", "19550501", "19550502"):
        phone.post(f"/p/{home.token}", data={"birth": typed})
    assert link_of(home).state == "open"


def test_a_forged_or_changed_token_opens_nothing(home: Household) -> None:
    number, _dot, proof = home.token.partition(".")
    for token in (f"{number}.", f"{number}.{proof[:-1]}", f"2.{proof}", "x", f"{number}x{proof}"):
        assert home.at_the_door().get(f"/p/{token}").status_code == 404
    assert home.at_the_door().get("/p/").status_code == 401


def test_a_stolen_link_is_issued_anew_and_the_old_one_and_its_visits_are_dead(
    home: Household, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(home.app.config, "WTF_CSRF_ENABLED", False)
    inside = home.opened()
    assert inside.get("/p/").status_code == 200
    staff = cast.sign_in(home.app.test_client(), "baba")
    form = {"way": "sms", "recipient": "", "language": "vi", "reminds": "y"}
    assert staff.post(f"/cases/{home.case}/reporting", data=form).status_code == 303
    assert inside.get("/p/").status_code == 401
    assert home.at_the_door().get(f"/p/{home.token}").status_code == 404
    first, second = messages(home.app)
    assert (first.state, second.state) == ("cancelled", "queued")
    assert (second.channel, second.recipient) == ("sms", "+819011112222")
    assert second.body is not None
    assert second.body.startswith("Thông báo")


def test_wrong_dates_for_many_links_are_stopped_by_their_address(
    home: Household, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = {**home.app.config["RATE_LIMITS"], "patient_address": "1 per 15 minutes"}
    monkeypatch.setitem(home.app.config, "RATE_LIMITS", limits)
    path = f"/p/{home.token}"
    phone = home.at_the_door()
    assert phone.post(path, data={"birth": "19550501"}).status_code == 422
    assert phone.post(path, data={"birth": "19550430"}).status_code == 429


def test_a_visit_ends_after_fifteen_quiet_minutes_and_with_finish(home: Household) -> None:
    phone = home.opened()
    with clock.frozen_at(NOON + timedelta(minutes=14)):
        assert phone.get("/p/").status_code == 200
    with clock.frozen_at(NOON + timedelta(minutes=30)):
        assert phone.get("/p/").status_code == 401
    phone = home.opened()
    assert (
        phone.post("/p/finish", data={"token": form_token(phone.get("/p/").text)}).status_code
        == 200
    )
    assert phone.get("/p/").status_code == 401


def test_nothing_stays_on_the_phone_and_no_staff_session_begins(home: Household) -> None:
    phone = home.at_the_door()
    first = phone.get(f"/p/{home.token}")
    assert first.headers["Cache-Control"] == "no-store"
    assert first.headers.getlist("Set-Cookie") == []
    cookies = phone.post(f"/p/{home.token}", data={"birth": "19550430"}).headers.getlist(
        "Set-Cookie"
    )
    assert len(cookies) == 1
    assert cookies[0].startswith("report=")
    assert "HttpOnly" in cookies[0]
    assert "Path=/p" in cookies[0]
    assert "Expires" not in cookies[0]
    assert phone.get("/cases/list/").status_code == 303
    assert phone.get("/").status_code == 303


# -- reporting --------------------------------------------------------------------------------


def test_a_family_of_four_reports_no_symptoms_at_once(home: Household) -> None:
    phone = home.opened()
    page = phone.get("/p/")
    sent = {"token": form_token(page.text), "t0": "３７．２", "t1": "36,5", "t2": "", "t3": "36.8"}
    assert phone.post("/p/", data=sent).headers["Location"] == "/p/thanks"
    found = reports(home.app)
    assert [one.temperature for one in found] == [
        Decimal("37.2"),
        Decimal("36.5"),
        None,
        Decimal("36.8"),
    ]
    assert all(one.symptoms == () and one.emergency_symptoms == () for one in found)
    assert [one.entered_by_kind for one in found] == ["patient", "family", "family", "family"]
    assert "次の入力：明日" in phone.get("/p/thanks").text
    assert "37.2 °C" in phone.get("/p/past").text


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("temperature", "45.9", "体温は"),
        ("temperature", "三十七", "体温は"),
        ("spo2", "9", "50から100まで"),
        ("spo2", "101", "50から100まで"),
    ],
)
def test_a_value_that_cannot_be_is_said_at_its_field_and_nothing_is_lost(
    home: Household, name: str, value: str, words: str
) -> None:
    phone = home.opened()
    token = form_token(phone.get("/p/member/0").text)
    typed = {"token": token, "temperature": "36.5", "spo2": "97", "symptoms": "cough", name: value}
    answer = phone.post("/p/member/0", data=typed)
    assert answer.status_code == 422
    assert words in answer.text
    assert f'value="{value}"' in answer.text
    assert 'value="cough" checked' in answer.text
    assert reports(home.app) == []


def test_a_wrong_temperature_of_one_keeps_the_reports_of_the_others(home: Household) -> None:
    phone = home.opened()
    sent = {"token": form_token(phone.get("/p/").text), "t0": "45.9", "t1": "36.5"}
    answer = phone.post("/p/", data=sent)
    assert answer.status_code == 422
    assert 'value="45.9"' in answer.text
    assert len(reports(home.app)) == 3


def test_an_emergency_leads_to_the_telephone_at_once(home: Household) -> None:
    phone = home.opened()
    token = form_token(phone.get("/p/member/0").text)
    sent = {"token": token, "temperature": "38.9", "emergency": ["chest_pain", "purple_lips"]}
    answer = phone.post("/p/member/0", data=sent, follow_redirects=True)
    assert 'href="tel:119"' in answer.text
    assert "すぐに電話してください" in answer.text
    with home.app.app_context(), acting_as(TESTS):
        plan = db.session.scalar(
            select(ObservationPlan).where(ObservationPlan.case_id == home.case)
        )
        assert plan is not None
        assert plan.risk == 3


def test_the_form_starts_from_the_answers_of_the_report_before(home: Household) -> None:
    phone = home.opened()
    token = form_token(phone.get("/p/member/1").text)
    phone.post("/p/member/1", data={"token": token, "temperature": "37.9", "symptoms": "cough"})
    with clock.frozen_at(NOON + timedelta(hours=20)):
        later = home.opened()
        page = later.get("/p/member/1").text
        assert 'value="cough" checked' in page
        # A measured value is asked anew: yesterday's is not today's.
        assert "37.9" not in page
        # With symptoms before, "no symptoms, same as yesterday" is not offered for that person.
        assert 'name="t1"' not in later.get("/p/").text


def test_two_family_members_reporting_at_once_make_one_report(home: Household) -> None:
    one, other = home.opened(), home.opened()
    tokens = [form_token(phone.get("/p/member/1").text) for phone in (one, other)]
    one.post("/p/member/1", data={"token": tokens[0], "temperature": "36.5"})
    answer = other.post(
        "/p/member/1", data={"token": tokens[1], "temperature": "37.1", "symptoms": "cough"}
    )
    assert answer.status_code == 303
    (found,) = reports(home.app)
    assert (found.temperature, found.symptoms) == (Decimal("37.1"), ("cough",))


def test_after_the_end_nothing_is_asked_and_nothing_taken(home: Household) -> None:
    phone = home.opened()
    token = form_token(phone.get("/p/member/1").text)
    with home.app.app_context(), acting_as(TESTS), transaction():
        for plan in db.session.scalars(select(ObservationPlan)):
            plan.status, plan.ends_on = "finished", clock.today() - timedelta(days=1)
    assert "今、入力するものはありません" in phone.get("/p/").text
    sent = {"token": token, "temperature": "36.5"}
    assert phone.post("/p/member/1", data=sent).headers["Location"] == "/p/"
    assert reports(home.app) == []


def test_a_form_from_elsewhere_is_not_taken(home: Household) -> None:
    phone = home.opened()
    assert phone.post("/p/", data={"token": "0" * 32, "t0": "36.5"}).status_code == 401
    assert phone.post("/p/member/0", data={"temperature": "36.5"}).status_code == 401
    assert reports(home.app) == []


def test_what_staff_entered_is_not_shown_to_the_household(home: Household) -> None:
    # The cast's own observation of 14 August was entered by the health centre.
    page = without_tokens(home.opened().get("/p/past").text)
    assert "38" not in page.partition("<main>")[2].partition("</main>")[0]
    assert "symptoms" not in page


def test_pages_are_small_in_every_language_and_work_without_script(home: Household) -> None:
    phone = home.opened()
    style = Path(str(home.app.static_folder), "css", "patient.css").read_bytes()
    for language in LANGUAGES:
        for path in ("/p/", "/p/member/0", "/p/past", "/p/thanks", f"/p/{home.token}"):
            page = phone.get(f"{path}?l={language}")
            assert page.status_code == 200, (language, path)
            assert len(page.data) + len(style) <= LARGEST, (language, path)
            assert "<script" not in page.text
            assert f'<html lang="{html_code(language)}"' in page.text
    assert "Mọi người: không triệu chứng" in phone.get("/p/?l=vi").text


def allow_graphs(app: Flask, decided_for: str = "household") -> None:
    with app.app_context(), acting_as(TESTS), transaction() as session:
        centre = session.get_one(Institution, cast.actor("aoki").institution_id)
        rule = PatientPageRule(institution_id=centre.authority_id, graph_for=decided_for)
        session.add(rule)


def test_the_graph_is_for_staff_until_the_authority_decides_otherwise(home: Household) -> None:
    phone = home.opened()
    phone.post("/p/", data={"token": form_token(phone.get("/p/").text), "t0": "36.9"})
    assert "/p/graph/" not in phone.get("/p/past").text
    assert phone.get("/p/graph/0").status_code == 303
    allow_graphs(home.app)
    assert 'href="/p/graph/0"' in phone.get("/p/past").text
    page = phone.get("/p/graph/0")
    assert page.status_code == 200
    assert "36.9" in page.text
    assert phone.get("/p/graph/99").status_code == 303


def test_an_authority_that_decides_for_staff_alone_shows_no_graph(home: Household) -> None:
    allow_graphs(home.app, "staff")
    assert home.opened().get("/p/graph/0").status_code == 303


def test_a_graph_shows_what_the_household_reported_and_nothing_of_the_staff(
    home: Household,
) -> None:
    allow_graphs(home.app)
    phone = home.opened()
    values = {"temperature": "37.2", "spo2": "97", "symptoms": "cough"}
    phone.post("/p/member/0", data={"token": form_token(phone.get("/p/").text), **values})
    page = phone.get("/p/graph/0?l=en").text.partition("<main>")[2].partition("</main>")[0]
    assert page.count("<svg") == 3
    assert ">Cough</text>" in page
    assert "8/14" not in page  # The day of the cast's observation, entered by the health centre.


def test_the_largest_graph_is_small_in_every_language(home: Household) -> None:
    allow_graphs(home.app)
    with home.app.app_context(), acting_as(TESTS), transaction() as session:
        for ago in range(25):
            for part in ("morning", "evening"):
                session.add(
                    HealthObservation(
                        contact_id=home.contacts[1],
                        observed_on=date(2021, 8, 20) - timedelta(days=ago),
                        part_of_day=part,
                        temperature=Decimal("36.8"),
                        spo2=96,
                        symptoms=tuple(SYMPTOMS),
                        emergency_symptoms=tuple(EMERGENCIES),
                        entered_by_kind="patient",
                    )
                )
    phone = home.opened()
    style = Path(str(home.app.static_folder), "css", "patient.css").read_bytes()
    for language in LANGUAGES:
        page = phone.get(f"/p/graph/2?l={language}")
        assert page.status_code == 200
        assert page.text.count("<svg") == 3
        assert len(page.data) + len(style) <= LARGEST, (language, len(page.data))
        assert "<script" not in page.text
        assert "style=" not in page.text


def test_the_page_asks_the_database_a_fixed_number_of_times(home: Household) -> None:
    phone = home.opened()
    phone.get("/p/")
    with statements(home.app) as sent:
        assert phone.get("/p/").status_code == 200
    assert len(sent) <= 8, sent


# -- messages around it -----------------------------------------------------------------------


def test_who_has_not_reported_is_reminded_once_and_once_more(home: Household) -> None:
    day = timedelta(days=1)
    with home.app.app_context():
        for hours in (0, 1, 6, 7):
            with clock.frozen_at(NOON + day + timedelta(hours=hours)), acting_as(TESTS):
                remind()
    purposes = [one.purpose for one in messages(home.app)]
    assert purposes == ["invitation", "reminder", "second_reminder"]


def test_a_household_that_reported_is_not_reminded(home: Household) -> None:
    with clock.frozen_at(NOON + timedelta(days=1)):
        phone = home.opened()
        phone.post("/p/", data={"token": form_token(phone.get("/p/").text)})
        with home.app.app_context(), acting_as(TESTS):
            assert remind() == 0


def test_the_end_is_told_once(home: Household) -> None:
    with home.app.app_context(), acting_as(TESTS):
        ends = max(db.session.scalars(select(ObservationPlan.ends_on)).all())
        with transaction():
            for plan in db.session.scalars(select(ObservationPlan)):
                plan.ends_on, plan.status = ends, "finished"
        assert say_goodbye(ends + timedelta(days=1)) == 1
        assert say_goodbye(ends + timedelta(days=2)) == 0


def test_stop_means_no_more_messages(home: Household) -> None:
    phone = home.opened()
    answer: Any = phone.post(
        "/p/stop", data={"token": form_token(phone.get("/p/").text)}, follow_redirects=True
    )
    assert "今後、お知らせは届きません" in answer.text
    with clock.frozen_at(NOON + timedelta(days=1)), home.app.app_context(), acting_as(TESTS):
        remind()
    assert messages(home.app)[-1].state == "opted_out"
