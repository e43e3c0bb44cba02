"""New cases by age group and sex, from the sums of who new cases are."""

from functools import partial

from app.cases.codes import AGE_GROUP, SEX
from app.core.labels import Label
from app.exports.tables import ExportColumn
from app.reports.book import Chart
from app.reports.figure_tables import TOTAL, Table, whole
from app.statistics.profile_queries import AgeSex, people_by_age_and_sex
from app.statistics.queries import Asked

AGE = Label("年代", "Age group")


def ages(asked: Asked, *, name: str, title: str) -> Table:
    """A row for each age group, a column for each sex; the unknown are among both."""
    found = people_by_age_and_sex(asked)
    columns = (
        ExportColumn(AGE, "text", _age_in_words),
        *(ExportColumn(one.label, "integer", partial(_of, found, one.value)) for one in SEX),
        ExportColumn(TOTAL, "integer", partial(_of, found, None)),
    )
    chart = Chart("column", title, 0, tuple(range(1, len(SEX.values) + 1)), without_total=True)
    # Whatever age and sex are, each new case stands in one cell.
    control = (found.total, whole(asked, None).new)
    rows = (*AGE_GROUP.values, None)
    return Table(name, title, columns, rows, charts=(chart,), control=control)


def _age_in_words(age: str | None) -> str:
    return str(TOTAL) if age is None else AGE_GROUP.label(age)


def _of(found: AgeSex, sex: str | None, age: str | None) -> int:
    """Of an age group and a sex; None: of all of them."""
    ages = AGE_GROUP.values if age is None else (age,)
    sexes = SEX.values if sex is None else (sex,)
    return sum(found.of(one, other) for one in ages for other in sexes)
