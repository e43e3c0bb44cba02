"""The page of a meeting room: opened by a button, joined by a link, renewed when it went astray."""

from typing import Any

from flask import flash, render_template, request, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from app.audit.reads import record_look
from app.cases.header import case_or_404, header_of, header_of_case_id
from app.cases.models import Case
from app.cases.views import CaseView
from app.coordination import meetings
from app.coordination.models import PlacementRequest
from app.coordination.views import PlacementRequestView
from app.core.dates import format_instant
from app.core.db import db
from app.core.errors import NotVisible
from app.core.pages import Action, Crumb
from app.generated.arguments import only_known, record_key
from app.generated.extensions import add_show_action
from app.generated.hooks import may, signed_in
from app.generated.refusals import closed

Page = Response | str | tuple[str, int]


class MeetingView(BaseView):
    """``/meetings``: Web会議."""

    route_base = "/meetings"
    class_permission_name = "meeting"
    default_view = "of_case"

    @expose("/cases/<pk>", methods=["GET", "POST"])
    @has_access
    @permission_name("open")
    def of_case(self, pk: str) -> Page:
        """The room of a case."""
        case = case_or_404(record_key(pk))
        return _page(case, header_of(case), str(case), url_for("CaseView.show", pk=case.id))

    @expose("/placements/<pk>", methods=["GET", "POST"])
    @has_access
    @permission_name("open")
    def of_placement(self, pk: str) -> Page:
        """The room of a request."""
        found = db.session.scalars(
            select(PlacementRequest).where(PlacementRequest.id == record_key(pk))
        ).first()
        if found is None:
            raise NotVisible(_l("There is no such record."))
        header = header_of_case_id(found.case_id)
        own = url_for("PlacementRequestView.show", pk=found.id)
        return _page(found, header, found.reference, own)


def _page(subject: Case | PlacementRequest, header: Any, name: str, own: str) -> Page:
    actor = signed_in()
    only_known(request.args, ())
    case_id = subject.id if isinstance(subject, Case) else subject.case_id
    if request.method == "POST":
        renew = request.form.get("renew") == "yes"
        meetings.open_room(subject, renew=renew, by=actor)
        if renew:
            flash(_("The room has a new address. The old one leads nowhere."), "success")
        return redirect(request.path, 303)
    if header is not None:
        record_look(actor, door="meeting.show", case_id=case_id)
    room = meetings.room_of(subject) if meetings.server() else None
    page = render_template(
        "coordination/meeting.html",
        title=_("Web meeting"),
        header=header,
        missing=None if meetings.server() else meetings.NO_SERVER,
        address=None if room is None else meetings.address_of(room),
        opened=None
        if room is None
        else _(
            "Last opened by %(name)s, %(at)s",
            name=room.opened_by,
            at=format_instant(room.opened_at),
        ),
        cancel_url=own,
        trail=(Crumb(name, own), Crumb(_("Web meeting"))),
    )
    return page if meetings.server() else (page, 409)


def _button(endpoint: str) -> Any:
    def make(record: Any) -> Action | None:
        if not meetings.server() or not may("open", "meeting") or closed(record) is not None:
            return None
        return Action(_("Web meeting"), url_for(endpoint, pk=record.id), icon="people")

    return make


add_show_action(CaseView, _button("MeetingView.of_case"))
add_show_action(PlacementRequestView, _button("MeetingView.of_placement"))
