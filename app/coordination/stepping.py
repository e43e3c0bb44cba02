"""One step on a request: its page, taken once however often the button is clicked."""

from collections.abc import Callable
from typing import Any

from flask import flash, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from app.audit.reads import record_look
from app.cases.header import header_of_case_id
from app.coordination.codes import COORDINATION
from app.coordination.models import PlacementRequest
from app.core import forms
from app.core.db import db
from app.core.errors import DomainError, InvalidInput, NotVisible
from app.core.pages import Crumb
from app.generated.arguments import only_known, record_key
from app.generated.cells import cell_of
from app.generated.paths import path_of
from app.generated.submissions import result_of, submit_once
from app.security.actor import Actor

Page = Response | str | tuple[str, int]
FACTS = (
    "wanted",
    "severity",
    "oxygen",
    "spo2",
    "age_years",
    "sex",
    "municipality_code",
    "conditions",
    "pregnant",
    "waiting_since_on",
    "needs",
    "place_id",
    "centre_id",
)


def step(
    wanted: PlacementRequest,
    form: Any,
    take: Callable[[], str],
    title: str,
    actor: Actor,
    template: str = "step.html",
    *,
    hint: str = "",
    leaves: bool = False,
    **more: Any,
) -> Page:
    """One step: shown with what is known of the patient, taken by POST."""
    only_known(request.args, {"parked"})
    own = url_for("PlacementRequestView.show", pk=wanted.id)
    header = header_of_case_id(wanted.case_id)
    if request.method == "GET" and header is not None:
        record_look(actor, door="placement_request.show", case_id=wanted.case_id)
    if request.method == "POST" and form.validate():
        try:
            to = url_for("CoordinationView.board") if leaves else own
            return submit_once(form.form_token_.data, actor, lambda: _taken(take, to))
        except InvalidInput as refused:
            form.form_errors.extend(forms.show_problems(form, refused.problems))
        except DomainError as refused:
            if isinstance(refused, NotVisible):
                raise
            form.form_errors.append(refused.message)
    page = render_template(
        f"coordination/{template}",
        title=title,
        form=form,
        header=header,
        number=wanted.reference,
        facts=[_fact(wanted, name) for name in FACTS],
        hint=hint,
        cancel_url=own,
        trail=(
            Crumb(str(COORDINATION), url_for("CoordinationView.board")),
            Crumb(wanted.reference, own),
            Crumb(title),
        ),
        **more,
    )
    return page, 422 if form.errors or form.form_errors else 200


def _taken(take: Callable[[], str], to: str) -> str:
    flash(take(), "success")
    return to


def sent_before(form: Any, actor: Actor) -> Response | None:
    """The answer of a first click whose step took the request out of the actor's sight."""
    found = result_of(form.form_token_.data, actor) if request.method == "POST" else None
    return None if found is None else redirect(found, 303)


def request_or_404(pk: str) -> PlacementRequest:
    """The request with this key, as far as it exists for the actor."""
    statement = select(PlacementRequest).where(PlacementRequest.id == record_key(pk))
    options = (
        joinedload(PlacementRequest.centre),
        joinedload(PlacementRequest.place),
        joinedload(PlacementRequest.municipality),
    )
    found = db.session.scalars(statement.options(*options)).unique().one_or_none()
    if found is None:
        raise NotVisible(_l("There is no such record."))
    return found


def _fact(wanted: PlacementRequest, name: str) -> tuple[str, Any]:
    path = path_of(PlacementRequest, name)
    return str(path.item.label), cell_of(path, wanted)
