"""A bundle and its sheets as rows of pages."""

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from app.bundles.codes import BUNDLE_KIND, BUNDLE_STATE, BUNDLE_WAY, SHEET_STATE
from app.bundles.models import BundleSheet, PaperBundle
from app.bundles.rules import Tally
from app.core.dates import format_date, format_instant
from app.generated.hooks import may
from app.security.actor import Actor
from app.security.fields import MASKED


def bundle_row(bundle: PaperBundle, tally: Tally) -> dict[str, Any]:
    """A line of the list."""
    rate = tally.error_rate
    return {
        "id": bundle.id,
        "number": str(bundle),
        "url": url_for("BundleDeskView.show", pk=bundle.id),
        "state": BUNDLE_STATE.label(bundle.state),
        "tone": BUNDLE_STATE.tones.get(bundle.state, "neutral"),
        "kind": BUNDLE_KIND.label(bundle.kind),
        "disease": bundle.disease.short_name,
        "period": period_of(bundle),
        "place": bundle.place or "",
        "holder": _("This health centre") if bundle.holder is None else bundle.holder.name,
        "received_on": format_date(bundle.received_on),
        "counted": tally.counted,
        "done": tally.done,
        "error_rate": "" if rate is None else f"{rate:.1f}%",
    }


def period_of(bundle: PaperBundle) -> str:
    """From when to when the sheets are."""
    if bundle.from_on is None and bundle.until_on is None:
        return ""
    return f"{format_date(bundle.from_on)}～{format_date(bundle.until_on)}"


def bundle_facts(bundle: PaperBundle) -> list[tuple[str, str]]:
    """What is known of a bundle, for its page; nothing that is blank or masked."""
    checked = f"{format_date(bundle.checked_on)}　{bundle.checked_by or ''}".strip("　")
    facts = [
        (_("Kind of paper"), BUNDLE_KIND.label(bundle.kind)),
        (_("Disease"), bundle.disease.short_name),
        (_("Period"), period_of(bundle)),
        (_("Where it is kept"), bundle.place),
        (_("How it came"), BUNDLE_WAY.label(bundle.way or "")),
        (_("Received on"), format_date(bundle.received_on)),
        (
            _("Who types"),
            _("This health centre") if bundle.holder is None else bundle.holder.name,
        ),
        (_("Typing begun on"), format_date(bundle.begun_on)),
        (_("Checked"), checked),
        (_("Given back on"), format_date(bundle.returned_on)),
        (_("Why the numbers differ"), bundle.difference),
        (_("Remarks"), bundle.remarks),
    ]
    return [(word, str(text)) for word, text in facts if text and text is not MASKED]


def sheet_row(sheet: BundleSheet, actor: Actor) -> dict[str, Any]:
    """A sheet of the page of its bundle."""
    mine = sheet.typed_by_user_id is not None and sheet.typed_by_user_id == actor.user_id
    return {
        "number": sheet.number,
        "state": sheet.state_label,
        "tone": SHEET_STATE.tones.get(sheet.state, "neutral"),
        "who": sheet.typed_by or "",
        "at": format_instant(sheet.typed_at),
        "target": _target(sheet),
        "why": "" if sheet.left_out_because is None else sheet.left_out_because,
        "go_on": _go_on(sheet),
        "begin": _begin(sheet),
        "may_leave_out": sheet.state == "typing",
        "in_sample": sheet.in_sample,
        "wrong_items": sheet.wrong_items,
        "checked_by": sheet.checked_by or "",
        "to_look_at": sheet.in_sample
        and sheet.wrong_items is None
        and not mine
        and may("check", "paper_bundle"),
    }


def _go_on(sheet: BundleSheet) -> str:
    """Where typing goes on; empty when it is done, or nobody of this role may."""
    open_scan = sheet.scan is not None and sheet.scan.state in ("received", "typing")
    if open_scan and may("show", "paper_scan"):
        return url_for("PaperScanView.show", pk=sheet.scan_id)
    if sheet.state != "typing" or sheet.notification_id is None or not may("type", "paper_bundle"):
        return ""
    if not may("edit", "notification"):
        return url_for("BundleTypingView.type", pk=sheet.bundle_id, number=sheet.number)
    draft = sheet.notification
    begun = draft is not None and draft.state == "draft"
    return url_for("NotificationView.edit", pk=draft.id) if begun and draft is not None else ""


def _begin(sheet: BundleSheet) -> str:
    """Where a contractor begins a scan nobody typed yet; the centre's staff begin on its page."""
    untouched = sheet.state == "typing" and sheet.notification_id is None
    contractor = may("type", "paper_bundle") and not may("show", "paper_scan")
    if not untouched or sheet.scan_id is None or not contractor:
        return ""
    return url_for("BundleTypingView.begin_scan", pk=sheet.bundle_id, number=sheet.number)


def _target(sheet: BundleSheet) -> tuple[str, str]:
    """What the sheet was typed into: its word and address."""
    if sheet.state == "typed" and sheet.notification_id is not None and may("show", "notification"):
        url = url_for("NotificationView.show", pk=sheet.notification_id)
        return (_("Notification #%(number)s", number=sheet.notification_id), url)
    days = sheet.days or 0
    if sheet.case_id is not None:
        url = url_for("CaseView.show", pk=sheet.case_id)
        return (_("Case, %(num)s observations", num=days), url)
    if sheet.contact_id is not None:
        url = url_for("ContactView.show", pk=sheet.contact_id) if may("show", "contact") else ""
        return (_("Contact, %(num)s observations", num=days), url)
    return ("", "")
