"""Forms built from items: labels, limits and marks come from the declaration alone.

A form class holds no state of a request: build it once with :func:`form_for`, when the view
class is made, and instantiate it per request.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Self, cast

from flask import request
from flask_wtf import FlaskForm
from sqlalchemy import Numeric
from sqlalchemy.orm import class_mapper
from wtforms import HiddenField

from app.core import fields as kinds
from app.core.db import new_token
from app.core.fields import ItemField, ReferenceSource, Required
from app.core.items import Item, Stage, item_of
from app.core.labels import Label
from app.core.pages import FormSection

STALE = -1
"""The version of a form whose version cannot be read: never a current one."""

_AUTO: Any = object()
_WRITING_METHODS = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_STAGES = tuple(Stage)
_TOKEN = re.compile("[0-9a-f]{32}")
_OTHER = Label("その他", "Other")


class RowVersionField(HiddenField):
    """The version of the record a form was made from: int, None for a new record."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Anything but a number counts as :data:`STALE`, so the save is answered with 409."""
        text = str(valuelist[0]).strip() if valuelist else "absent"
        number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else STALE
        self.data = number if text else None


class FormTokenField(HiddenField):
    """Issued with each form, so that a form sent twice is saved once."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """The posted token; anything that is not one of ours is replaced by a new one."""
        posted = str(valuelist[0]) if valuelist else ""
        if _TOKEN.fullmatch(posted):
            self.data: Any = posted


class ItemForm(FlaskForm):
    """Base of every form over items: CSRF token, row version and form token are hidden.

    Reads posted form data only, never a JSON body.
    """

    row_version_ = RowVersionField()
    form_token_ = FormTokenField(default=new_token)

    def __init__(self, formdata: Any = _AUTO, obj: Any = None, **kwargs: Any) -> None:
        if formdata is _AUTO:
            posted = bool(request) and request.method in _WRITING_METHODS
            formdata = request.form if posted else None
        kwargs.setdefault("row_version_", getattr(obj, "row_version", None))
        super().__init__(formdata=formdata, obj=obj, **kwargs)

    @classmethod
    def refresh(cls, obj: Any = None) -> Self:
        """A form for this request, as Flask-AppBuilder asks for one."""
        return cls(obj=obj)


def form_for(
    model: type[Any],
    names: Sequence[str],
    *,
    references: Mapping[str, ReferenceSource] | None = None,
    required_stage: Stage | None = None,
    fields: Mapping[str, Any] | None = None,
    base: type[ItemForm] = ItemForm,
) -> type[ItemForm]:
    """A form class over the items ``names`` of ``model``, in that order.

    Args:
        references: where each reference item finds its records, by item name.
        required_stage: ◎ items of this and earlier stages must be filled; None: only what
            the database itself needs. A draft is saved with None.
        fields: unbound fields that replace the ones an item would get.
        base: for validators over several fields.

    Raises:
        KeyError: an item is not declared, or a reference has no source.
        ValueError: an item is not editable, or its name is one of WTForms' own.
    """
    attributes: dict[str, Any] = {}
    for name in names:
        declared = item_of(model, name)
        if not declared.editable or hasattr(base, name):
            raise ValueError(f"{model.__name__}.{name} cannot stand in a form")
        if fields and name in fields:
            attributes[name] = fields[name]
        else:
            attributes[name] = _field(model, declared, references or {}, required_stage)
    return cast("type[ItemForm]", type(f"{model.__name__}Form", (base,), attributes))


def sections(form: ItemForm, model: type[Any]) -> tuple[FormSection, ...]:
    """The form's fields as cards, in the order of ``model``'s sections.

    Within a card fields keep the form's order; fields that belong to no item come last.
    """
    cards: dict[str, tuple[int, str, list[Any]]] = {}
    for field in _item_fields(form):
        section = field.item.section if field.item and field.item.model is model else None
        key = section.key if section else "other"
        order, title = (section.order, section.label) if section else (10_000, _OTHER)
        cards.setdefault(key, (order, str(title), []))[2].append(field)
    ordered = sorted(cards.items(), key=lambda card: card[1][0])
    return tuple(FormSection(key, title, tuple(inside)) for key, (_, title, inside) in ordered)


def values(form: ItemForm) -> dict[str, Any]:
    """Every field's value by item name (without the hidden fields)."""
    return {field.short_name: field.data for field in _item_fields(form)}


def apply(form: ItemForm, obj: Any) -> tuple[str, ...]:
    """Set the changed items on ``obj``, and only those; gives their names.

    ``None`` and the empty text are the same, so an untouched record stays untouched.
    """
    changed = []
    for field in _item_fields(form):
        name = field.short_name
        if field.item is None or _plain(getattr(obj, name)) == _plain(field.data):
            continue
        setattr(obj, name, field.data)
        changed.append(name)
    return tuple(changed)


def show_stored(field: ItemField, value: Any) -> None:
    """Let a posted field show ``value`` as if it had been opened with it."""
    field.raw_data = None
    field.process(None, value)


def show_problems(form: ItemForm, problems: Mapping[str, Sequence[object]]) -> tuple[object, ...]:
    """Put the sentences of an InvalidInput at their fields; gives those without a field."""
    homeless: list[object] = []
    for name, sentences in problems.items():
        if name in form:
            form[name].errors = [*form[name].errors, *sentences]
        else:
            homeless.extend(sentences)
    return tuple(homeless)


def _item_fields(form: ItemForm) -> Iterator[Any]:
    return (field for field in form if isinstance(field, ItemField))


def _plain(value: Any) -> Any:
    return None if value == "" else value


def _field(
    model: type[Any],
    declared: Item,
    references: Mapping[str, ReferenceSource],
    stage: Stage | None,
) -> Any:
    """The unbound field of an item."""
    column = class_mapper(model).columns[declared.name]
    options: dict[str, Any] = {
        "item": declared,
        "description": declared.hint or "",
        "default": _default(column.default),
        "validators": [Required()] if _is_required(declared, stage) else [],
    }
    if declared.kind == "reference":
        return kinds.ReferenceField(declared.label, source=references[declared.name], **options)
    if declared.kind in ("integer", "decimal"):
        options |= {"minimum": declared.minimum, "maximum": declared.maximum}
    if declared.kind == "decimal":
        options |= _places(column.type)
    if declared.kind in ("text", "long_text"):
        options["max_length"] = declared.max_length
    if declared.kind in ("code", "codes"):
        options |= {"codes": declared.codes, "blank": declared.nullable}
    return _class_of(declared)(declared.label, **options)


def _class_of(declared: Item) -> type[Any]:
    """The field class; a text item whose name ends in ``kana`` is a reading."""
    if declared.kind == "text" and declared.name.split("_")[-1] == "kana":
        return kinds.KanaField
    if declared.kind == "boolean" and declared.nullable:
        return kinds.YesNoField
    return _CLASSES[declared.kind]


def _is_required(declared: Item, stage: Stage | None) -> bool:
    if not declared.nullable:
        return declared.kind not in ("boolean", "codes")
    if declared.required is None or stage is None:
        return False
    return _STAGES.index(declared.required) <= _STAGES.index(stage)


def _default(default: Any) -> Any:
    """What a new record starts with: the column's own default, shown in the form."""
    if default is None or not (default.is_scalar or default.is_callable):
        return None
    return (lambda: default.arg(None)) if default.is_callable else default.arg


def _places(type_: Any) -> dict[str, int]:
    """Digits a decimal column holds after and before the point."""
    if not isinstance(type_, Numeric) or type_.scale is None:
        return {}
    whole = 9 if type_.precision is None else type_.precision - type_.scale
    return {"places": type_.scale, "whole": whole}


_CLASSES: Mapping[str, type[Any]] = {
    "text": kinds.NormalisedStringField,
    "long_text": kinds.LongTextField,
    "date": kinds.EraDateField,
    "instant": kinds.InstantField,
    "integer": kinds.IntegerItemField,
    "decimal": kinds.DecimalItemField,
    "boolean": kinds.BooleanItemField,
    "code": kinds.CodeField,
    "codes": kinds.CodesField,
}
