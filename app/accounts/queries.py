"""Reads about accounts, institutions without an administrator, and one's own post."""

from collections.abc import Sequence
from datetime import date

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import contains_eager

from app.accounts.models import Account
from app.accounts.rules import Place, Post
from app.core import clock
from app.core.db import db
from app.institutions.models import CentreArea, Institution
from app.institutions.queries import open_institutions
from app.institutions.rules import FIRST_ADMINISTRATORS
from app.security.actor import Actor, acting_as, system_actor
from app.security.roles import RoleName

_LOOKING = system_actor("delegation")
_OF_A_CENTRE = frozenset({"hospital", "clinic", "test_centre"})


def post_of(actor: Actor) -> Post:
    """The actor as the rules of delegation see one."""
    institution = (
        None if actor.institution_id is None else db.session.get(Institution, actor.institution_id)
    )
    kind = None if institution is None else institution.kind
    return Post(actor.user_id, actor.role, actor.institution_id, kind)


def place_of(post: Post, institution: Institution) -> Place:
    """``institution`` as a place to issue accounts for, seen from ``post``."""
    below = select(Institution.id).where(_directly_below(post), Institution.id == institution.id)
    return Place(
        institution_id=institution.id,
        kind=institution.kind,
        is_open=institution.active,
        is_below=db.session.scalar(below) is not None,
        has_administrator=administrators(institution.id) > 0,
    )


def administrators(institution_id: int, *, besides: int | None = None) -> int:
    """How many ID administrators an institution has who can act, or will once activated."""
    statement = (
        select(func.count())
        .select_from(Account)
        .where(Account.institution_id == institution_id, _is_administrator(clock.today()))
    )
    if besides is not None:
        statement = statement.where(Account.user_id != besides)
    # Whether there is one is no secret of those who ask; who it is stays one.
    with acting_as(_LOOKING):
        return db.session.scalar(statement) or 0


def institutions_without_administrator(post: Post) -> Sequence[Institution]:
    """Open institutions below ``post`` that wait for their first ID administrator, by name."""
    with_one = select(Account.institution_id).where(_is_administrator(clock.today()))
    statement = (
        select(Institution)
        .where(_directly_below(post), open_institutions(), Institution.id.not_in(with_one))
        .order_by(Institution.kana, Institution.name, Institution.id)
    )
    with acting_as(_LOOKING):
        return db.session.scalars(statement).all()


def accounts_of(institution_id: int) -> Sequence[Account]:
    """Every account of an institution that exists for the actor, by reading and name."""
    statement = (
        select(Account)
        .join(User, User.id == Account.user_id)
        .options(contains_eager(Account.user))
        .where(Account.institution_id == institution_id)
        .order_by(func.coalesce(Account.kana, ""), User.last_name, User.first_name, User.id)
    )
    return db.session.scalars(statement).all()


def account_by_id(user_id: int) -> Account | None:
    """The account if it exists for the actor."""
    return db.session.scalars(select(Account).where(Account.user_id == user_id)).one_or_none()


def _is_administrator(today: date) -> ColumnElement[bool]:
    return and_(
        Account.role == RoleName.ID_ADMINISTRATOR.value,
        or_(Account.closed_on.is_(None), Account.closed_on > today),
        Account.suspended_at.is_(None),
    )


def _directly_below(post: Post) -> ColumnElement[bool]:
    """Institutions under ``post`` in the tree; of a health centre also those it answers for."""
    kinds = FIRST_ADMINISTRATORS.get(post.kind or "", frozenset())
    below: ColumnElement[bool] = Institution.parent_id == (post.institution_id or 0)
    if post.kind == "health_centre":
        answered_for = select(CentreArea.municipality_code).where(
            CentreArea.centre_id == post.institution_id
        )
        below = or_(
            below,
            and_(
                Institution.kind.in_(_OF_A_CENTRE),
                Institution.municipality_code.in_(answered_for),
            ),
        )
    return and_(Institution.kind.in_(kinds), below)
