"""The one statement behind a table: GROUP BY over the records that exist for the asking actor."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, null, or_, select

from app.analysis.buckets import ABSENT, bucket
from app.analysis.dimensions import SUBJECTS, Dimension, dimensions
from app.analysis.figures import Figures, Key, Tally, added_up
from app.analysis.measures import MEASURES, Measure
from app.analysis.question import Question
from app.analysis.reach import Reach
from app.cases.counting import counted_cases
from app.core.db import db
from app.institutions.diseases import Disease
from app.statistics.areas import own_area
from app.statistics.measures import BASES
from app.statistics.models import DailyCount
from app.statistics.rules import CENTRE_DAY, PREFECTURE_DAY

Heard = Callable[[int, int], None]
Tallies = dict[tuple[Key, Key], Tally]


def _unheard(_done: int, _total: int) -> None:
    """Progress nobody follows."""


def statement_of(question: Question) -> Select[Any]:
    """Values of the dimensions, of the measure where it is averaged, records, amount."""
    measure = MEASURES[question.measure]
    columns = {one.column: None for one in _chosen(question)}
    value = measure.value if measure.form in ("distinct", "mean", "median") else None
    grouped = [*columns] if value is None else [*columns, value]
    amount = measure.value if measure.form == "part" else literal(0)
    statement = select(
        *columns, null() if value is None else value, func.count(), amount
    ).select_from(SUBJECTS[question.subject])
    if question.subject != "case":
        statement = statement.join(SUBJECTS[question.subject].case)
    return statement.where(*_conditions(question)).group_by(*grouped)


def figures_of(question: Question, reach: Reach, *, heard: Heard | None = None) -> Figures:
    """The table's figures; with ``heard`` month by month, telling how many are done."""
    measure = MEASURES[question.measure]
    parts = [question] if heard is None else question.months()
    tallies: Tallies = defaultdict(Tally)
    with reach.reading():
        for done, part in enumerate(parts, start=1):
            _add(tallies, part, measure)
            (heard or _unheard)(done, len(parts))
    return added_up(tallies, measure)


def expected_records(question: Question, reach: Reach) -> int:
    """About how many cases the period has where the actor looks: from the roll-up, at once."""
    area = own_area(reach.actor)
    names = {basis.attribute: basis.measure for basis in BASES}
    statement = select(func.sum(DailyCount.n)).where(
        DailyCount.disease_id.in_(select(Disease.id)),
        DailyCount.grain == (CENTRE_DAY if area.is_below_prefecture else PREFECTURE_DAY),
        DailyCount.prefecture_code.in_(area.prefecture_codes),
        DailyCount.measure == names.get(question.basis, BASES[0].measure),
        DailyCount.counted_on.between(question.first, question.last),
    )
    return int(db.session.scalar(statement) or 0)


def _chosen(question: Question) -> list[Dimension]:
    known = dimensions()
    return [known[key] for key in (*question.rows, *question.columns)]


def basis_column(question: Question) -> Any:
    """The date by which records are of the period."""
    return getattr(SUBJECTS[question.subject], question.basis)


def _conditions(question: Question) -> list[ColumnElement[bool]]:
    conditions = [basis_column(question).between(question.first, question.last)]
    if question.counted:
        conditions.append(counted_cases())
    for key, values in question.filters:
        conditions.append(_one_of(dimensions()[key], values))
    return conditions


def _one_of(dimension: Dimension, values: tuple[str, ...]) -> ColumnElement[bool]:
    column = dimension.column
    kind = column.type.python_type
    named: ColumnElement[bool] = column.in_([kind(value) for value in values if value != ABSENT])
    return or_(named, column.is_(None)) if ABSENT in values else named


def _add(tallies: Tallies, question: Question, measure: Measure) -> None:
    """Put what the statement finds into the lines and columns of the table."""
    chosen = _chosen(question)
    places = {column: number for number, column in enumerate({d.column: None for d in chosen})}
    rows = [(places[d.column], d) for d in chosen[: len(question.rows)]]
    columns = [(places[d.column], d) for d in chosen[len(question.rows) :]]
    known: dict[tuple[str, Any], str | None] = {}

    def key_of(line: Any, side: list[tuple[int, Dimension]]) -> Key:
        found = []
        for place, dimension in side:
            at = (dimension.key, line[place])
            if at not in known:
                known[at] = bucket(dimension, line[place])
            found.append(known[at])
        return tuple(found)

    for line in db.session.execute(statement_of(question)):
        value, records, amount = line[len(places) :]
        tally = tallies[key_of(line, rows), key_of(line, columns)]
        tally.add(records, amount or 0, value if measure.form not in ("count", "part") else None)
