"""The two steps, from the first login to a lost telephone."""

import re

import pytest
from flask import Flask, session

from app.accounts.models import Account, LoginEvent
from app.accounts.service import close_account
from app.core.db import db
from app.security.actor import acting_as, system_actor
from tests.support.pages import statements
from tests.support.visitor import MORNING, PASSWORD, Visitor, token_of


def failed_tries(app: Flask, user_id: int = 1) -> int:
    with app.app_context(), acting_as(system_actor("tests")):
        return db.session.get_one(Account, user_id).failed_tries


def test_the_first_login_enrols_and_shows_the_recovery_codes_once(visitor: Visitor) -> None:
    answer = visitor.enrol()
    assert answer.status_code == 200
    assert len(re.findall(r"<li>[2-9A-Z]{4}(-[2-9A-Z]{4}){5}</li>", answer.text)) == 10
    assert visitor.get("/who").text == "aoki health_centre_clerk None"
    assert visitor.get("/login/enrol").status_code == 303


def test_the_qr_code_is_drawn_in_the_page_without_styles(visitor: Visitor) -> None:
    visitor.password()
    page = visitor.get("/login/enrol").text
    drawing = page[page.index('<div class="qr"') : page.index("</svg>", page.index('class="qr"'))]
    assert 'viewBox="0 0 ' in drawing
    assert "width=" not in drawing
    assert "style=" not in page


def test_an_empty_form_says_what_to_enter(visitor: Visitor) -> None:
    answer = visitor.post("/login/", username=" ", password="")
    assert answer.status_code == 422
    assert answer.text.count("Enter the ") + answer.text.count("を入力してください。") >= 2


def test_the_password_alone_opens_nothing(visitor: Visitor) -> None:
    visitor.enrol()
    visitor.log_out()
    answer = visitor.password()
    assert answer.headers["Location"] == "/login/otp"
    assert not visitor.is_in()


def test_a_later_login_takes_password_and_one_time_password(visitor: Visitor) -> None:
    visitor.enrol()
    visitor.log_out()
    assert visitor.log_in().status_code == 303
    assert visitor.is_in()


def test_a_one_time_password_is_taken_once(visitor: Visitor, portal: Flask) -> None:
    visitor.enrol()
    code = visitor.code()
    thief = Visitor(portal)
    thief.password()
    answer = thief.post("/login/otp", code=code)
    assert answer.status_code == 422
    assert not thief.is_in()


def test_an_older_code_is_refused_after_a_newer_one(visitor: Visitor, portal: Flask) -> None:
    visitor.enrol()
    visitor.log_out()
    visitor.wait(minutes=5)
    visitor.password()
    visitor.post("/login/otp", code=visitor.code(steps=1))
    second = Visitor(portal)
    second.clock = visitor.clock
    second.password()
    assert second.post("/login/otp", code=visitor.code()).status_code == 422


def test_the_second_step_must_follow_within_minutes(visitor: Visitor) -> None:
    visitor.enrol()
    visitor.log_out()
    visitor.wait(seconds=30)
    visitor.password()
    page = visitor.get("/login/otp").text
    visitor.wait(minutes=5)
    answer = visitor.send("/login/otp", token_of(page), code=visitor.code())
    assert answer.headers["Location"] == "/login/"


def test_every_refusal_reads_the_same(visitor: Visitor, portal: Flask) -> None:
    wrong = visitor.password("wrong-wrong-wrong")
    unknown = Visitor(portal, "nobody").password()
    locked = Visitor(portal, "baba")
    for _ in range(5):
        locked.password("wrong-wrong-wrong")
    answers = [wrong, unknown, locked.password()]
    bodies = {re.sub(r'value="[^"]*"', "", answer.text) for answer in answers}
    assert {answer.status_code for answer in answers} == {422}
    assert len(bodies) == 1


def test_an_unknown_name_costs_the_same_statements(visitor: Visitor, portal: Flask) -> None:
    with statements(portal) as known:
        visitor.password("wrong-wrong-wrong")
    with statements(portal) as unknown:
        assert Visitor(portal, "nobody").password().status_code == 422
    assert len(known) == 8  # of them three count for the address, the name and its day
    assert unknown == known


def test_five_failed_tries_lock_for_fifteen_minutes(visitor: Visitor) -> None:
    for _ in range(5):
        visitor.password("wrong-wrong-wrong")
    assert visitor.password().status_code == 422
    visitor.wait(minutes=15)
    assert visitor.password().status_code == 303


def test_tries_while_locked_do_not_prolong_the_lock(visitor: Visitor) -> None:
    for _ in range(5):
        visitor.password("wrong-wrong-wrong")
    visitor.wait(minutes=14)
    visitor.password("wrong-wrong-wrong")
    visitor.wait(minutes=1)
    assert visitor.password().status_code == 303


def test_after_a_lock_counting_begins_anew(visitor: Visitor, portal: Flask) -> None:
    for _ in range(5):
        visitor.password("wrong-wrong-wrong")
    visitor.wait(minutes=15)
    visitor.password("wrong-wrong-wrong")
    assert failed_tries(portal) == 1
    assert visitor.password().status_code == 303


def test_wrong_codes_count_although_the_password_was_right(visitor: Visitor, portal: Flask) -> None:
    visitor.enrol()
    visitor.log_out()
    visitor.on_another_device()
    visitor.wait(seconds=30)
    for _ in range(5):
        visitor.password()
        visitor.post("/login/otp", code="abcdef")
    assert failed_tries(portal) == 5
    visitor.wait(minutes=1)
    assert visitor.password().status_code == 422


def test_a_whole_login_clears_the_count(visitor: Visitor, portal: Flask) -> None:
    visitor.enrol()
    visitor.log_out()
    visitor.on_another_device()
    for _ in range(4):
        visitor.password("wrong-wrong-wrong")
    assert failed_tries(portal) == 4
    visitor.log_in()
    assert failed_tries(portal) == 0


def test_a_recovery_code_opens_once(visitor: Visitor) -> None:
    codes = re.findall(r"<li>([2-9A-Z]{4}(?:-[2-9A-Z]{4}){5})</li>", visitor.enrol().text)
    visitor.log_out()
    visitor.password()
    assert visitor.post("/login/recovery", code=codes[3].lower()).status_code == 303
    assert visitor.is_in()
    visitor.log_out()
    visitor.password()
    assert visitor.post("/login/recovery", code=codes[3]).status_code == 422
    assert visitor.post("/login/recovery", code=codes[4]).status_code == 303


def test_a_closed_account_is_out_at_once_and_stays_out(visitor: Visitor, portal: Flask) -> None:
    visitor.enrol()
    with portal.app_context(), acting_as(system_actor("tests")) as actor:
        close_account(db.session.get_one(Account, 1), by=actor)
    assert not visitor.is_in()
    assert visitor.password().status_code == 422


@pytest.mark.parametrize(
    ("target", "lands"),
    [
        ("/login/?next=/notes/1", "/notes/1"),
        ("/login/?next=//evil.example", "/"),
        ("/login/?next=https://evil.example/", "/"),
        ("/login/?next=/%5Cevil.example", "/"),
        ("/login/", "/"),
    ],
)
def test_login_leads_to_pages_of_the_portal_only(visitor: Visitor, target: str, lands: str) -> None:
    visitor.enrol()
    visitor.log_out()
    assert visitor.log_in(target=target).headers["Location"] == lands


def test_login_starts_a_new_session(visitor: Visitor) -> None:
    with visitor.client.session_transaction() as before:
        before["planted"] = "by somebody else"
        before["locale"] = "en"
    visitor.enrol()
    with visitor.client:
        visitor.get("/who")
        assert "planted" not in session
        assert "mfa" not in session
        assert session["locale"] == "en"


def test_logins_are_noted_without_what_was_typed(visitor: Visitor, portal: Flask) -> None:
    Visitor(portal, "my-password-in-the-wrong-field").password()
    visitor.enrol()
    with portal.app_context(), acting_as(system_actor("test")):
        events = db.session.scalars(db.select(LoginEvent).order_by(LoginEvent.id)).all()
        assert [(e.user_id, e.outcome, e.at) for e in events] == [
            (None, "failed", MORNING),
            (1, "enrolled", MORNING),
        ]


def test_a_name_with_full_width_letters_and_control_signs_is_read(visitor: Visitor) -> None:
    answer = visitor.post("/login/", username="ａｏｋｉ\x00 ", password=PASSWORD)
    assert answer.status_code == 303
