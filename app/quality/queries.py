"""Reads of the queue and of the questions; one condition for lists, counts and "next"."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, joinedload

from app.cases.models import Case
from app.contacts.models import Contact
from app.core.db import db
from app.core.errors import NotVisible
from app.generated.arguments import record_key
from app.generated.listing import capped_count
from app.generated.waiting import number_waiting, waiting_for
from app.imports.models import ImportBatch
from app.quality.catalogue import RULES
from app.quality.models import QualityFinding, QualityQuestion
from app.quality.narrowing import Narrowed
from app.quality.rules import Rule
from app.quality.scope import CHECKING_ROLES
from app.security.actor import Actor
from app.security.rights import holds

PAGE = 25
MOST_COUNTED = 1_000
EVERYTHING = Narrowed()
_ORDER = (QualityFinding.severity.desc(), QualityFinding.since_at, QualityFinding.id)
_SUBJECT = (
    joinedload(QualityFinding.case).joinedload(Case.person),
    joinedload(QualityFinding.contact).joinedload(Contact.person),
    joinedload(QualityFinding.centre),
)


@dataclass(frozen=True, slots=True)
class Group:
    """The findings of one rule, and of one import or of none: how many, the oldest since when."""

    rule: Rule
    batch: int | None
    count: int
    since_at: datetime


def groups(narrowed: Narrowed = EVERYTHING) -> list[Group]:
    """Open findings of the reader by rule and import: the gravest first, then the longest waiting.

    The rule and import asked for narrow nothing here: these are the choices.
    """
    by = (QualityFinding.batch_id, QualityFinding.rule)
    counted = db.session.execute(
        select(*by, func.count(QualityFinding.id), func.min(QualityFinding.since_at))
        .where(narrowed.grouped)
        .group_by(*by)
    )
    found = [Group(RULES[code], batch, n, since) for batch, code, n, since in counted]
    return sorted(
        found, key=lambda one: (-one.rule.severity, one.since_at, one.rule.code, one.batch or 0)
    )


def batches(keys: Collection[int]) -> dict[int, ImportBatch]:
    """Key → import, of those the reader's own institution took in."""
    if not keys:
        return {}
    found = db.session.scalars(select(ImportBatch).where(ImportBatch.id.in_(keys)))
    return {batch.id: batch for batch in found}


def page_of(
    narrowed: Narrowed, cursor: QualityFinding | None = None, *, before: bool = False
) -> tuple[Sequence[QualityFinding], bool]:
    """The findings behind (or ``before``) the cursor, and whether there are more that way."""
    statement = select(QualityFinding).where(narrowed.single).options(*_SUBJECT)
    order = _order(narrowed, before)
    if cursor is not None:
        statement = statement.where(_beyond(order, cursor))
    statement = statement.order_by(*(term.directed for term in order)).limit(PAGE + 1)
    found = list(db.session.scalars(statement).unique())
    page = found[:PAGE]
    return page[::-1] if before else page, len(found) > PAGE


def next_finding(narrowed: Narrowed, after: QualityFinding | None = None) -> int | None:
    """The key of the first open finding, or of the one that follows ``after``."""
    order = _order(narrowed)
    statement = select(QualityFinding.id).where(narrowed.single)
    if after is not None:
        statement = statement.where(_beyond(order, after))
    return db.session.scalar(statement.order_by(*(term.directed for term in order)).limit(1))


def next_keys(narrowed: Narrowed, at: datetime, limit: int) -> Sequence[int]:
    """The keys of the first findings that were there ``at`` that moment, in the queue's order."""
    statement = select(QualityFinding.id).where(narrowed.until_instant(at))
    ordered = statement.order_by(*(term.directed for term in _order(narrowed)))
    return db.session.scalars(ordered.limit(limit)).all()


def number_of(narrowed: Narrowed) -> tuple[int, bool]:
    """How many there are; counted to ``MOST_COUNTED``, and whether there are more."""
    return capped_count(select(QualityFinding).where(narrowed.single), MOST_COUNTED)


def by_rule(condition: ColumnElement[bool]) -> list[tuple[Rule, int]]:
    """How many findings of each rule, the most first."""
    counted = db.session.execute(
        select(QualityFinding.rule, func.count(QualityFinding.id))
        .where(condition)
        .group_by(QualityFinding.rule)
    )
    found = [(RULES[code], n) for code, n in counted if code in RULES]
    return sorted(found, key=lambda one: (-one[1], one[0].code))


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
    """Open findings of the reader, for the count on the front page; not what imports brought."""
    return select(QualityFinding).where(EVERYTHING.single)


def imported_statement() -> Select[Any]:
    """Open findings that imports brought: the page lists them by rule and import."""
    brought = QualityFinding.batch_id.is_not(None)
    return select(QualityFinding).where(EVERYTHING.grouped, brought)


@dataclass(frozen=True, slots=True)
class _Term:
    """A column of the order and its direction."""

    column: InstrumentedAttribute[Any]
    falls: bool

    @property
    def directed(self) -> ColumnElement[Any]:
        return self.column.desc() if self.falls else self.column.asc()


def _order(narrowed: Narrowed, backwards: bool = False) -> tuple[_Term, ...]:
    """The gravest and then the oldest first; what was checked, the last first.

    Findings of one rule are equally grave: without that column an index holds their order.
    """
    if narrowed.state == "checked":
        falling: list[tuple[Any, bool]] = [(QualityFinding.checked_at, True)]
    else:
        falling = [(QualityFinding.since_at, False)]
        if narrowed.rule is None:
            falling.insert(0, (QualityFinding.severity, True))
    falling.append((QualityFinding.id, falling[-1][1]))
    return tuple(_Term(column, falls != backwards) for column, falls in falling)


def _beyond(order: Sequence[_Term], one: QualityFinding) -> ColumnElement[bool]:
    """Behind ``one``. The first column's bound stands by itself as well, for the index."""
    ways: list[ColumnElement[bool]] = []
    same: list[ColumnElement[bool]] = []
    for term in order:
        value = getattr(one, term.column.key)
        past = term.column < value if term.falls else term.column > value
        ways.append(and_(*same, past))
        same.append(term.column == value)
    first, start = order[0].column, getattr(one, order[0].column.key)
    bound = first <= start if order[0].falls else first >= start
    return and_(bound, or_(*ways))


def sees_case(question: QualityQuestion) -> bool:
    """True where the reader meets the case itself: a clinic's care may long be over."""
    return db.session.scalar(select(Case.id).where(Case.id == question.case_id)) is not None
