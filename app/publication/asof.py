"""Figures as they were known at the end of a day, and why they are others now.

Read from the journal under the actor's own law, never from cases. The key of the journal holds
disease, grain, prefecture, measure and day in this order: a figure is one range of it.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select

from app.core import clock
from app.core.db import db
from app.institutions.diseases import Disease
from app.publication.models import CaseCountChange, DailyCountChange
from app.publication.rules import BY_CASE, Flow, without_inner_moves
from app.security.actor import acting_as, system_actor
from app.statistics.areas import Area, standing_of
from app.statistics.measures import BASIS, ENDINGS, STOCKS, undated, unlinked
from app.statistics.queries import Asked, Figures
from app.statistics.rules import CENTRE_DAY, CENTRE_MONTH, PREFECTURE_DAY, PREFECTURE_MONTH

_READER = system_actor("explanation of figures")
MOST_CASES = 50
"""Cases an explanation lists; it counts all."""


@dataclass(slots=True)
class Explained:
    """How a number of then became the number of now."""

    then: int
    now: int
    causes: dict[str, Flow] = field(default_factory=dict)

    @property
    def unexplained(self) -> int:
        """What the causes do not account for; 0 unless two saves crossed in one instant."""
        return self.now - self.then - sum(flow.net for flow in self.causes.values())


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One case behind an explanation. No identity: key, cause, when it became known."""

    case_id: int
    cause: str
    known_at: datetime
    n: int


def known_since(area: Area) -> date | None:
    """The first day of the journal in the area; what was known before, nobody can say.

    Every save writes all grains, and whoever is counted has a day of report or lacks one: the
    months of these two measures tell it, in ranges of the key that hold a hundredth of the rows.
    """
    statement = select(func.min(DailyCountChange.known_on)).where(
        DailyCountChange.disease_id.in_(select(Disease.id)),
        DailyCountChange.grain == (CENTRE_MONTH if area.is_below_prefecture else PREFECTURE_MONTH),
        DailyCountChange.prefecture_code.in_(area.prefecture_codes),
        DailyCountChange.measure.in_((BASIS["reported"].measure, undated("reported"))),
    )
    return db.session.scalar(statement)


def figures_as_known(asked: Asked, known_on: date) -> Figures:
    """The figures of the period as the portal knew them at the end of ``known_on``."""
    figures = Figures(population=standing_of(asked.area).population)
    known = DailyCountChange.known_on <= known_on
    for where in _until(asked):
        for measure, n in _sums(and_(where, known)):
            figures.add_until(asked.basis, measure, n)
    for measure, n in _sums(and_(_days(asked, _flows(asked.basis)), known)):
        figures.add_period(asked.basis, measure, n)
    return figures


def causes_since(asked: Asked, measure: str, known_on: date) -> dict[str, Flow]:
    """What changed a flow of the period after the end of ``known_on``, by cause."""
    where = and_(_days(asked, (measure,)), DailyCountChange.known_on > known_on)
    gained, lost = func.sum(DailyCountChange.gained), func.sum(DailyCountChange.lost)
    statement = select(DailyCountChange.cause, gained, lost).where(where)
    rows = db.session.execute(statement.group_by(DailyCountChange.cause))
    return _outward(asked.area, {cause: Flow(int(g), int(w)) for cause, g, w in rows})


def causes_after(asked: Asked, measure: str, at: datetime) -> dict[str, Flow]:
    """The same after an instant (the time of data of a publication), from the cases."""
    flows: defaultdict[str, Flow] = defaultdict(Flow)
    n = func.sum(CaseCountChange.n)
    columns = (CaseCountChange.cause, CaseCountChange.n > 0)
    statement = select(*columns, n).where(_cases_of(asked, measure, at)).group_by(*columns)
    with acting_as(_READER):
        for cause, _sign, total in db.session.execute(statement):
            flows[cause].add(int(total))
    return _outward(asked.area, flows)


def cases_after(asked: Asked, measure: str, at: datetime) -> Sequence[CaseLine]:
    """The cases behind :func:`causes_after`, latest first, at most ``MOST_CASES``.

    Names keys of cases: for readers who meet the cases of the area.
    """
    columns = (CaseCountChange.case_id, CaseCountChange.cause, CaseCountChange.known_at)
    statement = select(*columns, CaseCountChange.n).where(_cases_of(asked, measure, at))
    latest = statement.order_by(CaseCountChange.id.desc()).limit(MOST_CASES)
    with acting_as(_READER):
        return [CaseLine(*row) for row in db.session.execute(latest)]


def end_of(day: date) -> datetime:
    """The last instant of a day in Japan."""
    return clock.midnight_in_japan(day + timedelta(days=1)) - timedelta(microseconds=1)


def is_by_case(measure: str) -> bool:
    """True where an explanation can be counted to the instant."""
    return measure in BY_CASE


def _outward(area: Area, flows: dict[str, Flow]) -> dict[str, Flow]:
    """A single centre or prefecture has no inner moves; wider areas leave theirs out."""
    single = area.centre_id is not None or (
        area.prefecture_code is not None and not area.is_below_prefecture
    )
    if single:
        return {cause: flow for cause, flow in flows.items() if flow.gained or flow.lost}
    return without_inner_moves(flows)


def _sums(where: ColumnElement[bool]) -> Sequence[tuple[str, int]]:
    n = func.sum(DailyCountChange.gained - DailyCountChange.lost)
    statement = select(DailyCountChange.measure, n).where(where)
    rows = db.session.execute(statement.group_by(DailyCountChange.measure))
    return [(measure, int(total)) for measure, total in rows]


def _until(asked: Asked) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Whole months before the last day's own month, and that month's days."""
    measures = (BASIS[asked.basis].measure, *STOCKS, *ENDINGS)
    fine = asked.area.is_below_prefecture
    day, month = (CENTRE_DAY, CENTRE_MONTH) if fine else (PREFECTURE_DAY, PREFECTURE_MONTH)
    begins, on = asked.last.replace(day=1), DailyCountChange.counted_on
    return (
        and_(_at(asked, month, measures), on < begins),
        and_(_at(asked, day, measures), on >= begins, on <= asked.last),
    )


def _flows(basis: str) -> tuple[str, ...]:
    return (BASIS[basis].measure, unlinked(basis), undated(basis), *ENDINGS)


def _days(asked: Asked, measures: Sequence[str]) -> ColumnElement[bool]:
    grain = CENTRE_DAY if asked.area.is_below_prefecture else PREFECTURE_DAY
    on = DailyCountChange.counted_on
    return and_(_at(asked, grain, measures), on >= asked.first, on <= asked.last)


def _at(asked: Asked, grain: str, measures: Sequence[str]) -> ColumnElement[bool]:
    conditions = [
        DailyCountChange.grain == grain,
        DailyCountChange.measure.in_(measures),
        *_in_area(DailyCountChange, asked),
    ]
    return and_(*conditions)


def _cases_of(asked: Asked, measure: str, at: datetime) -> ColumnElement[bool]:
    on = CaseCountChange.counted_on
    return and_(
        *_in_area(CaseCountChange, asked),
        CaseCountChange.measure == measure,
        on >= asked.first,
        on <= asked.last,
        CaseCountChange.known_at > at,
    )


def _in_area(model: Any, asked: Asked) -> list[ColumnElement[bool]]:
    area = asked.area
    conditions = [
        model.disease_id.in_(select(Disease.id).where(Disease.family == asked.family)),
        model.prefecture_code.in_(area.prefecture_codes),
    ]
    if area.authority_id is not None:
        conditions.append(model.authority_id == area.authority_id)
    if area.centre_id is not None:
        conditions.append(model.centre_id == area.centre_id)
    return conditions
