"""The signed-in user of a request, read with one statement and then kept."""

import logging
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import ColumnElement, Date, Row, Select, and_, bindparam, exists, or_, select
from sqlalchemy.orm import aliased

from app.accounts.models import Account, full_name
from app.accounts.session_models import AccountSession, KnownDevice
from app.audit.causes import people_named_by
from app.core import clock
from app.core.db import UtcDateTime, db
from app.core.remembering import remembered
from app.institutions.models import Institution
from app.institutions.rules import may_carry, needs_letting_in
from app.security.actor import Actor, acting_as, system_actor
from app.security.roles import Entry, RoleName

log = logging.getLogger(__name__)

# How long the other browsers of an account speak of a device nobody has confirmed.
NEW_DEVICE_DAYS = 30
_NOW = bindparam("now", callable_=clock.now, type_=UtcDateTime())
_TODAY = bindparam("today", callable_=clock.today, type_=Date())
_NEW_DEVICES_SINCE = bindparam(
    "new_devices_since",
    callable_=lambda: clock.now() - timedelta(days=NEW_DEVICE_DAYS),
    type_=UtcDateTime(),
)


@dataclass(frozen=True, slots=True)
class OpenSession:
    """The session a request came with. ``strange_device``: another one waits to be confirmed."""

    id: int
    device_id: int | None
    started_at: datetime
    last_seen_at: datetime
    strange_device: bool


@dataclass(frozen=True, slots=True)
class Principal:
    """What flask-login calls the user: plain values, no record that could be reloaded.

    ``epoch`` is the account's session epoch when it was read. ``session`` is None while
    nobody is signed in yet.
    """

    id: int
    username: str
    display_name: str
    institution_name: str
    epoch: int
    actor: Actor
    must_change_password: bool = False
    session: OpenSession | None = None

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        """The key flask-login keeps in the session."""
        return str(self.id)


@dataclass(frozen=True, slots=True)
class _Found:
    """The account as stored; ``let_in`` is False while its institution may not use the portal."""

    row: Row[Any]
    let_in: bool


def open_account(user_id: int) -> Principal | None:
    """The user of an account in use; None when it or its institution is closed or shut out of
    the portal, when it is locked by hand, suspended or not activated yet, when it carries a role
    its institution cannot give, or unknown."""
    return _let_in(_in_use(), user_id=user_id)


def is_shut_out(user_id: int) -> bool:
    """True for an account in order whose institution may not use the portal (R24)."""
    found = _find(_in_use(), user_id=user_id)
    return found is not None and not found.let_in


def open_session(user_id: int, token_hash: str) -> Principal | None:
    """The user of a browser's session that was not ended, with what is known of the session;
    else None. Whether it is idle or too old is for the caller to say.
    """
    return _let_in(_by_session("browser"), user_id=user_id, token_hash=token_hash)


def open_token(token_hash: str) -> Principal | None:
    """The user of a program's token that was not ended and has not run out; else None."""
    return _let_in(_by_session("token"), token_hash=token_hash)


# Every request asks this first: the statements are made once and given their values each time.


@remembered
def _by_session(kind: Literal["browser", "token"]) -> Select[Any]:
    accounts = _in_use() if kind == "browser" else _all_in_use()
    lasts: ColumnElement[bool] = AccountSession.ends_at.is_(None)
    if kind == "token":
        lasts = AccountSession.ends_at > _NOW
    return (
        accounts.add_columns(
            AccountSession.id.label("session_id"),
            AccountSession.device_id,
            AccountSession.started_at,
            AccountSession.last_seen_at,
            _strange_device().label("strange_device"),
        )
        .join(
            AccountSession,
            and_(
                AccountSession.user_id == Account.user_id,
                AccountSession.epoch == Account.session_epoch,
            ),
        )
        .where(
            lasts,
            AccountSession.token_hash == bindparam("token_hash"),
            AccountSession.ended_at.is_(None),
        )
    )


def still_stands(actor: Actor) -> bool:
    """True while the account of ``actor`` is open and holds the same post (work asked for
    before somebody left is not done in their name afterwards)."""
    principal = None if actor.user_id is None else open_account(actor.user_id)
    return principal is not None and principal.actor == actor


@remembered
def _in_use() -> Select[Any]:
    return _all_in_use().where(User.id == bindparam("user_id"))


def _all_in_use() -> Select[Any]:
    return (
        select(
            User.id.label("user_id"),
            User.username,
            User.last_name,
            User.first_name,
            Account.role,
            Account.session_epoch,
            Account.must_change_password,
            Institution.id.label("institution_id"),
            Institution.name.label("institution_name"),
            Institution.kind,
            Institution.portal_on,
            Institution.portal_entries,
            Institution.authority_id,
            Institution.prefecture_code,
        )
        .join(Account, Account.user_id == User.id)
        .join(Institution, Institution.id == Account.institution_id)
        .where(
            User.active.is_(True),
            Account.awaits_activation.is_(False),
            Account.locked_at.is_(None),
            Account.suspended_at.is_(None),
            or_(Account.closed_on.is_(None), Account.closed_on > _TODAY),
            or_(Institution.closed_on.is_(None), Institution.closed_on > _TODAY),
        )
    )


def _strange_device() -> ColumnElement[bool]:
    """Another device of this account, new and unconfirmed, as seen from a confirmed one."""
    other, own = aliased(KnownDevice), aliased(KnownDevice)
    return and_(
        exists().where(
            other.user_id == AccountSession.user_id,
            other.confirmed_at.is_(None),
            other.first_seen_at > _NEW_DEVICES_SINCE,
        ),
        exists().where(own.id == AccountSession.device_id, own.confirmed_at.is_not(None)),
    )


def _let_in(statement: Select[Any], **values: Any) -> Principal | None:
    found = _find(statement, **values)
    return _principal(found.row) if found is not None and found.let_in else None


def _find(statement: Select[Any], **values: Any) -> _Found | None:
    # Nobody is signed in yet while the signed-in user is being found.
    with acting_as(system_actor("login")):
        row = db.session.execute(statement, values).first()
    if row is None:
        return None
    if not may_carry(row.kind, row.role):
        # Neither issued here nor by command: somebody wrote into the table.
        log.warning("account %s refused: a role %s cannot carry", row.user_id, row.kind)
        return None
    return _Found(row, row.portal_on or not needs_letting_in(row.kind))


def names_of_users(user_ids: Collection[int]) -> dict[int, str]:
    """What users are called, those whose account is closed included."""
    named = select(User.id, User.last_name, User.first_name).where(User.id.in_(user_ids))
    # Asked while a record is being filled in: what is half written is not to be sent yet.
    with db.session.no_autoflush:
        found = db.session.execute(named).all()
    return {key: full_name(last, first) for key, last, first in found}


def name_and_place_of(user_id: int) -> tuple[str, str] | None:
    """What a user is called and at which institution the account is (or was, once closed)."""
    named = (
        select(User.last_name, User.first_name, Institution.name)
        .outerjoin(Account, Account.user_id == User.id)
        .outerjoin(Institution, Institution.id == Account.institution_id)
        .where(User.id == user_id)
    )
    # Whoever signs knows the own institution, whatever else of accounts the role may read.
    with acting_as(system_actor("login")), db.session.no_autoflush:
        row = db.session.execute(named).first()
    return None if row is None else (full_name(row[0], row[1]), row[2] or "")


people_named_by(names_of_users, name_and_place_of)


def _principal(row: Row[Any]) -> Principal:
    actor = Actor(
        user_id=row.user_id,
        name=row.username,
        role=RoleName(row.role),
        institution_id=row.institution_id,
        authority_id=row.authority_id,
        prefecture_code=row.prefecture_code,
        entries=frozenset(e for e in Entry if e in row.portal_entries),
    )
    session = None
    if "session_id" in row._fields:
        session = OpenSession(
            row.session_id,
            row.device_id,
            row.started_at,
            row.last_seen_at,
            bool(row.strange_device),
        )
    return Principal(
        id=row.user_id,
        username=row.username,
        display_name=full_name(row.last_name, row.first_name),
        institution_name=row.institution_name,
        epoch=row.session_epoch,
        actor=actor,
        must_change_password=row.must_change_password,
        session=session,
    )
