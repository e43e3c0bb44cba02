"""Who meets findings and questions.

| roles | findings | questions |
| --- | --- | --- |
| health centre | of the cases and contacts it answers for | asked of it |
| information centre, laboratory, national institute | of the cases of their area, no identity | own |
| clinic, hospital | none | asked of it |
| everybody else | none | none |
"""

from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, select

from app.audit.history import historied
from app.cases.models import Case
from app.cases.scope import of_visible_case, visible_cases
from app.quality.models import QualityDue, QualityFinding, QualityMessage, QualityQuestion
from app.security.actor import Actor
from app.security.roles import HEALTH_CENTRE_ROLES, RoleName
from app.security.rows import internal, row_law

CHECKING_ROLES = frozenset(
    {RoleName.INFORMATION_CENTRE, RoleName.LABORATORY, RoleName.NATIONAL_INSTITUTE}
)
"""Roles that check data without identity and ask back (R135)."""
ASKED_ROLES = HEALTH_CENTRE_ROLES | {RoleName.CLINIC, RoleName.HOSPITAL}
_QUESTION = QualityQuestion.__table__


@row_law(QualityFinding)
def visible_findings(actor: Actor) -> ColumnElement[bool]:
    """The table above."""
    if actor.role in HEALTH_CENTRE_ROLES:
        return _own(QualityFinding.centre_id, actor)
    if actor.role not in CHECKING_ROLES:
        return false()
    met = of_visible_case(actor, QualityFinding.case_id)
    return and_(QualityFinding.case_id.is_not(None), met)


@row_law(QualityQuestion)
def visible_questions(actor: Actor) -> ColumnElement[bool]:
    """The two parties of a question."""
    return _party(actor, QualityQuestion)


@row_law(QualityMessage)
def visible_messages(actor: Actor) -> ColumnElement[bool]:
    """The thread of a question one is party to."""
    question = _QUESTION.alias()
    party = _party(actor, question.c)
    met = select(question.c.id).where(question.c.id == QualityMessage.question_id, party)
    return met.exists()


def measured_cases(actor: Actor) -> ColumnElement[bool]:
    """The cases whose indicators the actor reads: a health centre's own, an area's all."""
    if actor.role in HEALTH_CENTRE_ROLES:
        return _own(Case.responsible_centre_id, actor)
    return visible_cases(actor)


def _party(actor: Actor, question: Any) -> ColumnElement[bool]:
    """``question`` is the model or a table's columns."""
    if actor.role in CHECKING_ROLES:
        return _own(question.asker_id, actor)
    if actor.role in ASKED_ROLES:
        return or_(_own(question.asked_id, actor), _own(question.asker_id, actor))
    return false()


def _own(column: Any, actor: Actor) -> ColumnElement[bool]:
    if actor.institution_id is None:
        return false()
    mine: ColumnElement[bool] = column == actor.institution_id
    return mine


internal(QualityDue, reason="what the rules have still to look at; keys alone")
historied(
    QualityFinding,
    as_="quality_finding",
    case="case_id",
    unkept=("checked_values", "since_at", "ended_at", "record_id", "batch_id"),
)
