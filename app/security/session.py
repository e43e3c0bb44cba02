"""Puts the laws of rows and fields into the database session."""

from typing import Any
from weakref import WeakSet

from flask_babel import lazy_gettext as _l
from sqlalchemy import inspect, select
from sqlalchemy.orm import ORMExecuteState, Session
from sqlalchemy.orm.attributes import instance_state
from sqlalchemy.orm.mapper import Mapper

from app.core.db import db
from app.core.errors import InvalidInput, NotAllowed, NotVisible
from app.core.items import Item, items_of
from app.core.listeners import listen_once
from app.core.remembering import remembered
from app.security import fields, rows
from app.security.actor import current_actor
from app.security.roles import role_of
from app.security.statements import refuse_raw_parts
from app.security.temporary import refuse_writes_by_temporary_access

_UNCHECKED_KINDS = frozenset({"date", "instant", "integer", "decimal", "boolean", "reference"})


def install_laws(session: Any) -> None:
    """Attach the laws to a session (or scoped session); models must be imported by now."""
    fields.install_masks()
    listen_once(session, "do_orm_execute", _under_the_law)
    listen_once(session, "before_flush", _check_writes)
    listen_once(session, "pending_to_persistent", _note_made)


def _under_the_law(state: ORMExecuteState) -> None:
    if state.execution_options.get(rows.EXEMPT):
        return
    actor = current_actor()
    if actor is not None and actor.is_system:
        if state.is_relationship_load:
            state.statement = state.statement.options(rows.laws_of(actor))
        return
    if not state.is_orm_statement:
        raise RuntimeError("a statement without models stands outside the laws of the session")
    if state.is_column_load:
        # The record itself was loaded under the law; its late columns are masked on refresh.
        return
    _refuse_what_no_law_covers(state)
    if actor is not None:
        fields.refuse_masked_columns(state.statement, actor)
    state.statement = state.statement.options(rows.laws_of(actor))


def _refuse_what_no_law_covers(state: ORMExecuteState) -> None:
    if state.is_insert:
        raise RuntimeError("bulk inserts are for the system; use records")
    if (state.is_update or state.is_delete) and not _is_of_services(state):
        raise RuntimeError("bulk changes are for the system; use records")
    if not state.is_relationship_load:
        refuse_raw_parts(state.statement)


def _is_of_services(state: ORMExecuteState) -> bool:
    return state.bind_mapper is not None and rows.is_internal(state.bind_mapper.class_)


def _check_writes(session: Session, flush_context: Any, instances: Any) -> None:
    actor = current_actor()
    system = actor is not None and actor.is_system
    for record in (*session.new, *session.dirty):
        if record in session.new or session.is_modified(record):
            _check_declared_values(record)
            if not system and not rows.is_internal(type(record)):
                if actor is None:
                    raise NotAllowed(_l("Please sign in."))
                fields.check_writable(record, actor)
                _check_references(session, record)
    if actor is not None and not system and role_of(actor.role).may("open", "break_glass"):
        written = list(session.new)
        written += [r for r in session.dirty if session.is_modified(r)]
        written += session.deleted
        with session.no_autoflush:
            refuse_writes_by_temporary_access(session, actor, written, _scoped_references)


def _check_declared_values(record: Any) -> None:
    """Values no form should have let through: unknown codes, over-long or broken text."""
    problems: dict[str, list[object]] = {}
    state = instance_state(record)
    for item in items_of(type(record)):
        if item.kind in _UNCHECKED_KINDS or item.name not in state.dict:
            continue
        value = state.dict[item.name]
        if value is None or value is fields.MASKED:
            continue
        problem = _problem_with(item, value)
        if problem is not None:
            problems[item.name] = [problem]
    if problems:
        raise InvalidInput(problems)


def _problem_with(item: Item, value: Any) -> object | None:
    if item.codes is not None:
        chosen = value if item.kind == "codes" else (value,)
        open_list = item.codes.extended and item.kind == "codes"
        known = all(v in item.codes or (open_list and _is_word(v)) for v in chosen)
        return None if known else _l("Choose one of the list.")
    if item.max_length is not None and len(value) > item.max_length:
        return _l("At most %(limit)s characters.", limit=item.max_length)
    return _l("This text has a character that cannot be stored.") if "\x00" in value else None


def _is_word(value: Any) -> bool:
    """What may be registered as an option of a disease, see ``institutions.options``."""
    plain = isinstance(value, str) and 0 < len(value) <= 40 and not value.isascii()
    return plain and not {";", "|", "=", "\x00"} & set(value)


def _check_references(session: Session, record: Any) -> None:
    """A changed foreign key must point at a record that exists for the actor.

    Set as a key or as a record: the key of an assigned record is only known when it is written.
    """
    state = inspect(record)
    for column, target in _scoped_references(type(record)):
        name = state.mapper.get_property_by_column(column).key
        key = state.attrs[name].value
        known = target.identity_key_from_primary_key((key,)) in session.identity_map
        if key is not None and state.attrs[name].history.added and not known:
            _must_exist(session, target, key, name)
    for relation in state.mapper.relationships:
        if relation.direction.name != "MANYTOONE" or not rows.is_scoped(relation.mapper):
            continue
        for assigned in state.attrs[relation.key].load_history().added or ():
            identity = None if assigned is None else inspect(assigned).identity
            if identity is not None and assigned not in _made_in(session):
                _must_exist(session, relation.mapper, identity[0], relation.key)


def _note_made(session: Session, record: Any) -> None:
    """A record made in this session may be referred to before anybody was let in to it."""
    _made_in(session).add(record)


def _made_in(session: Session) -> "WeakSet[Any]":
    made: WeakSet[Any] = session.info.setdefault("made", WeakSet())
    return made


def _must_exist(session: Session, target: Mapper[Any], key: Any, field: str) -> None:
    """Raise NotVisible unless the record is there for the actor."""
    wanted = target.get_property_by_column(target.primary_key[0]).class_attribute
    with session.no_autoflush:
        found = session.execute(select(wanted).where(wanted == key)).first()
    if found is None:
        raise NotVisible(_l("There is no such record."), field=field)


@remembered
def _scoped_references(model: type[Any]) -> tuple[tuple[Any, Mapper[Any]], ...]:
    """The foreign key columns of ``model`` whose records differ from actor to actor."""
    scoped = {m.local_table: m for m in db.Model.registry.mappers if rows.is_scoped(m)}
    return tuple(
        (column, scoped[key.column.table])
        for column in inspect(model).local_table.columns
        for key in column.foreign_keys
        if key.column.table in scoped
    )
