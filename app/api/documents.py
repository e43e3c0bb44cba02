"""Records as JSON, and the schema that says what to expect."""

from typing import Any

from flask_babel import gettext as _

from app.core.items import Item, items_of
from app.generated.hooks import may
from app.generated.views import VIEWS
from app.security.actor import Actor
from app.security.fields import MASKED, may_read

Schema = dict[str, Any]

_TYPES: dict[str, Schema] = {
    "text": {"type": "string"},
    "long_text": {"type": "string"},
    "date": {"type": "string", "format": "date"},
    "instant": {"type": "string", "format": "date-time"},
    "integer": {"type": "integer"},
    "decimal": {"type": "number"},
    "boolean": {"type": "boolean"},
    "code": {"type": "string"},
    "codes": {"type": "array", "items": {"type": "string"}},
}


def links_of(model: type[Any]) -> tuple[str, ...]:
    """Keys of the records this one belongs to, as far as the actor may open such records."""
    resources = {view.model.__table__: name for name, view in VIEWS.items()}
    mapper = model.__mapper__
    items = {item.name for item in items_of(model)}
    return tuple(
        name
        for column in mapper.local_table.columns
        for key in column.foreign_keys
        if (name := mapper.get_property_by_column(column).key) not in items
        and key.column.table in resources
        and may("show", resources[key.column.table])
    )


def as_json(record: Any) -> dict[str, Any]:
    """The items of a record the actor may read, and the keys of what it belongs to.

    An item the actor may not read is left out; null is an empty item. ``version`` is what
    ``If-Match`` has to name.
    """
    values: dict[str, Any] = {"id": record.id, "version": getattr(record, "row_version", 1)}
    values |= {name: getattr(record, name) for name in links_of(type(record))}
    for item in items_of(type(record)):
        value = getattr(record, item.name)
        if value is not MASKED:
            values[item.name] = _plain(value)
    return values


def schema_of(model: type[Any], actor: Actor) -> Schema:
    """The schema of :func:`as_json`, as far as the actor may read the items."""
    number = {"type": "integer", "minimum": 1}
    properties = {
        "id": number | {"title": _("Key")},
        "version": number | {"title": _("Version"), "description": _("Goes into If-Match.")},
    }
    links = links_of(model)
    properties |= {name: nullable({"type": "integer"}) for name in links}
    readable = [item for item in items_of(model) if may_read(item, actor)]
    properties |= {item.name: _schema(item, model) for item in readable}
    return {
        "type": "object",
        "properties": properties,
        "required": ["id", "version", *links, *(i.name for i in readable)],
        "additionalProperties": False,
    }


def described(schema: Schema, item: Item) -> Schema:
    """The schema with the item's label, and its source and unit where it has them."""
    words = [str(item.source), str(item.hint or ""), str(item.unit or "")]
    text = " / ".join(word for word in words if word)
    return schema | {"title": str(item.label)} | ({"description": text} if text else {})


def nullable(schema: Schema) -> Schema:
    """The schema that takes null as well."""
    allowed = schema | {"type": [schema["type"], "null"]}
    return allowed | {"enum": [*schema["enum"], None]} if "enum" in schema else allowed


def reference_type(item: Item) -> str:
    """Official codes are text, so that their zeros stay; other keys are numbers."""
    column = item.model.__mapper__.columns[item.name] if item.model is not None else None
    return "integer" if column is not None and column.type.python_type is int else "string"


def _schema(item: Item, model: type[Any]) -> Schema:
    if item.kind == "reference":
        schema: Schema = {"type": reference_type(item)}
    else:
        schema = dict(_TYPES[item.kind])
    schema = described(schema, item)
    if item.codes is not None:
        # A value that left its list since stays on its record, so no enum binds what is read.
        words = ", ".join(f"{code.value} ({code.label})" for code in item.codes)
        schema["description"] = " / ".join(filter(None, [schema.get("description"), words]))
    return nullable(schema) if model.__mapper__.columns[item.name].nullable else schema


def _plain(value: Any) -> Any:
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if isinstance(value, tuple):
        return [*value]
    return float(value) if hasattr(value, "as_tuple") else value
