"""The law of history: before and after of every change, in the same transaction."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, event, inspect, select
from sqlalchemy.orm import Mapper, ORMExecuteState, Session
from sqlalchemy.orm.attributes import instance_state
from sqlalchemy.orm.base import NO_VALUE

from app.audit.writing import write_entries
from app.core import clock
from app.core.items import items_of
from app.core.listeners import listen_once
from app.core.remembering import remembered
from app.security.actor import current_actor
from app.security.fields import MASKED
from app.security.rows import EXEMPT


@dataclass(frozen=True, slots=True)
class Subject:
    """How the history of one model is kept; see :func:`historied`."""

    record_type: str
    case_attribute: str | None
    person_attribute: str | None
    shown_with_case: bool
    unkept: frozenset[str]


_historied: dict[type[Any], Subject] = {}
_FORMER = "former_values"
_reason: ContextVar[str | None] = ContextVar("reason", default=None)


def historied(
    model: type[Any],
    *,
    as_: str,
    case: str | None = None,
    person: str | None = None,
    shown_with_case: bool = False,
    unkept: Collection[str] = (),
) -> None:
    """Keep the history of ``model`` under the name ``as_`` (that of its resource).

    ``case`` and ``person`` name the attributes that hold the case's and the person's key, so
    that a case's history includes that of its tests, stays and observations.
    ``shown_with_case``: whoever meets the case meets the record, so what is left of a deleted
    one may be read with the case.
    ``unkept`` columns hold nothing anybody has said yet: their changes are no history.
    """
    _historied[model] = Subject(as_, case, person, shown_with_case, frozenset(unkept))
    event.listen(model, "before_update", _read_what_changes)
    event.listen(model, "before_delete", _read_what_goes)


def historied_models() -> frozenset[type[Any]]:
    """Every model whose changes are kept (guards compare it with the models users edit)."""
    return frozenset(_historied)


def subject_of(model: type[Any]) -> Subject | None:
    """How the history of ``model`` is kept; None where it is not."""
    return _historied.get(model)


@contextmanager
def because(reason: str | None) -> Iterator[None]:
    """Give the reason under which the changes inside are recorded."""
    token = _reason.set(reason)
    try:
        yield
    finally:
        _reason.reset(token)


def install_history(session: Any) -> None:
    """Attach the recorder to a session (or scoped session)."""
    listen_once(session, "after_flush", _record_changes)
    listen_once(session, "do_orm_execute", _refuse_silent_bulk_changes)


def record_explicitly(session: Session, rows: list[dict[str, Any]]) -> None:
    """Write history of a set-based change, which the flush cannot see.

    ``rows`` hold record_type, record_id, action, changes and, where known, case_id and
    person_id; who, when and why are filled in here.
    """
    if rows:
        common = _who_and_when()
        for row in rows:
            row.setdefault("case_id", None)
            row.setdefault("person_id", None)
            row["item_names"] = _item_names(row["record_type"], tuple(row["changes"]))
            row.update(common)
        write_entries(session, rows)


def changes_between(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    """``changes`` of an entry for :func:`record_explicitly`: the names whose values differ."""
    pairs = {name: [plain(before.get(name)), plain(value)] for name, value in after.items()}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def values_of_new(values: Mapping[str, Any]) -> dict[str, list[Any]]:
    """``changes`` of the entry of a record that was just made with these values."""
    return {
        name: [None, value if type(value) in _PLAIN else plain(value)]
        for name, value in values.items()
        if value is not None
    }


def _read_what_changes(mapper: Mapper[Any], connection: Connection, record: Any) -> None:
    """An item set without having been loaded has its former value in the row alone."""
    former = instance_state(record).committed_state
    _read_row(mapper, connection, record, [n for n, v in former.items() if _is_unknown(v)])


def _read_what_goes(mapper: Mapper[Any], connection: Connection, record: Any) -> None:
    """A deleted row is kept whole, whatever its deleter had loaded or may read."""
    loaded = instance_state(record).dict
    names = [n for n in _columns(record) if _is_unknown(loaded.get(n, NO_VALUE))]
    _read_row(mapper, connection, record, names)


def _is_unknown(value: Any) -> bool:
    return value is NO_VALUE or value is MASKED


def _read_row(
    mapper: Mapper[Any], connection: Connection, record: Any, names: Iterable[str]
) -> None:
    state = instance_state(record)
    wanted = [name for name in names if name in mapper.column_attrs]
    if not wanted or state.identity is None:
        return
    columns = [mapper.columns[name].label(name) for name in wanted]
    statement = select(*columns).where(mapper.primary_key[0] == state.identity[0])
    row = connection.execute(statement).mappings().one_or_none()
    state.info[_FORMER] = {} if row is None else dict(row)


def _record_changes(session: Session, flush_context: Any) -> None:
    entries = [
        entry
        for action, records in (
            ("created", session.new),
            ("changed", session.dirty),
            ("deleted", session.deleted),
        )
        for record in records
        if (entry := _entry(record, action)) is not None
    ]
    record_explicitly(session, entries)


def _entry(record: Any, action: str) -> dict[str, Any] | None:
    subject = _historied.get(type(record))
    if subject is None:
        return None
    former = instance_state(record).info.pop(_FORMER, {})
    if action == "changed":
        changes = _differences(record, former)
        if not changes:
            return None
    else:
        changes = _all_values(record, action, former)
    return {
        "record_type": subject.record_type,
        "record_id": record.id,
        "case_id": _key(record, subject.case_attribute, former),
        "person_id": _key(record, subject.person_attribute, former),
        "action": action,
        "changes": changes,
    }


def _key(record: Any, attribute: str | None, former: Mapping[str, Any]) -> int | None:
    if attribute is None:
        return None
    # Of a row that is gone nothing can be loaded any more.
    return former[attribute] if attribute in former else getattr(record, attribute)


def _columns(record: Any) -> Iterator[str]:
    left_out = _historied[type(record)].unkept | {"id", "row_version"}
    for column in inspect(type(record)).column_attrs:
        if column.key not in left_out:
            yield column.key


def _all_values(record: Any, action: str, former: Mapping[str, Any]) -> dict[str, list[Any]]:
    values = {**instance_state(record).dict, **former}
    found = {name: plain(values.get(name)) for name in _columns(record)}
    pairs = {n: [None, v] if action == "created" else [v, None] for n, v in found.items()}
    return {name: pair for name, pair in pairs.items() if pair != [None, None]}


def _differences(record: Any, former: Mapping[str, Any]) -> dict[str, list[Any]]:
    state = instance_state(record)
    changes = {}
    for name in _columns(record):
        if name not in state.committed_state:
            continue
        history = state.attrs[name].history
        if history.has_changes():
            known = history.deleted[0] if history.deleted else None
            before = former.get(name, known)
            changes[name] = [plain(before), plain(history.added[0] if history.added else None)]
    return {name: pair for name, pair in changes.items() if pair[0] != pair[1]}


@remembered
def _declared(record_type: str) -> frozenset[str]:
    models = (model for model, kept in _historied.items() if kept.record_type == record_type)
    return frozenset(item.name for model in models for item in items_of(model))


@remembered
def _item_names(record_type: str, names: tuple[str, ...]) -> str:
    """``;sex;onset_on;``: the declared items among ``names``; empty for none."""
    declared = _declared(record_type)
    items = [name for name in names if name in declared]
    return f";{';'.join(items)};" if items else ""


_PLAIN = frozenset({str, int, bool, type(None)})


def plain(value: Any) -> Any:
    """A value as it stands in ``changes``."""
    if type(value) in _PLAIN:
        return value
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    return list(value) if isinstance(value, tuple) else value


def _who_and_when() -> dict[str, Any]:
    actor = current_actor()
    return {
        "at": clock.now(),
        "reason": _reason.get(),
        "user_id": actor.user_id if actor else None,
        "user_name": actor.name if actor else "",
        "role": actor.role.value if actor else "",
        "institution_id": actor.institution_id if actor else None,
    }


def _refuse_silent_bulk_changes(state: ORMExecuteState) -> None:
    if not (state.is_update or state.is_delete) or state.execution_options.get(EXEMPT):
        return
    mapper = state.bind_mapper
    if mapper is not None and mapper.class_ in _historied:
        raise RuntimeError("a bulk change of a record with history must write its history itself")
