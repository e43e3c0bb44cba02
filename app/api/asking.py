"""What a list is asked for: conditions, order, place and size, each whitelisted."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import request
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from app.api.documents import Schema, reference_type
from app.core.errors import InvalidInput
from app.generated.hooks import may
from app.generated.paths import ItemPath
from app.generated.searching import SearchBy
from app.generated.views import GeneratedView
from app.security.actor import Actor
from app.security.fields import may_read

LARGEST_PAGE = 100
_CURSOR = "^[A-Za-z0-9_-]{1,300}$"
_SHORT = 100


@dataclass(frozen=True, slots=True)
class Asked:
    """A list as asked for: ``terms`` are conditions as a search form posts them."""

    terms: MultiDict[str, str]
    sort: str | None
    direction: str | None
    size: int
    place: MultiDict[str, str]


def conditions_of(view: GeneratedView, actor: Actor, *, personal: bool) -> dict[str, Schema]:
    """The conditions this actor may set, with the schema of their values."""
    return {
        name: _condition_schema(by, path) | {"title": _title(name, by, path)}
        for name, by, path in view.search.named()
        if _may_ask(path, actor) and (personal or not path.item.privacy.is_personal)
    }


def paging_of(view: GeneratedView) -> dict[str, Schema]:
    """How a list is ordered and cut."""
    place = {"type": "string", "pattern": _CURSOR, "description": _("The cursor in “next”.")}
    sort = {"type": "string", "enum": [*view.sort_items]} if view.sort_items else None
    known = {
        "after": place,
        "limit": {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE},
        "direction": {"type": "string", "enum": ["asc", "desc"]},
    }
    return known | ({"sort": sort} if sort is not None else {})


def asked_in_address(view: GeneratedView, actor: Actor) -> Asked:
    """The parameters of the address; nothing that names a person can stand there.

    Raises:
        InvalidInput: a parameter is unknown, doubled or not as declared.
    """
    doubled = [name for name, found in request.args.lists() if len(found) > 1]
    if doubled:
        raise InvalidInput({name: [_("Name it once.")] for name in doubled})
    return _asked(view, dict(request.args), conditions_of(view, actor, personal=False), text=True)


def asked_in_body(view: GeneratedView, actor: Actor, body: Mapping[str, Any]) -> Asked:
    """The same from the body of a search, with conditions that name a person.

    Raises:
        InvalidInput: a name is unknown or a value not as declared.
    """
    return _asked(view, body, conditions_of(view, actor, personal=True), text=False)


def _asked(
    view: GeneratedView, given: Mapping[str, Any], conditions: dict[str, Schema], *, text: bool
) -> Asked:
    known = conditions | paging_of(view)
    problems: dict[str, list[object]] = {}
    codes: dict[str, str] = {}
    read: dict[str, str] = {}
    for name, value in given.items():
        written = _written(known[name], value, text=text) if name in known else None
        if written is None:
            unknown = name not in known
            codes[name] = "unknown_field" if unknown else "invalid"
            problems[name] = [
                _("There is no such parameter.") if unknown else _("This value cannot be used.")
            ]
        else:
            read[name] = written
    if problems:
        raise InvalidInput(problems, codes=codes)
    return Asked(
        terms=MultiDict([(name, value) for name, value in read.items() if name in conditions]),
        sort=read.get("sort"),
        direction=read.get("direction"),
        size=int(read.get("limit", view.page_size)),
        place=MultiDict([(name, read[name]) for name in ("after",) if name in read]),
    )


def _may_ask(path: ItemPath, actor: Actor) -> bool:
    """Looking people up by name needs the right to see who they are."""
    through_person = bool(path.steps) and path.item.privacy.is_personal
    return may_read(path.item, actor) and (not through_person or may("show", "person"))


def _condition_schema(by: SearchBy, path: ItemPath) -> Schema:
    if by.match == "named":
        return {"type": "string", "enum": [*by.named]}
    if by.match == "range":
        return {"type": "string", "format": "date"}
    if by.match == "code" and path.item.codes is not None:
        return {"type": "string", "enum": [*path.item.codes.values]}
    if by.match == "reference" and reference_type(path.item) == "integer":
        return {"type": "integer", "minimum": 1, "maximum": 2**31 - 1}
    if by.match == "reference":
        return {"type": "string", "pattern": "^[0-9]{1,6}$"}
    return {"type": "string", "minLength": 1, "maxLength": _SHORT}


def _title(name: str, by: SearchBy, path: ItemPath) -> str:
    label = str(by.label or path.item.label)
    if by.match == "range":
        end = name.endswith("_to")
        return _("%(item)s to", item=label) if end else _("%(item)s from", item=label)
    return f"{label} ({_('begins with')})" if by.match == "prefix" else label


def _written(schema: Schema, value: Any, *, text: bool) -> str | None:
    """The value as a search form posts it; None when it is not as declared."""
    if schema["type"] == "integer":
        number = int(value) if text and re.fullmatch(r"[0-9]{1,10}", value, re.ASCII) else value
        fits = isinstance(number, int) and not isinstance(number, bool)
        within = fits and schema["minimum"] <= number <= schema["maximum"]
        return str(number) if within else None
    if not isinstance(value, str) or not 0 < len(value) <= schema.get("maxLength", 300):
        return None
    checks = tuple(_failures(schema, value))
    return None if any(checks) else value


def _failures(schema: Schema, value: str) -> Iterator[bool]:
    yield "enum" in schema and value not in schema["enum"]
    yield "pattern" in schema and not re.fullmatch(schema["pattern"], value, re.ASCII)
    yield schema.get("format") == "date" and not _is_day(value)
    yield not value.isprintable()


def _is_day(value: str) -> bool:
    try:
        return len(value) == 10 and bool(date.fromisoformat(value))
    except ValueError:
        return False
