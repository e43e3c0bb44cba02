"""The preview: what will lose its identity, listed a week before; and what leaves the list."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, select, tuple_, update
from sqlalchemy.orm import InstrumentedAttribute

from app.core import clock
from app.core.db import UtcDateTime, db
from app.core.transaction import transaction
from app.retention.book import RuleBook
from app.retention.kinds import KINDS, Kind
from app.retention.models import RetentionEntry
from app.retention.rules import is_in_preview
from app.retention.subjects import Root, Subject, assess, key_of

CHUNK = 200
"""Records read at a time, and committed together."""
Progress = Callable[[int], None]


@dataclass(slots=True)
class Listed:
    """What a run of the preview did, in records."""

    entered: int = 0
    left: int = 0
    waiting: int = 0


def run_preview(today: date, progress: Progress = lambda _done: None) -> Listed:
    """Take off what may not go any more, enter what is due within a week. Runs as the system.

    Stopped at any point it goes on where it was: each chunk is committed by itself and what is
    listed is not listed twice.
    """
    book, done = RuleBook(), Listed()
    for chunk in _waiting_subjects():
        with transaction():
            for key in chunk:
                done.left += review(key, book, today)
        progress(done.left)
    for kind in KINDS.values():
        for centre_id, event, latest in book.scans(kind.name, today):
            for column in kind.events.get(event, ()):
                for keys in _candidates(kind, centre_id, column, latest):
                    with transaction():
                        for key in keys:
                            done.entered += _enter(key, book, today)
                    progress(done.entered)
    return done


def review(key: str, book: RuleBook, today: date) -> int:
    """Take the entries of a subject off the list unless it stands as it was listed.

    Returns:
        How many entries left.
    """
    subject = assess(db.session(), key, book, today)
    return leave(key, why) if (why := why_it_leaves(subject, today)) else 0


def why_it_leaves(subject: Subject, today: date) -> str | None:
    """The word of LEFT under which the waiting entries of a subject go; None: they stay."""
    if subject.problem is not None:
        return subject.problem
    if subject.due_on is None or not is_in_preview(subject.due_on, today):
        return "rule"
    waiting = db.session.scalars(
        select(RetentionEntry).where(
            RetentionEntry.subject == subject.key, RetentionEntry.state == "waiting"
        )
    ).all()
    roots = {(root.kind, root.record.id): root for root in subject.roots}
    if {(e.kind, e.record_id) for e in waiting} != set(roots):
        return "changed"
    for entry in waiting:
        period = roots[entry.kind, entry.record_id].period
        if period is None or (period.rule_id, period.version) != (
            entry.rule_id,
            entry.rule_version,
        ):
            return "rule"
        if entry.fingerprint != subject.fingerprint:
            return "changed"
    return None


def leave(key: str, why: str) -> int:
    """Take every waiting entry of a subject off the list; how many there were."""
    gone = db.session.execute(
        update(RetentionEntry)
        .where(RetentionEntry.subject == key, RetentionEntry.state == "waiting")
        .values(state="left", left_because=why, ended_at=clock.now())
        .execution_options(synchronize_session="fetch")
    )
    return int(gone.rowcount)


def _enter(key: str, book: RuleBook, today: date) -> int:
    session = db.session()
    mine = (RetentionEntry.subject == key, RetentionEntry.state == "waiting")
    if session.scalar(select(RetentionEntry.id).where(*mine).limit(1)) is not None:
        return 0
    subject = assess(session, key, book, today)
    if subject.problem is not None or subject.due_on is None:
        return 0
    if not is_in_preview(subject.due_on, today):
        return 0
    session.add_all(_entry(root, subject, book) for root in subject.roots)
    session.flush()
    session.expunge_all()
    return len(subject.roots)


def _entry(root: Root, subject: Subject, book: RuleBook) -> RetentionEntry:
    centre = book.centre(root.centre_id)
    assert root.period is not None
    assert centre is not None
    return RetentionEntry(
        kind=root.kind,
        record_id=root.record.id,
        subject=subject.key,
        reference=KINDS[root.kind].reference(root.record),
        disease_id=KINDS[root.kind].disease_of(root.record),
        responsible_centre_id=centre.id,
        authority_id=centre.authority_id,
        prefecture_code=centre.prefecture_code,
        event_on=root.event_on,
        due_on=subject.due_on,
        rule_id=root.period.rule_id,
        rule_version=root.period.version,
        rule_words=book.words[root.period.rule_id],
        fingerprint=subject.fingerprint,
        entered_at=clock.now(),
    )


def _waiting_subjects() -> Iterator[list[str]]:
    place = 0
    while True:
        found = db.session.execute(
            select(RetentionEntry.id, RetentionEntry.subject)
            .where(RetentionEntry.state == "waiting", RetentionEntry.id > place)
            .order_by(RetentionEntry.id)
            .limit(CHUNK)
        ).all()
        if not found:
            return
        place = found[-1].id
        yield list(dict.fromkeys(row.subject for row in found))
        db.session.expunge_all()


def _candidates(
    kind: Kind, centre_id: int, column: InstrumentedAttribute[Any], latest: date
) -> Iterator[list[str]]:
    """Subjects whose event lies far enough back, in the order of the index, page by page."""
    model = kind.model
    place: tuple[Any, int] | None = None
    while True:
        statement = select(model).where(
            kind.of_centre(centre_id), kind.condition, column <= bound_of(column, latest)
        )
        if place is not None:
            beyond: ColumnElement[bool] = tuple_(column, model.id) > place
            statement = statement.where(beyond)
        found = db.session.scalars(statement.order_by(column, model.id).limit(CHUNK)).all()
        if not found:
            return
        place = (getattr(found[-1], column.key), found[-1].id)
        keys = list(dict.fromkeys(key_of(kind.name, record) for record in found))
        db.session.expunge_all()
        yield keys


def bound_of(column: InstrumentedAttribute[Any], latest: date) -> Any:
    """The end of a day in Japan, as the column holds days or instants."""
    if isinstance(column.type, UtcDateTime):
        return clock.midnight_in_japan(date.fromordinal(latest.toordinal() + 1))
    return latest
