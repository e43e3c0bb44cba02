"""``/api/v1/<resource>``: list, search, show, add, change and delete, one view per resource."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, ClassVar
from urllib.parse import urlsplit

from flask import jsonify, request
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import inspect
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response

from app.accounts.programs import API
from app.api.asking import Asked, asked_in_address, asked_in_body
from app.api.bodies import read_object
from app.api.calls import (
    answer,
    as_api,
    begin,
    changed_meanwhile,
    named_version,
    submission_token,
)
from app.api.codes import SCOPES, WRITABLE
from app.api.documents import as_json
from app.api.inputs import filled, set_values
from app.audit.reads import record_export
from app.core.errors import Conflict, InvalidInput, InvalidState
from app.core.fields.numbers import LARGEST
from app.core.items import items_of
from app.core.transaction import transaction
from app.generated.arguments import read_cursor
from app.generated.listing import fetch
from app.generated.listpages import names_a_person
from app.generated.paths import paths_of
from app.generated.submissions import submit_once
from app.generated.views import GeneratedView
from app.security.actor import Actor
from app.security.fields import may_read
from app.security.rates import spend
from app.security.roles import ROLES
from app.security.rows import is_scoped

_WRITING = frozenset({"add", "edit", "delete"})
_offered: set[str] = set()
"""Resources with an API; a view has none before it is asked for."""


class ResourceApi(BaseView):
    """The doors of one resource; what nobody may do has no door (405)."""

    resource: ClassVar[str]
    default_view = "list"

    @expose("", methods=["GET"])
    def list(self) -> Response:
        """Records newest first; ``next`` is the cursor of the following page."""
        view, actor = begin(self.resource, "list")
        return self._page(view, actor, asked_in_address(view, actor))

    @expose("/search", methods=["POST"])
    def search(self) -> Response:
        """The same with conditions in the body, where names may stand."""
        view, actor = begin(self.resource, "list")
        return self._page(view, actor, asked_in_body(view, actor, read_object()))

    @expose("/<int:pk>", methods=["GET"])
    def show(self, pk: int) -> Response:
        """One record, with its version as ETag."""
        view, actor = begin(self.resource, "show")
        _refuse_arguments()
        record = view.record_or_404(str(pk))
        with as_api():
            view.looked_at(record, actor)
        return answer(record)

    @expose("", methods=["POST"])
    def add(self) -> Response:
        """A new record; with an Idempotency-Key it is made once, however often it is sent."""
        view, actor = begin(self.resource, "add")
        body = read_object()
        presets = _presets_in(view, body)
        values = {name: value for name, value in body.items() if name not in presets}
        made: list[int] = []
        token, fingerprint = submission_token(request.get_data())
        with as_api():
            keys = view.checked_presets(presets)
            form = filled(view.add_form_class(actor, keys), values)

            def save() -> str:
                made.append(view.create(form, keys, actor).id)
                return f"{self.route_base}/{made[-1]}#{fingerprint}"

            target = urlsplit(submit_once(token, actor, save).location)
            if target.fragment != fingerprint:
                raise Conflict(_l("This Idempotency-Key was used for something else."))
            record = view.record_or_404(target.path.rpartition("/")[2])
            view.looked_at(record, actor)
        response = answer(record, 201)
        response.location = target.path
        if not made:
            response.headers["Idempotency-Replayed"] = "true"
        return response

    @expose("/<int:pk>", methods=["PATCH"])
    def edit(self, pk: int) -> Response:
        """Change the items named, of the version named in If-Match; null empties an item."""
        view, actor = begin(self.resource, "edit")
        record, version = view.record_to_change(str(pk), actor), named_version()
        values = read_object()
        with as_api():
            form = filled(view.edit_form_class(actor), values, record)
            if version != str(record.row_version):
                return changed_meanwhile(record)
            try:
                with transaction():
                    set_values(form, record, values)
                    view.refuse_contradictions(record)
                    view.save_changes(record, actor)
            except StaleDataError:
                return changed_meanwhile(view.record_or_404(str(pk)))
            view.looked_at(record, actor)
        return answer(record)

    @expose("/<int:pk>", methods=["DELETE"])
    def delete(self, pk: int) -> Response:
        """Delete the version named in If-Match; the history keeps what was there."""
        view, actor = begin(self.resource, "delete")
        record, version = view.record_to_change(str(pk), actor), named_version()
        if version != str(record.row_version):
            return changed_meanwhile(record)
        with as_api():
            try:
                with transaction() as session:
                    session.delete(record)
            except StaleDataError:
                return changed_meanwhile(view.record_or_404(str(pk)))
            except IntegrityError:
                raise InvalidState(_l("Other records belong to this one.")) from None
        return Response(status=204)

    def _page(self, view: GeneratedView, actor: Actor, asked: Asked) -> Response:
        form = view.search.form(asked.terms, lambda item: may_read(item, actor))
        selective = view.search.is_selective(form)
        statement, key = view.found_statement(actor) if selective else view.list_statement(actor)
        if names_a_person(view.search, asked.terms):
            spend("search", str(current_user.username))
        with as_api():
            statement, words = view.search.apply(statement, form)
        if form.errors:
            raise InvalidInput({name: [str(e) for e in es] for name, es in form.errors.items()})
        order = view.order(asked.sort, asked.direction, key)
        with as_api():
            place = read_cursor(asked.place, order.name, order.python_type)
        paths = paths_of(view.model, tuple(item.name for item in items_of(view.model)))
        rows = fetch(
            statement,
            view.model,
            paths,
            order,
            place,
            asked.size,
            key_of=lambda record: int(record.id),
        )
        found = [as_json(record) for record in rows.records]
        self._note(view, actor, rows.records, words)
        return jsonify({"result": found, "next": rows.next})

    def _note(
        self, view: GeneratedView, actor: Actor, records: Sequence[Any], words: Collection[str]
    ) -> None:
        """Whole records leave here, many at a time, as they do in a file. A search is noted even
        if it finds nobody, with the names of its conditions alone."""
        searched = request.method == "POST"
        if (records or searched) and is_scoped(inspect(view.model)):
            with as_api():
                record_export(
                    actor,
                    door=f"{self.resource}.{'search' if searched else 'list'}",
                    count=len(records),
                    filters={"conditions": sorted(words)} if words else None,
                    people=view.people_of(records),
                )


def apis_of(screens: Iterable[type[Any]]) -> tuple[type[ResourceApi], ...]:
    """The API of each screen whose resource a key can be given."""
    named = {scope.partition(":")[0] for scope in SCOPES.values}
    views = (screen for screen in screens if issubclass(screen, GeneratedView))
    return tuple(api_of(view) for view in views if view.class_permission_name in named)


def api_of(view: type[GeneratedView]) -> type[ResourceApi]:
    """The API of what a generated view draws."""
    resource = str(view.class_permission_name)
    _offered.add(resource)
    attributes = {
        "__doc__": ResourceApi.__doc__,
        "__module__": __name__,
        "resource": resource,
        "class_permission_name": resource,
        "route_base": f"{API}{resource}",
        "exclude_route_methods": _absent(view),
    }
    return type(f"{view.__name__.removesuffix('View')}Api", (ResourceApi,), attributes)


def offers(view: GeneratedView, action: str) -> bool:
    """True when the API of this view has a door for the action."""
    return view.class_permission_name in _offered and action not in _absent(type(view))


def _absent(view: type[GeneratedView]) -> frozenset[str]:
    """Doors that no role may open, or that this resource does not have for programs."""
    resource = str(view.class_permission_name)
    held = {action for role in ROLES.values() for action in role.doors.get(resource, ())}
    if resource not in WRITABLE:
        held -= _WRITING
    if not (view.preset_items or view.can_add_alone):
        held -= {"add"}
    absent = {"list", "show", "add", "edit", "delete"} - held
    return frozenset(absent | {"search"} if "list" in absent else absent)


def _refuse_arguments() -> None:
    if request.args:
        raise InvalidInput(
            {name: [_("There is no such parameter.")] for name in request.args},
            codes=dict.fromkeys(request.args, "unknown_field"),
        )


def _presets_in(view: GeneratedView, body: dict[str, Any]) -> dict[str, int]:
    """The record a new one belongs to, named by exactly one of its keys."""
    named = {name: body[name] for name in view.preset_items if body.get(name) is not None}
    problems: dict[str, list[object]] = {
        name: [_("There is no such record.")]
        for name, key in named.items()
        if isinstance(key, bool) or not isinstance(key, int) or not 0 < key <= LARGEST
    }
    if len(named) != 1 and view.preset_items:
        told = _("Name exactly one of: %(names)s.", names=", ".join(view.preset_items))
        problems = {name: [told] for name in view.preset_items}
    if problems:
        raise InvalidInput(problems, codes=dict.fromkeys(problems, "required"))
    return named
