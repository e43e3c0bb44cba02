"""The signed-in user of a request, read with one statement and then kept."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import Row, or_, select

from app.accounts.models import Account, full_name
from app.audit.causes import people_named_by
from app.core import clock
from app.core.db import db
from app.institutions.models import Institution
from app.security.actor import Actor, acting_as, system_actor
from app.security.roles import RoleName


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


def open_account(user_id: int) -> Principal | None:
    """The user of an account in use; None when it or its institution is closed, when it is
    locked by hand, suspended or not activated yet, or unknown."""
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
            Institution.authority_id,
            Institution.prefecture_code,
        )
        .join(Account, Account.user_id == User.id)
        .join(Institution, Institution.id == Account.institution_id)
        .where(
            User.id == user_id,
            User.active.is_(True),
            Account.awaits_activation.is_(False),
            Account.locked_at.is_(None),
            Account.suspended_at.is_(None),
            or_(Account.closed_on.is_(None), Account.closed_on > clock.today()),
            or_(Institution.closed_on.is_(None), Institution.closed_on > clock.today()),
        )
    )
    # Nobody is signed in yet while the signed-in user is being found.
    with acting_as(system_actor("login")):
        row = db.session.execute(statement).first()
    return None if row is None else _principal(row)


def names_of_users(user_ids: Collection[int]) -> dict[int, str]:
    """What users are called, those whose account is closed included."""
    named = select(User.id, User.last_name, User.first_name).where(User.id.in_(user_ids))
    return {key: full_name(last, first) for key, last, first in db.session.execute(named)}


people_named_by(names_of_users)


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
    )
    return Principal(
        id=row.user_id,
        username=row.username,
        display_name=full_name(row.last_name, row.first_name),
        institution_name=row.institution_name,
        epoch=row.session_epoch,
        actor=actor,
    )
