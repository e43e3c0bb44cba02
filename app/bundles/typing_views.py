"""``/bundles/…/type``: a contractor types a notification of a bundle it was given."""

from typing import Any

from flask import request, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import lazy_gettext as _l
from werkzeug.utils import redirect

from app.bundles import queries
from app.bundles.models import BundleSheet
from app.bundles.typists import typist_of
from app.bundles.views import BUNDLES
from app.core.errors import InvalidState
from app.core.pages import Crumb
from app.generated.arguments import only_known, record_key
from app.generated.hooks import signed_in
from app.notifications.addresses import Addresses
from app.notifications.entry import draft_page
from app.security.actor import acting_as


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
        bundle = queries.bundle_by_id(record_key(pk))
        sheet = queries.sheet_of(bundle, record_key(number))
        actor = signed_in()
        typist = typist_of(bundle, by=actor)
        if typist is actor and sheet.notification_id is not None:
            return redirect(url_for("NotificationView.edit", pk=sheet.notification_id), 303)
        if sheet.state != "typing":
            raise InvalidState(_l("This sheet is done."))
        with acting_as(typist):
            draft = queries.draft_of(sheet)
            if draft is None or draft.state != "draft":
                raise InvalidState(_l("This sheet is done."))
            return draft_page(draft, typist, _addresses(sheet))


def _addresses(sheet: BundleSheet) -> Addresses:
    here = url_for("BundleTypingView.type", pk=sheet.bundle_id, number=sheet.number)
    there = url_for("BundleDeskView.show", pk=sheet.bundle_id)
    trail = (
        Crumb(str(BUNDLES), url_for("BundleDeskView.list")),
        Crumb(str(sheet.bundle), there),
        Crumb(str(sheet)),
    )
    return Addresses(lambda _draft: here, lambda _sent: there, there, None, None, trail)
