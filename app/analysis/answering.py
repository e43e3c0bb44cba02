"""From a question to what may be shown: size, result, protection, and what was shown before."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.analysis.axes import lines_of
from app.analysis.differences import NOTHING_BETWEEN, can_be_subtracted, cells_between
from app.analysis.figures import Figures
from app.analysis.measures import MEASURES
from app.analysis.models import AnalysisAsked
from app.analysis.queries import expected_records, figures_of
from app.analysis.question import (
    ENOUGH_COLUMNS,
    ENOUGH_PROTECTED,
    ENOUGH_ROWS,
    Question,
    is_given_away,
    overlap,
    restored_question,
    same_records,
)
from app.analysis.reach import Reach
from app.analysis.service import kept_result, remember_shown, shown_before
from app.analysis.suppression import is_small
from app.analysis.table import Protection, Table, table_of
from app.core import clock
from app.core.dates import format_instant
from app.core.errors import DomainError
from app.statistics.areas import own_area, standing_of

Earlier = tuple[AnalysisAsked, Question]
SUBTRACTED = 20
"""With how many earlier tables a new one is compared cell by cell; each is counted anew."""


class Refusal(StrEnum):
    """Why there is no table."""

    LONG = "long"
    """It is long work, and the result is not there yet."""
    FEW = "few"
    """Fewer people than the threshold meet the conditions."""
    DIFFERENCE = "difference"
    """With an earlier table it would show what few people say."""
    LARGE = "large"
    """More rows or columns than a page holds."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A table, or why there is none."""

    area: str
    protection: Protection
    table: Table | None = None
    refusal: Refusal | None = None
    sentence: str = ""
    expected: int = 0
    warnings: list[str] = field(default_factory=list)


class TooLarge(DomainError):
    """More lines than a page holds."""

    status = 422


def protection_of(question: Question, reach: Reach) -> Protection:
    """Hidden small numbers for those without records, and in tables for passing on."""
    if not (reach.sums_only or question.passing_on):
        return Protection()
    settings = current_app.config
    return Protection(settings["ANALYSIS_THRESHOLD"], settings["ANALYSIS_ROUNDING"])


def answer(question: Question, reach: Reach) -> Answer:
    """The table as it may be shown. Long work that was not done yet is not begun here."""
    protection = protection_of(question, reach)
    standing = standing_of(own_area(reach.actor))
    plain = Answer(standing.name, protection)
    found = _figures(question, reach)
    if isinstance(found, int):
        return _refused(plain, Refusal.LONG, expected=found)
    figures, made_at = found
    earlier = _earlier(reach) if protection.is_on else []
    try:
        table = _table(question, reach, figures, protection, standing.population, earlier)
    except TooLarge as problem:
        return _refused(plain, Refusal.LARGE, str(problem.message))
    table.made_at = made_at
    if not protection.is_on:
        return Answer(standing.name, protection, table)
    return _protected(plain, table, reach, earlier)


def _figures(question: Question, reach: Reach) -> tuple[Figures, datetime] | int:
    """Figures with their time, or how many records make it long work."""
    limit = current_app.config["ANALYSIS_PAGE_RECORDS"]
    expected = expected_records(question, reach)
    if expected <= limit:
        return figures_of(question, reach), clock.now()
    return kept_result(question, reach) or expected


def _table(
    question: Question,
    reach: Reach,
    figures: Figures,
    protection: Protection,
    population: int | None,
    earlier: Sequence[Earlier],
) -> Table:
    rows = lines_of(question.rows, 0, question, figures, reach)
    columns = lines_of(question.columns, 1, question, figures, reach)
    if len(rows) > ENOUGH_ROWS or len(columns) > ENOUGH_COLUMNS:
        sides = {"rows": len(rows), "columns": len(columns)}
        limits = {"most_rows": ENOUGH_ROWS, "most_columns": ENOUGH_COLUMNS}
        raise TooLarge(
            _l(
                "This would be %(rows)s rows and %(columns)s columns; a page holds %(most_rows)s and"
                " %(most_columns)s. Choose months instead of days, fewer items, or filter.",
                **sides,
                **limits,
            )
        )
    if protection.is_on and (len(rows) + 1) * (len(columns) + 1) > ENOUGH_PROTECTED:
        raise TooLarge(
            _l(
                "Small numbers of a table of more than %(most)s cells are not hidden in time. Choose"
                " fewer items.",
                most=ENOUGH_PROTECTED,
            )
        )
    lines = ([line.key for line in rows], [line.key for line in columns])
    between = NOTHING_BETWEEN
    if protection.is_on:
        subtracted = _subtracted(question, reach, earlier)
        between = cells_between(question, figures, subtracted, lines, protection.threshold)
    return table_of(
        question,
        MEASURES[question.measure],
        figures,
        (rows, columns),
        protection=protection,
        population=population,
        between=between,
    )


def _earlier(reach: Reach) -> list[Earlier]:
    return [(one, restored_question(one.question)) for one in shown_before(reach.actor)]


def _subtracted(
    question: Question, reach: Reach, earlier: Sequence[Earlier]
) -> list[tuple[Question, Figures]]:
    """The newest earlier tables that can be subtracted, counted anew: what was entered since
    then lies in both. Of two tables it is the later one that hides more, also when it is shown
    again."""
    marks = [one.fingerprint for one, _other in earlier]
    since = marks.index(question.fingerprint) + 1 if question.fingerprint in marks else 0
    asked = [other for _one, other in earlier[since:] if can_be_subtracted(other, question)]
    found = []
    for other in asked[:SUBTRACTED]:
        figures = _figures(other, reach)
        if not isinstance(figures, int):
            found.append((other, figures[0]))
    return found


def _protected(plain: Answer, table: Table, reach: Reach, earlier: Sequence[Earlier]) -> Answer:
    """The table, unless too few are behind it or an earlier one and it tell of too few."""
    threshold = plain.protection.threshold
    if is_small(table.records, threshold):
        return _refused(plain, Refusal.FEW)
    for one, asked in earlier:
        if is_given_away(table.question, table.records, asked, one.records, threshold):
            return _refused(plain, Refusal.DIFFERENCE, format_instant(one.asked_at))
    warnings = _overlaps(table.question, earlier)
    if not any(one.fingerprint == table.question.fingerprint for one, _asked in earlier):
        remember_shown(table.question, table.records, by=reach.actor)
    return Answer(plain.area, plain.protection, table, warnings=warnings)


def _overlaps(question: Question, earlier: Sequence[Earlier]) -> list[str]:
    for one, asked in earlier:
        crossed = (asked.rows, asked.columns) == (question.rows, question.columns)
        if crossed and overlap(asked, question) and not same_records(asked, question):
            return [
                _(
                    "You were shown a table of partly the same people at %(time)s. The difference of"
                    " the two can tell of single people: pass on one of them only.",
                    time=format_instant(one.asked_at),
                )
            ]
    return []


def _refused(plain: Answer, why: Refusal, about: str = "", *, expected: int = 0) -> Answer:
    threshold = plain.protection.threshold
    sentences = {
        Refusal.LONG: _(
            "This period has about %(number)s cases. It is added up in the background.",
            number=f"{expected:,}",
        ),
        Refusal.FEW: _(
            "Fewer than %(number)s records meet these conditions, so nothing is shown for passing"
            " on. Choose a longer period or fewer filters.",
            number=threshold,
        ),
        Refusal.DIFFERENCE: _(
            "Together with the table you were shown at %(time)s this one would tell of fewer than"
            " %(number)s people. Choose conditions that differ by more.",
            time=about,
            number=threshold,
        ),
        Refusal.LARGE: about,
    }
    return Answer(
        plain.area, plain.protection, refusal=why, sentence=sentences[why], expected=expected
    )
