"""The owner's own doors: password, authenticator, recovery codes, sessions, devices."""

import re

import pyotp
import pytest
from flask import Flask

from app.accounts.models import Account
from app.accounts.service import create_account, reset_account
from app.accounts.session_models import KnownDevice
from app.core.db import db
from app.core.errors import NotAllowed
from app.institutions.models import Institution
from app.security.actor import Actor, acting_as, system_actor
from app.security.roles import RoleName
from tests.support.visitor import PASSWORD, Visitor, elsewhere, token_of

NEW = "a brand new set of words"
CODES = r"<li>([2-9A-Z]{4}(?:-[2-9A-Z]{4}){5})</li>"


def change(visitor: Visitor, **fields: str) -> int:
    sent = {"password": PASSWORD, "new_password": NEW, "again": NEW, "code": visitor.code()}
    return visitor.post("/account/password", **(sent | fields)).status_code


def test_the_password_is_changed_and_every_other_session_ends(owner: Visitor) -> None:
    second = elsewhere(owner)
    assert change(owner) == 303
    assert owner.is_in()
    assert not second.is_in()
    owner.log_out()
    assert owner.password().status_code == 422
    assert owner.password(NEW).status_code == 303


def test_a_copy_of_the_own_cookie_dies_with_the_change(owner: Visitor, portal: Flask) -> None:
    stolen = owner.client.get_cookie("hersys")
    assert stolen is not None
    assert change(owner) == 303
    thief = Visitor(portal)
    thief.clock = owner.clock
    thief.client.set_cookie("hersys", stolen.value)
    assert not thief.is_in()


def test_a_half_done_login_does_not_survive_the_change(owner: Visitor, portal: Flask) -> None:
    thief = Visitor(portal)
    thief.clock, thief.secret = owner.clock, owner.secret
    thief.password()
    assert change(owner) == 303
    thief.wait(seconds=30)
    assert thief.post("/login/otp", code=thief.code()).status_code == 422


@pytest.mark.parametrize(
    "wrong",
    [
        {"password": "wrong-wrong-wrong"},
        {"code": "abcdef"},
        {"code": ""},
        {"again": "something else entirely"},
        {"new_password": "short", "again": "short"},
        {"new_password": "password-2021", "again": "password-2021"},
        {"new_password": "at 西保健所 in the west", "again": "at 西保健所 in the west"},
        {"new_password": "xx aoki at her desk", "again": "xx aoki at her desk"},
        {"new_password": PASSWORD, "again": PASSWORD},
    ],
)
def test_a_change_that_cannot_be_is_refused_and_nothing_typed_is_shown(
    owner: Visitor, wrong: dict[str, str]
) -> None:
    sent = {"password": PASSWORD, "new_password": NEW, "again": NEW, "code": owner.code()}
    answer = owner.post("/account/password", **(sent | wrong))
    assert answer.status_code == 422
    assert NEW not in answer.text
    owner.log_out()
    assert owner.password().status_code == 303


def test_tries_at_the_own_password_lock_as_at_the_login(owner: Visitor) -> None:
    for _ in range(5):
        assert change(owner, password="wrong-wrong-wrong") == 422
    assert change(owner) == 422
    owner.wait(minutes=15)
    assert change(owner) == 303


def draw(owner: Visitor, proof: str) -> str:
    """The secret of a new authenticator."""
    assert owner.post("/account/authenticator", password=PASSWORD, code=proof).status_code == 303
    shown = re.search(
        r'class="mono secret">([A-Z2-7 ]+)<', owner.get("/account/authenticator/new").text
    )
    assert shown is not None
    return shown[1].replace(" ", "")


def test_a_new_telephone_takes_over_and_the_old_one_is_dead(owner: Visitor) -> None:
    second, old = elsewhere(owner), owner.secret
    new = draw(owner, owner.code())
    assert new != old
    owner.wait(seconds=30)
    # Until it is confirmed the old one is in force.
    assert change(second, new_password="short") == 422
    code = pyotp.TOTP(new).at(int(owner.clock.timestamp()))
    assert owner.post("/account/authenticator/new", code=code).status_code == 303
    assert owner.is_in()
    assert not second.is_in()
    owner.log_out()
    owner.wait(seconds=30)
    owner.password()
    owner.secret = old
    assert owner.post("/login/otp", code=owner.code()).status_code == 422
    owner.secret = new
    assert owner.post("/login/otp", code=owner.code()).status_code == 303


def test_a_lost_telephone_is_replaced_by_a_recovery_code_once(visitor: Visitor) -> None:
    code = re.findall(CODES, visitor.enrol().text)[0]
    draw(visitor, code)
    answer = visitor.post("/account/authenticator", password=PASSWORD, code=code)
    assert answer.status_code == 422


def test_a_new_authenticator_waits_a_quarter_of_an_hour(owner: Visitor) -> None:
    new = draw(owner, owner.code())
    page = owner.get("/account/authenticator/new").text
    owner.wait(minutes=15)
    code = pyotp.TOTP(new).at(int(owner.clock.timestamp()))
    answer = owner.send("/account/authenticator/new", token_of(page), code=code)
    assert answer.headers["Location"] == "/account/authenticator"


def test_another_browser_is_not_shown_the_secret_that_was_drawn(owner: Visitor) -> None:
    second = elsewhere(owner)
    draw(owner, owner.code())
    assert second.get("/account/authenticator/new").status_code == 303


def test_the_key_is_shown_as_text_for_authenticators_without_a_camera(owner: Visitor) -> None:
    secret = draw(owner, owner.code())
    page = owner.get("/account/authenticator/new").text
    assert f"otpauth://totp/HER-SYS%20Portal:aoki?secret={secret}" in page
    assert "RFC 6238" in page


def test_new_recovery_codes_void_the_old_ones(visitor: Visitor) -> None:
    old = re.findall(CODES, visitor.enrol().text)
    visitor.wait(seconds=30)
    answer = visitor.post("/account/recovery-codes", code=visitor.code())
    new = re.findall(CODES, answer.text)
    assert len(new) == 10
    assert not set(new) & set(old)
    assert re.findall(CODES, visitor.get("/account/recovery-codes").text) == []
    visitor.log_out()
    visitor.password()
    assert visitor.post("/login/recovery", code=old[0]).status_code == 422
    assert visitor.post("/login/recovery", code=new[0]).status_code == 303


def test_one_time_passwords_are_not_taken_twice_by_different_doors(visitor: Visitor) -> None:
    visitor.enrol()
    assert visitor.post("/account/recovery-codes", code=visitor.code()).status_code == 422


def test_the_history_of_logins_names_outcome_and_browser(owner: Visitor) -> None:
    elsewhere(owner)
    Visitor(owner.client.application).password("wrong-wrong-wrong")
    owner.get("/lang/en")
    page = owner.get("/account/events").text
    for words in ("Failed try", "First login from a device", "Firefox / Windows", "127.0.0.0/24"):
        assert words in page
    owner.wait(days=91)
    owner.log_in()
    page = owner.get("/account/events").text
    assert "Failed try" not in page


def test_who_cut_a_device_off_chooses_another_password_before_all_else(owner: Visitor) -> None:
    elsewhere(owner)
    page = owner.get("/account/").text
    reject = re.findall(r'action="(/account/devices/\d+/reject)"', page)
    owner.send(reject[0], token_of(page))
    for path in ("/who", "/", "/account/", "/account/authenticator", "/cases/list/"):
        assert owner.get(path).headers["Location"] == "/account/password", path
    assert owner.get("/api/v1/who").status_code == 403
    assert change(owner) == 303
    assert owner.is_in()


def test_a_password_set_by_the_system_for_somebody_is_nobody_elses_to_give(portal: Flask) -> None:
    """Accounts are activated by their owner (see test_activation); nobody hands out passwords."""
    administrator = Actor(1, "aoki", RoleName.ID_ADMINISTRATOR, institution_id=1)
    with portal.app_context(), acting_as(administrator), pytest.raises(NotAllowed):
        create_account(
            username="chiba",
            name="千葉 三郎",
            institution=Institution(),
            role=RoleName.HEALTH_CENTRE_CLERK,
            password=NEW,
            by=administrator,
        )


def test_a_reset_account_knows_no_device_any_more(owner: Visitor, portal: Flask) -> None:
    elsewhere(owner)
    with portal.app_context(), acting_as(system_actor("tests")) as actor:
        reset_account(db.session.get_one(Account, 1), by=actor)
        assert db.session.scalars(db.select(KnownDevice)).all() == []
    assert not owner.is_in()
