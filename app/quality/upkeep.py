"""Notes what has to be looked at, in the transaction that saved it, and looks at it soon after.

A save that touches what a rule asks for costs one insert. A worker judges within seconds, some
hundred records at a time; whoever mends a finding in the queue sees the outcome at once.
"""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection, Table, delete, insert, inspect, null, or_, select
from sqlalchemy.orm import Session

from app.cases.codes import ENDED_STATUSES
from app.cases.models import Case, LabTest, Stay
from app.cases.written import after_cases_written, before_cases_removed
from app.contacts.models import Contact, ContactExposure
from app.core.listeners import listen_once
from app.core.transaction import transaction
from app.followup.models import HealthObservation
from app.notifications.models import Notification
from app.persons.models import Person
from app.quality.case_contents import HIGHEST, LOW_OXYGEN, LOWEST
from app.quality.judging import judge
from app.quality.models import QualityDue, QualityFinding
from app.quality.reading import CASE_ITEMS, CONTACT_ITEMS, IN_FORCE, PERSON_ITEMS
from app.quality.rules import Found
from app.security.actor import acting_as, system_actor

CHUNK = 400
_TOUCHED = "records_to_judge"
_PLACED = {"authority_id", "prefecture_code", "disease_id", "responsible_centre_id"}
WATCHED: dict[type[Any], frozenset[str]] = {
    Case: frozenset({*CASE_ITEMS, *_PLACED, "notification_state", "person_id", "anonymised_on"}),
    Contact: frozenset({*CONTACT_ITEMS, *_PLACED, "case_id", "anonymised_on"}),
    Person: frozenset(PERSON_ITEMS),
    Stay: frozenset({"case_id", "place", "from_on", "to_on"}),
    LabTest: frozenset({"case_id", "result", "collected_on", "purpose"}),
    HealthObservation: frozenset({"temperature", "spo2"}),
    ContactExposure: frozenset({"contact_id", "case_id"}),
    Notification: frozenset({"state"}),
}
"""What the rules ask of each record; a save of anything else is not noted."""

_DUE: Table = QualityDue.__table__
_FINDING: Table = QualityFinding.__table__
_CASE: Table = Case.__table__
_CONTACT: Table = Contact.__table__
Key = tuple[int | None, int | None, int | None]
"""Keys of a case, a contact, a person; one of them."""


def install_quality(session: Any) -> None:
    """Note with every flush what is to be judged, and write it down with the commit."""
    after_cases_written(note_cases)
    before_cases_removed(forget_findings)
    listen_once(session, "after_flush", _note_touched)
    listen_once(session, "before_commit", _write_down)
    listen_once(session, "after_rollback", _forget)


def note_cases(connection: Connection, case_ids: Sequence[int]) -> None:
    """For bulk writers, whose cases the session does not see: one statement a batch."""
    wanted = _CASE.c.id.in_(case_ids) & _CASE.c.responsible_centre_id.is_not(None)
    connection.execute(_from(_CASE, "case_id", wanted))


def forget_findings(connection: Connection, case_ids: Sequence[int]) -> None:
    """Of cases that go: what the rules found, and nobody has said anything about."""
    unsaid = _FINDING.c.case_id.in_(case_ids) & _FINDING.c.checked_at.is_(None)
    connection.execute(delete(_FINDING).where(unsaid))


def note_everything(session: Session) -> int:
    """Every case and contact a health centre answers for: after new rules, once."""
    connection = session.connection()
    cases = connection.execute(_from(_CASE, "case_id", _CASE.c.responsible_centre_id.is_not(None)))
    wanted = _CONTACT.c.responsible_centre_id.is_not(None)
    contacts = connection.execute(_from(_CONTACT, "contact_id", wanted))
    return int(cases.rowcount + contacts.rowcount)


def note_open_episodes(session: Session) -> int:
    """Whatever may break a rule by the passing of days: episodes and observations not over."""
    connection = session.connection()
    cases = _CASE.c.responsible_centre_id.is_not(None) & or_(
        _CASE.c.status.not_in(ENDED_STATUSES), _CASE.c.outcome.is_(None)
    )
    contacts = _CONTACT.c.responsible_centre_id.is_not(None) & (
        _CONTACT.c.status == "under_observation"
    )
    found = connection.execute(_from(_CASE, "case_id", cases))
    return int(
        found.rowcount + connection.execute(_from(_CONTACT, "contact_id", contacts)).rowcount
    )


def is_something_due(session: Session) -> bool:
    """True while records wait to be looked at."""
    return session.connection().execute(select(_DUE.c.id).limit(1)).first() is not None


def judge_due(progress: Callable[[int], None] = lambda _n: None) -> int:
    """Judge all that waits, chunk by chunk, each in its own transaction; how many records."""
    done = 0
    while True:
        with transaction() as session:
            number = _judge_chunk(session.connection())
        if not number:
            return done
        done += number
        progress(done)


def _judge_chunk(connection: Connection) -> int:
    waiting = select(_DUE).order_by(_DUE.c.id).limit(CHUNK)
    if connection.dialect.name == "postgresql":
        waiting = waiting.with_for_update(skip_locked=True)
    rows = connection.execute(waiting).all()
    if not rows:
        return 0
    # Taken off first: what is saved from now on is noted anew, and SQLite's one writer is we.
    connection.execute(delete(_DUE).where(_DUE.c.id.in_([row.id for row in rows])))
    cases = {row.case_id for row in rows if row.case_id is not None}
    contacts = {row.contact_id for row in rows if row.contact_id is not None}
    people = {row.person_id for row in rows if row.person_id is not None}
    if people:
        cases |= _of_people(connection, _CASE, people)
        contacts |= _of_people(connection, _CONTACT, people)
    judge(connection, cases=cases, contacts=contacts)
    return len(rows)


def judge_now(
    session: Session, *, case_id: int | None, contact_id: int | None
) -> tuple[Found, ...]:
    """What is found of one record as it stands in this transaction; it need not wait then."""
    session.flush()
    cases = () if case_id is None else (case_id,)
    contacts = () if contact_id is None else (contact_id,)
    with acting_as(system_actor("data quality")):
        found = judge(session.connection(), cases=cases, contacts=contacts)
    session.info.get(_TOUCHED, set()).discard((case_id, contact_id, None))
    return next(iter(found.values()), ())


def _of_people(connection: Connection, table: Table, people: set[int]) -> set[int]:
    mine = select(table.c.id).where(table.c.person_id.in_(people))
    return set(connection.execute(mine).scalars())


def _from(table: Table, column: str, condition: Any) -> Any:
    keys = {"case_id": null(), "contact_id": null()} | {column: table.c.id}
    chosen = select(keys["case_id"], keys["contact_id"]).select_from(table).where(condition)
    noting = insert(_DUE).from_select(["case_id", "contact_id"], chosen)
    return noting.execution_options(preserve_rowcount=True)


def _note_touched(session: Session, _context: Any) -> None:
    touched: set[Key] = session.info.setdefault(_TOUCHED, set())
    for record in (*session.new, *session.deleted):
        if type(record) in WATCHED and not isinstance(record, Person) and _matters(record):
            touched.update(_keys_of(record))
    for record in session.dirty:
        watched = WATCHED.get(type(record))
        if watched is not None and _changed(record, watched):
            touched.update(_keys_of(record))


def _matters(record: Any) -> bool:
    """Not what is only submitted, nor the ordinary reading of a thousand people a day."""
    if isinstance(record, HealthObservation):
        low = record.spo2 is not None and record.spo2 <= LOW_OXYGEN
        return low or not (record.temperature is None or LOWEST <= record.temperature <= HIGHEST)
    case = record if isinstance(record, Case) else record.__dict__.get("case")
    if isinstance(record, Notification) or not isinstance(case, Case):
        return not isinstance(record, Notification)
    state = case.__dict__.get("notification_state")
    return state is None or state in IN_FORCE


def _keys_of(record: Any) -> set[Key]:
    """The case or contact of a record; a part that was moved has two."""
    if isinstance(record, Person):
        return {(None, None, record.id)}
    if isinstance(record, Case):
        return {(record.id, None, None)}
    if isinstance(record, Contact):
        return {(None, record.id, None)}
    if isinstance(record, ContactExposure):
        return {(None, key, None) for key in _now_and_before(record, "contact_id")}
    keys = _now_and_before(record, "case_id")
    return {(key, None, None) for key in keys}


def _now_and_before(record: Any, name: str) -> set[int]:
    before = inspect(record).attrs[name].history.deleted or ()
    return {key for key in (getattr(record, name), *before) if key is not None}


def _changed(record: Any, names: frozenset[str]) -> bool:
    state = inspect(record)
    changed = state.committed_state.keys() & names
    return any(state.attrs[name].history.has_changes() for name in changed)


def _write_down(session: Session) -> None:
    session.flush()
    touched: set[Key] = session.info.pop(_TOUCHED, None) or set()
    if touched:
        names = ("case_id", "contact_id", "person_id")
        rows = [dict(zip(names, key, strict=True)) for key in sorted(touched, key=str)]
        session.connection().execute(insert(_DUE), rows)


def _forget(session: Session) -> None:
    session.info.pop(_TOUCHED, None)
