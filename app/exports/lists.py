"""Any generated list as a file: the same rows, conditions and items as on the screen."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from werkzeug.datastructures import MultiDict

from app.core.errors import InvalidInput
from app.exports.registry import ExportPlan, exportable
from app.exports.rows import as_plain_rows
from app.generated.hooks import signed_in
from app.generated.views import VIEWS
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
    left_out = [str(path.item.label) for path in view.shown if path not in paths]
    rows, columns = as_plain_rows(view.model, statement, paths, left_out)
    return ExportPlan(
        title=str(view.title_label),
        statement=rows.order_by(key.desc()),
        columns=columns,
        conditions=tuple(words.values()),
        people_of=view.people_of,
        counted=statement.with_only_columns(key),
        recorded={"resource": resource, **filters},
    )
