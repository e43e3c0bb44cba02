"""Tables of figures: each indicator under its one definition, from the roll-up alone."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from app.core.labels import Label
from app.exports.tables import ExportColumn, Kind
from app.reports.book import Chart
from app.reports.kind import Wanted
from app.statistics import derived
from app.statistics.areas import Level
from app.statistics.care import IN_CARE
from app.statistics.definitions import (
    CUMULATIVE,
    DIED,
    DIED_TOTAL,
    DISCHARGED,
    DISCHARGED_TOTAL,
    NEW,
    RATE,
    STOCK_INDICATORS,
    UNDATED,
    UNLINKED_CASES,
    UNLINKED_SHARE,
    Indicator,
)
from app.statistics.derived import Derived
from app.statistics.queries import Asked, Figures, RollupRow, rollup, total_of

WEEK = timedelta(days=7)
DAY = timedelta(days=1)
PLACES: Mapping[Level, Label] = {
    "prefecture": Label("都道府県", "Prefecture"),
    "authority": Label("保健所設置自治体", "Authority"),
    "centre": Label("保健所", "Health centre"),
}
CODE = Label("コード", "Code")
DATE = Label("日付", "Date")
MEAN = Label("7日間移動平均", "7-day mean")
MEAN_SENTENCE = Label(
    "当日を含む直近7日間の新規陽性者数の平均。", "Mean of the new cases of the last 7 days."
)
TOTAL = Label("合計", "Total")
FLOWS = (NEW, UNLINKED_CASES, UNLINKED_SHARE, RATE, DISCHARGED, DIED, UNDATED, CUMULATIVE)
STATUS = (*STOCK_INDICATORS, DISCHARGED_TOTAL, DIED_TOTAL)
PLACE_WIDTHS = {
    **{str(label): 20 for label in PLACES.values()},
    str(CODE): 20,
    str(derived.WEEK_PER_100K.label): 16,
    str(derived.CARE_PER_100K.label): 12,
}
CURVE_TAIL = 6
"""Days before the first one that its 7-day mean needs."""


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet: its name, its title, columns over rows, and charts below them.

    ``control`` is a sum that has to come out the same by another way: (found, expected).
    """

    name: str
    title: str
    columns: Sequence[ExportColumn]
    rows: Sequence[Any]
    lines: Sequence[str] = ()
    charts: Sequence[Chart] = ()
    widths: Mapping[str, int] = field(default_factory=dict)
    control: tuple[int, int] | None = None


def asked_of(wanted: Wanted) -> Asked:
    """The question to the roll-up behind a report."""
    return Asked(wanted.basis, wanted.first, wanted.last, wanted.area, wanted.family)


def over(asked: Asked, first: date, last: date) -> Asked:
    """The same question about other days."""
    return replace(asked, first=first, last=last)


def days_before(asked: Asked) -> Asked:
    """As many days as asked for, right before them."""
    length = asked.last - asked.first + DAY
    return over(asked, asked.first - length, asked.first - DAY)


def whole(asked: Asked, population: int | None) -> Figures:
    """The figures of the whole area."""
    return total_of(rollup(_coarsest(asked), asked), population=population)


def _coarsest(asked: Asked) -> Level:
    """The fewest rows that add up to the area; what has no authority yet is among them."""
    if asked.area.centre_id is not None:
        return "centre"
    return "authority" if asked.area.authority_id is not None else "prefecture"


def curve(asked: Asked, *, days: int, title: str) -> Table:
    """The last days one by one, with the 7-day mean, and the curve of both."""
    first = min(asked.first, asked.last - timedelta(days=days - 1))
    rows = rollup("day", over(asked, first - CURVE_TAIL * DAY, asked.last))
    new = [row.figures.new for row in rows]
    means = {
        row.key: round(sum(new[place - CURVE_TAIL : place + 1]) / 7, 1)
        for place, row in enumerate(rows)
        if place >= CURVE_TAIL
    }
    columns = (
        ExportColumn(DATE, "date", lambda row: row.key),
        indicator_column(NEW),
        ExportColumn(MEAN, "decimal", lambda row: means[row.key], str(MEAN_SENTENCE)),
        *map(indicator_column, (UNLINKED_CASES, DISCHARGED, DIED, CUMULATIVE, *STOCK_INDICATORS)),
    )
    shown = rows[CURVE_TAIL:]
    control = (
        sum(row.figures.new for row in shown),
        whole(over(asked, first, asked.last), None).new,
    )
    return Table(
        "日別",
        title,
        columns,
        shown,
        charts=(Chart("column", str(NEW.label), 0, (1,)), Chart("line", str(MEAN), 0, (2,))),
        control=control,
    )


def by_place(asked: Asked, level: Level, *, name: str, title: str) -> Table:
    """New cases, discharges and deaths of each place, and their total."""
    rows = rollup(level, asked)
    control = (total_of(rows).new, whole(asked, None).new)
    return Table(
        name,
        title,
        (*_place_columns(level), *map(indicator_column, FLOWS)),
        (*rows, _total_row(rows)),
        charts=_bars(str(NEW.label), 2) if len(rows) > 1 else (),
        widths=PLACE_WIDTHS,
        control=control,
    )


def status(asked: Asked, level: Level, *, name: str, title: str) -> Table:
    """Where the people of each place are cared for at the end of the last day."""
    rows = rollup(level, asked)
    shown = [row for row in rows if row.code or any(row.figures.stocks.values())]
    columns = (
        *_place_columns(level),
        ExportColumn(
            IN_CARE.label,
            "integer",
            lambda row: derived.people_in_care(row.figures.stocks),
            str(IN_CARE.sentence),
        ),
        *map(indicator_column, STATUS),
        ratio_column(derived.ADMISSION_RATE, _admission_rate),
        ratio_column(derived.CARE_PER_100K, _care_per_100k),
    )
    return Table(name, title, columns, (*shown, _total_row(shown)), widths=PLACE_WIDTHS)


def recent_by_place(asked: Asked, level: Level, *, name: str, title: str) -> Table:
    """The day, the day before, the last seven days and the seven before, of each place."""
    last = asked.last
    periods = (
        (last, last),
        (last - DAY, last - DAY),
        (last - 6 * DAY, last),
        (last - WEEK - 6 * DAY, last - WEEK),
    )
    found = [rollup(level, over(asked, *days)) for days in periods]
    keys = {row.key: row for rows in found for row in rows}
    lines: list[tuple[Any, ...]] = [
        (row, *(_new_at(rows, row.key) for rows in found)) for row in keys.values()
    ]
    lines.append((_total_row(found[2]), *(total_of(rows).new for rows in found)))
    columns = (
        *_place_columns(level, lambda line: line[0]),
        ExportColumn(NEW.label, "integer", lambda line: line[1], str(NEW.sentence)),
        ExportColumn(Label("前日", "The day before"), "integer", lambda line: line[2]),
        ExportColumn(Label("直近7日間", "Last 7 days"), "integer", lambda line: line[3]),
        ExportColumn(Label("その前の7日間", "The 7 before"), "integer", lambda line: line[4]),
        ratio_column(derived.WEEK_RATIO, lambda line: derived.share(line[3], line[4])),
        ratio_column(
            derived.WEEK_PER_100K,
            lambda line: derived.per_100k(line[3], line[0].figures.population),
        ),
        indicator_column(CUMULATIVE, lambda line: line[0].figures),
    )
    control = (lines[-1][3], whole(over(asked, *periods[2]), None).new)
    charts = _bars("直近7日間の新規陽性者数", 4) if len(keys) > 1 else ()
    return Table(name, title, columns, lines, charts=charts, widths=PLACE_WIDTHS, control=control)


def summary(asked: Asked, population: int | None, *, name: str, title: str) -> Table:
    """The area's indicators: these days, as many days before, and what changed."""
    now = whole(asked, population)
    before = whole(days_before(asked), population)
    lines = [
        (one, one.value(now), one.value(before))
        for one in (*FLOWS, *STATUS)
        if one is not UNDATED or now.undated
    ]
    columns = (
        ExportColumn(Label("指標", "Indicator"), "text", lambda line: str(line[0].label)),
        ExportColumn(Label("今回", "Now"), "decimal", lambda line: _rounded(line[0], line[1])),
        ExportColumn(Label("前回", "Before"), "decimal", lambda line: _rounded(line[0], line[2])),
        ExportColumn(Label("増減", "Change"), "decimal", _change),
        ExportColumn(Label("単位", "Unit"), "text", lambda line: str(line[0].unit)),
        ExportColumn(
            Label("定義", "Definition"),
            "text",
            lambda line: f"{line[0].sentence}（{line[0].formula}）",
        ),
    )
    return Table(name, title, columns, lines, widths={"指標": 24, "定義": 76})


def indicator_column(
    one: Indicator, figures_of: Callable[[Any], Figures] | None = None
) -> ExportColumn:
    """The column of an indicator over rows of the roll-up."""

    def value(row: Any) -> Any:
        figures = row.figures if figures_of is None else figures_of(row)
        return _rounded(one, one.value(figures))

    kind: Kind = "integer" if one.decimals is None else "decimal"
    return ExportColumn(one.label, kind, value, f"{one.sentence}（{one.formula}）")


def ratio_column(one: Derived, value_of: Callable[[Any], float | None]) -> ExportColumn:
    """The column of a ratio."""

    def value(row: Any) -> float | None:
        found = value_of(row)
        return None if found is None else round(found, one.decimals)

    return ExportColumn(one.label, "decimal", value, f"{one.sentence}（{one.formula}）")


def _bars(title: str, column: int) -> tuple[Chart, ...]:
    return (Chart("column", title, 0, (column,), without_total=True),)


def _place_columns(
    level: Level, row_of: Callable[[Any], RollupRow] = lambda row: row
) -> tuple[ExportColumn, ...]:
    return (
        ExportColumn(PLACES[level], "text", lambda row: row_of(row).name),
        ExportColumn(CODE, "text", lambda row: row_of(row).code.removeprefix("authority_")),
    )


def _total_row(rows: Sequence[RollupRow]) -> RollupRow:
    known = [row.figures.population for row in rows if row.code]
    population = sum(filter(None, known)) if known and all(known) else None
    return RollupRow("", str(TOTAL), "", total_of(rows, population=population))


def _new_at(rows: Sequence[RollupRow], key: Any) -> int:
    return next((row.figures.new for row in rows if row.key == key), 0)


def _rounded(one: Indicator, value: float | None) -> float | None:
    return value if value is None or one.decimals is None else round(value, one.decimals)


def _change(line: tuple[Indicator, float | None, float | None]) -> float | None:
    one, now, before = line
    return None if now is None or before is None else _rounded(one, now - before)


def _admission_rate(row: RollupRow) -> float | None:
    return derived.admission_rate(row.figures.stocks)


def _care_per_100k(row: RollupRow) -> float | None:
    in_care = derived.people_in_care(row.figures.stocks)
    return derived.per_100k(in_care, row.figures.population)
