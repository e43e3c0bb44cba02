"""What the owner of an account does with it: password, authenticator, recovery codes, devices.

Each step asks again for something only the owner has, as an unlocked screen is not the owner.
Wrong tries count as at the login.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

import pyotp
from flask import current_app
from flask_appbuilder.security.sqla.models import User
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.events import note
from app.accounts.issuing import hashed
from app.accounts.login import renew_codes, spend_code, take_code, take_step, verify_password
from app.accounts.models import Account
from app.accounts.passwords import password_problems
from app.accounts.principal import Principal, open_account
from app.accounts.rules import matching_step
from app.accounts.sessions import end_sessions
from app.accounts.tries import Standing, count_failure, standing_of_user
from app.core import clock
from app.core.errors import InvalidInput, InvalidState, NotVisible
from app.core.transaction import transaction
from app.institutions.models import Institution
from app.messaging.mail import send_later
from app.security.actor import Actor, acting_as, system_actor

# A new authenticator has to be confirmed within this time of being drawn.
ENROLMENT = timedelta(minutes=15)
_OWN = system_actor("own account")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Proof:
    """What the owner has shown: the current password, a one-time password or recovery code.

    None of a part: it is not asked for. ``device_hash`` names the browser, whose tries count.
    """

    device_hash: str = ""
    password: str | None = None
    code: str | None = None
    recovery_allowed: bool = False


def change_password(*, by: Actor, proof: Proof, new: str) -> Principal:
    """Set the password the owner chose; every session of the account ends.

    Gives the principal to go on with here.

    Raises:
        InvalidInput: the new password is too weak or no other one, or the proof is wrong.
    """
    _check_new_password(_user_id(by), new)

    def change(session: Session, account: Account) -> None:
        if verify_password(account.user.password, new):
            raise InvalidInput({"new_password": [_l("This is the present password.")]})
        account.user.password = hashed(new)
        account.must_change_password = False
        _end_everything(session, account)
        note(session, account.user_id, "password_changed")
        _write_to_owner(account)

    _with_proof(by, proof, change)
    return _reopened(by)


def draw_authenticator(*, by: Actor, proof: Proof) -> int:
    """Make the secret of a new authenticator; the old one stays in force until it is confirmed.

    Gives the mark (Unix seconds) that the browser has to show for its next step.

    Raises:
        InvalidInput: the proof is wrong.
    """

    def draw(session: Session, account: Account) -> int:
        account.otp_next_secret, account.otp_next_at = pyotp.random_base32(), clock.now()
        return _mark(account)

    return _with_proof(by, proof, draw)


def drawn_secret(*, by: Actor, mark: int | None) -> str | None:
    """The secret drawn in this browser a moment ago; None when there is none."""
    with acting_as(_OWN), transaction() as session:
        account = session.get_one(Account, _user_id(by), populate_existing=True)
        return account.otp_next_secret if _is_drawn(account, mark) else None


def confirm_authenticator(*, by: Actor, mark: int | None, code: str) -> Principal:
    """Put the new authenticator in force; the old one is dead, every session ends.

    Raises:
        InvalidInput: the code is not what the new authenticator shows.
        InvalidState: nothing was drawn in this browser, or too long ago.
    """
    with acting_as(_OWN), transaction() as session:
        account = session.get_one(Account, _user_id(by), populate_existing=True)
        if not _is_drawn(account, mark):
            raise InvalidState(_l("The new authenticator was not confirmed in time. Begin again."))
        step = matching_step(account.otp_next_secret or "", code, clock.now())
        if step is None or not take_step(session, account.user_id, step):
            raise InvalidInput({"code": [_WRONG_NEW_CODE]})
        account.otp_secret, account.otp_confirmed_at = account.otp_next_secret, clock.now()
        account.otp_next_secret = account.otp_next_at = None
        _end_everything(session, account)
        note(session, account.user_id, "authenticator_changed")
        _write_to_owner(account)
    return _reopened(by)


def new_recovery_codes(*, by: Actor, proof: Proof) -> tuple[str, ...]:
    """Ten new codes, to be shown once; those handed out before are void.

    Raises:
        InvalidInput: the proof is wrong.
    """

    def renew(session: Session, account: Account) -> tuple[str, ...]:
        note(session, account.user_id, "recovery_codes_renewed")
        _write_to_owner(account)
        return renew_codes(session, account.user_id)

    return _with_proof(by, proof, renew)


def end_own_session(*, by: Actor, session_id: int) -> None:
    """End one session of one's own.

    Raises:
        NotVisible: it is over, or somebody else's.
    """
    with acting_as(_OWN), transaction() as session:
        if not end_sessions(session, _user_id(by), only=session_id):
            raise NotVisible(_l("This session has ended already."))
        note(session, _user_id(by), "session_ended")


def end_other_sessions(*, by: Actor, but: int) -> int:
    """End every session of one's own except one; how many were ended."""
    with acting_as(_OWN), transaction() as session:
        ended = end_sessions(session, _user_id(by), but=but)
        if ended:
            note(session, _user_id(by), "session_ended")
        return ended


_WRONG_NEW_CODE = _l("This is not the code the new authenticator shows now. Check its clock.")
_WRONG_CODE = _l(
    "This code is not correct or was used before, or the account is locked. "
    "A one-time password can be used once: wait for the next one."
)
_WRONG_PASSWORD = _l("The present password is not correct, or the account is locked.")


def _with_proof(by: Actor, proof: Proof, verb: Callable[[Session, Account], T]) -> T:
    """Do ``verb`` in one transaction with the taking of the code; a wrong try stays counted."""
    problem: dict[str, list[object]] | None
    with acting_as(_OWN), transaction() as session:
        standing = standing_of_user(session, _user_id(by), proof.device_hash)
        problem = _missing(session, standing, proof)
        if problem is None and standing.account is not None:
            return verb(session, standing.account)
        count_failure(session, standing)
    raise InvalidInput(problem or {})


def _missing(session: Session, standing: Standing, proof: Proof) -> dict[str, list[object]] | None:
    if proof.password is not None:
        stored = standing.user.password if standing.user else None
        if not verify_password(stored, proof.password) or standing.is_locked:
            return {"password": [_WRONG_PASSWORD]}
    if proof.code is None or take_code(session, standing, proof.code):
        return None
    if proof.recovery_allowed and spend_code(session, standing, proof.code):
        return None
    return {"code": [_WRONG_CODE]}


def _check_new_password(user_id: int, new: str) -> None:
    statement = (
        select(User.username, User.last_name, User.first_name, Institution.name)
        .join(Account, Account.user_id == User.id)
        .join(Institution, Institution.id == Account.institution_id)
        .where(User.id == user_id)
    )
    with acting_as(_OWN), transaction() as session:
        username, family, given, institution = session.execute(statement).one()
    weak = password_problems(new, username=username, name=f"{family} {given}", words=[institution])
    if weak:
        raise InvalidInput({"new_password": weak})


def _end_everything(session: Session, account: Account) -> None:
    """No session and no half-done login survives; the caller's own goes on with a new secret."""
    account.session_epoch += 1
    account.otp_next_secret = account.otp_next_at = None
    end_sessions(session, account.user_id)


def _write_to_owner(account: Account) -> None:
    """A mail about what was changed for signing in, where an address is known; it holds no secret."""
    if account.mail is None:
        return
    send_later(
        to=account.mail,
        subject=_("The sign-in of your account was changed"),
        text=_(
            "On %(at)s the password, the authenticator or the recovery codes of your account at "
            "%(portal)s were changed. If it was you, nothing is to be done. If not, tell the ID "
            "administrator of your institution at once.",
            at=f"{clock.in_japan(clock.now()):%Y/%m/%d %H:%M}",
            portal=current_app.config["APP_NAME"],
        ),
    )


def _reopened(by: Actor) -> Principal:
    principal = open_account(_user_id(by))
    if principal is None:
        raise InvalidState(_l("This account is closed already."))
    return principal


def _is_drawn(account: Account, mark: int | None) -> bool:
    drawn = account.otp_next_at
    return drawn is not None and _mark(account) == mark and clock.now() - drawn < ENROLMENT


def _mark(account: Account) -> int:
    return int(account.otp_next_at.timestamp()) if account.otp_next_at else 0


def _user_id(by: Actor) -> int:
    if by.user_id is None:
        raise NotVisible(_l("The system has no account of its own."))
    return by.user_id
