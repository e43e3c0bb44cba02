"""Failed tries and the rest they bring: counted with the device where it is known, else with
the account.

Whoever guesses from elsewhere locks the account for strangers only; its owner still gets in on
a device that once completed a login, where the tries have a count of their own (the protocol
of OWASP, "Slow Down Online Guessing Attacks with Device Cookies").
"""

from dataclasses import dataclass
from datetime import timedelta

from flask import current_app
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import Select, and_, case, literal, select, update
from sqlalchemy.orm import Session

from app.accounts.events import note
from app.accounts.models import Account
from app.accounts.rules import is_locked
from app.accounts.session_models import KnownDevice
from app.core import clock
from app.core.db import UtcDateTime


@dataclass(frozen=True, slots=True)
class Standing:
    """The account somebody tries to open, and their device if the account knows it."""

    account: Account | None
    device: KnownDevice | None = None
    user: User | None = None

    @property
    def is_locked(self) -> bool:
        """True while tries from there are refused unread."""
        counted = self.device or self.account
        return counted is not None and is_locked(counted.locked_until, clock.now())


def standing_of_name(session: Session, username: str, device_hash: str) -> Standing:
    """Where a try for ``username`` from that device stands; one statement for any name."""
    return _standing(session, _statement(device_hash).where(User.username == username))


def standing_of_user(session: Session, user_id: int, device_hash: str) -> Standing:
    """The same, for an account known by its key."""
    return _standing(session, _statement(device_hash).where(User.id == user_id))


def count_failure(session: Session, standing: Standing) -> None:
    """Count a failed try in one statement, so that parallel tries all count, and note it.

    While the lock lasts nothing is counted: it ends when it was said to end. An unknown name
    costs the same statements as a known one.
    """
    account, device = standing.account, standing.device
    model: type[Account | KnownDevice] = Account if device is None else KnownDevice
    key = Account.user_id == (account.user_id if account else 0)
    if device is not None:
        key = KnownDevice.id == device.id
    now, limit = clock.now(), current_app.config["LOGIN_FAILED_TRIES"]
    rest = timedelta(minutes=current_app.config["LOGIN_LOCK_MINUTES"])
    until = literal(now + rest, UtcDateTime())
    tries = case((model.locked_until.is_not(None), 1), else_=model.failed_tries + 1)
    session.execute(
        update(model)
        .where(key, model.locked_until.is_(None) | (model.locked_until <= now))
        .values(failed_tries=tries, locked_until=case((tries >= limit, until), else_=None))
        .execution_options(synchronize_session=False)
    )
    note(session, account.user_id if account else None, "failed")


def clear_failures(session: Session, standing: Standing) -> None:
    """Forget the tries counted where a login has just been completed, and only there."""
    model: type[Account | KnownDevice] = Account
    key = Account.user_id == (standing.account.user_id if standing.account else 0)
    if standing.device is not None:
        model, key = KnownDevice, KnownDevice.id == standing.device.id
    session.execute(
        update(model)
        .where(key)
        .values(failed_tries=0, locked_until=None)
        .execution_options(synchronize_session=False)
    )


def _statement(device_hash: str) -> Select[Account, User, KnownDevice]:
    known = and_(
        KnownDevice.user_id == Account.user_id,
        KnownDevice.token_hash == device_hash,
    )
    return (
        select(Account, User, KnownDevice)
        .join(User, User.id == Account.user_id)
        .outerjoin(KnownDevice, known)
        .execution_options(populate_existing=True)
    )


def _standing(session: Session, statement: Select[Account, User, KnownDevice]) -> Standing:
    found = session.execute(statement).first()
    return Standing(None) if found is None else Standing(found[0], found[2], found[1])
