"""Activation: whoever holds the sign-in name and the one-time code sets the first password.

Every refusal looks the same from outside, in words and in work done: unknown name, wrong,
used, expired or replaced code, locked, suspended or closed account.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

import pyotp
from flask import current_app
from flask_appbuilder.security.sqla.models import User
from flask_babel import lazy_gettext as _l
from sqlalchemy import CursorResult, delete, select, update
from sqlalchemy.orm import Session

from app.accounts.events import note
from app.accounts.issuing import hashed
from app.accounts.login import FirstStep
from app.accounts.models import Account, ActivationCode
from app.accounts.passwords import password_problems
from app.accounts.recording import record
from app.accounts.rules import (
    activation_hash,
    is_locked,
    new_activation_code,
)
from app.accounts.tries import Standing, count_failure
from app.core import clock
from app.core.errors import InvalidInput, InvalidState
from app.core.transaction import transaction
from app.security.actor import acting_as, system_actor

_ACTIVATION = system_actor("activation")


@dataclass(frozen=True, slots=True)
class Opened:
    """The code was right; the account still waits for its password.

    ``fingerprint`` names that very code: a key of its row could name the next one.
    """

    user_id: int
    fingerprint: str


def new_code(session: Session, account: Account) -> str:
    """A code for an account that awaits activation; replaces the one before."""
    code = new_activation_code()
    days = int(current_app.config["ACTIVATION_CODE_DAYS"])
    withdraw_code(session, account)
    session.add(
        ActivationCode(
            user_id=account.user_id,
            code_hash=activation_hash(code),
            created_at=clock.now(),
            expires_at=clock.now() + timedelta(days=days),
        )
    )
    session.flush()
    return code


def withdraw_code(session: Session, account: Account) -> None:
    """Make the account's code void."""
    session.execute(delete(ActivationCode).where(ActivationCode.user_id == account.user_id))


def code_expiry(user_ids: list[int]) -> dict[int, datetime]:
    """Until when the codes of these accounts can be used; an account without one is not in it."""
    with acting_as(_ACTIVATION), transaction() as session:
        rows = session.execute(
            select(ActivationCode.user_id, ActivationCode.expires_at).where(
                ActivationCode.user_id.in_(user_ids), ActivationCode.used_at.is_(None)
            )
        )
        return {row.user_id: row.expires_at for row in rows}


def begin_activation(username: str, code: str) -> Opened | None:
    """Check sign-in name and code. None: refused, for whatever reason. Spends nothing yet."""
    with acting_as(_ACTIVATION), transaction() as session:
        account = session.scalar(
            select(Account).join(User, User.id == Account.user_id).where(User.username == username)
        )
        found = session.scalar(
            select(ActivationCode).where(
                ActivationCode.user_id == (account.user_id if account else 0),
                ActivationCode.code_hash == activation_hash(code),
                ActivationCode.used_at.is_(None),
                ActivationCode.expires_at > clock.now(),
            )
        )
        if account is None or found is None or not _may_activate(account):
            count_failure(session, Standing(account))
            return None
        return Opened(account.user_id, found.code_hash)


def name_of(opened: Opened) -> str | None:
    """The sign-in name while the code still stands; None when it was used or replaced."""
    with acting_as(_ACTIVATION), transaction() as session:
        return session.scalar(
            select(User.username)
            .join(ActivationCode, ActivationCode.user_id == User.id)
            .where(
                ActivationCode.user_id == opened.user_id,
                ActivationCode.code_hash == opened.fingerprint,
                ActivationCode.used_at.is_(None),
            )
        )


def finish_activation(opened: Opened, password: str) -> FirstStep:
    """Spend the code and set the password; the authenticator is enrolled next.

    The code is spent by compare-and-swap: of two requests with it, one is refused.

    Raises:
        InvalidInput: the password is too weak; the code is not spent.
        InvalidState: the code was used, replaced or has expired since, or the account stopped.
    """
    with acting_as(_ACTIVATION), transaction() as session:
        account = session.get(Account, opened.user_id, populate_existing=True)
        if account is None or not _may_activate(account) or not _spend(session, opened):
            raise InvalidState(_l("This code is no longer valid. Please begin again."))
        name = f"{account.user.last_name} {account.user.first_name}"
        weak = password_problems(
            password,
            username=account.user.username,
            name=name,
            words=[account.institution.name],
        )
        if weak:
            raise InvalidInput({"password": weak})
        account.user.password = hashed(password)
        account.otp_secret, account.otp_confirmed_at = pyotp.random_base32(), None
        account.awaits_activation = False
        account.first_activated_at = account.first_activated_at or clock.now()
        account.failed_tries, account.locked_until = 0, None
        account.session_epoch += 1
        session.flush()
        note(session, account.user_id, "activated")
        record(session, account, "changed", {"awaits_activation": [True, False]})
        return FirstStep(account.user_id, account.session_epoch, needs_enrolment=True)


def _may_activate(account: Account) -> bool:
    institution = account.institution
    return (
        account.awaits_activation
        and not account.is_closed
        and institution.active
        and account.suspended_at is None
        and account.locked_at is None
        and not is_locked(account.locked_until, clock.now())
    )


def _spend(session: Session, opened: Opened) -> bool:
    spent = update(ActivationCode).where(
        ActivationCode.user_id == opened.user_id,
        ActivationCode.code_hash == opened.fingerprint,
        ActivationCode.used_at.is_(None),
        ActivationCode.expires_at > clock.now(),
    )
    result = cast(CursorResult[Any], session.execute(spent.values(used_at=clock.now())))
    return result.rowcount == 1
