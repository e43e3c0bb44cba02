"""Pages of a table by day: a course of years is read from its newest days back."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from app.core.dates import format_date
from app.generated.arguments import BadArgument, record_key
from app.statistics.asking import Question
from app.statistics.queries import RollupRow

PAGE = "days_page"
DAYS = 92
"""Days on a page: a quarter of a year, so that usual periods stand on one."""


@dataclass(frozen=True, slots=True)
class DayPage:
    """Some days of a longer period. ``number`` 1 holds the newest."""

    rows: Sequence[RollupRow]
    first: str
    last: str
    whole: int
    older_url: str | None
    newer_url: str | None


def day_page(
    question: Question, rows: Sequence[RollupRow], arguments: MultiDict[str, str]
) -> DayPage | None:
    """The days that the address asks for; None where all of them (or places) stand on one page.

    Raises:
        BadArgument: the period has no such page.
    """
    number = record_key(arguments[PAGE]) if arguments.get(PAGE) else 1
    pages = -(-len(rows) // DAYS) if question.level == "day" else 1
    if number > max(pages, 1):
        raise BadArgument(_l("This address is not complete or has a mistake in it."))
    if pages <= 1:
        return None
    # Whole pages from the end: the oldest page is the short one.
    end = len(rows) - (number - 1) * DAYS
    shown = rows[max(end - DAYS, 0) : end]
    return DayPage(
        rows=shown,
        first=format_date(shown[0].key),  # type: ignore[arg-type]
        last=format_date(shown[-1].key),  # type: ignore[arg-type]
        whole=len(rows),
        older_url=question.address(**{PAGE: str(number + 1)}) if number < pages else None,
        newer_url=question.address(**{PAGE: str(number - 1)}) if number > 1 else None,
    )
