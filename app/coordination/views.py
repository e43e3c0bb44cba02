"""Requests, offers, declarations and rooms as records: lists, pages, forms, histories."""

from typing import Any, ClassVar

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.audit.reads import record_look
from app.cases.codes import ENDED_STATUSES
from app.cases.header import header_of_case_id
from app.cases.models import Case
from app.cases.views import CaseView
from app.coordination.codes import COORDINATION, OPEN_STATES
from app.coordination.models import BedReport, HotelRoom, PlacementOffer, PlacementRequest
from app.coordination.queries import latest_report
from app.coordination.rules import report_problems
from app.coordination.scope import RECEIVING
from app.coordination.service import refresh_urgency, request_place
from app.core import clock
from app.core.constraints import explain
from app.core.db import db
from app.core.errors import NotAllowed
from app.core.labels import Label
from app.core.pages import Action, Crumb, PersonHeader
from app.generated.extensions import add_show_action, add_tab
from app.generated.hooks import may
from app.generated.interface import PortalInterface
from app.generated.refusals import closed
from app.generated.searching import SearchBy
from app.generated.showing import RelatedTab
from app.generated.views import GeneratedView
from app.institutions.models import Institution
from app.security.actor import Actor

explain(
    "uq_bed_report_institution_id_declared_on",
    field="declared_on",
    message=_l("Beds are declared for this day already. Change that declaration."),
)
explain(
    "uq_hotel_room_institution_id_name", field="name", message=_l("There is this room already.")
)
_NUMBERS = ("total", "usable", "occupied", "severe_total", "severe_usable", "severe_occupied")


class PlacementRequestView(GeneratedView):
    """Requests for a place of care: 調整依頼."""

    datamodel = PortalInterface(PlacementRequest)
    class_permission_name = "placement_request"
    route_base = "/placements"
    title_label = Label("調整依頼一覧", "Requests for a place of care")
    record_label = Label("入院・療養先の調整依頼", "Request for a place of care")
    can_add_alone = False
    preset_items: ClassVar[tuple[str, ...]] = ("case_id",)
    list_items = (
        "state",
        "wanted",
        "severity",
        "age_years",
        "sex",
        "municipality_code",
        "waiting_since_on",
        "place_id",
        "centre_id",
    )
    under_items = ("state", "wanted", "severity", "waiting_since_on", "place_id", "arrived_at")
    form_items = (
        "wanted",
        "waiting_since_on",
        "severity",
        "oxygen",
        "spo2",
        "conditions",
        "pregnant",
        "needs",
    )
    search_items = (
        SearchBy("state", "code"),
        SearchBy("wanted", "code"),
        SearchBy("severity", "code"),
        SearchBy("waiting_since_on", "range"),
    )
    tabs = (
        RelatedTab(
            "offers",
            Label("打診と回答", "Places asked"),
            "placement_offer",
            PlacementOffer.request_id,
        ),
    )
    empty_hint = _l("No request. A request is made on the page of a case.")

    def header_for(self, record: PlacementRequest) -> PersonHeader | None:
        """The case's, for those for whom it exists."""
        return header_of_case_id(record.case_id)

    def crumbs_for(self, record: Any) -> tuple[Crumb, ...]:
        """Under the coordination list."""
        return (Crumb(str(COORDINATION), url_for("CoordinationView.board")),)

    def new_values(self, presets: dict[str, Any], by: Actor) -> dict[str, Any]:
        """What the case says already."""
        case = db.session.get(Case, presets.get("case_id"))
        if case is None:
            return {}
        return {
            "waiting_since_on": case.waiting_since_on or clock.today(),
            "severity": case.severity,
            "conditions": case.underlying_conditions,
            "pregnant": case.pregnant,
        }

    def looked_at(self, record: PlacementRequest, actor: Actor) -> None:
        """A look at the case, for those for whom it exists; for others nobody is named."""
        if db.session.get(Case, record.case_id) is not None:
            record_look(actor, door="placement_request.show", case_id=record.case_id)

    def may_change(self, record: PlacementRequest, actor: Actor) -> bool:
        """While no place is asked: what a place answered to stays as it was."""
        return record.state == "waiting"

    def save_new(self, record: PlacementRequest, by: Actor) -> PlacementRequest:
        """The verb."""
        return request_place(record, by=by)

    def save_changes(self, record: PlacementRequest, by: Actor) -> None:
        """It is sorted anew."""
        refresh_urgency(record)
        super().save_changes(record, by)

    def show_actions(self, record: PlacementRequest) -> tuple[Action, ...]:
        """The steps open in this state to this role."""
        steps = []
        for state_names, action, label, style in _STEPS:
            if record.state in state_names and may(action, "placement_request"):
                url = url_for(f"CoordinationView.{action}", pk=record.id)
                steps.append(Action(str(label), url, style=style))  # type: ignore[arg-type]
        return tuple(steps)


_STEPS = (
    (("waiting",), "offer", _l("Ask a place"), "primary"),
    (("offered",), "accept", _l("Take the patient in"), "primary"),
    (("offered",), "refuse", _l("Refuse"), "secondary"),
    (("accepted",), "transport", _l("Transport begins"), "primary"),
    (("accepted", "transported"), "arrive", _l("Has arrived"), "primary"),
    (("offered", "accepted", "transported"), "withdraw", _l("Withdraw the offer"), "secondary"),
    (OPEN_STATES, "cancel", _l("Cancel the request"), "danger"),
)


class PlacementOfferView(GeneratedView):
    """Places asked, with their answers; listed under the request."""

    datamodel = PortalInterface(PlacementOffer)
    class_permission_name = "placement_offer"
    route_base = "/placement-offers"
    title_label = Label("打診と回答", "Places asked")
    list_items = (
        "institution_id",
        "state",
        "offered_at",
        "offered_by",
        "answered_at",
        "answered_by",
        "reason",
    )
    search_items = (SearchBy("state", "code"), SearchBy("offered_at", "range"))
    empty_hint = _l("No place has been asked yet.")

    def looked_at(self, record: PlacementOffer, actor: Actor) -> None:
        """A look at the case, for those for whom it exists."""
        if db.session.get(Case, record.case_id) is not None:
            record_look(actor, door="placement_offer.show", case_id=record.case_id)


class BedReportView(GeneratedView):
    """Beds a hospital declares, day by day: 病床申告."""

    datamodel = PortalInterface(BedReport)
    class_permission_name = "bed_report"
    route_base = "/bed-reports"
    title_label = Label("病床の申告", "Declared beds")
    list_items = ("institution_id", "declared_on", *_NUMBERS, "declared_at")
    form_items = ("declared_on", *_NUMBERS, "conditions")
    search_items = (SearchBy("institution_id", "reference"), SearchBy("declared_on", "range"))
    sort_items = ("declared_on",)
    empty_hint = _l("No beds have been declared yet.")

    def new_values(self, presets: dict[str, Any], by: Actor) -> dict[str, Any]:
        """Today, with the numbers of the last declaration as a start."""
        last = latest_report(by.institution_id)
        before = {} if last is None else {name: getattr(last, name) for name in _NUMBERS}
        return {"declared_on": clock.today(), **before}

    def may_change(self, record: BedReport, actor: Actor) -> bool:
        """The hospital's own."""
        return record.institution_id == actor.institution_id

    def problems_with(self, record: BedReport) -> dict[str, list[object]]:
        """Parts larger than their whole."""
        numbers = {name: getattr(record, name) for name in _NUMBERS}
        return report_problems(record.declared_on, numbers, clock.today())

    def save_new(self, record: BedReport, by: Actor) -> BedReport:
        """For the own hospital."""
        record.institution_id, record.prefecture_code = _own_place(by, "hospital")
        record.declared_at = clock.now()
        stored: BedReport = super().save_new(record, by)
        return stored

    def save_changes(self, record: BedReport, by: Actor) -> None:
        """Declared anew: whoever arrived until now is counted in it."""
        record.declared_at = clock.now()
        super().save_changes(record, by)


class HotelRoomView(GeneratedView):
    """The rooms of a hotel."""

    datamodel = PortalInterface(HotelRoom)
    class_permission_name = "hotel_room"
    route_base = "/hotel-rooms"
    title_label = Label("宿泊療養施設の部屋", "Rooms of the hotel")
    record_label = Label("部屋", "Room")
    list_items = ("name", "capacity", "usable", "features")
    search_items = (SearchBy("name", "prefix"), SearchBy("usable", "code"))
    empty_hint = _l("No room has been entered yet.")

    def may_change(self, record: HotelRoom, actor: Actor) -> bool:
        """The hotel's own."""
        return record.institution_id == actor.institution_id

    def save_new(self, record: HotelRoom, by: Actor) -> HotelRoom:
        """For the own hotel."""
        record.institution_id, record.prefecture_code = _own_place(by, "hotel")
        stored: HotelRoom = super().save_new(record, by)
        return stored

    def list_actions(self) -> tuple[Action, ...]:
        """Who is in them."""
        if not may("edit", "hotel_room"):
            return ()
        return (Action(_("Who is where"), url_for("RoomView.rooms"), icon="people"),)


def _own_place(by: Actor, kind: str) -> tuple[int, str | None]:
    """Raises NotAllowed for somebody of another kind of institution."""
    with db.session.no_autoflush:
        own = db.session.get(Institution, by.institution_id)
    if own is None or own.kind != kind or by.role not in RECEIVING:
        raise NotAllowed(_l("Your role may not do this."))
    return own.id, own.prefecture_code


def _request_for(case: Any) -> Action | None:
    over = case.status in ENDED_STATUSES or closed(case) is not None
    if over or not may("add", "placement_request"):
        return None
    url = url_for("PlacementRequestView.add", case_id=case.id)
    return Action(_("Request a place of care"), url, icon="bed")


add_tab(
    CaseView,
    RelatedTab("placements", COORDINATION, "placement_request", PlacementRequest.case_id),
    before="stays",
)
add_show_action(CaseView, _request_for)
