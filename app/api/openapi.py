"""The API described in OpenAPI 3.1, made from the declarations, for whoever asks."""

from typing import Any

from flask import current_app
from flask_babel import gettext as _

from app.accounts.programs import API
from app.api.asking import conditions_of, paging_of
from app.api.documents import Schema, schema_of
from app.api.inputs import fields_of, is_required, schema_of_field
from app.api.resource_views import offers
from app.core.fields.numbers import LARGEST
from app.generated.hooks import may
from app.generated.views import VIEWS, GeneratedView
from app.quarantine.rules import KEYS, MOST_ROWS
from app.security.actor import Actor

PROBLEM = {
    "type": "object",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "number": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "field": {"type": "string"},
                    "code": {"type": "string"},
                    "message": {"type": "string"},
                },
                "required": ["field", "code", "message"],
            },
        },
    },
    "required": ["type", "title", "status", "code", "detail"],
}
_KEY = {"type": "integer", "minimum": 1, "maximum": LARGEST}
_READS = (400, 401, 403, 404, 422, 429)
_WRITES = (*_READS, 409, 413, 415)
_CHANGES = (*_WRITES, 412, 428)


def document(actor: Actor) -> dict[str, Any]:
    """What this actor may call, in the reader's language."""
    views = [view for name, view in VIEWS.items() if may("list", name) or may("show", name)]
    schemas: dict[str, Schema] = {"Problem": PROBLEM}
    paths: dict[str, Any] = {}
    for view in views:
        if not offers(view, "list") and not offers(view, "show"):
            continue
        schemas[view.model.__name__] = schema_of(view.model, actor)
        paths |= _paths_of(view, actor)
    bearer = {"type": "http", "scheme": "bearer"}
    return {
        "openapi": "3.1.0",
        "info": {"title": current_app.config["APP_NAME"], "version": "1"},
        "servers": [{"url": "/"}],
        "security": [{"bearer": []}],
        "paths": paths | _list_paths() | _token_paths(),
        "components": {"schemas": schemas, "securitySchemes": {"bearer": bearer}},
    }


def _paths_of(view: GeneratedView, actor: Actor) -> dict[str, Any]:
    resource = view.class_permission_name
    name, title = view.model.__name__, str(view.title_label)
    base = f"{API}{resource}"
    many, one = _page_schema(name), _one_schema(name)
    key = {"name": "pk", "in": "path", "required": True, "schema": _KEY}
    paths: dict[str, dict[str, Any]] = {base: {}, f"{base}/search": {}, f"{base}/{{pk}}": {}}
    if _offered(view, "list"):
        asked = conditions_of(view, actor, personal=False) | paging_of(view)
        parameters = [{"name": n, "in": "query", "schema": s} for n, s in asked.items()]
        summary = _("List: %(what)s", what=title)
        paths[base]["get"] = _operation(f"{resource}.list", summary, many, _READS, parameters)
        body = _object(conditions_of(view, actor, personal=True) | paging_of(view))
        paths[f"{base}/search"]["post"] = _operation(
            f"{resource}.search", _("Search: %(what)s", what=title), many, _WRITES, (), body
        )
    if _offered(view, "show"):
        paths[f"{base}/{{pk}}"]["get"] = _operation(
            f"{resource}.show", _("Show: %(what)s", what=title), one, _READS, (key,), etag=True
        )
    if _offered(view, "add"):
        paths[base]["post"] = _operation(
            f"{resource}.add",
            _("Add: %(what)s", what=title),
            one,
            _WRITES,
            (_IDEMPOTENCY_KEY,),
            _new_schema(view, actor),
            status=201,
            etag=True,
        )
    if _offered(view, "edit"):
        paths[f"{base}/{{pk}}"]["patch"] = _operation(
            f"{resource}.edit",
            _("Change: %(what)s", what=title),
            one,
            _CHANGES,
            (key, _IF_MATCH),
            _object(_inputs(view.edit_form_class(actor))),
            etag=True,
        )
    if _offered(view, "delete"):
        paths[f"{base}/{{pk}}"]["delete"] = _operation(
            f"{resource}.delete",
            _("Delete: %(what)s", what=title),
            None,
            _CHANGES,
            (key, _IF_MATCH),
            status=204,
        )
    return {path: operations for path, operations in paths.items() if operations}


_IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "schema": {"type": "string", "pattern": '^"[0-9]{1,9}"$'},
}
_IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "schema": {"type": "string", "pattern": "^[A-Za-z0-9_-]{16,64}$"},
}


def _offered(view: GeneratedView, action: str) -> bool:
    return offers(view, action) and may(action, view.class_permission_name)


def _inputs(form_class: Any) -> dict[str, Schema]:
    fields = fields_of(form_class(formdata=None, meta={"csrf": False}))
    return {name: schema_of_field(field) for name, field in fields.items()}


def _new_schema(view: GeneratedView, actor: Actor) -> Schema:
    form_class = view.add_form_class(actor, dict.fromkeys(view.preset_items, 1))
    fields = fields_of(form_class(formdata=None, meta={"csrf": False}))
    properties = dict.fromkeys(view.preset_items, _KEY)
    schema = _object(properties | {n: schema_of_field(f) for n, f in fields.items()})
    required = [name for name, field in fields.items() if is_required(field)]
    if len(view.preset_items) == 1:
        required = [*view.preset_items, *required]
    elif view.preset_items:
        schema["oneOf"] = [{"required": [name]} for name in view.preset_items]
    return schema | ({"required": required} if required else {})


def _object(properties: dict[str, Schema]) -> Schema:
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _one_schema(name: str) -> Schema:
    schema = _object({"result": {"$ref": f"#/components/schemas/{name}"}})
    return schema | {"required": ["result"]}


def _page_schema(name: str) -> Schema:
    records = {"type": "array", "items": {"$ref": f"#/components/schemas/{name}"}}
    schema = _object({"result": records, "next": {"type": ["string", "null"]}})
    return schema | {"required": ["result", "next"]}


def _operation(
    operation_id: str,
    summary: str,
    schema: Schema | None,
    refusals: tuple[int, ...],
    parameters: Any = (),
    body: Schema | None = None,
    *,
    status: int = 200,
    etag: bool = False,
) -> dict[str, Any]:
    good: dict[str, Any] = {"description": summary}
    if schema is not None:
        good["content"] = {"application/json": {"schema": schema}}
    if etag:
        good["headers"] = {"ETag": {"required": True, "schema": {"type": "string"}}}
    problem = {"schema": {"$ref": "#/components/schemas/Problem"}}
    refused = {
        str(one): {
            "description": _("Refused; see “code” and “errors”."),
            "content": {"application/problem+json": problem},
        }
        for one in sorted(refusals)
    }
    operation: dict[str, Any] = {
        "operationId": operation_id,
        "tags": [operation_id.partition(".")[0]],
        "summary": summary,
        "parameters": [*parameters],
        "responses": {str(status): good} | refused,
    }
    if body is not None:
        content = {"application/json": {"schema": body}}
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def _list_paths() -> dict[str, Any]:
    """The list of a quarantine station, for those who may send one."""
    if not may("add", "returnee_list"):
        return {}
    text = {"type": ["string", "null"], "maxLength": 2000}
    person = _object(dict.fromkeys(KEYS, text))
    asked = _object(
        {
            "number": {"type": "string", "minLength": 1, "maxLength": 40},
            "apply": {"type": "boolean"},
            "people": {"type": "array", "items": person, "minItems": 1, "maxItems": MOST_ROWS},
        }
    ) | {"required": ["number", "people"]}
    given = {"type": "object", "properties": {"result": {"type": "object"}}}
    send = _operation(
        "returnee_list.add",
        _("A list of returnees: looked through, and handed over with “apply”"),
        given | {"required": ["result"]},
        _WRITES,
        (),
        asked,
        status=201,
    )
    return {f"{API}returnee_list": {"post": send}}


def _token_paths() -> dict[str, Any]:
    text = {"type": "string", "minLength": 1}
    asked = _object(
        {
            "username": text | {"maxLength": 64},
            "password": text | {"maxLength": 256},
            "one_time_password": text | {"maxLength": 20},
        }
    ) | {"required": ["username", "password", "one_time_password"]}
    given = _object(
        {
            "access_token": {"type": "string"},
            "token_type": {"type": "string"},
            "expires_in": {"type": "integer"},
        }
    )
    issue = _operation(
        "token.issue",
        _("A token for a person, with the one-time password"),
        given,
        (400, 401, 413, 415, 422, 429),
        (),
        asked,
        status=201,
    )
    give_back = _operation(
        "token.give_back", _("Give the token back"), None, (401, 403, 429), status=204
    )
    return {f"{API}token": {"post": issue | {"security": []}, "delete": give_back}}
