"""Everything that hangs on a case, contact, notification or person, found by its foreign keys.

Nobody lists tables here: whatever refers to one of them, over any number of steps, is reached,
and whatever in it identifies is erased by its declaration. A new table is reached by itself.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, or_, select
from sqlalchemy.orm import Session

from app.breakglass.models import BreakGlass
from app.cases.models import Case
from app.contacts.models import Contact
from app.core.crypto.types import Encrypted
from app.core.items import Item
from app.core.remembering import remembered
from app.notifications.models import Notification
from app.persons.models import Person
from app.retention.models import RetentionHold
from app.retention.rules import Fate, fate_of
from app.security.rows import mapped_models

ROOTS: tuple[type[Any], ...] = (Person, Case, Contact, Notification)
_ROOTED = frozenset({Person, Case, Contact})
"""Found by the person, never as a part of another record."""
Rows = Mapping[type[Any], frozenset[int]]

ELSEWHERE: Mapping[str, str] = {
    "account": "staff: signing in",
    "analysis_result": "sums of a free analysis, gone within a day",
    "bed_plan": "assumptions and a note about an area, nobody's",
    "bed_report": "a hospital's beds, nobody's",
    "history_entry": "erased by app.audit.erasing, entry by entry",
    "hotel_room": "what is in a room, not who",
    "import_batch": "the name of the file is emptied within months, the file goes with it",
    "institution_placement": "why an institution was moved",
    "issuing_batch": "staff: accounts to be issued",
    "job_run": "emptied when the work ends; its file goes within days",
    "message_template": "a health centre's own wording, for everybody alike",
    "notification_book": "emptied within days, the name of the file with it",
    "paper_bundle": "a box of paper and where it stands, nobody's",
    "parked_form": "gone within an hour",
    "read_entry": "who looked, by key; conditions without what was typed",
    "report_issue": "gone after two weeks, the file with it; people by key",
    "report_schedule": "staff: who is given a report and what for",
    "result_file": "emptied within days, the name of the file with it",
    "returnee_delivery": "emptied within days, the name of the file with it",
    "shift_handover": "emptied after a month, and never in the history",
    "saved_analysis": "the name of a question, without its answer",
    "saved_mapping": "columns of a sender's files; words of codes, nobody's",
    "table_file": "emptied within a month, the file and its name with it",
    "unusual_look": "a question to a member of staff; people by key",
}
"""Tables with unreadable columns that nobody reaches from a person, and why that is right."""


@dataclass(frozen=True, slots=True)
class Branch:
    """``model`` hangs on ``parent`` by ``column``."""

    model: type[Any]
    column: str
    parent: type[Any]


@remembered
def branches() -> tuple[Branch, ...]:
    """Every foreign key that leads, over any number of steps, to one of the roots."""
    models = [m for m in mapped_models() if m.__module__.startswith("app.")]
    reached = list(ROOTS)
    found: dict[tuple[type[Any], str], Branch] = {}
    for parent in reached:  # grows while it is walked
        for model in models:
            for name in _keys_to(model, parent):
                if model in _ROOTED or "id" not in model.__table__.c:
                    continue
                found[model, name] = Branch(model, name, parent)
                if model not in reached:
                    reached.append(model)
    return tuple(found.values())


def reached_models() -> frozenset[type[Any]]:
    """The roots and all that hangs on them."""
    return frozenset(ROOTS) | {branch.model for branch in branches()}


@remembered
def erased_columns(model: type[Any]) -> tuple[Column[Any], ...]:
    """The columns whose values go: by the privacy class of the item, and whatever is encrypted."""
    return tuple(c for c in model.__table__.columns if _goes(c))


@remembered
def owners_of(model: type[Any]) -> tuple[tuple[str, type[Any]], ...]:
    """The columns that say to which case, contact, notification or person a part belongs.

    Only of parts that hold something of a person: the paperwork of access and holds goes on.
    """
    if model in {BreakGlass, RetentionHold} or not erased_columns(model):
        return ()
    return tuple((b.column, b.parent) for b in branches() if b.model is model)


def gather(session: Session, seeds: Mapping[type[Any], Iterable[int]]) -> Rows:
    """The keys of everything that hangs on ``seeds``, a statement per table and step."""
    found: dict[type[Any], set[int]] = {model: set(keys) for model, keys in seeds.items()}
    fresh: dict[type[Any], set[int]] = {model: set(keys) for model, keys in found.items()}
    while any(fresh.values()):
        following: dict[type[Any], set[int]] = {}
        for model, ways in _by_model().items():
            conditions = [
                getattr(model, way.column).in_(fresh[way.parent])
                for way in ways
                if fresh.get(way.parent)
            ]
            if conditions:
                keys = set(session.scalars(select(model.id).where(or_(*conditions))))
                following[model] = keys - found.setdefault(model, set())
                found[model] |= keys
        fresh = following
    return {model: frozenset(keys) for model, keys in found.items() if keys}


@remembered
def _by_model() -> dict[type[Any], list[Branch]]:
    by_model: dict[type[Any], list[Branch]] = {}
    for branch in branches():
        by_model.setdefault(branch.model, []).append(branch)
    return by_model


def _keys_to(model: type[Any], parent: type[Any]) -> list[str]:
    mapper = model.__mapper__
    return [
        mapper.get_property_by_column(column).key
        for column in model.__table__.columns
        for key in column.foreign_keys
        if key.column.table is parent.__table__
    ]


def _goes(column: Column[Any]) -> bool:
    encrypted = isinstance(column.type, Encrypted)
    declared: Item | None = column.info.get("item")
    if declared is None:
        return encrypted
    return fate_of(declared, encrypted=encrypted) is Fate.ERASED
