"""What the verification standard asks of passwords, codes and their changes."""

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.security import check_password_hash, generate_password_hash

from app.accounts.forms import LoginForm, NewPasswordForm, OneTimePasswordForm
from app.accounts.models import Account, AccountNotice, LoginEvent
from app.accounts.own_forms import PasswordForm
from app.accounts.passwords import password_problems
from app.accounts.rules import new_recovery_codes
from app.core.db import db
from app.core.transaction import transaction
from app.jobs.models import JobRun
from app.security.actor import acting_as, system_actor
from config import Settings
from tests.support.cast import PASSWORD
from tests.support.visitor import Visitor


@pytest.fixture
def visitor(portal: Flask) -> Visitor:
    return Visitor(portal)


def keep(app: Flask, **changes: Any) -> None:
    """Another password or mail for Aoki's account, past every check."""
    with app.app_context(), acting_as(system_actor("tests")), transaction() as session:
        account = session.get_one(Account, 1, populate_existing=True)
        if "password" in changes:
            account.user.password = changes["password"]
        if "mail" in changes:
            account.mail = changes["mail"]


def stored_hash(app: Flask) -> str:
    with app.app_context(), acting_as(system_actor("tests")):
        return str(db.session.get_one(Account, 1, populate_existing=True).user.password)


def outcomes(app: Flask) -> list[str]:
    with app.app_context(), acting_as(system_actor("tests")):
        return list(db.session.scalars(select(LoginEvent.outcome).order_by(LoginEvent.id)))


WORDS = "asagao himawari tanuki yamabiko kawauso " * 4


@pytest.mark.parametrize(
    ("password", "taken"),
    [
        (WORDS[:64], True),
        (WORDS[:128], True),
        (WORDS[:129], False),
        ("🌻 とても 長い 合言葉 🌻 です", True),
        ("mizu~!'\"<>&;--kaze", True),
    ],
)
def test_long_passwords_are_taken_and_too_long_ones_refused(password: str, taken: bool) -> None:
    assert (password_problems(password, username="aoki", name="青木 花子") == []) is taken


def test_every_character_of_a_password_counts() -> None:
    words = "asagao to himawari to " * 5
    stored = generate_password_hash(words, method="scrypt:512:8:1")
    assert check_password_hash(stored, words)
    assert not check_password_hash(stored, words[:-1])
    assert not check_password_hash(stored, words.upper())


def test_passwords_are_kept_under_a_slow_salted_hash() -> None:
    method = Settings.FAB_PASSWORD_HASH_METHOD
    name, cost, block, parallel = method.split(":")
    assert (name, int(block), int(parallel)) == ("scrypt", 8, 1)
    assert int(cost) >= 2**16
    first, second = (generate_password_hash("x" * 12, method=method) for _ in range(2))
    salts = [stored.split("$")[1] for stored in (first, second)]
    assert salts[0] != salts[1]
    # 16 characters of 62 are 95 bits.
    assert all(len(salt) >= 16 for salt in salts)


def test_a_password_under_an_older_hash_is_kept_under_todays(
    visitor: Visitor,
    portal: Flask,
) -> None:
    keep(portal, password=generate_password_hash(PASSWORD, method="scrypt:256:8:1"))
    assert visitor.password("wrong-wrong-wrong").status_code == 422
    assert stored_hash(portal).startswith("scrypt:256:")
    assert visitor.password().status_code == 303
    now = stored_hash(portal)
    assert now.startswith(f"{portal.config['FAB_PASSWORD_HASH_METHOD']}$")
    assert check_password_hash(now, PASSWORD)


def test_a_listed_password_of_earlier_days_has_to_be_changed(
    visitor: Visitor,
    portal: Flask,
) -> None:
    listed = "password-2021"
    method = portal.config["FAB_PASSWORD_HASH_METHOD"]
    keep(portal, password=generate_password_hash(listed, method=method))
    visitor.password(listed)
    shown = re.search(r'class="mono secret">([A-Z2-7 ]+)<', visitor.get("/login/enrol").text)
    assert shown is not None
    visitor.secret = shown[1].replace(" ", "")
    assert visitor.post("/login/enrol", code=visitor.code()).status_code == 200
    assert visitor.get("/who").headers["Location"] == "/account/password"


def test_a_one_time_password_sent_twice_is_noted_and_told(
    visitor: Visitor,
    portal: Flask,
) -> None:
    visitor.enrol()
    visitor.log_out()
    thief = Visitor(portal)
    thief.password()
    assert thief.post("/login/otp", code=visitor.code()).status_code == 422
    assert outcomes(portal)[-2:] == ["code_reused", "failed"]
    with portal.app_context(), acting_as(system_actor("tests")):
        assert list(db.session.scalars(select(AccountNotice.kind))) == ["code_reused"]
    visitor.log_in()
    page = visitor.get("/account/").text
    assert "使用済みのワンタイムパスワード" in page
    # A wrong code is only a wrong code.
    other = Visitor(portal)
    other.password()
    other.post("/login/otp", code="000000")
    assert outcomes(portal).count("code_reused") == 1


def test_a_change_of_the_sign_in_is_told_by_mail(
    visitor: Visitor,
    portal: Flask,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in {"SMTP_HOST": "127.0.0.1", "MAIL_FROM": "portal@portal.example"}.items():
        monkeypatch.setitem(portal.config, name, value)
    keep(portal, mail="aoki@centre.example")
    visitor.enrol()
    visitor.wait(seconds=30)
    new = "mizuumi to yamabiko"
    fields = {"password": PASSWORD, "new_password": new, "again": new, "code": visitor.code()}
    assert visitor.post("/account/password", **fields).status_code == 303
    visitor.wait(seconds=30)
    visitor.post("/account/recovery-codes", code=visitor.code())
    with portal.app_context(), acting_as(system_actor("tests")):
        mails = [
            job.parameters for job in db.session.scalars(select(JobRun).filter_by(kind="mail"))
        ]
    assert [mail["to"] for mail in mails] == ["aoki@centre.example"] * 2
    assert not any(new in mail["text"] or PASSWORD in mail["text"] for mail in mails)


def test_recovery_codes_have_more_than_112_random_bits() -> None:
    codes = [code.replace("-", "") for code in new_recovery_codes()]
    # Each sign is one of 32.
    assert all(len(code) * 5 >= 112 for code in codes)
    assert len(set("".join(codes))) > 20


def test_password_managers_find_their_fields(portal: Flask) -> None:
    with portal.test_request_context():
        marks = {
            (type(form).__name__, field.name): (field.render_kw or {}).get("autocomplete")
            for form in (LoginForm(), NewPasswordForm(), PasswordForm(), OneTimePasswordForm())
            for field in form
        }
    assert marks["LoginForm", "username"] == "username"
    assert marks["LoginForm", "password"] == "current-password"
    assert marks["NewPasswordForm", "password"] == "new-password"
    assert marks["PasswordForm", "new_password"] == "new-password"
    assert marks["OneTimePasswordForm", "code"] == "one-time-code"
