"""Links and the people of a household in words, for the screens of staff."""

from collections.abc import Collection
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from app.contacts.models import Contact
from app.core.dates import format_instant
from app.messaging.languages import LANGUAGES
from app.messaging.rules import masked
from app.portal import queries, service
from app.portal.models import LINK_STATE, WAY, PatientLink
from app.portal.service import Subject


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may be reported for on the same link; ``key`` as the form sends it."""

    key: str
    name: str
    about: str
    chosen: bool


def candidates_of(subject: Subject) -> list[Candidate]:
    """Everybody who may be reported for on the link of ``subject``; chosen: who is now."""
    link = service.link_of(subject)
    known = None
    if link is not None:
        known = {(m.case_id, m.contact_id) for m in queries.members_of(link)}
    found = []
    if isinstance(subject, Contact):
        for case in queries.sources_of(subject):
            chosen = known is None or (case.id, None) in known
            found.append(Candidate(f"case-{case.id}", str(case.person), _("Case"), chosen))
    for contact, at_home in queries.household_candidates(subject):
        chosen = at_home if known is None else (None, contact.id) in known
        about = _("Household member") if at_home else _("Contact")
        found.append(Candidate(f"contact-{contact.id}", str(contact.person), about, chosen))
    return found


def chosen_of(subject: Subject, keys: Collection[str]) -> list[Subject]:
    """The people ticked, of those that may be; anything else in the form is nobody."""
    ticked = set(keys)
    found: list[Subject] = []
    if isinstance(subject, Contact):
        found += [one for one in queries.sources_of(subject) if f"case-{one.id}" in ticked]
    for contact, _home in queries.household_candidates(subject):
        if f"contact-{contact.id}" in ticked:
            found.append(contact)
    return found


@dataclass(frozen=True, slots=True)
class LinkRow:
    """A link in words."""

    id: int
    state: str
    tone: str
    is_open: bool
    waits: bool
    way: str
    is_paper: bool
    recipient: str
    language: str
    reminds: bool
    made_at: str
    opened_at: str
    closed_at: str
    expires_at: str
    url: str


def row_of(link: PatientLink) -> LinkRow:
    """The row of a list, and the card of the page."""
    return LinkRow(
        id=link.id,
        state=LINK_STATE.label(link.state),
        tone=LINK_STATE.tones.get(link.state, "neutral"),
        is_open=link.state == "open",
        waits=link.state == "wrong_birth_date" and link.noted_at is None,
        way=WAY.label(link.way),
        is_paper=link.way == "paper",
        recipient=masked(link.recipient),
        language=LANGUAGES.get(link.language, link.language),
        reminds=link.reminds,
        made_at=format_instant(link.created_at),
        opened_at=format_instant(link.opened_at),
        closed_at=format_instant(link.closed_at),
        expires_at=format_instant(link.expires_at),
        url=page_of(link),
    )


def page_of(link: PatientLink) -> str:
    """The page of whom the link was sent to."""
    if link.case_id is not None:
        return url_for("ReportingView.case", pk=link.case_id)
    return url_for("ReportingView.contact", pk=link.contact_id)
