"""The coordination list, and the steps from a request to the arrival."""

from typing import Any

from flask import render_template, request, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _

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
from app.coordination.stepping import FACTS, Page, request_or_404, sent_before, step
from app.core import clock
from app.core.pages import Crumb
from app.generated.arguments import one_of, only_known
from app.generated.cells import cell_of
from app.generated.hooks import may, signed_in
from app.generated.paths import path_of


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
        wanted = request_or_404(pk)

        def take() -> str:
            service.offer_place(
                wanted, form.place.data, overbooking=form.overbooking.data, by=actor
            )
            return _("The place was asked. It sees the request from now on.")

        options = [
            (one, one.free_for(wanted.wanted)) for one in places_of(actor, (kind_wanted(wanted),))
        ]
        return step(wanted, form, take, _("Ask a place"), actor, "offer.html", options=options)

    @expose("/<pk>/accept", methods=["GET", "POST"])
    @has_access
    @permission_name("accept")
    def accept(self, pk: str) -> Page:
        """The place says yes."""
        actor = signed_in()
        wanted = request_or_404(pk)

        def take() -> str:
            service.accept_offer(wanted, by=actor)
            return _("Accepted. The case is open to you from now on.")

        hint = _("With the acceptance you see who the patient is, and the place is kept free.")
        return step(wanted, AcceptForm(), take, _("Take the patient in"), actor, hint=hint)

    @expose("/<pk>/refuse", methods=["GET", "POST"])
    @has_access
    @permission_name("refuse")
    def refuse(self, pk: str) -> Page:
        """The place says no, and why."""
        actor = signed_in()
        form: Any = ReasonForm()
        again = sent_before(form, actor)
        if again is not None:
            return again
        wanted = request_or_404(pk)

        def take() -> str:
            service.refuse_offer(wanted, form.reason.data or "", by=actor)
            return _("Refused. Whoever coordinates sees your reason.")

        return step(wanted, form, take, _("Refuse"), actor, leaves=True)

    @expose("/<pk>/withdraw", methods=["GET", "POST"])
    @has_access
    @permission_name("withdraw")
    def withdraw(self, pk: str) -> Page:
        """The place is no longer asked."""
        actor = signed_in()
        form: Any = ReasonForm()
        wanted = request_or_404(pk)

        def take() -> str:
            service.withdraw_offer(wanted, form.reason.data or "", by=actor)
            return _("Withdrawn. The request waits for another place.")

        hint = _("The place does not see the request any more, nor the case if it accepted.")
        return step(wanted, form, take, _("Withdraw the offer"), actor, hint=hint)

    @expose("/<pk>/transport", methods=["GET", "POST"])
    @has_access
    @permission_name("transport")
    def transport(self, pk: str) -> Page:
        """The patient is on the way."""
        actor = signed_in()
        form: Any = TransportForm()
        wanted = request_or_404(pk)

        def take() -> str:
            service.start_transport(wanted, form.transport.data, by=actor)
            return _("The place sees that the patient is on the way.")

        return step(wanted, form, take, _("Transport begins"), actor)

    @expose("/<pk>/arrive", methods=["GET", "POST"])
    @has_access
    @permission_name("arrive")
    def arrive(self, pk: str) -> Page:
        """The patient is there: the stay begins."""
        actor = signed_in()
        wanted = request_or_404(pk)
        offer = service.live_offer(wanted)
        form: Any = ArrivalForm(data={"room": offer.room if offer else None})

        def take() -> str:
            arriving.arrive(wanted, on=form.arrived_on.data, room=form.room.data, by=actor)
            return _("Arrived. The stay has begun.")

        return step(wanted, form, take, _("Has arrived"), actor)

    @expose("/<pk>/cancel", methods=["GET", "POST"])
    @has_access
    @permission_name("cancel")
    def cancel(self, pk: str) -> Page:
        """No place is needed any more."""
        actor = signed_in()
        form: Any = ReasonForm()
        wanted = request_or_404(pk)

        def take() -> str:
            service.cancel_request(wanted, form.reason.data or "", by=actor)
            return _("The request was cancelled.")

        return step(wanted, form, take, _("Cancel the request"), actor)


def _row(wanted: PlacementRequest) -> dict[str, Any]:
    cells = {name: cell_of(path_of(PlacementRequest, name), wanted) for name in FACTS}
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
