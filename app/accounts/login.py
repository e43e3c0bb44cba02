"""Login in two steps, as domain verbs: password, then one-time password or recovery code.

Every refusal looks the same from outside, in words and in work done, whether the name is
unknown, the password wrong, the account locked or closed.
"""

from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any, cast

import pyotp
from flask import current_app
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import CursorResult, Update, case, delete, literal, select, update
from sqlalchemy.orm import Session
from werkzeug.security import check_password_hash, generate_password_hash

from app.accounts.models import Account, LoginEvent, RecoveryCode
from app.accounts.principal import Principal, is_shut_out, open_account
from app.accounts.rules import (
    is_locked,
    matching_step,
    new_recovery_codes,
    recovery_hash,
)
from app.core import clock
from app.core.db import UtcDateTime
from app.core.errors import NotAllowed
from app.core.transaction import transaction
from app.security.actor import acting_as, system_actor

_LOGIN = system_actor("login")


@dataclass(frozen=True, slots=True)
class FirstStep:
    """The password was right; nothing is open yet."""

    user_id: int
    epoch: int
    needs_enrolment: bool


class ShutOut(NotAllowed):
    """The password was right, but the institution may not use the portal (R24)."""


def begin_login(username: str, password: str) -> FirstStep | None:
    """Check the password. None: refused, for whatever reason.

    Raises:
        ShutOut: only to whoever knows the password of an account otherwise in order.

    A right password does not clear the count of failed tries; only a whole login does, so
    that one-time passwords cannot be tried without end by repeating the first step.
    """
    with acting_as(_LOGIN), transaction() as session:
        found = session.execute(
            select(Account, User)
            .join(User, User.id == Account.user_id)
            .where(User.username == username)
        ).first()
        account, user = (None, None) if found is None else (found[0], found[1])
        correct = verify_password(user.password if user else None, password)
        principal = open_account(account.user_id) if account else open_account(0)
        passed = account is not None and correct and not _locked(account)
        if account is not None and passed and principal is not None:
            if account.otp_secret is None:
                account.otp_secret = pyotp.random_base32()
            return FirstStep(account.user_id, account.session_epoch, not account.is_enrolled)
        shut_out = account is not None and passed and is_shut_out(account.user_id)
        if not shut_out:
            _count_failure(session, account)
            return None
    raise ShutOut


def verify_password(stored_hash: str | None, password: str) -> bool:
    """Compare; for a missing hash the same work is done in vain."""
    nobody = _nobody_hash(current_app.config["FAB_PASSWORD_HASH_METHOD"])
    matches = check_password_hash(stored_hash or nobody, password)
    return matches and stored_hash is not None


def confirm_otp(first: FirstStep, code: str) -> Principal | None:
    """Take a one-time password and finish the login. None: wrong, used before, or locked.

    The accepted step is moved forward by compare-and-swap: of two requests with one code,
    also at the same instant, one is refused.
    """
    with acting_as(_LOGIN), transaction() as session:
        account = _account(session, first)
        if account is None or not account.is_enrolled or _locked(account):
            _count_failure(session, account)
            return None
        step = matching_step(account.otp_secret or "", code, clock.now())
        if step is None or not _take_step(session, first.user_id, step):
            _count_failure(session, account)
            return None
        return _finished(session, first.user_id, "login")


def enrol(first: FirstStep, code: str) -> tuple[Principal, tuple[str, ...]] | None:
    """Confirm the authenticator at the first login and hand out the recovery codes.

    None: the code is wrong, the account locked, or an authenticator is confirmed already.
    """
    with acting_as(_LOGIN), transaction() as session:
        account = _account(session, first)
        if account is None or account.is_enrolled or _locked(account):
            _count_failure(session, account)
            return None
        step = matching_step(account.otp_secret or "", code, clock.now())
        if step is None or not _take_step(session, first.user_id, step):
            _count_failure(session, account)
            return None
        account.otp_confirmed_at = clock.now()
        codes = _new_codes(session, first.user_id)
        principal = _finished(session, first.user_id, "enrolled")
        return None if principal is None else (principal, codes)


def use_recovery_code(first: FirstStep, code: str) -> Principal | None:
    """Finish the login with a recovery code, which is spent by it. None: refused."""
    with acting_as(_LOGIN), transaction() as session:
        account = _account(session, first)
        if account is None or not account.is_enrolled or _locked(account):
            _count_failure(session, account)
            return None
        spent = update(RecoveryCode).where(
            RecoveryCode.user_id == first.user_id,
            RecoveryCode.code_hash == recovery_hash(code),
            RecoveryCode.used_at.is_(None),
        )
        if not _changed_one(session, spent.values(used_at=clock.now())):
            _count_failure(session, account)
            return None
        return _finished(session, first.user_id, "recovery")


def log_out(user_id: int) -> None:
    """End every session of the user: a copied cookie dies with it."""
    with acting_as(_LOGIN), transaction() as session:
        session.execute(
            update(Account)
            .where(Account.user_id == user_id)
            .values(session_epoch=Account.session_epoch + 1)
        )
        _note(session, user_id, "logout")


def unused_recovery_codes(user_id: int) -> int:
    """How many recovery codes are left."""
    with acting_as(_LOGIN), transaction() as session:
        unused = select(RecoveryCode.id).where(
            RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None)
        )
        return len(session.scalars(unused).all())


def pending_secret(user_id: int) -> tuple[str, str] | None:
    """(user name, secret) of an authenticator waiting to be confirmed; else None."""
    with acting_as(_LOGIN), transaction() as session:
        row = session.execute(
            select(User.username, Account.otp_secret)
            .join(Account, Account.user_id == User.id)
            .where(User.id == user_id, Account.otp_confirmed_at.is_(None))
        ).first()
    return None if row is None or row[1] is None else (row[0], row[1])


@cache
def _nobody_hash(method: str) -> str:
    return generate_password_hash("nobody has this password", method=method)


def _account(session: Session, first: FirstStep) -> Account | None:
    """The account, unless its password or sessions were ended since the first step."""
    account = session.get(Account, first.user_id, populate_existing=True)
    return account if account is not None and account.session_epoch == first.epoch else None


def _locked(account: Account) -> bool:
    return is_locked(account.locked_until, clock.now())


def _take_step(session: Session, user_id: int, step: int) -> bool:
    free = update(Account).where(Account.user_id == user_id, Account.otp_last_step < step)
    return _changed_one(session, free.values(otp_last_step=step))


def _changed_one(session: Session, statement: Update) -> bool:
    result = cast(CursorResult[Any], session.execute(statement))
    return result.rowcount == 1


def _finished(session: Session, user_id: int, outcome: str) -> Principal | None:
    session.execute(
        update(Account)
        .where(Account.user_id == user_id)
        .values(failed_tries=0, locked_until=None, last_login_at=clock.now())
    )
    _note(session, user_id, outcome)
    return open_account(user_id)


def _count_failure(session: Session, account: Account | None) -> None:
    """Count a failed try in one statement, so that parallel tries all count.

    While the account is locked nothing is counted: the lock ends when it was said to end.
    An unknown name costs the same statements as a known one.
    """
    now = clock.now()
    limit = current_app.config["LOGIN_FAILED_TRIES"]
    until = literal(
        now + timedelta(minutes=current_app.config["LOGIN_LOCK_MINUTES"]), UtcDateTime()
    )
    lock_is_over = Account.locked_until.is_not(None)
    tries = case((lock_is_over, 1), else_=Account.failed_tries + 1)
    session.execute(
        update(Account)
        .where(
            Account.user_id == (account.user_id if account else 0),
            Account.locked_until.is_(None) | (Account.locked_until <= now),
        )
        .values(failed_tries=tries, locked_until=case((tries >= limit, until), else_=None))
        .execution_options(synchronize_session=False)
    )
    _note(session, account.user_id if account else None, "failed")


def _new_codes(session: Session, user_id: int) -> tuple[str, ...]:
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    codes = new_recovery_codes()
    session.add_all(RecoveryCode(user_id=user_id, code_hash=recovery_hash(c)) for c in codes)
    return codes


def _note(session: Session, user_id: int | None, outcome: str) -> None:
    session.add(LoginEvent(at=clock.now(), user_id=user_id, outcome=outcome))
