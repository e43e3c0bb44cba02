"""``/bundles/…/type``: a contractor types a notification of a bundle it was given.

What it sees of the scan and what is kept while it types belong to this one sheet, while the
bundle is in its hands: the queue of papers and the notifications stay closed to it.
"""

import io
from typing import Any

from flask import request, send_file, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from app.audit.reads import record_look
from app.bundles import queries
from app.bundles.models import BundleSheet
from app.bundles.scanned import begin_scan
from app.bundles.typists import typist_of
from app.bundles.views import BUNDLES
from app.core.errors import InvalidState, NotVisible
from app.core.pages import Crumb
from app.generated.arguments import only_known, record_key
from app.generated.hooks import signed_in
from app.intake import store
from app.intake.models import PaperScan
from app.intake.queries import scan_by_id
from app.notifications.addresses import Addresses
from app.notifications.autosave import KeptAt, keep_draft
from app.notifications.beside import Panel
from app.notifications.entry import draft_page
from app.notifications.models import Notification
from app.security.actor import Actor, acting_as
from app.security.bodies import FORMS, accept_long_text

# What is too long to be kept is refused in words, and the page keeps it.
accept_long_text("BundleTypingView.autosave", 2 * FORMS)


class BundleTypingView(BaseView):
    """The entry form of one sheet; the health centre's own staff use the form itself."""

    route_base = "/bundles"
    class_permission_name = "paper_bundle"
    default_view = "type"

    @expose("/<pk>/sheets/<number>/type", methods=["GET", "POST"])
    @has_access
    @permission_name("type")
    def type(self, pk: str, number: str) -> Any:
        """The draft of a sheet, in the name of the health centre that gave the paper."""
        only_known(request.args, {"parked"})
        actor, sheet = signed_in(), _sheet(pk, number)
        typist = typist_of(sheet.bundle, by=actor)
        if typist is actor and sheet.notification_id is not None:
            return redirect(url_for("NotificationView.edit", pk=sheet.notification_id), 303)
        with acting_as(typist):
            return draft_page(_draft(sheet), typist, _addresses(sheet))

    @expose("/<pk>/sheets/<number>/begin", methods=["POST"])
    @has_access
    @permission_name("type")
    def begin_scan(self, pk: str, number: str) -> Response:
        """Begin to type a scan; whoever comes second is told who was first."""
        only_known(request.args, ())
        sheet = _sheet(pk, number)
        begin_scan(sheet, by=signed_in(), signed_as=str(current_user.display_name))
        return redirect(url_for(".type", pk=sheet.bundle_id, number=sheet.number), 303)

    @expose("/<pk>/sheets/<number>/autosave", methods=["POST"])
    @has_access
    @permission_name("type")
    def autosave(self, pk: str, number: str) -> Response:
        """What was typed so far, kept as the draft of the sheet."""
        only_known(request.args, ())
        sheet = _sheet(pk, number)
        typist = typist_of(sheet.bundle, by=signed_in())
        with acting_as(typist):
            return keep_draft(_draft(sheet), typist, _kept_at(sheet))

    @expose("/<pk>/sheets/<number>/<page>.png", methods=["GET"])
    @has_access
    @permission_name("type")
    def page(self, pk: str, number: str, page: str) -> Response:
        """One page of the sheet's scan. Seeing it is a look of the contractor's."""
        only_known(request.args, ())
        actor, sheet = signed_in(), _sheet(pk, number)
        if sheet.state != "typing":
            raise NotVisible(_l("The picture is no longer kept."))
        scan, wanted = _scan(sheet, typist_of(sheet.bundle, by=actor)), record_key(page)
        gone = scan is None or scan.pages_removed_at is not None or wanted > scan.page_count
        content = None if gone or scan is None else store.page(scan.token, wanted)
        if content is None:
            raise NotVisible(_l("The picture is no longer kept."))
        record_look(actor, door="paper_bundle.page", relation="own_entry")
        return send_file(io.BytesIO(content), mimetype="image/png")


def _sheet(pk: str, number: str) -> BundleSheet:
    return queries.sheet_of(queries.bundle_by_id(record_key(pk)), record_key(number))


def _draft(sheet: BundleSheet) -> Notification:
    """The open draft of a sheet, as the typist meets it. Raises InvalidState."""
    draft = queries.draft_of(sheet) if sheet.state == "typing" else None
    if draft is None or draft.state != "draft":
        raise InvalidState(_l("This sheet is done."))
    return draft


def _scan(sheet: BundleSheet, typist: Actor) -> PaperScan | None:
    if sheet.scan_id is None:
        return None
    with acting_as(typist):
        return scan_by_id(sheet.scan_id)


def _kept_at(sheet: BundleSheet) -> KeptAt:
    values: dict[str, Any] = {"pk": sheet.bundle_id, "number": sheet.number}
    return KeptAt(
        url_for("BundleTypingView.type", **values), url_for("BundleTypingView.autosave", **values)
    )


def _addresses(sheet: BundleSheet) -> Addresses:
    at = _kept_at(sheet)
    there = url_for("BundleDeskView.show", pk=sheet.bundle_id)
    trail = (
        Crumb(str(BUNDLES), url_for("BundleDeskView.list")),
        Crumb(str(sheet.bundle), there),
        Crumb(str(sheet)),
    )
    return Addresses(
        lambda _draft: at.edit_url,
        lambda _sent: there,
        there,
        None,
        at.save_url,
        trail,
        _panel(sheet, there),
    )


def _panel(sheet: BundleSheet, there: str) -> Panel | None:
    """The scan beside the form; without one, what the bundle itself puts there."""
    if sheet.scan_id is None:
        return None
    scan = scan_by_id(sheet.scan_id)
    numbers = () if scan.pages_removed_at is not None else range(1, scan.page_count + 1)
    values: dict[str, Any] = {"pk": sheet.bundle_id, "number": sheet.number}
    pages = tuple(url_for("BundleTypingView.page", page=str(one), **values) for one in numbers)
    facts = {"number": str(sheet), "place": sheet.bundle.place or "", "url": there}
    return Panel("bundles/_scan.html", {**facts, "title": str(sheet), "pages": pages})
