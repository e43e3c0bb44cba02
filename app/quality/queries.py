"""Reads of the queue and of the questions; one condition for lists, counts and "next"."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import joinedload

from app.cases.models import Case
from app.contacts.models import Contact
from app.core.db import db
from app.core.errors import NotVisible
from app.generated.arguments import record_key
from app.generated.waiting import number_waiting, waiting_for
from app.quality.catalogue import RULES
from app.quality.models import QualityFinding, QualityQuestion
from app.quality.rules import Rule
from app.quality.scope import CHECKING_ROLES
from app.security.actor import Actor
from app.security.rights import holds

PAGE = 25
_ORDER = (QualityFinding.severity.desc(), QualityFinding.since_at, QualityFinding.id)
_SUBJECT = (
    joinedload(QualityFinding.case).joinedload(Case.person),
    joinedload(QualityFinding.contact).joinedload(Contact.person),
    joinedload(QualityFinding.centre),
)


@dataclass(frozen=True, slots=True)
class Group:
    """The open findings of one rule: how many, the oldest since when."""

    rule: Rule
    count: int
    since_at: datetime


def groups() -> list[Group]:
    """Open findings of the reader by rule: the gravest rule first, then the longest waiting."""
    counted = db.session.execute(
        select(
            QualityFinding.rule, func.count(QualityFinding.id), func.min(QualityFinding.since_at)
        )
        .where(_is_open())
        .group_by(QualityFinding.rule)
    )
    found = [Group(RULES[code], n, since) for code, n, since in counted if code in RULES]
    return sorted(found, key=lambda one: (-one.rule.severity, one.since_at, one.rule.code))


def open_findings(rule: str | None, page: int) -> Sequence[QualityFinding]:
    """One page of the queue, the gravest and then the oldest first."""
    statement = select(QualityFinding).where(_is_open(rule)).options(*_SUBJECT).order_by(*_ORDER)
    found = db.session.scalars(statement.limit(PAGE).offset((page - 1) * PAGE))
    return found.unique().all()


def next_finding(rule: str | None, after: QualityFinding | None = None) -> int | None:
    """The key of the first open finding, or of the one that follows ``after``."""
    statement = select(QualityFinding.id).where(_is_open(rule))
    if after is not None:
        statement = statement.where(_behind(after))
    return db.session.scalar(statement.order_by(*_ORDER).limit(1))


def number_open(rule: str | None) -> int:
    """How many findings are open, of one rule or of all."""
    return db.session.scalar(select(func.count(QualityFinding.id)).where(_is_open(rule))) or 0


def finding_or_404(pk: str) -> QualityFinding:
    """The finding with its case or contact. Raises NotVisible."""
    statement = select(QualityFinding).where(QualityFinding.id == record_key(pk)).options(*_SUBJECT)
    found = db.session.scalars(statement).unique().one_or_none()
    if found is None or found.rule not in RULES:
        raise NotVisible
    return found


def findings_of_case(case_id: int) -> Sequence[QualityFinding]:
    """What is open of one case, and what was found to be correct."""
    statement = (
        select(QualityFinding)
        .where(
            QualityFinding.case_id == case_id,
            QualityFinding.state.in_(("open", "checked")),
            QualityFinding.rule.in_(RULES),
        )
        .order_by(QualityFinding.state.desc(), *_ORDER)
    )
    return db.session.scalars(statement).all()


def questions(actor: Actor, *, waiting: bool) -> Sequence[QualityQuestion]:
    """Questions the reader is party to; ``waiting``: those that wait for the reader."""
    statement = select(QualityQuestion).options(
        joinedload(QualityQuestion.asker), joinedload(QualityQuestion.asked)
    )
    if waiting:
        statement = statement.where(_waits_for(actor))
    statement = statement.order_by(QualityQuestion.last_at.desc(), QualityQuestion.id.desc())
    return db.session.scalars(statement.limit(PAGE * 4)).unique().all()


def questions_of_case(case_id: int) -> Sequence[QualityQuestion]:
    """The threads about one case that the reader is party to."""
    statement = (
        select(QualityQuestion)
        .where(QualityQuestion.case_id == case_id)
        .options(joinedload(QualityQuestion.asker), joinedload(QualityQuestion.asked))
        .order_by(QualityQuestion.id.desc())
    )
    return db.session.scalars(statement).unique().all()


def question_or_404(pk: str) -> QualityQuestion:
    """A question with its thread. Raises NotVisible."""
    statement = (
        select(QualityQuestion)
        .where(QualityQuestion.id == record_key(pk))
        .options(joinedload(QualityQuestion.asker), joinedload(QualityQuestion.asked))
    )
    found = db.session.scalars(statement).unique().one_or_none()
    if found is None:
        raise NotVisible
    return found


@waiting_for("quality_question")
def _questions_waiting(actor: Actor) -> Select[Any] | None:
    if not holds(actor, "list", "quality_question"):
        return None
    return select(func.count(QualityQuestion.id)).where(_waits_for(actor))


def questions_waiting(actor: Actor) -> int:
    """Questions that wait for the reader: to be answered, or answered and to be read."""
    return number_waiting("quality_question", actor)


def _waits_for(actor: Actor) -> ColumnElement[bool]:
    if actor.role in CHECKING_ROLES:
        return and_(
            QualityQuestion.asker_id == actor.institution_id, QualityQuestion.state == "answered"
        )
    return and_(QualityQuestion.asked_id == actor.institution_id, QualityQuestion.state == "open")


def open_statement() -> Select[Any]:
    """Open findings of the reader, for the count on the front page."""
    return select(QualityFinding).where(_is_open())


def _is_open(rule: str | None = None) -> ColumnElement[bool]:
    known = QualityFinding.rule.in_(RULES) if rule is None else QualityFinding.rule == rule
    return and_(QualityFinding.state == "open", known)


def _behind(one: QualityFinding) -> ColumnElement[bool]:
    same = QualityFinding.severity == one.severity
    return or_(
        QualityFinding.severity < one.severity,
        and_(same, QualityFinding.since_at > one.since_at),
        and_(same, QualityFinding.since_at == one.since_at, QualityFinding.id > one.id),
    )


def sees_case(question: QualityQuestion) -> bool:
    """True where the reader meets the case itself: a clinic's care may long be over."""
    return db.session.scalar(select(Case.id).where(Case.id == question.case_id)) is not None
