"""Whose identity goes together: a person with every case and contact, or one record without.

Identity is one: while any record of a person is kept, or held, opening that record shows the
name, so none of them loses it before the last one does.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.cases.models import Case
from app.contacts.models import Contact, ContactExposure
from app.persons.models import Person
from app.retention.book import RuleBook
from app.retention.kinds import KINDS
from app.retention.models import RetentionHold
from app.retention.parts import Rows, gather
from app.retention.rules import Period, due_on


@dataclass(frozen=True, slots=True)
class Root:
    """One record of the subject: what the preview lists."""

    kind: str
    record: Any
    centre_id: int | None
    period: Period | None
    event_on: date | None
    due_on: date | None


@dataclass(frozen=True, slots=True)
class Subject:
    """What goes together. ``problem``: why it stays (a word of LEFT), None when it may go."""

    key: str
    person_id: int | None
    roots: tuple[Root, ...]
    rows: Rows = field(default_factory=dict)
    fingerprint: str = ""
    due_on: date | None = None
    problem: str | None = None


def key_of(kind: str, record: Any) -> str:
    """What names the subject of a record."""
    person_id = getattr(record, "person_id", None)
    return f"{kind}:{record.id}" if person_id is None else f"person:{person_id}"


def assess(
    session: Session, key: str, book: RuleBook, today: date, *, lock: bool = False
) -> Subject:
    """The subject as it stands now, with everything that hangs on it.

    ``lock``: nobody changes its records until the commit (PostgreSQL; SQLite has one writer).
    """
    kind, _, number = key.partition(":")
    person_id = int(number) if kind == "person" else None
    roots = tuple(_roots(session, kind, int(number), book, lock=lock))
    subject = Subject(key, person_id, roots)
    if not roots or any(root.record.anonymised_on is not None for root in roots):
        return _with(subject, problem="changed")
    if any(root.period is None for root in roots):
        return _with(subject, problem="rule" if len(roots) == 1 else "needed")
    days = [root.due_on for root in roots if root.due_on is not None]
    if len(days) < len(roots):
        return _with(subject, problem="changed" if len(roots) == 1 else "needed")
    rows = gather(session, _seeds(session, subject))
    if _is_held(session, rows, today):
        return _with(subject, problem="held")
    return _with(subject, rows=rows, fingerprint=_fingerprint(session, rows), due_on=max(days))


def _with(subject: Subject, **changed: Any) -> Subject:
    values = {name: getattr(subject, name) for name in Subject.__slots__}
    return Subject(**(values | changed))


def _roots(
    session: Session, kind: str, number: int, book: RuleBook, *, lock: bool
) -> Iterator[Root]:
    if kind == "person" and lock:
        session.execute(select(Person.id).where(Person.id == number).with_for_update())
    for one in ("case", "contact") if kind == "person" else (kind,):
        model = KINDS[one].model
        mine = model.person_id == number if kind == "person" else model.id == number
        found = select(model).where(mine).order_by(model.id)
        found = found.execution_options(populate_existing=True)
        for record in session.scalars(found.with_for_update() if lock else found):
            yield _root(one, record, book)


def _root(kind: str, record: Any, book: RuleBook) -> Root:
    declared = KINDS[kind]
    centre_id = declared.centre_of(record)
    period = book.period(kind, declared.disease_of(record), centre_id)
    event_on = None if period is None else declared.event_on(record, period.event)
    due = None
    if period is not None and event_on is not None:
        due = due_on(event_on, period.amount, period.unit)
    return Root(kind, record, centre_id, period, event_on, due)


def _seeds(session: Session, subject: Subject) -> dict[type[Any], list[int]]:
    seeds: dict[type[Any], list[int]] = {}
    if subject.person_id is not None:
        # Rows merged into this one are empty, but their history is not.
        merged = select(Person.id).where(Person.merged_into_id == subject.person_id)
        seeds[Person] = [subject.person_id, *session.scalars(merged.order_by(Person.id))]
    for root in subject.roots:
        seeds.setdefault(KINDS[root.kind].model, []).append(root.record.id)
    return seeds


def _is_held(session: Session, rows: Rows, today: date) -> bool:
    """A hold on any of its records, or on one that an exposure ties to them: its words are
    the other record's as well."""
    cases = set(rows.get(Case, ()))
    contacts = set(rows.get(Contact, ()))
    exposures = rows.get(ContactExposure, frozenset())
    ties = select(ContactExposure.case_id, ContactExposure.contact_id)
    for case_id, contact_id in session.execute(ties.where(ContactExposure.id.in_(exposures))):
        cases.add(case_id)
        contacts.add(contact_id)
    persons = set(rows.get(Person, ()))
    persons |= set(session.scalars(select(Case.person_id).where(Case.id.in_(cases))))
    persons |= set(session.scalars(select(Contact.person_id).where(Contact.id.in_(contacts))))
    in_force = (
        RetentionHold.released_at.is_(None),
        or_(RetentionHold.until_on.is_(None), RetentionHold.until_on >= today),
        or_(
            RetentionHold.case_id.in_(cases),
            RetentionHold.contact_id.in_(contacts),
            RetentionHold.person_id.in_(persons - {None}),
        ),
    )
    return session.scalar(select(RetentionHold.id).where(*in_force).limit(1)) is not None


def _fingerprint(session: Session, rows: Rows) -> str:
    """Keys and versions of every row: a change, a new part, a deleted one makes another."""
    digest = hashlib.sha256()
    for model in sorted(rows, key=lambda one: one.__tablename__):
        if model is RetentionHold:
            continue
        version = getattr(model, "row_version", model.id)
        keys = select(model.id, version).where(model.id.in_(rows[model])).order_by(model.id)
        for key, number in session.execute(keys):
            digest.update(f"{model.__tablename__}:{key}:{number}\n".encode())
    return digest.hexdigest()
