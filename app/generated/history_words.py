"""The history in sentences: who changed what from what to what, when, for which reason.

An item the reader may not see is named without its values ("changed, hidden"), so that the
reader knows that something was done and not what; among the values of a new or deleted record
it is left out, because there even its presence would tell.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import inspect, select

from app.audit.causes import names_of_people, read_reason
from app.audit.chain import erased_names
from app.audit.models import HistoryEntry
from app.core.dates import format_instant
from app.core.db import db
from app.core.items import Item, Privacy, items_of
from app.generated.cells import text_of
from app.generated.history_rows import model_of
from app.generated.hooks import ViewHooks
from app.generated.registry import VIEWS
from app.security.actor import Actor
from app.security.fields import may_read
from app.security.roles import RoleName, role_of
from app.security.system_actors import system_name

Names = Mapping[tuple[type[Any], Any], str]


@dataclass(frozen=True, slots=True)
class Line:
    """One item of an entry. ``name`` is the item's where its value may be put back."""

    text: str
    name: str = ""
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class EntryText:
    """An entry as it is read. ``code`` is the beginning of what it is signed with."""

    id: int
    record_type: str
    record_id: int
    at: str
    day: str
    heading: str
    who: str
    reason: str
    lines: tuple[Line, ...]
    code: str


def texts_of(
    entries: Sequence[HistoryEntry], actor: Actor, *, own_type: str
) -> tuple[EntryText, ...]:
    """The entries as the actor reads them; the names they refer to take a statement per model.

    ``own_type``: the kind of the record whose page this is, whose number goes without saying.
    """
    names = {**_names(entries), **_people(entries)}
    return tuple(_text(entry, actor, names, own_type) for entry in entries)


def people_in(users: Iterable[tuple[int | None, str]]) -> dict[str, str]:
    """The choices of who changed something: user key (``system`` for jobs) → name."""
    signed_in = dict(users)
    called = names_of_people([key for key in signed_in if key is not None])
    found = {}
    for user_id, name in signed_in.items():
        if user_id is None:
            found["system"] = _("Jobs and commands")
        else:
            found[str(user_id)] = called.get(user_id) or name
    return found


def stored_value(item: Item, value: Any) -> Any:
    """A value of the history as the item's own type."""
    if value is None:
        return None
    if item.kind == "date":
        return date.fromisoformat(value)
    if item.kind == "instant":
        return datetime.fromisoformat(value)
    if item.kind == "decimal":
        return inspect(item.model).columns[item.name].type.python_type(value)
    return tuple(value) if item.kind == "codes" else value


def _text(entry: HistoryEntry, actor: Actor, names: Names, own_type: str) -> EntryText:
    at = format_instant(entry.at)
    return EntryText(
        id=entry.id,
        record_type=entry.record_type,
        record_id=entry.record_id,
        at=at,
        day=at.partition(" ")[0],
        heading=_heading(entry, own_type),
        who=_who(entry, names),
        reason=_reason(entry, actor),
        lines=tuple(_lines(entry, actor, names)),
        code=entry.mac.partition(":")[2][:12],
    )


def _heading(entry: HistoryEntry, own_type: str) -> str:
    view: ViewHooks | None = VIEWS.get(entry.record_type)
    label = str((view.record_label or view.title_label) if view else entry.record_type)
    if entry.record_type != own_type:
        label = _("%(label)s #%(number)s", label=label, number=entry.record_id)
    sentences = {
        "created": _("%(what)s was added", what=label),
        "changed": _("%(what)s was changed", what=label),
        "deleted": _("%(what)s was deleted", what=label),
        "erased": _("Values of %(what)s were erased", what=label),
        "merged": _("%(what)s was made one with another", what=label),
        "unmerged": _("%(what)s was separated again", what=label),
    }
    return sentences.get(entry.action, label)


def _who(entry: HistoryEntry, names: Names) -> str:
    if entry.user_id is None:
        return system_name(entry.user_name)
    role = str(role_of(RoleName(entry.role)).label) if entry.role in set(RoleName) else entry.role
    name = names.get((HistoryEntry, entry.user_id)) or entry.user_name
    model = _institutions()
    place = names.get((model, entry.institution_id), "") if model else ""
    if not place:
        return _("%(name)s (%(role)s)", name=name, role=role)
    return _("%(name)s (%(place)s, %(role)s)", name=name, place=place, role=role)


def _reason(entry: HistoryEntry, actor: Actor) -> str:
    """What somebody wrote may name a person; what the portal gave as a reason never does."""
    reason = read_reason(entry.reason)
    detail = reason.detail
    if detail and Privacy.IDENTIFYING not in role_of(actor.role).reads:
        detail = _("Hidden")
    if reason.named and detail:
        return _("%(reason)s: %(detail)s", reason=reason.named, detail=detail)
    return reason.named or detail


def _lines(entry: HistoryEntry, actor: Actor, names: Names) -> Iterator[Line]:
    model = model_of(entry.record_type)
    if model is None:
        return
    erased = erased_names({"proof": entry.proof})
    for item in items_of(model):
        if item.name not in entry.changes:
            continue
        if entry.action == "erased":
            yield Line(str(item.label))
        elif not may_read(item, actor):
            if entry.action == "changed":
                yield Line(_("%(item)s: changed (hidden)", item=item.label), hidden=True)
        elif item.name in erased:
            yield Line(_("%(item)s: erased when its retention ended", item=item.label))
        else:
            yield _line(entry, item, names)


def _line(entry: HistoryEntry, item: Item, names: Names) -> Line:
    before, after = (_shown(item, value, names) for value in entry.changes[item.name])
    label = str(item.label)
    if entry.action in {"created", "deleted"}:
        value = after or before
        return Line(_("%(item)s: “%(value)s”", item=label, value=value))
    if not before:
        text = _("%(item)s: “%(after)s” entered", item=label, after=after)
    elif not after:
        text = _("%(item)s: “%(before)s” removed", item=label, before=before)
    else:
        text = _(
            "%(item)s: “%(before)s” became “%(after)s”", item=label, before=before, after=after
        )
    return Line(text, item.name)


def _shown(item: Item, value: Any, names: Names) -> str:
    if value is None:
        return ""
    if item.kind == "reference":
        return names.get((_target(item), value), _("Hidden"))
    return text_of(item, stored_value(item, value))


def _names(entries: Sequence[HistoryEntry]) -> Names:
    """What the records referred to are called, as far as they exist for the actor."""
    wanted: defaultdict[type[Any], set[Any]] = defaultdict(set)
    institutions = _institutions()
    for entry in entries:
        if institutions is not None and entry.institution_id is not None:
            wanted[institutions].add(entry.institution_id)
        model = model_of(entry.record_type)
        for item in items_of(model) if model else ():
            pair = entry.changes.get(item.name)
            if item.kind == "reference" and pair:
                wanted[_target(item)].update(value for value in pair if value is not None)
    return dict(_read_names(wanted))


def _people(entries: Sequence[HistoryEntry]) -> Names:
    """Who made the entries, under the model of the history itself."""
    users = {entry.user_id for entry in entries if entry.user_id is not None}
    return {(HistoryEntry, key): name for key, name in names_of_people(users).items()}


def _read_names(
    wanted: Mapping[type[Any], set[Any]],
) -> Iterator[tuple[tuple[type[Any], Any], str]]:
    for model, keys in wanted.items():
        key = inspect(model).primary_key[0]
        attribute = inspect(model).get_property_by_column(key).class_attribute
        for record in db.session.scalars(select(model).where(attribute.in_(keys))).unique():
            yield (model, getattr(record, attribute.key)), str(record)


def _target(item: Item) -> type[Any]:
    model: type[Any] = inspect(item.model).relationships[item.relation].mapper.class_
    return model


def _institutions() -> type[Any] | None:
    return model_of("institution")
