"""The signed-in user of a request, read with one statement and then kept."""

import logging
from dataclasses import dataclass
from typing import Any

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import Row, or_, select

from app.accounts.models import Account, full_name
from app.core import clock
from app.core.db import db
from app.institutions.models import Institution
from app.institutions.rules import may_carry, needs_letting_in
from app.security.actor import Actor, acting_as, system_actor
from app.security.roles import Entry, RoleName

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Principal:
    """What flask-login calls the user: plain values, no record that could be reloaded.

    ``epoch`` is the account's session epoch when it was read.
    """

    id: int
    username: str
    display_name: str
    institution_name: str
    epoch: int
    actor: Actor

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
    """The user of an account in use; None when it or its institution is closed, shut out of the
    portal or unknown, or when it carries a role its institution cannot give."""
    found = _find(user_id)
    return _principal(found.row) if found is not None and found.let_in else None


def is_shut_out(user_id: int) -> bool:
    """True for an account in order whose institution may not use the portal (R24)."""
    found = _find(user_id)
    return found is not None and not found.let_in


def _find(user_id: int) -> _Found | None:
    statement = (
        select(
            User.id.label("user_id"),
            User.username,
            User.last_name,
            User.first_name,
            Account.role,
            Account.session_epoch,
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
            User.id == user_id,
            User.active.is_(True),
            Account.closed_on.is_(None),
            or_(Institution.closed_on.is_(None), Institution.closed_on > clock.today()),
        )
    )
    # Nobody is signed in yet while the signed-in user is being found.
    with acting_as(system_actor("login")):
        row = db.session.execute(statement).first()
    if row is None:
        return None
    if not may_carry(row.kind, row.role):
        # Neither issued here nor by command: somebody wrote into the table.
        log.warning("account %s refused: a role %s cannot carry", row.user_id, row.kind)
        return None
    return _Found(row, row.portal_on or not needs_letting_in(row.kind))


def still_stands(actor: Actor) -> bool:
    """True while the account of ``actor`` is open and holds the same post (work asked for
    before somebody left is not done in their name afterwards)."""
    principal = None if actor.user_id is None else open_account(actor.user_id)
    return principal is not None and principal.actor == actor


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
    return Principal(
        id=row.user_id,
        username=row.username,
        display_name=full_name(row.last_name, row.first_name),
        institution_name=row.institution_name,
        epoch=row.session_epoch,
        actor=actor,
    )
