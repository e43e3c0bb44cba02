"""The paper beside the notification typed from it."""

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from app.core.pages import Action
from app.generated.hooks import may
from app.intake import service
from app.intake.models import PaperScan
from app.intake.queries import scan_of
from app.notifications.beside import Beside, Panel, stand_beside
from app.notifications.models import Notification


def shown(scan: PaperScan) -> dict[str, Any]:
    """What the pictures of a scan need on a page."""
    gone = scan.pages_removed_at is not None
    return {
        "title": str(scan),
        "url": url_for("PaperScanView.show", pk=scan.id),
        "pages": ()
        if gone
        else tuple(
            url_for("PaperScanView.page", pk=scan.id, number=number)
            for number in range(1, scan.page_count + 1)
        ),
    }


def _panel(draft: Notification) -> Panel | None:
    scan = scan_of(draft) if may("show", "paper_scan") else None
    return None if scan is None else Panel("intake/_scan.html", shown(scan))


def _action(notification: Notification) -> Action | None:
    if not may("show", "paper_scan"):
        return None
    scan = scan_of(notification)
    if scan is None:
        return None
    return Action(_("The paper"), url_for("PaperScanView.show", pk=scan.id), icon="document")


stand_beside(Beside(_panel, _action, service.typed))
