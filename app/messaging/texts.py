"""The portal's own wording of each message, and how an institution's own goes before it."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from app.core.db import db
from app.messaging.languages import P, sentence
from app.messaging.models import MessageTemplate
from app.messaging.rules import filled

_SUBJECT = P("From the health centre")

_BODIES: Mapping[str, str] = {
    "invitation": P(
        "From the health centre. Please tell us how you feel every day on this page: {link} "
        "Questions: {phone}"
    ),
    "reminder": P(
        "From the health centre. We have not heard from you today. Please tell us how you feel: "
        "{link} Questions: {phone}"
    ),
    "second_reminder": P(
        "From the health centre. We still have not heard from you. Please answer now: {link} "
        "If you cannot, call {phone}. In an emergency call 119."
    ),
    "end": P(
        "From the health centre. You do not need to report your health any more. Thank you. "
        "If you feel unwell, call {phone}."
    ),
    "processing_number": P(
        "From the health centre. Your number for the contact app: {number} It works once, within "
        "{hours} hours. Questions: {phone}"
    ),
}


@dataclass(frozen=True, slots=True)
class Wording:
    """A text with placeholders; ``own`` when the institution wrote it."""

    subject: str
    body: str
    own: bool = False


def portal_wording(purpose: str, language: str) -> Wording:
    """What the portal itself says."""
    return Wording(sentence(language, _SUBJECT), sentence(language, _BODIES[purpose]))


def wording(institution_id: int, purpose: str, channel: str, language: str) -> Wording:
    """The institution's own wording where it has one, else the portal's."""
    own = template_of(institution_id, purpose, channel, language)
    default = portal_wording(purpose, language)
    if own is None:
        return default
    return Wording(own.subject or default.subject, own.body, own=True)


def template_of(
    institution_id: int, purpose: str, channel: str, language: str
) -> MessageTemplate | None:
    """The institution's own template, None without one."""
    found: MessageTemplate | None = db.session.scalar(
        select(MessageTemplate).where(
            MessageTemplate.institution_id == institution_id,
            MessageTemplate.purpose == purpose,
            MessageTemplate.channel == channel,
            MessageTemplate.language == language,
        )
    )
    return found


def composed(found: Wording, values: Mapping[str, str]) -> tuple[str, str]:
    """(subject, text) with the placeholders replaced."""
    return filled(found.subject, {}), filled(found.body, values)
