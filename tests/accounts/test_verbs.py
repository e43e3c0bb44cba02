"""The verbs of administration: what each does to an account, and to whom none does anything."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import Account
from app.accounts.principal import open_account
from app.accounts.reviews import close_in_review, confirm_account
from app.accounts.service import (
    change_account,
    close_account,
    create_account,
    end_sessions,
    issue_activation_code,
    lock_account,
    reopen_account,
    reset_account,
    resume,
    suspend,
    unlock_account,
)
from app.accounts.tasks import end_closed
from app.audit.models import HistoryEntry
from app.core import clock
from app.core.db import db
from app.core.errors import Conflict, InvalidInput, InvalidState, NotAllowed, NotVisible
from app.institutions.models import Institution
from app.security.actor import Actor, acting_as
from app.security.roles import RoleName
from tests.accounts.administration import TESTS, facts, institution_id, issued, key_of, send
from tests.support import cast


def account_for(app: Flask, by: Actor, username: str) -> Account:
    key = key_of(app, username)
    with acting_as(by):
        return db.session.get_one(Account, key)


@pytest.mark.parametrize("verb", [suspend, lock_account])
def test_a_stopped_account_is_dead_at_the_next_click_and_lives_again(
    app: Flask, verb: object
) -> None:
    back = {suspend: resume, lock_account: unlock_account}[verb]  # type: ignore[index]
    client = cast.sign_in(app.test_client(), "fujii")
    assert client.get("/").status_code == 200
    with app.app_context():
        by = cast.actor("ueda")
        account = account_for(app, by, "fujii")
        with acting_as(by):
            verb(account, by=by, reason="休職")  # type: ignore[operator]
    assert client.get("/").status_code == 303
    answer = send(app.test_client(), "/login/", username="fujii", password=cast.PASSWORD)
    assert answer.status_code == 422
    with app.app_context():
        with acting_as(by):
            back(account_for(app, by, "fujii"), by=by, reason="復職")
        assert open_account(key_of(app, "fujii")) is not None
    assert client.get("/").status_code == 303
    answer = send(app.test_client(), "/login/", username="fujii", password=cast.PASSWORD)
    assert answer.status_code == 303


def test_a_new_role_and_ended_sessions_end_the_cookie(app: Flask) -> None:
    for change in ("role", "sessions"):
        client = cast.sign_in(app.test_client(), "fujii")
        assert client.get("/").status_code == 200
        with app.app_context():
            by = cast.actor("ueda")
            account = account_for(app, by, "fujii")
            with acting_as(by):
                if change == "role":
                    change_account(
                        account, name="藤井 六花", kana=None, mail=None, role=RoleName.CLINIC, by=by
                    )
                else:
                    end_sessions(account, by=by)
        assert client.get("/").status_code == 303


def test_leaving_staff_work_until_the_day_and_not_on_it(app: Flask) -> None:
    with app.app_context():
        by = cast.actor("ueda")
        account = account_for(app, by, "fujii")
        start, key = clock.now(), account.user_id
        with acting_as(by):
            with pytest.raises(InvalidInput):
                close_account(account, on=clock.today() - timedelta(days=1), by=by)
            close_account(account, on=clock.today() + timedelta(days=3), by=by, reason="退職")
        with clock.frozen_at(start + timedelta(days=2)):
            assert open_account(key) is not None
        with clock.frozen_at(start + timedelta(days=3)):
            assert open_account(key) is None
            with acting_as(TESTS):
                assert end_closed(clock.today()) == 1
                assert end_closed(clock.today()) == 0
    assert not facts(app, "fujii")["active"]
    with app.app_context(), clock.frozen_at(start + timedelta(days=4)), acting_as(by):
        account = account_for(app, by, "fujii")
        assert reopen_account(account, by=by, reason="再任用") is not None
    known = facts(app, "fujii")
    assert (known["closed_on"], known["awaits_activation"], known["active"]) == (None, True, True)


def test_a_form_made_from_an_older_copy_is_refused(app: Flask) -> None:
    with app.app_context():
        by = cast.actor("ueda")
        account = account_for(app, by, "fujii")
        stale = account.revision
        with acting_as(by):
            suspend(account, by=by)
            with pytest.raises(Conflict):
                change_account(
                    account,
                    name="別 人",
                    kana=None,
                    mail=None,
                    role=RoleName.HOSPITAL,
                    by=by,
                    expected=stale,
                )
    assert facts(app, "fujii")["name"] == "藤井 六花"


def test_verbs_refuse_foreign_accounts_and_other_roles_whatever_calls_them(app: Flask) -> None:
    with app.app_context():
        ueda, aoki = cast.actor("ueda"), cast.actor("aoki")
        with acting_as(TESTS):
            foreign = db.session.get_one(Account, key_of(app, "saito"))
            own = db.session.get_one(Account, key_of(app, "fujii"))
        with acting_as(ueda), pytest.raises((NotVisible, NotAllowed)):
            suspend(foreign, by=ueda)
        with acting_as(aoki), pytest.raises((NotVisible, NotAllowed)):
            suspend(own, by=aoki)
        with acting_as(ueda):
            centre = db.session.get_one(Institution, institution_id(app, "hc-shinjuku"))
            with pytest.raises(NotAllowed):
                create_account(
                    institution=centre, role=RoleName.HEALTH_CENTRE_CLERK, name="侵入 者", by=ueda
                )
            hospital = db.session.get_one(Institution, ueda.institution_id)
            with pytest.raises(NotAllowed):
                create_account(
                    institution=hospital,
                    role=RoleName.HOSPITAL,
                    name="某 氏",
                    password=cast.PASSWORD,
                    by=ueda,
                )
        with acting_as(aoki), pytest.raises(NotAllowed):
            create_account(
                institution=centre, role=RoleName.ID_ADMINISTRATOR, name="某 氏", by=aoki
            )


VERBS: tuple[Callable[..., object], ...] = (
    close_account,
    close_in_review,
    confirm_account,
    end_sessions,
    issue_activation_code,
    lock_account,
    reopen_account,
    reset_account,
    resume,
    suspend,
    unlock_account,
)


@pytest.mark.parametrize("verb", VERBS)
def test_an_account_read_by_the_system_does_not_exist_for_an_administrator_elsewhere(
    app: Flask, verb: Callable[..., object]
) -> None:
    with app.app_context():
        ueda = cast.actor("ueda")
        with acting_as(TESTS):
            foreign = db.session.get_one(Account, key_of(app, "saito"))
        before = facts(app, "saito")
        db.session.expire(foreign)
        with acting_as(ueda), pytest.raises((NotVisible, NotAllowed)):
            verb(foreign, by=ueda)
    assert facts(app, "saito") == before


def test_an_account_is_not_stopped_twice(app: Flask) -> None:
    with app.app_context():
        by = cast.actor("ueda")
        account = account_for(app, by, "fujii")
        with acting_as(by):
            for verb in (suspend, lock_account):
                verb(account, by=by)
                with pytest.raises(InvalidState):
                    verb(account, by=by)


def test_the_history_says_who_what_and_why_and_holds_no_secret(app: Flask) -> None:
    code = issued(app, mail="nitta@hospital.example")
    with app.app_context():
        by = cast.actor("ueda")
        account = account_for(app, by, "newcomer")
        with acting_as(by):
            change_account(
                account,
                name="新田 誠",
                kana=None,
                mail="nitta@hospital.example",
                role=RoleName.HOSPITAL,
                by=by,
                reason="改名",
            )
            suspend(account, by=by, reason="休職")
        with acting_as(TESTS):
            lines = db.session.scalars(
                select(HistoryEntry)
                .where(
                    HistoryEntry.record_type == "account", HistoryEntry.record_id == account.user_id
                )
                .order_by(HistoryEntry.id)
            ).all()
    assert [line.action for line in lines] == ["created", "changed", "changed", "changed"]
    assert lines[2].changes["name"] == ["新田 真", "新田 誠"]
    assert (lines[3].user_name, lines[3].reason) == ("ueda", "休職")
    assert lines[3].changes["suspended"] == [False, True]
    everything = str([line.changes for line in lines])
    for secret in ("otp", "password", "epoch", "hash", code):
        assert secret not in everything
    page = cast.sign_in(app.test_client(), "ueda").get(f"/accounts/{account.user_id}").text
    assert "新田 真 → 新田 誠" in page
    assert "休職" in page
