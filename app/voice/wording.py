"""Automatic calls as the rows of a table."""

from collections.abc import Iterable
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from app.core.dates import format_date, format_instant
from app.followup.codes import PART_OF_DAY
from app.messaging.languages import LANGUAGES
from app.messaging.rules import masked
from app.security.fields import MASKED
from app.voice.codes import STEP, VOICE_PROBLEM, VOICE_STATE
from app.voice.models import VoiceCall


@dataclass(frozen=True, slots=True)
class CallRow:
    """One automatic call in words."""

    slot: str
    state: str
    tone: str
    problem: str
    when: str
    tries: str
    reached: str
    number: str
    language: str
    name: str = ""
    url: str | None = None


def rows_of(calls: Iterable[VoiceCall], *, with_names: bool = False) -> list[CallRow]:
    """The rows of a list; with the names of the people where they belong to several."""
    return [_row(call, with_names) for call in calls]


def _row(call: VoiceCall, with_names: bool) -> CallRow:
    name, url = _person(call) if with_names else ("", None)
    return CallRow(
        slot=f"{format_date(call.slot_on)} {PART_OF_DAY.label(call.slot_part)}",
        state=VOICE_STATE.label(call.state),
        tone=VOICE_STATE.tones.get(call.state, "neutral"),
        problem=VOICE_PROBLEM.label(call.problem) if call.problem else "",
        when=_when(call),
        tries=ngettext("%(num)s try", "%(num)s tries", call.attempts) if call.attempts else "",
        reached=STEP.label(call.step) if call.state in ("partial", "person") else "",
        number=masked(call.number) if isinstance(call.number, str) else "",
        language=LANGUAGES.get(call.language, call.language),
        name=name,
        url=url,
    )


def _when(call: VoiceCall) -> str:
    if call.state == "waiting":
        return _("next try %(time)s", time=format_instant(call.next_at))
    return format_instant(call.ended_at or call.started_at)


def _person(call: VoiceCall) -> tuple[str, str | None]:
    subject = call.plan.subject
    if subject is None:
        return "", None
    is_case = call.plan.case_id is not None
    url = url_for("VoiceCallView.case" if is_case else "VoiceCallView.contact", pk=subject.id)
    name = getattr(subject.person, "name", None)
    return (f"#{subject.id}" if name in (None, "", MASKED) else str(name)), url
