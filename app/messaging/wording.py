"""Messages as the rows of a table."""

from collections.abc import Iterable
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from app.core.dates import format_instant
from app.messaging.codes import CHANNEL, MESSAGE_STATE, PROBLEM, PURPOSE
from app.messaging.languages import LANGUAGES
from app.messaging.models import Message
from app.messaging.rules import masked


@dataclass(frozen=True, slots=True)
class MessageRow:
    """One message in words; addresses only as far as they tell two apart."""

    id: int
    at: str
    purpose: str
    channel: str
    language: str
    recipient: str
    state: str
    tone: str
    problem: str
    when: str
    about: str
    about_url: str | None
    may_repeat: bool


def rows_of(messages: Iterable[Message]) -> list[MessageRow]:
    """The rows of a list."""
    return [_row(message) for message in messages]


def _row(message: Message) -> MessageRow:
    about, address = _about(message)
    return MessageRow(
        id=message.id,
        at=format_instant(message.created_at),
        purpose=PURPOSE.label(message.purpose),
        channel=CHANNEL.label(message.channel),
        language=LANGUAGES.get(message.language, message.language),
        recipient=masked(message.recipient),
        state=MESSAGE_STATE.label(message.state),
        tone=MESSAGE_STATE.tones.get(message.state, "neutral"),
        problem=PROBLEM.label(message.problem) if message.problem else "",
        when=_when(message),
        about=about,
        about_url=address,
        may_repeat=message.state == "failed" and message.body is not None,
    )


def _when(message: Message) -> str:
    if message.state == "queued":
        return _("next try %(time)s", time=format_instant(message.next_at))
    return format_instant(message.settled_at or message.sent_at)


def _about(message: Message) -> tuple[str, str | None]:
    if message.case_id is not None:
        return _("Open the case"), url_for("CaseView.show", pk=message.case_id)
    if message.contact_id is not None:
        return _("Open the contact"), url_for("ContactView.show", pk=message.contact_id)
    return "", None
