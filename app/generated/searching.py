"""What a list can be searched by: whitelisted, indexed, and never a name in an address."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import InstrumentedAttribute
from werkzeug.datastructures import MultiDict
from wtforms import Field, HiddenField, SelectField, StringField, ValidationError
from wtforms.fields import SelectChoice
from wtforms.widgets import HiddenInput

from app.core.fields import EraDateField, ReferenceField
from app.core.labels import Label
from app.generated.arguments import BadArgument
from app.generated.paths import ItemPath, path_of
from app.generated.references import source_of


@dataclass(frozen=True)
class Named:
    """A condition with a name of its own, which other pages lead to: "the counted cases"."""

    label: Label
    condition: Callable[[], ColumnElement[bool]]


@dataclass(frozen=True)
class Found:
    """What a keyed search gives: the condition, and whether there would be more."""

    condition: ColumnElement[bool]
    cut: bool = False


class Keyed(Protocol):
    """A search of encrypted items by their keyed index; the package of the items provides it."""

    def problem(self, typed: str) -> object | None:
        """Why this cannot be searched for, in words; None when it can."""

    def hint(self) -> object:
        """How what is typed is compared."""

    def find(self, typed: str) -> Found:
        """The condition on the model at the end of the path."""


@dataclass(frozen=True)
class SearchBy:
    """One search condition of a list.

    Args:
        path: dotted item name; gives the label and the privacy class.
        match: ``exact``, ``prefix`` (on an indexed key), ``range`` of dates, ``code``,
            ``reference``, ``named`` (one of ``named``; the parameter is ``<path>_is``),
            ``keyed`` (an encrypted item, found by ``keyed``).
        key: dotted attribute the value is compared with, when it is not the item itself.
        keyed: how an encrypted item is found.
        label: what is asked for, when several items are searched together.
        normalise: turns what was typed into the form of the key.
        asked: False for a condition that only links set. It stays out of the search card, is
            shown as a condition in force and can be taken away.
    """

    path: str
    match: Literal["exact", "prefix", "range", "code", "reference", "named", "keyed"]
    key: str | None = None
    normalise: Callable[[str], str] | None = None
    keyed: Keyed | None = None
    label: Label | None = None
    asked: bool = True
    named: Mapping[str, Named] = field(default_factory=dict)


class Search:
    """The search conditions of one list, ready to read requests."""

    def __init__(self, model: type[Any], conditions: tuple[SearchBy, ...]) -> None:
        self.model = model
        self.conditions = tuple((by, path_of(model, by.path)) for by in conditions)

    def parameters(
        self, *, personal: bool, readable: Callable[[Any], bool] = lambda _item: True
    ) -> frozenset[str]:
        """Parameter names, with or without those that identify a person."""
        return frozenset(
            name
            for by, path in self.conditions
            if readable(path.item) and (personal or not path.item.privacy.is_personal)
            for name in _parameters(by, path)
        )

    def named(self) -> Iterator[tuple[str, SearchBy, ItemPath]]:
        """Each parameter with its condition and item; references by their key alone."""
        for by, path in self.conditions:
            for name in _names(by, path):
                yield name, by, path

    def form(self, arguments: MultiDict[str, str], readable: Callable[[Any], bool]) -> FlaskForm:
        """A bound form of the conditions the actor may use (a masked item cannot be asked for)."""
        fields = dict(self._fields(readable))
        form_class = type("SearchForm", (FlaskForm,), fields)
        # The token is checked for every POST by the application itself.
        form: FlaskForm = form_class(formdata=arguments, meta={"csrf": False})
        form.method = (
            "post" if any(p.item.privacy.is_personal for _b, p in self.conditions) else "get"
        )
        return form

    def apply(
        self, statement: Select[Any], form: FlaskForm
    ) -> tuple[Select[Any], dict[str, tuple[str, str]]]:
        """The statement narrowed by what was filled in, and the words of each condition.

        Conditions that could not be read narrow nothing; their fields carry the error.

        Raises:
            BadArgument: a condition that only links set is not as a link sets it.
        """
        words: dict[str, tuple[str, str]] = {}
        for by, path in self.conditions:
            for name in _names(by, path):
                field = form._fields.get(name)
                if field is None:
                    continue
                _require_link(by, path, field)
                if not _is_filled_in(field, form):
                    continue
                found = self._found(by, path, name, field.data)
                statement = statement.where(_over(path.steps, found.condition))
                shown = _shown(by, path, field)
                if found.cut:
                    shown = _("%(searched)s (the newest only: please type more)", searched=shown)
                words[name] = (str(field.label.text), shown)
        return statement, words

    def is_selective(self, form: FlaskForm) -> bool:
        """True when an indexed key was asked for that few records share (a number, a name)."""
        asked = (
            form._fields.get(path.parameter)
            for by, path in self.conditions
            if by.match in {"exact", "prefix", "keyed"}
        )
        return any(field is not None and _is_filled_in(field, form) for field in asked)

    def _fields(self, readable: Callable[[Any], bool]) -> Iterator[tuple[str, Field]]:
        for by, path in self.conditions:
            if not readable(path.item):
                continue
            label = by.label or path.item.label
            drawn = {} if by.asked else {"widget": HiddenInput()}
            if by.match == "named" or (by.match == "code" and not by.asked):
                yield _names(by, path)[0], HiddenField(label)
            elif by.match == "range":
                begin, end = _names(by, path)
                yield begin, EraDateField(_l("%(item)s from", item=label), **drawn)
                yield end, EraDateField(_l("%(item)s to", item=label), **drawn)
            elif by.match == "code" and path.item.codes is not None:
                codes = (SelectChoice(c.value, str(c.label)) for c in path.item.codes)
                choices = [SelectChoice("", ""), *codes]
                yield path.parameter, SelectField(label, choices=choices, default="")
            elif by.match == "reference":
                yield path.parameter, _reference(path, drawn)
            elif by.keyed is not None:
                hint = str(by.keyed.hint())
                checks = (_Searchable(by.keyed),)
                yield path.parameter, StringField(label, checks, description=hint)
            else:
                hint = _("begins with") if by.match == "prefix" else ""
                yield path.parameter, StringField(label, description=hint)

    def _found(self, by: SearchBy, path: ItemPath, name: str, value: Any) -> Found:
        if by.keyed is not None:
            return by.keyed.find(value)
        return Found(self._condition(by, path, name, value))

    def _condition(
        self, by: SearchBy, path: ItemPath, name: str, value: Any
    ) -> ColumnElement[bool]:
        if by.match == "named":
            return by.named[value].condition()
        column = path.column if by.key is None else _attribute(self.model, by.key)
        if by.match == "range":
            return column >= value if name.endswith("_from") else column <= value
        if by.match == "reference":
            return path.column == value
        typed = by.normalise(value) if by.normalise else value
        if by.match == "prefix" and by.key is not None:
            # Keys are compared by code point (core.db.key_text), so a range is the prefix and
            # keeps to the index, which LIKE does not on either database.
            return (column >= typed) & (column < f"{typed}\U0010ffff")
        if by.match == "prefix":
            begins: ColumnElement[bool] = column.startswith(typed, autoescape=True)
            return begins
        return column == typed


class _Searchable:
    """The validator of a keyed search: too little is said so, instead of finding nothing."""

    def __init__(self, keyed: Keyed) -> None:
        self._keyed = keyed

    def __call__(self, form: Any, field: Field) -> None:
        problem = self._keyed.problem(field.data) if field.data else None
        if problem is not None:
            raise ValidationError(str(problem))


def _over(
    steps: tuple[InstrumentedAttribute[Any], ...], condition: ColumnElement[bool]
) -> ColumnElement[bool]:
    """The condition on a record that the relationships lead to, told of the record listed.

    As a set of keys and not as a join, so that the index of the condition is read first and
    not the whole list.
    """
    for step in reversed(steps):
        here, there = step.property.local_remote_pairs[0]
        target, origin = step.property.mapper, step.property.parent
        keys = select(target.get_property_by_column(there).class_attribute).where(condition)
        condition = origin.get_property_by_column(here).class_attribute.in_(keys)
    return condition


def _require_link(by: SearchBy, path: ItemPath, field: Field) -> None:
    """Nobody types these, so nobody could mend them."""
    unknown = by.match == "named" and field.data and field.data not in by.named
    if by.match == "code" and not by.asked and field.data and path.item.codes is not None:
        unknown = field.data not in path.item.codes
    if unknown or (not by.asked and field.process_errors):
        raise BadArgument(_l("This address is not complete or has a mistake in it."))


def _is_filled_in(field: Field, form: FlaskForm) -> bool:
    # What could not be read has no value but an error, which validating brings up; a reference
    # may be typed as text alone.
    typed = any(field.raw_data or ()) or bool(getattr(field, "posted_text", None))
    if not typed or not field.validate(form):
        return False
    return field.data not in (None, "")


def _reference(path: ItemPath, drawn: dict[str, Any]) -> Field:
    return ReferenceField(path.item.label, source=source_of(path.item), **drawn)


def _parameters(by: SearchBy, path: ItemPath) -> tuple[str, ...]:
    """What a browser sends: a reference comes with the text beside its key."""
    names = _names(by, path)
    return (*names, f"{names[0]}_text") if by.match == "reference" else names


def _names(by: SearchBy, path: ItemPath) -> tuple[str, ...]:
    name = path.parameter
    if by.match == "named":
        return (f"{name}_is",)
    return (f"{name}_from", f"{name}_to") if by.match == "range" else (name,)


def _attribute(model: type[Any], dotted: str) -> Any:
    current: Any = model
    for part in dotted.split("."):
        current = getattr(current, part)
        if hasattr(current, "property") and hasattr(current.property, "mapper"):
            current = current.property.mapper.class_
    return current


def _shown(by: SearchBy, path: ItemPath, field: Field) -> str:
    if by.match == "named":
        return str(by.named[field.data].label)
    if by.match == "code" and path.item.codes is not None:
        return path.item.codes.label(field.data)
    if isinstance(field, ReferenceField):
        return str(field.shown_text())
    if isinstance(field, SelectField):
        chosen = (c.label for c in field.choices or () if c.value == field.data)
        return str(next(chosen, field.data))
    return str(field.data)
