"""Login in two steps, as domain verbs: password, then one-time password or recovery code.

Every refusal looks the same from outside, in words and in work done, whether the name is
unknown, the password wrong, the account locked or closed.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any, cast

import pyotp
from flask import current_app
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import CursorResult, Update, delete, select, update
from sqlalchemy.orm import Session
from werkzeug.security import check_password_hash, generate_password_hash

from app.accounts.events import note
from app.accounts.models import Account, AccountNotice, RecoveryCode
from app.accounts.passwords import is_listed
from app.accounts.principal import Principal, is_shut_out, open_account
from app.accounts.rules import matching_step, new_recovery_codes, recovery_hash
from app.accounts.sessions import end_sessions
from app.accounts.tries import (
    Standing,
    clear_failures,
    count_failure,
    standing_of_name,
    standing_of_user,
)
from app.core import clock
from app.core.errors import NotAllowed
from app.core.transaction import transaction
from app.security.actor import acting_as, system_actor

_LOGIN = system_actor("login")


@dataclass(frozen=True, slots=True)
class FirstStep:
    """The password was right; nothing is open yet. ``device_hash`` names the browser, if the
    account may know it; the second step comes from the same one."""

    user_id: int
    epoch: int
    needs_enrolment: bool
    device_hash: str = ""


class ShutOut(NotAllowed):
    """The password was right, but the institution may not use the portal (R24)."""


def begin_login(username: str, password: str, *, device_hash: str = "") -> FirstStep | None:
    """Check the password. None: refused, for whatever reason.

    Raises:
        ShutOut: only to whoever knows the password of an account otherwise in order.

    A right password does not clear the count of failed tries; only a whole login does, so
    that one-time passwords cannot be tried without end by repeating the first step.
    """
    with acting_as(_LOGIN), transaction() as session:
        standing = standing_of_name(session, username, device_hash)
        account = standing.account
        correct = verify_password(standing.user.password if standing.user else None, password)
        principal = open_account(account.user_id if account else 0)
        passed = account is not None and correct and not standing.is_locked
        if account is not None and passed and principal is not None:
            if account.otp_secret is None:
                account.otp_secret = pyotp.random_base32()
            _keep_up(account, password)
            return FirstStep(
                account.user_id, account.session_epoch, not account.is_enrolled, device_hash
            )
        if account is None or not passed or not is_shut_out(account.user_id):
            count_failure(session, standing)
            return None
    raise ShutOut


def verify_password(stored_hash: str | None, password: str) -> bool:
    """Compare; for a missing hash the same work is done in vain."""
    nobody = _nobody_hash(current_app.config["FAB_PASSWORD_HASH_METHOD"])
    matches = check_password_hash(stored_hash or nobody, password)
    return matches and stored_hash is not None


def _keep_up(account: Account, password: str) -> None:
    """A right password that today's rules would not take has to be changed after the login, and
    one kept under a weaker hash is kept under today's."""
    if is_listed(password) and not account.demo:
        account.must_change_password = True
    method = current_app.config["FAB_PASSWORD_HASH_METHOD"]
    if not str(account.user.password).startswith(f"{method}$"):
        account.user.password = generate_password_hash(password, method=method)


def confirm_otp(first: FirstStep, code: str) -> Principal | None:
    """Take a one-time password and finish the login. None: wrong, used before, or locked."""
    with acting_as(_LOGIN), transaction() as session:
        standing = _standing(session, first)
        if not _is_enrolled(standing) or not take_code(session, standing, code):
            count_failure(session, standing)
            return None
        return _finished(session, standing, first.user_id, "login")


def enrol(first: FirstStep, code: str) -> tuple[Principal, tuple[str, ...]] | None:
    """Confirm the authenticator at the first login and hand out the recovery codes.

    None: the code is wrong, the account locked, or an authenticator is confirmed already.
    """
    with acting_as(_LOGIN), transaction() as session:
        standing = _standing(session, first)
        account = standing.account
        if account is None or account.is_enrolled or not take_code(session, standing, code):
            count_failure(session, standing)
            return None
        account.otp_confirmed_at = clock.now()
        codes = renew_codes(session, first.user_id)
        principal = _finished(session, standing, first.user_id, "enrolled")
        return None if principal is None else (principal, codes)


def use_recovery_code(first: FirstStep, code: str) -> Principal | None:
    """Finish the login with a recovery code, which is spent by it. None: refused."""
    with acting_as(_LOGIN), transaction() as session:
        standing = _standing(session, first)
        if not _is_enrolled(standing) or not spend_code(session, standing, code):
            count_failure(session, standing)
            return None
        return _finished(session, standing, first.user_id, "recovery")


def take_code(session: Session, standing: Standing, code: str) -> bool:
    """Take a one-time password of the account's authenticator; False: wrong, used, or locked.

    The accepted step is moved forward by compare-and-swap: of two requests with one code,
    also at the same instant, one is refused.
    """
    account = standing.account
    if account is None or standing.is_locked:
        return False
    step = matching_step(account.otp_secret or "", code, clock.now())
    if step is None or take_step(session, account.user_id, step):
        return step is not None
    # A right code for the second time: somebody looked over the shoulder, or sent it twice.
    note(session, account.user_id, "code_reused")
    session.add(AccountNotice(user_id=account.user_id, kind="code_reused", at=clock.now()))
    return False


def take_step(session: Session, user_id: int, step: int) -> bool:
    """Move the last accepted step forward; False when it was reached already."""
    free = update(Account).where(Account.user_id == user_id, Account.otp_last_step < step)
    return _changed_one(session, free.values(otp_last_step=step))


def spend_code(session: Session, standing: Standing, code: str) -> bool:
    """Spend a recovery code; False: wrong, spent before, or locked."""
    account = standing.account
    if account is None or standing.is_locked:
        return False
    spent = update(RecoveryCode).where(
        RecoveryCode.user_id == account.user_id,
        RecoveryCode.code_hash == recovery_hash(code),
        RecoveryCode.used_at.is_(None),
    )
    return _changed_one(session, spent.values(used_at=clock.now()))


def renew_codes(session: Session, user_id: int) -> tuple[str, ...]:
    """New recovery codes, to be shown once; the former ones are void."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    codes = new_recovery_codes()
    session.add_all(RecoveryCode(user_id=user_id, code_hash=recovery_hash(c)) for c in codes)
    return codes


def log_out(user_id: int, session_id: int) -> None:
    """End one session: copies of its cookie die with it."""
    with acting_as(_LOGIN), transaction() as session:
        end_sessions(session, user_id, only=session_id)
        note(session, user_id, "logout")


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


def _standing(session: Session, first: FirstStep) -> Standing:
    """Where the second step stands: nowhere, if the password or the sessions of the account
    were ended since the first."""
    standing = standing_of_user(session, first.user_id, first.device_hash)
    account = standing.account
    is_same = account is not None and account.session_epoch == first.epoch
    return standing if is_same else Standing(None)


def _is_enrolled(standing: Standing) -> bool:
    return standing.account is not None and standing.account.is_enrolled


def _changed_one(session: Session, statement: Update) -> bool:
    result = cast(CursorResult[Any], session.execute(statement))
    return result.rowcount == 1


def _finished(session: Session, standing: Standing, user_id: int, outcome: str) -> Principal | None:
    clear_failures(session, standing)
    last_login = update(Account).where(Account.user_id == user_id)
    session.execute(last_login.values(last_login_at=clock.now()))
    note(session, user_id, outcome)
    return open_account(user_id)
