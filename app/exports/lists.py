"""Any generated list as a file: the same rows, conditions and items as on the screen."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from werkzeug.datastructures import MultiDict

from app.core.errors import InvalidInput
from app.exports.registry import ExportPlan, exportable
from app.exports.tables import Columns, columns_from_items
from app.generated.hooks import signed_in
from app.generated.paths import ItemPath, loading
from app.generated.views import VIEWS, GeneratedView
from app.security.actor import Actor
from app.security.fields import may_read
from app.security.roles import ROLES


def register_lists() -> None:
    """Make every list exportable that some role may take out."""
    for resource in VIEWS:
        if any(role.may("export", resource) for role in ROLES.values()):
            exportable(resource, partial(plan, resource))


def plan(resource: str, parameters: Mapping[str, Any]) -> ExportPlan:
    """The table behind a list with the conditions it was shown under.

    Conditions that name a person are not kept in a job, so a list searched by name is taken
    out without that condition being possible.
    """
    view = VIEWS[resource]
    actor = signed_in()
    filters = dict(parameters.get("filters") or {})
    known = view.search.parameters(personal=False)
    arguments = MultiDict({k: v for k, v in filters.items() if k in known})
    statement, key = view.list_statement(actor)
    form = view.search.form(arguments, lambda item: may_read(item, actor))
    statement, words = view.search.apply(statement, form)
    if form.errors:
        # A condition that narrows nothing would take out rows nobody asked for.
        raise InvalidInput(form.errors)
    paths = view.readable(view.shown, actor)
    return ExportPlan(
        title=str(view.title_label),
        statement=statement.options(*loading(view.model, paths)).order_by(key.desc()),
        columns=_columns(view, actor),
        conditions=tuple(words.values()),
        people_of=view.people_of,
        recorded={"resource": resource, **filters},
    )


def _columns(view: GeneratedView, actor: Actor) -> Columns:
    columns = Columns(())
    for path in view.shown:
        columns += columns_from_items(
            [path.item], through=_relation(path), readable=lambda item: may_read(item, actor)
        )
    return columns


def _relation(path: ItemPath) -> str | None:
    return path.steps[0].key if path.steps else None
