"""Cases and the links between them, as far as they exist for the actor; a constant number of
statements, however many cases there are."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, literal, or_, select
from sqlalchemy import case as sql_case

from app.cases.models import Case
from app.chains.rules import Edge
from app.contacts.models import ContactExposure
from app.core import clock
from app.core.db import db
from app.generated.registry import VIEWS
from app.institutions.models import Municipality
from app.persons.models import Person
from app.security.actor import Actor

LIMIT = 5_000
"""Cases in one picture."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which cases: of a period and area, or all that hang together with one case."""

    first: date
    last: date
    disease_id: int | None = None
    municipality_code: str | None = None
    responsible_centre_id: int | None = None
    case_id: int | None = None


@dataclass(frozen=True, slots=True)
class Node:
    """A case as a chain shows it: by number, never by name."""

    id: int
    number: str
    onset_on: date | None
    diagnosed_on: date | None
    reported_on: date | None
    accepted_at: datetime | None
    created_at: datetime
    sex: str | None
    age_years: int | None
    status: str | None
    municipality: str | None
    person_id: int | None

    @property
    def day(self) -> date:
        """The day it is drawn at: onset, else diagnosis, else when it was reported or opened."""
        known = self.onset_on or self.diagnosed_on or self.reported_on
        return known or clock.in_japan(self.accepted_at or self.created_at).date()


@dataclass(frozen=True, slots=True)
class Link:
    """What is known of a link."""

    source: int
    infected: int
    exposed_on: date | None
    setting: str | None


@dataclass(frozen=True, slots=True)
class Found:
    """Everything asked for. ``inside``: keys of cases that fit the question themselves; the
    others are the other ends of their links. ``more``: the picture had to be cut."""

    nodes: Mapping[int, Node]
    links: Mapping[Edge, Link]
    inside: frozenset[int]
    more: bool


def chains(asked: Asked, actor: Actor) -> Found:
    """The cases asked for and their links, in three statements."""
    wanted = _cases(actor).where(*_conditions(asked))
    if asked.case_id is None:
        # The newest ones, if they are too many.
        wanted = wanted.order_by(Case.onset_on.desc(), Case.id.desc())
    rows = db.session.execute(wanted.limit(LIMIT + 1)).all()
    nodes = {row.id: _node(row) for row in rows[:LIMIT]}
    inside = frozenset(nodes)
    links = _links(wanted.limit(LIMIT), inside)
    missing = {end for link in links for end in (link.source, link.infected)} - inside
    room = max(LIMIT - len(nodes), 0)
    if missing and room:
        beyond = _cases(actor).where(Case.id.in_(sorted(missing)[:room]))
        nodes |= {row.id: _node(row) for row in db.session.execute(beyond)}
    between = {
        (link.source, link.infected): link
        for link in links
        if link.source in nodes and link.infected in nodes and link.source != link.infected
    }
    return Found(nodes, between, inside, len(rows) > LIMIT or len(missing) > room)


def names_of(people: Collection[int]) -> Mapping[int, str]:
    """The names of some people; empty for roles to whom no person exists."""
    found = select(Person.id, Person.name, Person.kana).where(Person.id.in_(people))
    return {row.id: row.name or row.kana or "" for row in db.session.execute(found)}


def _cases(actor: Actor) -> Select[Any]:
    """The actor's own list of cases, with the columns a chain shows."""
    statement, _key = VIEWS["case"].list_statement(actor)
    # The list's own statement: what one person opened by break-glass stands on no list.
    chosen: Any = statement.with_only_columns(
        Case.id,
        Case.number,
        Case.onset_on,
        Case.diagnosed_on,
        Case.reported_on,
        Case.accepted_at,
        Case.created_at,
        Case.sex,
        Case.age_years,
        Case.status,
        Municipality.name.label("municipality"),
        Case.person_id,
    )
    return chosen.outerjoin(Municipality, Municipality.code == Case.municipality_code)


def _conditions(asked: Asked) -> Sequence[ColumnElement[bool]]:
    if asked.case_id is not None:
        return (Case.id.in_(_hanging_together(asked.case_id)),)
    period = or_(
        Case.onset_on.between(asked.first, asked.last),
        and_(Case.onset_on.is_(None), Case.diagnosed_on.between(asked.first, asked.last)),
    )
    chosen = {
        Case.disease_id: asked.disease_id,
        Case.municipality_code: asked.municipality_code,
        Case.responsible_centre_id: asked.responsible_centre_id,
    }
    return (period, *(column == value for column, value in chosen.items() if value is not None))


def _hanging_together(case_id: int) -> Any:
    """The keys of all cases that hang together with one, found by the database in one go.

    Each step asks for the case at the other end as well: a chain does not lead on through a
    case that does not exist for the actor.
    """
    found = select(literal(case_id).label("id")).cte("hanging_together", recursive=True)
    link = ContactExposure
    other = sql_case((link.case_id == found.c.id, link.infected_case_id), else_=link.case_id)
    touching = or_(link.case_id == found.c.id, link.infected_case_id == found.c.id)
    step = (
        select(Case.id)
        .select_from(found)
        .join(link, and_(link.infected_case_id.is_not(None), touching))
        .join(Case, Case.id == other)
    )
    return select(found.union(step).c.id)


def _links(wanted: Select[Any], inside: Collection[int]) -> Sequence[Link]:
    if not inside:
        return ()
    keys = select(wanted.with_only_columns(Case.id).subquery().c.id)
    either = or_(ContactExposure.case_id.in_(keys), ContactExposure.infected_case_id.in_(keys))
    found = db.session.execute(
        select(
            ContactExposure.case_id,
            ContactExposure.infected_case_id,
            ContactExposure.exposed_on,
            ContactExposure.setting,
        )
        .where(ContactExposure.infected_case_id.is_not(None), either)
        # Of several exposures of one pair the last one counts.
        .order_by(ContactExposure.exposed_on, ContactExposure.id)
    )
    return [Link(*row) for row in found]


def _node(row: Any) -> Node:
    number = row.number or f"#{row.id}"
    return Node(row.id, number, *row[2:])
