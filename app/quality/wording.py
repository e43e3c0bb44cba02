"""Findings and questions as the pages show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from app.core import clock
from app.core.dates import format_instant
from app.core.pages import Cell
from app.generated.hooks import may
from app.quality.catalogue import RULES
from app.quality.codes import (
    CHECK_REASON,
    FINDING_STATE,
    MESSAGE_KIND,
    QUESTION_STATE,
    SEVERITY_LABELS,
)
from app.quality.codes import SEVERITY_TONES as TONES
from app.quality.fixing import faulty_values, records_of
from app.quality.models import QualityFinding, QualityMessage, QualityQuestion
from app.quality.narrowing import Narrowed


@dataclass(frozen=True, slots=True)
class FindingRow:
    """A line of the queue."""

    number: str
    url: str
    severity: Cell
    sentence: str
    values: tuple[tuple[str, Cell], ...]
    centre: str
    since: str
    state: Cell
    key: int
    back_url: str | None


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """A line of the list of questions."""

    url: str
    number: str
    state: Cell
    asker: str
    asked: str
    at: str
    rule: str


def number_of(finding: QualityFinding) -> str:
    """The number of the case or contact."""
    subject = finding.case if finding.case is not None else finding.contact
    return "－" if subject is None else str(subject)


def severity_cell(severity: int) -> Cell:
    """The severity as a word in its colour."""
    return Cell(str(SEVERITY_LABELS[severity]), tone=TONES[severity])


def since_words(finding: QualityFinding) -> str:
    """For how long it has been waiting."""
    return waiting_words(finding.since_at)


def waiting_words(since_at: datetime) -> str:
    """The time since then, in days."""
    days = (clock.now() - since_at).days
    if days < 1:
        return _("today")
    return ngettext("%(num)s day", "%(num)s days", days)


def rows_of(found: Sequence[QualityFinding], narrowed: Narrowed) -> list[FindingRow]:
    """The lines of one page of the queue."""
    return [_row(one, narrowed) for one in found]


def _row(one: QualityFinding, narrowed: Narrowed) -> FindingRow:
    known = RULES[one.rule]
    return FindingRow(
        number=number_of(one),
        url=url_for("QualityView.show", pk=one.id, **narrowed.arguments()),
        severity=severity_cell(one.severity),
        sentence=str(known.sentence),
        values=tuple(faulty_values(one, records_of(one))),
        centre="" if one.centre is None else one.centre.name,
        since=since_words(one),
        state=state_cell(one),
        key=one.id,
        back_url=put_back_url(one),
    )


def put_back_url(one: QualityFinding) -> str | None:
    """Where a checked finding is put back into the queue, by whoever may check."""
    if one.state != "checked" or not may("check", "quality_finding"):
        return None
    return url_for("QualityCheckView.put_back", pk=one.id)


def state_cell(one: QualityFinding) -> Cell:
    """Open, or found to be correct: how, by whom, when."""
    if one.state != "checked" or one.checked_at is None:
        return Cell(FINDING_STATE.label(one.state), tone=FINDING_STATE.tones[one.state])
    words = CHECK_REASON.label(one.checked_how or "")
    note = one.note or ""
    who = f"{one.checked_by} {format_instant(one.checked_at)}"
    return Cell("・".join(part for part in (words, note, who) if part), tone="success")


def question_row(one: QualityQuestion) -> QuestionRow:
    """A question in a list."""
    known = RULES.get(one.rule or "")
    return QuestionRow(
        url=url_for("QualityQuestionView.show", pk=one.id),
        number=one.case_number,
        state=question_state(one),
        asker=one.asker.name,
        asked=one.asked.name,
        at=format_instant(one.last_at),
        rule="" if known is None else str(known.sentence),
    )


def question_state(one: QualityQuestion) -> Cell:
    """The state in its colour."""
    return Cell(QUESTION_STATE.label(one.state), tone=QUESTION_STATE.tones[one.state])


def message_lines(messages: Sequence[QualityMessage]) -> list[dict[str, Any]]:
    """The thread, oldest first."""
    return [
        {
            "kind": Cell(MESSAGE_KIND.label(one.kind), tone=MESSAGE_KIND.tones[one.kind]),
            "who": f"{one.institution.name}（{one.user_name}）",
            "at": format_instant(one.at),
            "text": one.text,
        }
        for one in messages
    ]
