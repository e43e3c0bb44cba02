"""The same records for programs: read through the same views, laws and declarations."""

from typing import Any

from flask import current_app, jsonify, request
from flask_appbuilder import BaseView, expose
from flask_babel import lazy_gettext as _l
from sqlalchemy import inspect
from werkzeug.wrappers import Response

from app.audit.reads import record_export
from app.core.errors import NotAllowed, NotVisible
from app.core.items import Item, items_of
from app.core.transaction import transaction
from app.generated.arguments import only_known, read_cursor, record_key
from app.generated.hooks import may, signed_in
from app.generated.listing import fetch
from app.generated.paths import paths_of
from app.generated.views import VIEWS, GeneratedView
from app.security.fields import MASKED, may_read
from app.security.rows import is_scoped

_JSON_TYPES: dict[str, dict[str, Any]] = {
    "text": {"type": "string"},
    "long_text": {"type": "string"},
    "date": {"type": "string", "format": "date"},
    "instant": {"type": "string", "format": "date-time"},
    "integer": {"type": "integer"},
    "decimal": {"type": "number"},
    "boolean": {"type": "boolean"},
    "code": {"type": "string"},
    "codes": {"type": "array", "items": {"type": "string"}},
    "reference": {"type": "integer"},
}


class RestView(BaseView):
    """``/api/v1/<resource>``: lists and records as JSON, and their schema."""

    route_base = "/api/v1"
    class_permission_name = "api"
    default_view = "openapi"

    @expose("/openapi.json", methods=["GET"])
    def openapi(self) -> Response:
        """The schema of everything this actor may read, made from the declarations."""
        signed_in()
        only_known(request.args, ())
        views = [view for view in VIEWS.values() if may("list", view.class_permission_name)]
        schemas = {view.model.__name__: schema_of(view.model) for view in views}
        paths: dict[str, Any] = {}
        for view in views:
            paths |= _paths_of_view(view)
        info = {"title": current_app.config["APP_NAME"], "version": "1"}
        return jsonify(
            {"openapi": "3.0.3", "info": info, "paths": paths, "components": {"schemas": schemas}}
        )

    @expose("/<string:resource>", methods=["GET"])
    def list(self, resource: str) -> Response:
        """Records newest first; ``next`` is the cursor of the following page."""
        actor = signed_in()
        view = self._view(resource, "list")
        only_known(request.args, {"after"})
        statement, key = view.list_statement(actor)
        paths = paths_of(view.model, tuple(i.name for i in items_of(view.model)))
        order = view.order(None, None, key)
        rows = fetch(
            statement,
            view.model,
            paths,
            order,
            read_cursor(request.args, order.name, order.python_type),
            view.page_size,
            key_of=lambda record: int(record.id),
        )
        found = [as_json(record) for record in rows.records]
        if found and is_scoped(inspect(view.model)):
            # Whole records leave here, many at a time, as they do in a file.
            with transaction():
                people = view.people_of(rows.records)
                record_export(actor, door=f"api.{resource}", count=len(found), people=people)
        return jsonify({"result": found, "next": rows.next})

    @expose("/<string:resource>/<string:pk>", methods=["GET"])
    def show(self, resource: str, pk: str) -> Response:
        """One record."""
        actor = signed_in()
        view = self._view(resource, "show")
        only_known(request.args, ())
        record = view.record_or_404(str(record_key(pk)))
        view.looked_at(record, actor)
        return jsonify({"result": as_json(record)})

    def _view(self, resource: str, action: str) -> GeneratedView:
        view = VIEWS.get(resource)
        if view is None:
            raise NotVisible(_l("There is no such page."))
        if not may(action, resource):
            raise NotAllowed(_l("Your role may not open this page."))
        return view


def as_json(record: Any) -> dict[str, Any]:
    """The items of a record the actor may read; a masked item is left out, not null."""
    values: dict[str, Any] = {"id": record.id}
    for item in items_of(type(record)):
        value = getattr(record, item.name)
        if value is not MASKED:
            values[item.name] = _plain(value)
    return values


def schema_of(model: type[Any]) -> dict[str, Any]:
    """The JSON schema of a model's items, as far as the actor may read them."""
    actor = signed_in()
    properties = {i.name: _schema(i) for i in items_of(model) if may_read(i, actor)}
    return {"type": "object", "properties": {"id": {"type": "integer"}} | properties}


def _schema(item: Item) -> dict[str, Any]:
    schema: dict[str, Any] = dict(_JSON_TYPES[item.kind])
    schema |= {"title": str(item.label), "nullable": item.nullable}
    if item.source:
        schema["description"] = item.source
    if item.codes is not None and item.kind == "code":
        schema["enum"] = [*item.codes.values, None] if item.nullable else list(item.codes.values)
    if item.max_length is not None:
        schema["maxLength"] = item.max_length
    if item.minimum is not None:
        schema["minimum"] = item.minimum
    if item.maximum is not None:
        schema["maximum"] = item.maximum
    return schema


def _paths_of_view(view: GeneratedView) -> dict[str, Any]:
    reference = {"$ref": f"#/components/schemas/{view.model.__name__}"}
    many = {"type": "object", "properties": {"result": {"type": "array", "items": reference}}}
    one = {"type": "object", "properties": {"result": reference}}
    base = f"/api/v1/{view.class_permission_name}"
    title = str(view.title_label)
    cursor = {"name": "after", "in": "query", "schema": {"type": "string"}}
    key = {"name": "pk", "in": "path", "required": True, "schema": {"type": "integer"}}
    return {
        base: {"get": _operation(title, many, [cursor])},
        f"{base}/{{pk}}": {"get": _operation(title, one, [key])},
    }


def _operation(title: str, schema: dict[str, Any], parameters: Any) -> dict[str, Any]:
    content = {"application/json": {"schema": schema}}
    return {
        "summary": title,
        "parameters": parameters,
        "responses": {"200": {"description": title, "content": content}},
    }


def _plain(value: Any) -> Any:
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if isinstance(value, tuple):
        return [*value]
    return float(value) if hasattr(value, "as_tuple") else value
