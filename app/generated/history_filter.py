"""What a history can be narrowed by: item, person, day. Nothing personal stands in an address."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy import ColumnElement, Select
from werkzeug.datastructures import MultiDict
from wtforms import SelectField

from app.audit.models import HistoryEntry
from app.core.clock import TOKYO
from app.core.fields import EraDateField
from app.core.items import items_of
from app.generated.arguments import BadArgument
from app.generated.history_rows import model_of
from app.security.actor import Actor
from app.security.fields import may_read

FILTERS = ("item", "who", "from_on", "to_on")


class HistoryFilter(FlaskForm):
    """The card above a history."""

    item = SelectField(_l("Item"), default="")
    who = SelectField(_l("Changed by"), default="")
    from_on = EraDateField(_l("From"))
    to_on = EraDateField(_l("Until"))
    method = "get"


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Conditions in force and their words, by parameter."""

    conditions: tuple[ColumnElement[bool], ...]
    words: Mapping[str, tuple[str, str]]

    def apply(self, statement: Select[Any]) -> Select[Any]:
        """The statement under the conditions."""
        return statement.where(*self.conditions)


def filter_form(
    arguments: MultiDict[str, str], kinds: Iterable[str], people: Mapping[str, str], actor: Actor
) -> HistoryFilter:
    """The bound form; an item the actor may not read is no choice."""
    form = HistoryFilter(formdata=arguments, meta={"csrf": False})
    form.item.choices = [("", ""), *_items(kinds, actor)]
    form.who.choices = [("", ""), *people.items()]
    return form


def narrowed(form: HistoryFilter) -> Narrowing:
    """What the form asks for.

    Raises:
        BadArgument: an item or person that is no choice; a day that cannot be read stays in
        the form with its error and narrows nothing.
    """
    valid = form.validate()
    if form.item.errors or form.who.errors:
        raise BadArgument(_l("This address is not complete or has a mistake in it."))
    conditions, words = [], {}
    for name, condition in (("item", _of_item), ("who", _of_person), ("from_on", _since)):
        field = form[name]
        if field.data and not field.errors:
            conditions.append(condition(field.data))
            words[name] = (str(field.label.text), _shown(field))
    if form.to_on.data and not form.to_on.errors:
        conditions.append(HistoryEntry.at < _midnight(form.to_on.data + timedelta(days=1)))
        words["to_on"] = (str(form.to_on.label.text), _shown(form.to_on))
    return Narrowing(tuple(conditions), words if valid or words else {})


def _items(kinds: Iterable[str], actor: Actor) -> Iterator[tuple[str, str]]:
    for kind in kinds:
        model = model_of(kind)
        for item in items_of(model) if model else ():
            if may_read(item, actor):
                yield f"{kind}.{item.name}", str(item.label)


def _of_item(name: str) -> ColumnElement[bool]:
    kind, _dot, item = name.partition(".")
    mine = HistoryEntry.item_names.contains(f";{item};", autoescape=True)
    return (HistoryEntry.record_type == kind) & mine


def _of_person(who: str) -> ColumnElement[bool]:
    if who == "system":
        return HistoryEntry.user_id.is_(None)
    return HistoryEntry.user_id == int(who)


def _since(day: Any) -> ColumnElement[bool]:
    return HistoryEntry.at >= _midnight(day)


def _midnight(day: Any) -> datetime:
    return datetime.combine(day, time(), tzinfo=TOKYO).astimezone(UTC)


def _shown(field: Any) -> str:
    if isinstance(field, SelectField):
        return str(dict(field.choices or ()).get(field.data, ""))
    return _("%(day)s", day=field.written(field.data))
