"""Background work of the links: the letter, reminders to who has not reported, the last word."""

from datetime import date, datetime, time, timedelta
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import or_, select

from app.contacts.models import Contact
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidState, NotVisible
from app.core.labels import Label
from app.core.transaction import transaction
from app.followup.plans import ObservationPlan
from app.institutions.models import Institution
from app.jobs.context import JobContext
from app.jobs.daily import daily
from app.jobs.registry import Result, job
from app.jobs.regular import regularly
from app.portal.letters import write_letter
from app.portal.models import LinkMember, PatientLink
from app.portal.service import send_about
from app.security.rights import require

LETTER = "patient letter"


@job(LETTER, title=Label("入力ページの案内（印刷用）", "Letter for the reporting page"))
def print_letter(ctx: JobContext) -> Result:
    """The letter of one link; the file is given out once."""
    require(ctx.actor, "edit", "patient_link")
    link = db.session.get(PatientLink, int(ctx.parameters["link"]))
    if link is None:
        raise NotVisible(_("There is no such record."))
    centre = db.session.get(Institution, link.institution_id)
    if link.state != "open" or centre is None:
        raise InvalidState(_("This link is closed."))
    moment = clock.in_japan(clock.now()).strftime("%Y%m%d_%H%M")
    title = _("Invitation to the reporting page")
    path = ctx.output_path(f"{title}_{moment}.pdf")
    write_letter(link, centre, path)
    keep = float(current_app.config["LETTER_FILE_HOURS"])
    words = _("The file can be downloaded once.")
    return Result(path, {"rows": 1}, words, keep_hours=keep, once=True)


@regularly("reminders to report")
def remind() -> int:
    """Remind households of which somebody has not reported today: twice a day at the most.

    The key of each message is its link and day, so looking again sends nothing again.
    """
    now = clock.in_japan(clock.now())
    first, second = _reminder_times()
    if now.time() < first:
        return 0
    purpose = "second_reminder" if now.time() >= second else "reminder"
    links = db.session.scalars(_silent_links(now)).unique().all()
    with transaction():
        for link in links:
            send_about(link, purpose, f"{purpose}/{link.generation}/{now:%Y-%m-%d}")
    return len(links)


@daily("end of observation by link")
def say_goodbye(today: date) -> int:
    """Tell households whose observation has ended that nothing more is asked of them."""
    yesterday = today - timedelta(days=1)
    still = _members().where(ObservationPlan.ends_on >= today, ObservationPlan.status == "active")
    ended = _members().where(ObservationPlan.ends_on == yesterday)
    links = db.session.scalars(
        select(PatientLink).where(
            PatientLink.state == "open",
            PatientLink.id.in_(ended),
            PatientLink.id.not_in(still),
        )
    ).all()
    for link in links:
        send_about(link, "end", f"end/{link.generation}/{today:%Y-%m-%d}")
    return len(links)


def _silent_links(now: datetime) -> Any:
    """Open links with a member under observation who has not reported since midnight."""
    midnight = clock.midnight_in_japan(now.date())
    silent = _members().where(
        ObservationPlan.status == "active",
        ObservationPlan.starts_on <= now.date(),
        ObservationPlan.ends_on >= now.date(),
        or_(
            ObservationPlan.latest_entry_at.is_(None),
            ObservationPlan.latest_entry_at < midnight,
        ),
    )
    return select(PatientLink).where(
        PatientLink.state == "open",
        PatientLink.reminds,
        PatientLink.recipient.is_not(None),
        PatientLink.expires_at > clock.now(),
        # Who was invited today was told today.
        PatientLink.created_at < midnight,
        PatientLink.id.in_(silent),
    )


def _members() -> Any:
    """The keys of links by the plans of their members."""
    of_case = ObservationPlan.case_id.in_((LinkMember.case_id, Contact.case_id))
    of_contact = ObservationPlan.contact_id == LinkMember.contact_id
    return (
        select(LinkMember.link_id)
        .outerjoin(Contact, Contact.id == LinkMember.contact_id)
        .join(ObservationPlan, or_(of_case, of_contact))
    )


def _reminder_times() -> tuple[time, time]:
    first, _comma, second = str(current_app.config["REMINDER_TIMES"]).partition(",")
    return time.fromisoformat(first.strip()), time.fromisoformat(second.strip())
