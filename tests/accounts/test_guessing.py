"""Guessing from one place or from thousands gets nowhere, and shuts nobody else out."""

from datetime import timedelta

import pytest
from flask import Flask

from app.accounts import login
from app.accounts.guessing import ADDRESS, NAME, Tries
from app.accounts.models import Account
from app.core.clock import frozen_at
from app.core.db import db
from app.core.errors import TooMany
from app.core.transaction import transaction
from app.security.actor import acting_as, system_actor
from app.security.rates import RateCount
from tests.support.visitor import MORNING, PASSWORD, Visitor, token_of

WRONG = "wrong-wrong-wrong"


def guess(visitor: Visitor, address: str, password: str = WRONG) -> int:
    visitor.client.environ_base["REMOTE_ADDR"] = address
    return visitor.password(password).status_code


def address_number(number: int) -> str:
    return f"10.{number // 65_536}.{number // 256 % 256}.{number % 256}"


def _asks(address: str) -> int:
    """What a guess for aoki from ``address`` meets before its password is looked at."""
    try:
        Tries(((ADDRESS, address), (NAME, "aoki"))).refuse_if_spent()
    except TooMany as error:
        return error.status
    return 422


def test_ten_thousand_guesses_from_as_many_addresses_lock_and_hurt_nobody(
    visitor: Visitor, portal: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor.enrol()
    visitor.log_out()
    other = Visitor(portal, "baba")
    other.enrol()
    other.log_out()
    checked = []
    real = login.check_password_hash
    monkeypatch.setattr(login, "check_password_hash", lambda *a: checked.append(a) or real(*a))
    stranger = Visitor(portal)
    answers = [guess(stranger, address_number(n), f"{WRONG}{n}") for n in range(60)]
    # The rest without drawing ten thousand pages: on PostgreSQL fewer, as each takes longer.
    rest = 10_000 if portal.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite") else 500
    with frozen_at(visitor.clock), portal.test_request_context("/login/"):
        answers += [_asks(address_number(n)) for n in range(60, rest)]
    assert answers == [422] * 20 + [429] * (rest - 20)
    # After the twentieth no guess is even compared, and the right password opens nothing.
    assert len(checked) == 20
    assert guess(Visitor(portal), "10.200.0.1", PASSWORD) == 429
    # The owner, on a device the account knows, notices nothing; nor does anybody else.
    assert visitor.log_in().status_code == 303
    assert other.log_in().status_code == 303
    assert Visitor(portal, "baba").password().status_code == 303


def test_guesses_of_a_whole_day_stay_below_what_the_standard_permits(
    visitor: Visitor, portal: Flask
) -> None:
    compared = 0
    for hour in range(6):
        visitor.clock = MORNING + timedelta(hours=hour)
        compared += [guess(visitor, f"10.0.{hour}.{n}") for n in range(22)].count(422)
    assert compared == 100


def test_one_address_that_tries_many_names_is_stopped(
    portal: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(portal.config["RATE_LIMITS"], "login_address", "5 per 15 minutes")
    codes = [guess(Visitor(portal, f"nobody{n}"), "192.0.2.1") for n in range(7)]
    assert codes == [422] * 5 + [429] * 2
    assert guess(Visitor(portal, "nobody8"), "192.0.2.2") == 422


def test_who_comes_too_early_is_told_when_and_keeps_the_name(visitor: Visitor) -> None:
    for number in range(20):
        guess(visitor, f"10.0.0.{number}")
    answer = visitor.password()
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "900"
    # The window began at 09:00 in Japan; the minute after it ends is the first full one.
    assert "09:16" in answer.text
    assert 'value="aoki"' in answer.text
    assert PASSWORD not in answer.text
    visitor.wait(minutes=15)
    assert visitor.password().status_code == 303


def test_a_name_nobody_has_is_stopped_at_the_same_try(visitor: Visitor, portal: Flask) -> None:
    stranger = Visitor(portal, "nobody")
    answers = [(guess(visitor, f"10.0.1.{n}"), guess(stranger, f"10.0.2.{n}")) for n in range(22)]
    assert [known for known, _ in answers] == [unknown for _, unknown in answers]
    assert answers[-1] == (429, 429)


def test_an_unknown_name_costs_as_many_comparisons(
    visitor: Visitor, portal: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor.enrol()
    visitor.log_out()
    closed, checked = Visitor(portal, "baba"), []
    real = login.check_password_hash
    monkeypatch.setattr(login, "check_password_hash", lambda *a: checked.append(a[0]) or real(*a))
    with portal.app_context(), acting_as(system_actor("tests")), transaction() as session:
        session.get_one(Account, 2).user.active = False
    for who in (Visitor(portal), Visitor(portal, "nobody"), closed, visitor):
        before = len(checked)
        assert who.password(WRONG).status_code == 422
        assert len(checked) - before == 1
    # The hash nobody has is as dear as a real one.
    methods = {stored.split("$")[0] for stored in checked}
    assert len(methods) == 1


def test_a_known_device_has_tries_of_its_own_and_no_more(visitor: Visitor, portal: Flask) -> None:
    visitor.enrol()
    visitor.log_out()
    codes = [visitor.password(WRONG).status_code for _ in range(5)]
    assert codes == [422] * 5
    assert visitor.password().status_code == 422
    # Its tries are not counted with those of strangers, whose lock is another.
    assert Visitor(portal).password().status_code == 303
    visitor.wait(minutes=15)
    assert visitor.password().status_code == 303


def test_a_device_cookie_somebody_made_up_opens_no_count_of_its_own(
    visitor: Visitor, portal: Flask
) -> None:
    codes = []
    for number in range(22):
        visitor.client.set_cookie("hersys_device", f"{number:043d}")
        codes.append(guess(visitor, f"10.0.3.{number}"))
    assert codes == [422] * 20 + [429] * 2


def test_a_device_of_one_account_is_unknown_to_another(visitor: Visitor, portal: Flask) -> None:
    visitor.enrol()
    visitor.log_out()
    token = visitor.client.get_cookie("hersys_device")
    assert token is not None
    for number in range(20):
        guess(Visitor(portal, "baba"), f"10.0.4.{number}")
    thief = Visitor(portal, "baba")
    thief.client.set_cookie("hersys_device", token.value)
    assert thief.password().status_code == 429


def test_one_time_passwords_cannot_be_tried_without_end(visitor: Visitor, portal: Flask) -> None:
    visitor.enrol()
    visitor.log_out()
    thief = Visitor(portal)
    thief.password()
    page = thief.get("/login/otp").text
    codes = [
        thief.send("/login/otp", token_of(page), code=f"{n:06d}").status_code for n in range(10)
    ]
    assert codes == [422] * 10
    with portal.app_context(), acting_as(system_actor("tests")):
        assert db.session.get_one(Account, 1).failed_tries == 5
    thief.secret = visitor.secret
    thief.wait(seconds=60)
    assert thief.send("/login/otp", token_of(page), code=thief.code()).status_code == 422


def test_the_counts_tell_nobody_who_tried(visitor: Visitor, portal: Flask) -> None:
    guess(visitor, "192.0.2.77")
    with portal.app_context(), acting_as(system_actor("tests")):
        keys = db.session.scalars(db.select(RateCount.key)).all()
    assert len(keys) == 3
    assert all(len(key) == 64 and "aoki" not in key and "192" not in key for key in keys)
