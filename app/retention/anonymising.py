"""The verb: identity goes, what is counted stays, to the last digit.

Values are overwritten below the session's history, which would otherwise keep what is being
taken away; what the history held is erased (its codes still verify), and an entry without any
value says what was done.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from sqlalchemy import JSON, Column, Connection, or_, select, update
from sqlalchemy.orm import Session

from app.audit.causes import reason
from app.audit.erasing import erase_values
from app.audit.history import because, historied_models, record_explicitly, subject_of
from app.audit.models import HistoryEntry
from app.cases.models import Case
from app.cases.rules import age_at, age_group_of
from app.cases.written import cases_written
from app.contacts.models import Contact
from app.core.anonymity import MARK, Anonymisable
from app.core.crypto.types import Encrypted
from app.core.labels import Label
from app.notifications.document import without_identity
from app.notifications.models import Notification
from app.persons.models import Person
from app.persons.search_keys import drop_search_keys
from app.retention.models import RetentionTrace
from app.retention.parts import Rows, erased_columns
from app.retention.subjects import Subject
from app.security.actor import Actor

ENDED = reason("retention_ended", Label("保存期限の満了による匿名化", "Retention period ended"))

# Of a document only what identifies goes; every other unreadable value goes as a whole.
_KEPT_IN_PART = {Notification.__table__.c.snapshot: without_identity}


def anonymise(session: Session, subject: Subject, *, on: date, by: Actor, why: str) -> None:
    """Take the identity out of everything that hangs on the subject, in the caller's transaction.

    Raises:
        NotAllowed: ``by`` is not the system.
    """
    connection = session.connection()
    _keep_ages(connection, subject)
    for model, keys in subject.rows.items():
        for key in sorted(keys):
            _erase_row(connection, model, key, on)
    for record_type, record_id, names in _histories(session, subject.rows):
        erase_values(session, record_type, record_id, names, by=by)
    if subject.person_id is not None:
        drop_search_keys(connection, subject.person_id)
    with because(ENDED(why)):
        record_explicitly(session, list(_said(session, subject, on)))
    session.expire_all()


def _keep_ages(connection: Connection, subject: Subject) -> None:
    """The birth date goes, so the age at diagnosis (a contact's: at the last exposure) is
    written down where nobody had done so."""
    person = Person.__table__
    born = connection.execute(
        select(person.c.birth_on).where(person.c.id == subject.person_id)
    ).scalar_one_or_none()
    if born is None:
        return
    aged = []
    for root in subject.roots:
        record = root.record
        if record.age_years is not None:
            continue
        day = _day_of_age(record)
        if day is None or day < born:
            continue
        years, months = age_at(born, day)
        values: dict[str, Any] = {"age_years": years}
        if isinstance(record, Case):
            values |= {"age_months": months if years == 0 else None}
            values |= {"age_group": record.age_group or age_group_of(years)}
        table = type(record).__table__
        connection.execute(update(table).where(table.c.id == record.id).values(**values))
        if isinstance(record, Case):
            aged.append(record.id)
    # Whoever counts ages counts these from now on.
    cases_written(connection, aged)


def _day_of_age(record: Any) -> date | None:
    if isinstance(record, Contact):
        found: date | None = record.last_exposure_on or record.observe_until_on
        return found
    days = (record.diagnosed_on, record.onset_on, record.reported_on, record.published_on)
    return next((day for day in days if day is not None), None)


def _erase_row(connection: Connection, model: type[Any], key: int, on: date) -> None:
    table = model.__table__
    columns = erased_columns(model)
    marked = issubclass(model, Anonymisable)
    if not columns and not marked:
        return
    found = select(*columns, table.c.id).where(table.c.id == key)
    row = connection.execute(found).mappings().one()
    values: dict[str, Any] = {}
    for column in columns:
        after = _left_of(column, row[column])
        if after != row[column]:
            values[column.name] = after
    if marked:
        values[MARK] = on
    if values:
        # Whoever has the form open is told that the record is another one now.
        if "row_version" in table.c:
            values["row_version"] = table.c.row_version + 1
        connection.execute(update(table).where(table.c.id == key).values(**values))


def _left_of(column: Column[Any], value: Any) -> Any:
    if value is None:
        return None
    if column in _KEPT_IN_PART:
        return _KEPT_IN_PART[column](value)
    if column.nullable:
        return None
    inner = column.type.inner if isinstance(column.type, Encrypted) else column.type
    return {} if isinstance(inner, JSON) else ""


def _histories(session: Session, rows: Rows) -> Iterator[tuple[str, int, tuple[str, ...]]]:
    """(record type, key, names) of every history that may hold values: of the rows, and of what
    was deleted from under them."""
    names = {
        kept.record_type: tuple(
            model.__mapper__.get_property_by_column(c).key for c in erased_columns(model)
        )
        for model in historied_models()
        if (kept := subject_of(model)) is not None
    }
    found: dict[tuple[str, int], None] = {}
    for model, keys in rows.items():
        kept = subject_of(model)
        if kept is not None:
            found.update({(kept.record_type, key): None for key in sorted(keys)})
    found.update(dict.fromkeys(_deleted(session, rows)))
    for record_type, record_id in found:
        if names.get(record_type):
            yield record_type, record_id, names[record_type]


def _deleted(session: Session, rows: Rows) -> Iterable[tuple[str, int]]:
    cases, persons = rows.get(Case, frozenset()), rows.get(Person, frozenset())
    ours = or_(HistoryEntry.case_id.in_(cases), HistoryEntry.person_id.in_(persons))
    entries = select(HistoryEntry.record_type, HistoryEntry.record_id).where(ours).distinct()
    yield from ((kind, key) for kind, key in session.execute(entries))
    for model, keys in rows.items():
        traces = select(RetentionTrace.record_type, RetentionTrace.record_id).where(
            RetentionTrace.owner == model.__tablename__, RetentionTrace.owner_id.in_(keys)
        )
        yield from ((kind, key) for kind, key in session.execute(traces))


def _said(session: Session, subject: Subject, on: date) -> Iterator[dict[str, Any]]:
    for model, keys in subject.rows.items():
        kept = subject_of(model)
        if kept is None or not issubclass(model, Anonymisable):
            continue
        for key in sorted(keys):
            row = {"record_type": kept.record_type, "record_id": key, "action": "changed"}
            changes = {"changes": {MARK: [None, on.isoformat()]}}
            yield (
                row
                | changes
                | {
                    "case_id": _owner(session, model, key, kept.case_attribute),
                    "person_id": _owner(session, model, key, kept.person_attribute),
                }
            )


def _owner(session: Session, model: type[Any], key: int, attribute: str | None) -> int | None:
    if attribute is None:
        return None
    return session.scalar(select(getattr(model, attribute)).where(model.id == key))
