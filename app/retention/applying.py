"""Applying the preview: what has stood there for seven full days, unheld and unchanged."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select, update

from app.core import clock
from app.core.db import db
from app.core.transaction import transaction
from app.retention.anonymising import anonymise
from app.retention.book import RuleBook
from app.retention.discarded import erase_discarded
from app.retention.models import RetentionEntry
from app.retention.preview import CHUNK, Progress, leave, why_it_leaves
from app.retention.rules import may_apply
from app.retention.subjects import assess
from app.security.actor import Actor


@dataclass(slots=True)
class Applied:
    """What a run did, in records."""

    anonymised: int = 0
    left: int = 0
    discarded: int = 0
    """Drafts thrown away earlier, of which the history alone was left."""


def run_apply(today: date, *, by: Actor, progress: Progress = lambda _done: None) -> Applied:
    """Anonymise what may go. Runs as the system; each subject is a transaction of its own, so a
    run that is stopped has done some wholly and the others not at all.

    Raises:
        NotAllowed: ``by`` is not the system.
    """
    book, done = RuleBook(), Applied()
    for keys in _subjects_due(today):
        for key in keys:
            with transaction():
                _apply(key, book, today, by, done)
            db.session.expunge_all()
            progress(done.anonymised)
    done.discarded = erase_discarded(today, book, by=by)
    return done


def _apply(key: str, book: RuleBook, today: date, by: Actor, done: Applied) -> None:
    session = db.session()
    mine = (RetentionEntry.subject == key, RetentionEntry.state == "waiting")
    # Claimed first: a second run, or a second process, finds nothing to claim.
    waiting = session.scalars(select(RetentionEntry).where(*mine).with_for_update()).all()
    now = clock.now()
    if not waiting or not all(
        may_apply(e.due_on, e.entered_at, today=today, now=now) for e in waiting
    ):
        return
    words = waiting[0].rule_words
    keys = [entry.id for entry in waiting]
    subject = assess(session, key, book, today, lock=True)
    why = why_it_leaves(subject, today)
    if why is not None:
        done.left += leave(key, why)
        return
    claimed = session.execute(
        update(RetentionEntry)
        .where(RetentionEntry.id.in_(keys), RetentionEntry.state == "waiting")
        .values(state="applied", ended_at=now)
        .execution_options(synchronize_session=False)
    )
    if claimed.rowcount != len(keys):
        raise RuntimeError("the preview was changed while it was applied")
    anonymise(session, subject, on=today, by=by, why=words)
    done.anonymised += len(keys)


def _subjects_due(today: date) -> Iterator[list[str]]:
    place = 0
    while True:
        found = db.session.execute(
            select(RetentionEntry.id, RetentionEntry.subject)
            .where(
                RetentionEntry.state == "waiting",
                RetentionEntry.id > place,
                RetentionEntry.due_on <= today,
            )
            .order_by(RetentionEntry.id)
            .limit(CHUNK)
        ).all()
        if not found:
            return
        place = found[-1].id
        yield list(dict.fromkeys(row.subject for row in found))
