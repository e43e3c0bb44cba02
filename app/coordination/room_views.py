"""A hotel's rooms: who is where, which is free, who is to come, who leaves."""

from collections.abc import Callable
from typing import Any

from flask import flash, render_template, request, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.audit.reads import record_list, record_look
from app.cases.header import header_of_case_id
from app.cases.models import Stay
from app.coordination import arriving, queries
from app.coordination.forms import LeavingForm, RoomForm
from app.coordination.models import PlacementRequest
from app.coordination.queries import RoomUse
from app.core import forms
from app.core.dates import format_date
from app.core.db import db
from app.core.errors import DomainError, InvalidInput, NotVisible
from app.core.pages import Crumb
from app.generated.arguments import only_known, record_key
from app.generated.cells import cell_of
from app.generated.hooks import may, signed_in
from app.generated.paths import path_of
from app.generated.submissions import submit_once
from app.security.actor import Actor

Page = Response | str | tuple[str, int]


class RoomView(BaseView):
    """``/rooms``: 部屋の使用状況."""

    route_base = "/rooms"
    class_permission_name = "hotel_room"
    default_view = "rooms"

    @expose("/", methods=["GET"])
    @has_access
    @permission_name("edit")
    def rooms(self) -> str:
        """Every room of the own hotel."""
        only_known(request.args, ())
        actor = signed_in()
        uses = queries.rooms_in_use(actor)
        record_list(actor, door="hotel_room.rooms", people=_people(uses))
        free = [one for one in uses if one.room and not one.there and not one.coming and one.left]
        in_use = [one for one in uses if one.room and one.room.usable == "yes"]
        return render_template(
            "coordination/rooms.html",
            title=_("Who is where"),
            rows=[_shown(one) for one in uses],
            free=len(free),
            usable=len(in_use),
            people=sum(len(one.there) for one in uses),
            coming=sum(len(one.coming) for one in uses),
            may_add=may("add", "hotel_room"),
            trail=(Crumb(_("Who is where")),),
        )

    @expose("/placements/<pk>", methods=["GET", "POST"])
    @has_access
    @permission_name("edit")
    def assign(self, pk: str) -> Page:
        """Keep a room for somebody who comes."""
        actor = signed_in()
        form: Any = RoomForm()
        wanted = db.session.scalars(
            select(PlacementRequest).where(PlacementRequest.id == record_key(pk))
        ).first()
        if wanted is None:
            raise NotVisible(_l("There is no such record."))
        return _step(
            form,
            lambda: arriving.assign_room(wanted, form.room.data, by=actor),
            _("Assign a room"),
            wanted.case_id,
            actor,
        )

    @expose("/stays/<pk>/move", methods=["GET", "POST"])
    @has_access
    @permission_name("edit")
    def move(self, pk: str) -> Page:
        """Another room for somebody who is there."""
        actor = signed_in()
        stay = _stay_or_404(pk, actor)
        form: Any = RoomForm(data={"room": stay.room})
        return _step(
            form,
            lambda: arriving.move_to_room(stay, form.room.data, by=actor),
            _("Change the room"),
            stay.case_id,
            actor,
        )

    @expose("/stays/<pk>/leave", methods=["GET", "POST"])
    @has_access
    @permission_name("edit")
    def leave(self, pk: str) -> Page:
        """Somebody leaves."""
        actor = signed_in()
        form: Any = LeavingForm()
        stay = _stay_or_404(pk, actor)
        hint = _("From the day after you do not see this person any more.")
        return _step(
            form,
            lambda: arriving.check_out(stay, form.left_on.data, by=actor),
            _("Check out"),
            stay.case_id,
            actor,
            hint,
        )


def _step(
    form: Any, take: Callable[[], None], title: str, case_id: int, actor: Actor, hint: str = ""
) -> Page:
    only_known(request.args, {"parked"})
    header = header_of_case_id(case_id)
    if request.method == "GET":
        record_look(actor, door="hotel_room.show", case_id=case_id)
    if request.method == "POST" and form.validate():
        try:
            return submit_once(form.form_token_.data, actor, lambda: _taken(take))
        except InvalidInput as refused:
            form.form_errors.extend(forms.show_problems(form, refused.problems))
        except NotVisible:
            raise
        except DomainError as refused:
            form.form_errors.append(refused.message)
    page = render_template(
        "coordination/step.html",
        title=title,
        form=form,
        header=header,
        facts=(),
        hint=hint,
        cancel_url=url_for("RoomView.rooms"),
        trail=(Crumb(_("Who is where"), url_for("RoomView.rooms")), Crumb(title)),
    )
    return page, 422 if form.errors or form.form_errors else 200


def _taken(take: Callable[[], None]) -> str:
    take()
    flash(_("Saved."), "success")
    return url_for("RoomView.rooms")


def _stay_or_404(pk: str, actor: Actor) -> Stay:
    found = db.session.scalars(select(Stay).where(Stay.id == record_key(pk))).first()
    if found is None or found.institution_id != actor.institution_id:
        raise NotVisible(_l("There is no such record."))
    return found


def _people(uses: list[RoomUse]) -> set[int]:
    cases: list[Any] = [stay.case for one in uses for stay in one.there]
    cases += [offer.request.case for one in uses for offer in one.coming]
    return {case.person_id for case in cases if case and case.person_id}


def _shown(use: RoomUse) -> dict[str, Any]:
    room = use.room
    return {
        "name": room.name if room else None,
        "url": url_for("HotelRoomView.show", pk=room.id) if room else None,
        "capacity": room.capacity if room else None,
        "usable": room is None or room.usable == "yes",
        "left": use.left,
        "there": [
            {
                "name": _name(stay.case),
                "url": url_for("CaseView.show", pk=stay.case_id),
                "since": format_date(stay.from_on),
                "move": url_for(".move", pk=stay.id),
                "leave": url_for(".leave", pk=stay.id),
            }
            for stay in use.there
        ],
        "coming": [
            {
                "name": _name(offer.request.case) or offer.request.reference,
                "url": url_for("PlacementRequestView.show", pk=offer.request_id),
                "assign": url_for(".assign", pk=offer.request_id)
                if offer.state == "accepted"
                else None,
                "arrive": url_for("CoordinationView.arrive", pk=offer.request_id)
                if offer.state == "accepted"
                else None,
            }
            for offer in use.coming
        ],
    }


def _name(case: Any) -> str:
    if case is None or case.person is None:
        return ""
    return cell_of(path_of(type(case), "person.name"), case).text
