"""The coordination list, and the steps from a request to the arrival."""

from collections.abc import Callable
from typing import Any

from flask import flash, render_template, request, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from app.audit.reads import record_look
from app.cases.header import header_of_case_id
from app.coordination import arriving, queries, service
from app.coordination.capacity import kind_wanted, places_of
from app.coordination.codes import COORDINATION, OPEN_STATES, REQUEST_STATE
from app.coordination.forms import (
    AcceptForm,
    ArrivalForm,
    OfferForm,
    ReasonForm,
    TransportForm,
)
from app.coordination.models import PlacementRequest
from app.coordination.scope import COORDINATING
from app.core import clock, forms
from app.core.db import db
from app.core.errors import DomainError, InvalidInput, NotVisible
from app.core.pages import Crumb
from app.generated.arguments import one_of, only_known, record_key
from app.generated.cells import cell_of
from app.generated.hooks import may, signed_in
from app.generated.paths import path_of
from app.security.actor import Actor

Page = Response | str | tuple[str, int]
_FACTS = (
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


class CoordinationView(BaseView):
    """``/coordination``: 入院・療養先調整."""

    route_base = "/coordination"
    class_permission_name = "placement_request"
    default_view = "board"

    @expose("/", methods=["GET"])
    @has_access
    @permission_name("list")
    def board(self) -> str:
        """Who needs a place, the most urgent first; where there is one."""
        actor = signed_in()
        only_known(request.args, {"state"})
        state = one_of(request.args, "state", OPEN_STATES)
        found = queries.open_requests(state)
        counts = queries.counts_by_state()
        coordinates = actor.role in COORDINATING
        return render_template(
            "coordination/board.html",
            title=str(COORDINATION),
            rows=[_row(one) for one in found],
            state=state,
            counts=[(one, REQUEST_STATE.label(one), counts[one]) for one in OPEN_STATES],
            total=sum(counts.values()),
            shown=queries.SHOWN,
            places=places_of(actor) if coordinates else None,
            today=clock.today(),
            may_report=may("add", "bed_report"),
            trail=(Crumb(str(COORDINATION)),),
        )

    @expose("/<pk>/offer", methods=["GET", "POST"])
    @has_access
    @permission_name("offer")
    def offer(self, pk: str) -> Page:
        """Choose the place to ask."""
        actor = signed_in()
        form: Any = OfferForm()
        wanted = _request_or_404(pk)

        def take() -> str:
            service.offer_place(
                wanted, form.place.data, overbooking=form.overbooking.data, by=actor
            )
            return _("The place was asked. It sees the request from now on.")

        options = [
            (one, one.free_for(wanted.wanted)) for one in places_of(actor, (kind_wanted(wanted),))
        ]
        return _step(wanted, form, take, _("Ask a place"), actor, "offer.html", options=options)

    @expose("/<pk>/accept", methods=["GET", "POST"])
    @has_access
    @permission_name("accept")
    def accept(self, pk: str) -> Page:
        """The place says yes."""
        actor = signed_in()
        wanted = _request_or_404(pk)

        def take() -> str:
            service.accept_offer(wanted, by=actor)
            return _("Accepted. The case is open to you from now on.")

        hint = _("With the acceptance you see who the patient is, and the place is kept free.")
        return _step(wanted, AcceptForm(), take, _("Take the patient in"), actor, hint=hint)

    @expose("/<pk>/refuse", methods=["GET", "POST"])
    @has_access
    @permission_name("refuse")
    def refuse(self, pk: str) -> Page:
        """The place says no, and why."""
        actor = signed_in()
        form: Any = ReasonForm()
        wanted = _request_or_404(pk)

        def take() -> str:
            service.refuse_offer(wanted, form.reason.data or "", by=actor)
            return _("Refused. Whoever coordinates sees your reason.")

        return _step(wanted, form, take, _("Refuse"), actor, leaves=True)

    @expose("/<pk>/withdraw", methods=["GET", "POST"])
    @has_access
    @permission_name("withdraw")
    def withdraw(self, pk: str) -> Page:
        """The place is no longer asked."""
        actor = signed_in()
        form: Any = ReasonForm()
        wanted = _request_or_404(pk)

        def take() -> str:
            service.withdraw_offer(wanted, form.reason.data or "", by=actor)
            return _("Withdrawn. The request waits for another place.")

        hint = _("The place does not see the request any more, nor the case if it accepted.")
        return _step(wanted, form, take, _("Withdraw the offer"), actor, hint=hint)

    @expose("/<pk>/transport", methods=["GET", "POST"])
    @has_access
    @permission_name("transport")
    def transport(self, pk: str) -> Page:
        """The patient is on the way."""
        actor = signed_in()
        form: Any = TransportForm()
        wanted = _request_or_404(pk)

        def take() -> str:
            service.start_transport(wanted, form.transport.data, by=actor)
            return _("The place sees that the patient is on the way.")

        return _step(wanted, form, take, _("Transport begins"), actor)

    @expose("/<pk>/arrive", methods=["GET", "POST"])
    @has_access
    @permission_name("arrive")
    def arrive(self, pk: str) -> Page:
        """The patient is there: the stay begins."""
        actor = signed_in()
        wanted = _request_or_404(pk)
        offer = service.live_offer(wanted)
        form: Any = ArrivalForm(data={"room": offer.room if offer else None})

        def take() -> str:
            arriving.arrive(wanted, on=form.arrived_on.data, room=form.room.data, by=actor)
            return _("Arrived. The stay has begun.")

        return _step(wanted, form, take, _("Has arrived"), actor)

    @expose("/<pk>/cancel", methods=["GET", "POST"])
    @has_access
    @permission_name("cancel")
    def cancel(self, pk: str) -> Page:
        """No place is needed any more."""
        actor = signed_in()
        form: Any = ReasonForm()
        wanted = _request_or_404(pk)

        def take() -> str:
            service.cancel_request(wanted, form.reason.data or "", by=actor)
            return _("The request was cancelled.")

        return _step(wanted, form, take, _("Cancel the request"), actor)


def _step(
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
            told = take()
        except InvalidInput as refused:
            form.form_errors.extend(forms.show_problems(form, refused.problems))
        except DomainError as refused:
            if isinstance(refused, NotVisible):
                raise
            form.form_errors.append(refused.message)
        else:
            flash(told, "success")
            return redirect(url_for("CoordinationView.board") if leaves else own, 303)
    page = render_template(
        f"coordination/{template}",
        title=title,
        form=form,
        header=header,
        number=wanted.reference,
        facts=[_fact(wanted, name) for name in _FACTS],
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


def _request_or_404(pk: str) -> PlacementRequest:
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


def _row(wanted: PlacementRequest) -> dict[str, Any]:
    cells = {name: cell_of(path_of(PlacementRequest, name), wanted) for name in _FACTS}
    state = cell_of(path_of(PlacementRequest, "state"), wanted)
    return {
        **cells,
        "state": state,
        "number": wanted.reference,
        "url": url_for("PlacementRequestView.show", pk=wanted.id),
        "days": (clock.today() - wanted.waiting_since_on).days,
        "offer_url": url_for(".offer", pk=wanted.id)
        if wanted.state == "waiting" and may("offer", "placement_request")
        else None,
        "answer_url": url_for(".accept", pk=wanted.id)
        if wanted.state == "offered" and may("accept", "placement_request")
        else None,
        "refuse_url": url_for(".refuse", pk=wanted.id)
        if wanted.state == "offered" and may("refuse", "placement_request")
        else None,
    }
