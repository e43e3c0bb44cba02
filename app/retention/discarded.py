"""What was deleted leaves its history: noted when it goes, erased when its time has come.

A part of a contact is found by the contact; a draft that was thrown away belongs to nobody any
more and has its own period. No page shows it, so it needs no preview.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import instance_state

from app.audit.erasing import erase_values
from app.audit.history import subject_of
from app.core.db import db
from app.core.transaction import transaction
from app.institutions.models import Institution
from app.notifications.models import Notification
from app.retention.book import RuleBook
from app.retention.kinds import day_of
from app.retention.models import RetentionTrace
from app.retention.parts import erased_columns, owners_of, reached_models
from app.retention.rules import due_on
from app.security.actor import Actor, acting_as, system_actor

DISCARDED = "discarded"
CHUNK = 200


def leave_traces(session: Session, _context: Any) -> None:
    """Note what this flush deletes and the history names under no case and no person."""
    for record in session.deleted:
        kept = subject_of(type(record))
        if kept is None or type(record) not in reached_models() or _is_named(record, kept):
            continue
        rows = [dict(owner) for owner in _owners(session, record)]
        for row in rows:
            row |= {"record_type": kept.record_type, "record_id": record.id}
        if rows:
            with acting_as(system_actor("retention")), session.no_autoflush:
                session.execute(insert(RetentionTrace), rows)


def erase_discarded(today: date, book: RuleBook, *, by: Actor) -> int:
    """Erase the history of drafts thrown away whose period is over; how many there were."""
    names = tuple(column.key for column in erased_columns(Notification))
    done = 0
    for centre_id, _event, latest in book.scans("draft", today):
        while keys := _due(centre_id, latest, today, book):
            with transaction() as session:
                for trace in session.scalars(
                    select(RetentionTrace).where(RetentionTrace.id.in_(keys))
                ).all():
                    erase_values(session, trace.record_type, trace.record_id, names, by=by)
                    session.delete(trace)
                    done += 1
    return done


def _due(centre_id: int, latest: date, today: date, book: RuleBook) -> list[int]:
    """Keys of the first traces of a centre that are over, by the index of centre and day."""
    found = select(RetentionTrace).where(
        RetentionTrace.centre_id == centre_id, RetentionTrace.event_on <= latest
    )
    ordered = found.order_by(RetentionTrace.event_on, RetentionTrace.id)
    due: list[int] = []
    for trace in db.session.scalars(ordered.execution_options(yield_per=CHUNK)):
        period = book.period("draft", trace.disease_id or 0, centre_id)
        if period is None or trace.event_on is None:
            continue
        if due_on(trace.event_on, period.amount, period.unit) <= today:
            due.append(trace.id)
        if len(due) == CHUNK:
            break
    return due


def _owners(session: Session, record: Any) -> list[Mapping[str, Any]]:
    values = instance_state(record).dict
    blank = {"centre_id": None, "disease_id": None, "event_on": None}
    found: list[Mapping[str, Any]] = [
        {"owner": parent.__tablename__, "owner_id": key} | blank
        for name, parent in owners_of(type(record))
        if (key := values.get(name)) is not None
    ]
    if found or not isinstance(record, Notification):
        return found
    with acting_as(system_actor("retention")), session.no_autoflush:
        columns = (Institution.id, Institution.kind, Institution.parent_id)
        office = session.execute(
            select(*columns).where(Institution.id == values["institution_id"])
        ).one()
    centre_id = office.id if office.kind == "health_centre" else office.parent_id
    mine = {"owner": DISCARDED, "owner_id": record.id, "centre_id": centre_id}
    return [mine | {"disease_id": values["disease_id"], "event_on": day_of(values["created_at"])}]


def _is_named(record: Any, kept: Any) -> bool:
    """The history of the record names its case or person."""
    values = instance_state(record).dict
    names = (kept.case_attribute, kept.person_attribute)
    return any(name is not None and values.get(name) is not None for name in names)
