"""The description of the API: for programs as OpenAPI, for people as a page of our own."""

from typing import Any

from flask import jsonify, render_template, request, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.api.openapi import document
from app.core.pages import Crumb
from app.generated.arguments import only_known
from app.generated.hooks import signed_in
from app.generated.views import VIEWS


class OpenApiView(BaseView):
    """``/api/v1/openapi.json``: what the caller may call."""

    route_base = "/api/v1"
    class_permission_name = "dictionary"
    default_view = "openapi"

    @expose("/openapi.json", methods=["GET"])
    def openapi(self) -> Response:
        """OpenAPI 3.1, for whoever is signed in or holds a key: each sees what is theirs."""
        actor = signed_in()
        only_known(request.args, ())
        return jsonify(document(actor))


class ReferenceView(BaseView):
    """``/api-reference/``: the same, readable and printable."""

    route_base = "/api-reference"
    class_permission_name = "dictionary"
    default_view = "page"

    @expose("/", methods=["GET"])
    @has_access
    @permission_name("show")
    def page(self) -> str:
        """How to sign in, every call, every item."""
        only_known(request.args, ())
        made = document(signed_in())
        title = _("API reference")
        return render_template(
            "api/reference.html",
            title=title,
            groups=_groups(made),
            openapi_url=url_for("OpenApiView.openapi"),
            crumbs=(Crumb(title),),
        )


def _groups(made: dict[str, Any]) -> list[dict[str, Any]]:
    """The calls and the items of each resource."""
    groups: dict[str, dict[str, Any]] = {}
    for path, operations in made["paths"].items():
        for method, operation in operations.items():
            tag = operation["tags"][0]
            start = {"tag": tag, "title": _title(tag), "calls": [], "written": {}, "read": {}}
            group = groups.setdefault(tag, start)
            group["calls"].append({"method": method.upper(), "path": path, "is": operation})
            body = operation.get("requestBody", {}).get("content", {}).get("application/json")
            if body and method in {"post", "patch"} and not path.endswith("/search"):
                group["written"] |= body["schema"]["properties"]
            group["read"] |= _read_items(made, operation)
    return [group | {"items": group["read"] | group["written"]} for group in groups.values()]


def _title(tag: str) -> str:
    return str(VIEWS[tag].title_label) if tag in VIEWS else _("Signing in")


def _read_items(made: dict[str, Any], operation: dict[str, Any]) -> dict[str, Any]:
    schema = operation["responses"].get("200", {}).get("content", {}).get("application/json")
    if not schema:
        return {}
    result = schema["schema"]["properties"]["result"]
    name = result.get("items", result)["$ref"].rpartition("/")[2]
    found: dict[str, Any] = made["components"]["schemas"][name]["properties"]
    return found
