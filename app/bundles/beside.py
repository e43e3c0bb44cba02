"""The bundle beside a notification being typed, and the sheet ticked off when it is sent."""

from flask import url_for
from flask_babel import gettext as _

from app.bundles import service
from app.bundles.queries import sheet_of_notification
from app.core.pages import Action
from app.generated.hooks import may
from app.intake.queries import scan_of
from app.notifications.beside import Beside, Panel, stand_beside
from app.notifications.models import Notification
from app.security.actor import Actor
from app.security.roles import HEALTH_CENTRE_ROLES


def _panel(draft: Notification) -> Panel | None:
    sheet = sheet_of_notification(draft, None) if may("type", "paper_bundle") else None
    if sheet is None:
        return None
    url = url_for("BundleDeskView.show", pk=sheet.bundle_id)
    values = {"number": str(sheet), "url": url, "place": sheet.bundle.place or ""}
    return Panel("bundles/_beside.html", values)


def _action(notification: Notification) -> Action | None:
    if not may("show", "paper_bundle") or not notification.entering_institution_id:
        return None
    sheet = sheet_of_notification(notification, None)
    if sheet is None:
        return None
    url = url_for("BundleDeskView.show", pk=sheet.bundle_id)
    return Action(_("Paper bundle %(number)s", number=str(sheet.bundle)), url, icon="inbox")


def _submitted(notification: Notification, by: Actor) -> None:
    """Only health centres type notifications from bundles."""
    if by.role not in HEALTH_CENTRE_ROLES or notification.entering_institution_id is None:
        return
    scan = scan_of(notification)
    sheet = sheet_of_notification(notification, None if scan is None else scan.id)
    if sheet is not None and sheet.state == "typing":
        service.typed_from(sheet, notification, by, (scan and scan.typed_by) or by.name)


stand_beside(Beside(_panel, _action, _submitted))
