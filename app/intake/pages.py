"""The queue as a table, and the steps a paper allows."""

from collections.abc import Sequence

from flask import url_for
from flask_babel import gettext as _

from app.core.dates import format_instant
from app.core.pages import Action, Cell, Column, Crumb, ListPage, Pager, Row
from app.generated.hooks import may
from app.intake.models import SCAN_STATE, PaperScan
from app.security.actor import Actor


def queue_page(scans: Sequence[PaperScan], *, closed: bool, more: bool) -> ListPage:
    """Papers as rows; the list of what is done names who checked."""
    columns = (
        Column("scan", _("Paper")),
        Column("state", _("State")),
        Column("received_at", _("Received")),
        Column("clinic", _("Reporting institution")),
        Column("pages", _("Pages"), "integer"),
        Column("who", _("Typed by")),
        Column("notification", _("Notification")),
    )
    state = "done" if closed else None
    following = url_for(".list", state=state, start=scans[-1].id) if more else None
    first = url_for(".list", state=state)
    actions = (
        (Action(_("Upload a scan"), url_for(".add"), style="primary", icon="upload"),)
        if may("add", "paper_scan")
        else ()
    )
    return ListPage(
        title=_("FAX received"),
        columns=columns,
        rows=tuple(_row(scan) for scan in scans),
        pager=Pager(first, None, following, len(scans), more),
        search_form=None,
        search_url=first,
        actions=actions,
        empty=_("No paper has been finished yet.")
        if closed
        else _("No paper is waiting to be typed."),
        crumbs=(Crumb(_("FAX received")),),
    )


def _row(scan: PaperScan) -> Row:
    url = url_for(".show", pk=scan.id)
    notification = scan.notification
    sent = notification is not None and notification.state != "draft"
    link = url_for("NotificationView.show", pk=notification.id) if notification and sent else None
    cells = (
        Cell(str(scan), url=url),
        Cell(SCAN_STATE.label(scan.state), tone=SCAN_STATE.tones.get(scan.state, "neutral")),
        Cell(format_instant(scan.received_at), "instant"),
        Cell("" if scan.clinic is None else scan.clinic.name),
        Cell(str(scan.page_count), "integer"),
        Cell(scan.typed_by or scan.claimed_by or ""),
        Cell(f"#{notification.id}", url=link) if notification and link else Cell(),
    )
    return Row(str(scan.id), url, cells)


def steps_of(scan: PaperScan, actor: Actor) -> tuple[Action, ...]:
    """What this person can do with a paper now."""
    steps: list[Action] = []
    if may("edit", "paper_scan"):
        steps += _typing_steps(scan, actor)
    second = scan.typed_by_user_id != actor.user_id
    snapshot = scan.notification is not None and scan.notification.snapshot is not None
    if scan.state == "typed" and second and snapshot and may("check", "paper_scan"):
        url = url_for(".check", pk=scan.id)
        steps.append(Action(_("Check by typing again"), url, style="primary", icon="check"))
    return tuple(steps)


def _typing_steps(scan: PaperScan, actor: Actor) -> list[Action]:
    mine = scan.claimed_by_user_id == actor.user_id
    claim, release = url_for(".claim", pk=scan.id), url_for(".release", pk=scan.id)
    discard = Action(_("Discard"), url_for(".discard", pk=scan.id), style="danger")
    if scan.state == "received":
        # Beginning asks for the disease first, in a card of its own.
        return [discard]
    if scan.state == "typing" and mine:
        give_back = Action(_("Back to the queue"), release, "post")
        return [Action(_("Go on typing"), claim, "post", "primary", "edit"), give_back, discard]
    if scan.state == "typing":
        return [Action(_("Take it back into the queue"), release, "post")]
    return []
