"""What programs send, read through the same form fields as what people type.

JSON values are first held to the declared type and limits, strictly; then the field of the
form reads them, so that spelling, references and rules are those of the screen.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from app.api.documents import Schema, described, nullable
from app.core import fields as kinds
from app.core.clock import in_japan
from app.core.errors import InvalidInput
from app.core.fields import ItemField, code_key
from app.core.fields.choices import NONE_OF_THESE
from app.core.fields.numbers import LARGEST
from app.core.fields.text import LONGEST

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_MOST_DIGITS = 15


class Refused(ValueError):
    """A JSON value that is not what its field declares: a code and a sentence."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(code)
        self.code, self.sentence = code, sentence


def fields_of(form: Any) -> dict[str, ItemField]:
    """The fields a program may fill, by the name they have in JSON."""
    return {field.short_name: field for field in form if isinstance(field, ItemField)}


def schema_of_field(field: Any) -> Schema:
    """The schema of one field."""
    schema = _typed(field)
    if field.item is not None:
        schema = described(schema, field.item)
    else:
        schema["title"] = str(field.label.text)
    return nullable(schema) if _may_be_null(field) else schema


def is_required(field: Any) -> bool:
    """True when a new record cannot do without it."""
    return bool(field.flags.required) and field.data is None


def filled(form_class: Any, values: Mapping[str, Any], record: Any = None) -> Any:
    """A form filled with JSON values and found right; with ``record`` only these are judged.

    Raises:
        InvalidInput: by name, what is unknown, of another type, or refused by the field.
    """
    blank = fields_of(form_class(formdata=None, obj=record, meta={"csrf": False}))
    posted: list[tuple[str, str]] = []
    problems: dict[str, list[object]] = {}
    codes: dict[str, str] = {}
    for name, value in values.items():
        try:
            if name not in blank:
                raise Refused("unknown_field", _("There is no such item, or it is not editable."))
            posted += [(name, text) for text in _texts(blank[name], value)]
        except Refused as refused:
            problems[name], codes[name] = [refused.sentence], refused.code
    if problems:
        raise InvalidInput(problems, codes=codes)
    form = form_class(formdata=MultiDict(posted), obj=record, meta={"csrf": False})
    judged = fields_of(form) if record is None else {n: form[n] for n in values}
    wrong = {name: list(f.errors) for name, f in judged.items() if not f.validate(form)}
    if wrong:
        missing = {name: "required" for name in wrong if name not in values}
        raise InvalidInput(wrong, codes=missing)
    return form


def set_values(form: Any, record: Any, names: Mapping[str, Any]) -> None:
    """Set the named items of a valid form on the record, where they differ."""
    for name in names:
        value = form[name].data
        if (getattr(record, name) or None) != (value or None) or value == ():
            setattr(record, name, value)


def _typed(field: Any) -> Schema:
    for kind, schema in _SCHEMAS:
        if isinstance(field, kind):
            return schema(field)
    raise TypeError(f"no schema for {type(field).__name__}")


def _reference_schema(field: Any) -> Schema:
    if field.source.read_key is code_key:
        return {"type": "string", "pattern": "^[0-9]{1,6}$"}
    return {"type": "integer", "minimum": 1, "maximum": LARGEST}


def _codes_schema(field: Any) -> Schema:
    some = {} if _may_be_empty(field) else {"minItems": 1}
    one = {"type": "string", "enum": [*field.codes.values]}
    return {"type": "array", "items": one, "uniqueItems": True} | some


def _text_schema(field: Any) -> Schema:
    short = {"minLength": 1} if field.flags.required else {}
    return {"type": "string", "maxLength": field.max_length or LONGEST} | short


def _number_schema(field: Any) -> Schema:
    whole = isinstance(field, kinds.IntegerItemField)
    largest = LARGEST if whole else 10**field.whole - 1
    low = -largest if field.minimum is None else field.minimum
    high = largest if field.maximum is None else field.maximum
    return {"type": "integer" if whole else "number", "minimum": low, "maximum": high}


# The narrower kind stands first: a choice of yes and no is a choice, too.
_SCHEMAS: tuple[tuple[type[Any], Callable[[Any], Schema]], ...] = (
    (kinds.ReferenceField, _reference_schema),
    (kinds.EraDateField, lambda _field: {"type": "string", "format": "date"}),
    (kinds.InstantField, lambda _field: {"type": "string", "format": "date-time"}),
    (kinds.BooleanItemField, lambda _field: {"type": "boolean"}),
    (kinds.YesNoField, lambda _field: {"type": "boolean"}),
    (kinds.CodesField, _codes_schema),
    (kinds.CodeField, lambda field: {"type": "string", "enum": [*field.codes.values]}),
    (kinds.IntegerItemField, _number_schema),
    (kinds.DecimalItemField, _number_schema),
    (kinds.NormalisedStringField, _text_schema),
)


def _may_be_null(field: Any) -> bool:
    if isinstance(field, kinds.YesNoField):
        return not field.flags.required
    if isinstance(field, kinds.BooleanItemField):
        return False
    if isinstance(field, kinds.CodesField | kinds.CodeField):
        return bool(field.blank) and not field.flags.required
    return not field.flags.required


def _may_be_empty(field: Any) -> bool:
    return bool(field.offers_none or not field.blank)


def _texts(field: Any, value: Any) -> list[str]:
    """What a browser would post for the value. Raises Refused."""
    if value is None:
        if not _may_be_null(field):
            raise Refused("required", _("Enter %(label)s.", label=str(field.label.text)))
        return [] if isinstance(field, kinds.CodesField) else [""]
    schema = _typed(field)
    if schema["type"] == "boolean":
        return [_yes_or_no(value)]
    if schema["type"] == "array":
        return _ticks(field, value)
    if schema["type"] in ("integer", "number"):
        return [_digits(value, schema)]
    return [_text(field, value, schema)]


def _yes_or_no(value: Any) -> str:
    if not isinstance(value, bool):
        raise Refused("wrong_type", _("Send true or false."))
    return "yes" if value else "no"


def _ticks(field: Any, value: Any) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise Refused("wrong_type", _("Send a list of codes."))
    if any(one not in field.codes for one in value) or len(set(value)) != len(value):
        raise Refused("not_in_list", _("Choose among the values in the list."))
    if not value and not _may_be_empty(field):
        raise Refused("not_in_list", _("Choose among the values in the list."))
    return value or ([NONE_OF_THESE] if field.offers_none else [])


def _digits(value: Any, schema: Schema) -> str:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise Refused("wrong_type", _("Send a number."))
    number = Decimal(value)
    if number.adjusted() > _MOST_DIGITS or not schema["minimum"] <= number <= schema["maximum"]:
        raise Refused(
            "out_of_range",
            _(
                "Enter a value from %(minimum)s to %(maximum)s.",
                minimum=schema["minimum"],
                maximum=schema["maximum"],
            ),
        )
    # 1.50 is 1.5, and 2.0 a whole number.
    exponent = number.normalize().as_tuple().exponent
    if not isinstance(exponent, int) or exponent < -_MOST_DIGITS:
        raise Refused("out_of_range", _("The number has too many decimal places."))
    if schema["type"] == "integer" and exponent < 0:
        raise Refused("wrong_type", _("Enter a whole number."))
    return f"{number.normalize():f}"


def _text(field: Any, value: Any, schema: Schema) -> str:
    if not isinstance(value, str):
        raise Refused("wrong_type", _("Send a text."))
    if not value.isprintable() and any(0xD800 <= ord(sign) <= 0xDFFF for sign in value):
        raise Refused("invalid", _("This text has a character that cannot be stored."))
    if schema.get("format") == "date":
        return _day(value)
    if schema.get("format") == "date-time":
        return _instant(value)
    if "enum" in schema and value not in schema["enum"]:
        raise Refused("not_in_list", _("Choose one of the values in the list."))
    if "pattern" in schema and not re.fullmatch(r"[0-9]{1,6}", value, re.ASCII):
        raise Refused("invalid", _("There is no such record."))
    if len(value) > schema.get("maxLength", LONGEST):
        limit = f"{schema['maxLength']:,}"
        raise Refused("too_long", _("At most %(limit)s characters.", limit=limit))
    return value


def _day(value: str) -> str:
    try:
        if _DAY.fullmatch(value):
            return date.fromisoformat(value).isoformat()
    except ValueError:
        pass
    raise Refused("invalid", _("Send a date as 2021-08-20."))


def _instant(value: str) -> str:
    """To the minute, as the form keeps it."""
    try:
        read = datetime.fromisoformat(value)
        if read.tzinfo is not None:
            return f"{in_japan(read):%Y-%m-%dT%H:%M}"
    except (ValueError, OverflowError):
        pass
    raise Refused("invalid", _("Send an instant as 2021-08-20T09:00:00+09:00."))
