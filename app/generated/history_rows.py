"""Which entries of the history exist for an actor: the law of rows, applied to the past.

| the entry tells of | it is there |
| --- | --- |
| the record itself | where the record is, for who holds ``<resource>:history`` |
| a record below the case, its person | where that record exists for the actor, likewise |
| a deleted record below the case | where every such record is shown with its case |

Roles without ``sees_all_history`` find only what their own institution did.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, or_, select
from sqlalchemy.orm import aliased

from app.audit.history import Subject, subject_of
from app.audit.models import HistoryEntry
from app.generated.registry import VIEWS
from app.security.actor import Actor
from app.security.rights import holds
from app.security.roles import role_of


def entries_about(record: Any, actor: Actor) -> Select[tuple[HistoryEntry]]:
    """Every entry the actor may meet under ``record``, which exists for the actor."""
    subject = subject_of(type(record))
    if subject is None:
        return select(HistoryEntry).where(false())
    about: list[ColumnElement[bool]] = [_of(subject.record_type, record.id)]
    about += _below(record, subject, actor)
    found = select(HistoryEntry).where(or_(*about), _says_something())
    if not actor.is_system and not role_of(actor.role).sees_all_history:
        found = found.where(HistoryEntry.institution_id == actor.institution_id)
    return found


def readable_models(actor: Actor) -> Iterator[tuple[Subject, type[Any]]]:
    """The models whose history the actor's role reads."""
    for resource, view in VIEWS.items():
        subject = subject_of(view.model)
        if subject is not None and holds(actor, "history", resource):
            yield subject, view.model


def model_of(record_type: str) -> type[Any] | None:
    """The model whose history is kept under this name, as far as a screen shows it."""
    view = VIEWS.get(record_type)
    return None if view is None else view.model


def _below(record: Any, subject: Subject, actor: Actor) -> Iterator[ColumnElement[bool]]:
    """What a case gathers, and the person of whoever has one."""
    for other, model in readable_models(actor):
        if other.record_type == subject.record_type:
            continue
        if subject.case_attribute == "id" and other.case_attribute is not None:
            of_case = HistoryEntry.case_id == record.id
            yield and_(
                of_case, HistoryEntry.record_type == other.record_type, _exists(other, model)
            )
        elif other.person_attribute == "id" and subject.person_attribute not in (None, "id"):
            key = getattr(record, subject.person_attribute or "")
            if key is not None:
                yield and_(_of(other.record_type, key), _exists(other, model))


def _of(record_type: str, record_id: int) -> ColumnElement[bool]:
    return and_(HistoryEntry.record_type == record_type, HistoryEntry.record_id == record_id)


def _exists(subject: Subject, model: type[Any]) -> ColumnElement[bool]:
    """The record of the entry exists for the actor: the session adds the law to the question."""
    there = select(model.id).where(model.id == HistoryEntry.record_id).exists()
    if not subject.shown_with_case:
        return there
    gone = aliased(HistoryEntry)
    deleted = select(gone.id).where(
        gone.record_type == HistoryEntry.record_type,
        gone.record_id == HistoryEntry.record_id,
        gone.action == "deleted",
    )
    return or_(there, deleted.exists())


def _says_something() -> ColumnElement[bool]:
    """Changes of search keys and other columns nobody ever sees are no sentence."""
    return or_(HistoryEntry.item_names != "", HistoryEntry.action != "changed")
