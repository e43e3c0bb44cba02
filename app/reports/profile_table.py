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
        ExportColumn(AGE, "text", AGE_GROUP.label),
        *(ExportColumn(one.label, "integer", partial(_of, found, one.value)) for one in SEX),
        ExportColumn(TOTAL, "integer", found.by_age.get),
    )
    chart = Chart("column", title, 0, tuple(range(1, len(SEX.values) + 1)))
    # Whatever age and sex are, each new case stands in one cell.
    control = (found.total, whole(asked, None).new)
    return Table(name, title, columns, AGE_GROUP.values, charts=(chart,), control=control)


def _of(found: AgeSex, sex: str, age: str) -> int:
    return found.of(age, sex)
