"""Reads of the record of looks: by user, by day, by case and by person, paged by key.

The record is an internal table without a row law, so every read here says itself whose
entries it is about: those of the own institution's users (and, for a data-protection officer
of an authority or a prefecture, of the institutions there), or everybody's looks at a person
the officer answers for.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_appbuilder.security.sqla.models import User
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, and_, func, or_, select, tuple_

from app.accounts.models import Account
from app.audit.members import block_of, holds
from app.audit.models import HistoryEntry, ReadEntry
from app.cases.models import Case
from app.core.db import db
from app.core.errors import NotVisible
from app.generated.waiting import number_waiting, waiting_for
from app.institutions.models import Institution
from app.looks.finding import bounds_of
from app.looks.models import UnusualLook
from app.persons.finding import BY_KANA
from app.persons.models import Person
from app.security.actor import Actor
from app.security.rights import holds as holds_right
from app.security.roles import RoleName
from app.security.rows import EXEMPT

PAGE = 50
_BY_NUMBER = {EXEMPT: "looks at a case are found by its number; nothing of it is read"}
_Place = tuple[datetime, int]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of the record; None leaves a condition out."""

    institution_id: int | None = None
    user_id: int | None = None
    case_id: int | None = None
    person_id: int | None = None
    first: date | None = None
    last: date | None = None


def overseen_institutions(actor: Actor) -> ColumnElement[bool]:
    """The institutions whose users' looks the actor may go through, as a condition."""
    own: ColumnElement[bool] = Institution.id == actor.institution_id
    if actor.role is not RoleName.DATA_PROTECTION:
        return own
    table = Institution.__table__.alias()
    prefecture = (
        select(table.c.prefecture_code)
        .where(table.c.id == actor.institution_id, table.c.kind == "prefecture_hq")
        .scalar_subquery()
    )
    return or_(
        own,
        Institution.authority_id == actor.institution_id,
        Institution.prefecture_code == prefecture,
    )


def require_overseen(actor: Actor, institution_id: int | None) -> int:
    """The institution whose users are asked about; by default the own one.

    Raises:
        NotVisible: it is not the actor's to oversee.
    """
    wanted = actor.institution_id if institution_id is None else institution_id
    found = db.session.scalar(
        select(Institution.id).where(Institution.id == wanted, overseen_institutions(actor))
    )
    if found is None:
        raise NotVisible(_l("There is no such record."))
    return int(found)


def condition_of(asked: Asked) -> ColumnElement[bool]:
    """The entries asked for, as one condition (files use it; pages see :func:`page_of`)."""
    parts = _common(asked)
    subject = [and_(*one) for one in _subjects(asked)]
    if subject:
        parts.append(or_(*subject))
    return and_(*parts)


def page_of(asked: Asked, after: _Place | None) -> tuple[list[ReadEntry], bool]:
    """One page, newest first, and whether there are older entries.

    About a person each way to be looked at has its own index, so each is read by itself and
    the pages are put together: none of them sorts.
    """
    found: dict[int, ReadEntry] = {}
    for subject in _subjects(asked) or [()]:
        statement = select(ReadEntry).where(*_common(asked), *subject)
        if after is not None:
            statement = statement.where(tuple_(ReadEntry.at, ReadEntry.id) < after)
        ordered = statement.order_by(ReadEntry.at.desc(), ReadEntry.id.desc())
        found |= {one.id: one for one in db.session.scalars(ordered.limit(PAGE + 1))}
    newest = sorted(found.values(), key=lambda one: (one.at, one.id), reverse=True)
    return newest[:PAGE], len(newest) > PAGE


def _common(asked: Asked) -> list[ColumnElement[bool]]:
    parts: list[ColumnElement[bool]] = []
    if asked.person_id is None:
        parts.append(ReadEntry.part == 0)
    if asked.institution_id is not None:
        parts.append(ReadEntry.institution_id == asked.institution_id)
    if asked.user_id is not None:
        parts.append(ReadEntry.user_id == asked.user_id)
    if asked.first is not None:
        parts.append(ReadEntry.at >= bounds_of(asked.first)[0])
    if asked.last is not None:
        parts.append(ReadEntry.at < bounds_of(asked.last)[1])
    return parts


def _subjects(asked: Asked) -> list[tuple[ColumnElement[bool], ...]]:
    """The ways in which a case or person can have been looked at."""
    ways: list[tuple[ColumnElement[bool], ...]] = []
    if asked.person_id is not None:
        ways.append((ReadEntry.person_id == asked.person_id,))
        block = ReadEntry.block == block_of(asked.person_id)
        ways.append((block, holds(ReadEntry.members, asked.person_id)))
    elif asked.case_id is not None:
        ways.append((ReadEntry.case_id == asked.case_id,))
    return ways


def user_named(username: str, institution_id: int) -> int:
    """The user with this sign-in name who ever looked for the institution; 0 for nobody."""
    found = db.session.scalar(
        select(Account.user_id)
        .join(User, User.id == Account.user_id)
        .where(User.username == username, Account.institution_id == institution_id)
    )
    return int(found or 0)


def subject_of_number(case_id: int) -> int | None:
    """The person of a case, for finding who looked at it in lists and files; no identity."""
    found: int | None = db.session.scalar(
        select(Case.person_id).where(Case.id == case_id).execution_options(**_BY_NUMBER)
    )
    return found


def people_found(*, case_id: int | None, kana: str | None) -> Sequence[Any]:
    """(person, case) pairs the actor answers for, by number or by a part of the kana."""
    statement: Select[Any, Any] = (
        select(Person, Case).join(Case, Case.person_id == Person.id, isouter=True).limit(PAGE)
    )
    if case_id is not None:
        statement = statement.where(Case.id == case_id)
    if kana is not None:
        statement = statement.where(BY_KANA.find(kana).condition)
    return db.session.execute(statement.order_by(Person.id.desc())).all()


def person_or_404(person_id: int) -> tuple[Person, Sequence[Case]]:
    """A person the actor answers for, with the cases. Raises NotVisible."""
    person = db.session.scalar(select(Person).where(Person.id == person_id))
    if person is None:
        raise NotVisible(_l("There is no such record."))
    cases = db.session.scalars(select(Case).where(Case.person_id == person_id).order_by(Case.id))
    return person, cases.all()


def changes_of(
    person_id: int, cases: Sequence[Case], before: int | None
) -> tuple[Sequence[HistoryEntry], bool]:
    """What was changed about a person and the cases, newest first, and whether there is more."""
    keys = [case.id for case in cases]
    subject = or_(HistoryEntry.person_id == person_id, HistoryEntry.case_id.in_(keys))
    statement = select(HistoryEntry).where(subject)
    if before is not None:
        statement = statement.where(HistoryEntry.id < before)
    found = db.session.scalars(statement.order_by(HistoryEntry.id.desc()).limit(PAGE + 1)).all()
    return found[:PAGE], len(found) > PAGE


def names_of_institutions(keys: set[int]) -> dict[int, str]:
    """Institution → name."""
    if not keys:
        return {}
    rows = db.session.execute(
        select(Institution.id, Institution.name).where(Institution.id.in_(keys))
    )
    return dict(rows.all())


def names_of_people(keys: set[int], actor: Actor) -> dict[int, str]:
    """Person → name, as far as the actor answers for them; nobody's for an ID administrator."""
    if not keys or actor.role is not RoleName.DATA_PROTECTION:
        return {}
    rows = db.session.execute(select(Person.id, Person.name).where(Person.id.in_(keys)))
    return {key: name or "" for key, name in rows}


# -- looks to be checked -----------------------------------------------------------------------


def unusual_of(actor: Actor, *, waiting: bool, before: int | None) -> Sequence[UnusualLook]:
    """Findings about the users the actor oversees, newest first, one more than a page."""
    statement = select(UnusualLook).where(_overseen_finding(actor))
    if waiting:
        statement = statement.where(UnusualLook.acknowledged_at.is_(None))
    if before is not None:
        statement = statement.where(UnusualLook.id < before)
    return db.session.scalars(statement.order_by(UnusualLook.id.desc()).limit(PAGE + 1)).all()


def unusual_or_404(actor: Actor, key: int) -> UnusualLook:
    """One finding the actor may check. Raises NotVisible."""
    found = db.session.scalar(
        select(UnusualLook).where(UnusualLook.id == key, _overseen_finding(actor))
    )
    if not isinstance(found, UnusualLook):
        raise NotVisible(_l("There is no such record."))
    return found


@waiting_for("unusual_look")
def _findings_waiting(actor: Actor) -> Select[Any] | None:
    if not holds_right(actor, "unusual", "look"):
        return None
    return select(func.count(UnusualLook.id)).where(
        _overseen_finding(actor), UnusualLook.acknowledged_at.is_(None)
    )


def unusual_count(actor: Actor) -> int:
    """How many findings wait, for the menu."""
    return number_waiting("unusual_look", actor)


def _overseen_finding(actor: Actor) -> ColumnElement[bool]:
    if actor.role is not RoleName.DATA_PROTECTION:
        own: ColumnElement[bool] = UnusualLook.institution_id == actor.institution_id
        return own
    places = select(Institution.id).where(overseen_institutions(actor))
    return UnusualLook.institution_id.in_(places)
