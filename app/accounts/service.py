"""Accounts over their life, as an administrator leads it: issued, changed, stopped, ended.

Login is in ``login.py``, the activation by the owner in ``activation.py``. Every step is
allowed by the rules of delegation, kept in the history with its reason, and ends the sessions
of the account at once where it takes something away.
"""

from datetime import date

from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.accounts.activation import new_code, withdraw_code
from app.accounts.devices import forget_devices
from app.accounts.issuing import (
    check_person,
    create_account,
    fab_role,
    sync_roles,
    tidy_mail,
    tidy_name,
)
from app.accounts.models import Account, ParkedForm, RecoveryCode
from app.accounts.queries import administrators, post_of
from app.accounts.recording import changing, holder_of, notify
from app.accounts.rules import Step, last_administrator_problem, role_change_problem
from app.core import clock
from app.core.errors import InvalidInput, InvalidState
from app.messaging.mail import send_later
from app.security.actor import Actor
from app.security.roles import RoleName

__all__ = [
    "change_account",
    "close_account",
    "create_account",
    "end_sessions",
    "issue_activation_code",
    "lock_account",
    "reopen_account",
    "reset_account",
    "resume",
    "suspend",
    "sync_roles",
    "unlock_account",
]


def change_account(
    account: Account,
    *,
    name: str,
    kana: str | None,
    mail: str | None,
    role: RoleName,
    by: Actor,
    reason: str | None = None,
    expected: int | None = None,
) -> None:
    """Correct name, reading and address; a new role ends all sessions of the account.

    Raises:
        InvalidInput: a value cannot be accepted, or the role cannot be given.
        NotAllowed, Conflict: see :func:`app.accounts.recording.changing`.
    """
    with changing(account, Step.CHANGE, by=by, reason=reason, expected=expected):
        _require_not_closed(account)
        family, given = tidy_name(name)
        problems = check_person(family, given, kana, mail)
        if role.value != account.role:
            refusal = _role_refusal(account, role, by)
            if refusal is not None:
                problems["role"] = [refusal]
        if problems:
            raise InvalidInput(problems)
        account.user.last_name, account.user.first_name = family, given
        account.kana, account.mail = (kana or "").strip() or None, tidy_mail(mail)
        if role.value != account.role:
            account.role = role.value
            account.user.roles = [fab_role(role)]
            account.session_epoch += 1


def issue_activation_code(account: Account, *, by: Actor, reason: str | None = None) -> str:
    """A new activation code, to be given to the owner alone; every earlier one is void.

    It is returned once and stored as a hash.

    Raises:
        InvalidState: the account is in use already, suspended or closed.
        NotAllowed: the rules of delegation refuse it.
    """
    with changing(account, Step.ACTIVATION_CODE, by=by, reason=reason) as session:
        _require_not_closed(account)
        if not account.awaits_activation:
            raise InvalidState(_l("This account is in use. Reset it to issue a new code."))
        return new_code(session, account)


def reset_account(account: Account, *, by: Actor, reason: str | None = None) -> str:
    """Password, authenticator and recovery codes are gone; the owner activates anew.

    For somebody who lost the password, or the authenticator and the recovery codes. No session
    is left; the owner is told at the next login, and by mail where an address is known.
    Returns the new activation code.

    Raises:
        InvalidState: the account is closed.
        NotAllowed: the rules of delegation refuse it.
    """
    with changing(account, Step.RESET, by=by, reason=reason) as session:
        _require_not_closed(account)
        _forget_secrets(session, account)
        account.failed_tries, account.locked_until = 0, None
        notify(session, account, Step.RESET.value)
        _write_about_reset(account)
        return new_code(session, account)


def lock_account(account: Account, *, by: Actor, reason: str | None = None) -> None:
    """Stop an account at once (a lost telephone, a suspicion); ends every session."""
    with changing(account, Step.LOCK, by=by, reason=reason):
        _require_not_closed(account)
        if account.locked_at is not None:
            raise InvalidState(_l("This account is locked already."))
        account.locked_at = clock.now()
        account.session_epoch += 1


def unlock_account(account: Account, *, by: Actor, reason: str | None = None) -> None:
    """Lift a lock laid by hand or by failed tries."""
    with changing(account, Step.UNLOCK, by=by, reason=reason):
        account.locked_at = account.locked_until = None
        account.failed_tries = 0


def suspend(account: Account, *, by: Actor, reason: str | None = None) -> None:
    """Let an account rest (leave of absence, not used for long); ends every session."""
    with changing(account, Step.SUSPEND, by=by, reason=reason):
        _require_not_closed(account)
        if account.suspended_at is not None:
            raise InvalidState(_l("This account is suspended already."))
        account.suspended_at = clock.now()
        account.session_epoch += 1


def resume(account: Account, *, by: Actor, reason: str | None = None) -> None:
    """Let a suspended account be used again, with its password and authenticator."""
    with changing(account, Step.RESUME, by=by, reason=reason):
        if account.suspended_at is None:
            raise InvalidState(_l("This account is not suspended."))
        account.suspended_at, account.resumed_at = None, clock.now()


def close_account(
    account: Account, *, by: Actor, on: date | None = None, reason: str | None = None
) -> None:
    """End an account for leaving staff: ``on`` is the first day without access, today without it.

    Until a day to come the account works on. From that day on there is no login, no session and
    nothing parked; the history stays.

    Raises:
        InvalidInput: the day lies in the past.
        InvalidState: it is closed already, or belongs to the last ID administrator.
        NotAllowed: the rules of delegation refuse it.
    """
    day = on or clock.today()
    with changing(account, Step.CLOSE, by=by, reason=reason) as session:
        _require_not_closed(account)
        if day < clock.today():
            raise InvalidInput({"closed_on": [_l("Choose today or a day to come.")]})
        if not by.is_system and account.institution_id == by.institution_id:
            others = administrators(account.institution_id, besides=account.user_id)
            refusal = last_administrator_problem(RoleName(account.role), others)
            if refusal is not None:
                raise InvalidState(refusal)
        account.closed_on = day
        if account.is_closed:
            _end(session, account)


def end_closed_account(session: Session, account: Account) -> None:
    """What is left to do on the day a closing was set for (the nightly chore)."""
    _end(session, account)


def reopen_account(account: Account, *, by: Actor, reason: str | None = None) -> str | None:
    """Take back a closing: one still to come is forgotten, one past needs a new activation,
    whose code is returned."""
    with changing(account, Step.REOPEN, by=by, reason=reason) as session:
        if account.closed_on is None:
            raise InvalidState(_l("This account is not closed."))
        was_closed = account.is_closed
        account.closed_on = None
        if not was_closed:
            return None
        account.user.active = True
        account.suspended_at = account.locked_at = account.locked_until = None
        account.failed_tries = 0
        _forget_secrets(session, account)
        return new_code(session, account)


def end_sessions(account: Account, *, by: Actor, reason: str | None = None) -> None:
    """End every session of the account; password and authenticator stay."""
    with changing(account, Step.END_SESSIONS, by=by, reason=reason):
        account.session_epoch += 1


def _role_refusal(account: Account, role: RoleName, by: Actor) -> object | None:
    if by.is_system:
        return None
    others = administrators(account.institution_id, besides=account.user_id)
    return role_change_problem(
        post_of(by),
        holder_of(account),
        role,
        kind=account.institution.kind,
        other_administrators=others,
    )


def _require_not_closed(account: Account) -> None:
    if account.is_closed:
        raise InvalidState(_l("This account is closed already."))


def _forget_secrets(session: Session, account: Account) -> None:
    account.user.password = None
    account.otp_secret = account.otp_confirmed_at = account.otp_next_secret = None
    account.awaits_activation, account.must_change_password = True, False
    account.session_epoch += 1
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == account.user_id))
    forget_devices(session, account.user_id)


def _end(session: Session, account: Account) -> None:
    account.session_epoch += 1
    account.otp_secret = account.otp_confirmed_at = None
    account.user.active = False
    withdraw_code(session, account)
    for model in (ParkedForm, RecoveryCode):
        session.execute(delete(model).where(model.user_id == account.user_id))


def _write_about_reset(account: Account) -> None:
    if account.mail is None:
        return
    send_later(
        to=account.mail,
        subject=str(_l("Your account was reset")),
        text=str(
            _l(
                "The ID administrator of your institution has reset your account at %(portal)s. "
                "You receive a new activation code from the administrator. If you did not ask "
                "for this, tell your ID administrator at once.",
                portal=current_app.config["APP_NAME"],
            )
        ),
    )
