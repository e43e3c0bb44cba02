"""Stacked daily columns with a trailing mean: the epidemic curve."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from markupsafe import Markup, escape

from app.core.charts import frame
from app.core.charts.canvas import WIDE, Canvas, text_width
from app.core.charts.scale import Days, Scale, decimals_of, number, ticks
from app.core.labels import Label

_THIN = 3.0
"""Columns narrower than this touch each other and share their tooltips by week."""
_WIDEST = 40.0
_MEAN_COLOUR = 6

INCOMPLETE = Label("未確定（今後増える見込み）", "Incomplete (more is still coming in)")
MEAN = Label("{days}日間移動平均", "{days}-day mean")


@dataclass(frozen=True, slots=True)
class BarSeries:
    """Daily counts from the chart's first day on; None is "not reported"."""

    label: str
    values: Sequence[float | None]


def bar_chart(
    series: Sequence[BarSeries],
    *,
    key: str,
    title: str,
    description: str,
    first: date,
    mean_days: int | None = 7,
    decimals: int = 0,
    every: int = 1,
    incomplete: int = 0,
    before: Sequence[float | None] = (),
    width: int = WIDE,
    height: int = 260,
) -> Markup:
    """Columns stacked in the order of ``series``, from the day ``first`` on.

    ``mean_days``: length of the trailing mean drawn as a line; None draws none. ``before``: what
    the days before ``first`` had, for the mean of the first days. ``every``: days in a column
    (7: weekly sums). The last ``incomplete`` columns are hatched, the mean over them is dashed.
    """
    count = max((len(each.values) for each in series), default=0) or 1
    totals = _totals(series, count)
    means = trailing_mean([*before, *totals], mean_days) if mean_days else []
    mean, sure = means[len(before) :], count - incomplete
    entries = [frame.Entry(each.label, n, "bar") for n, each in enumerate(series)]
    if incomplete:
        entries.append(frame.Entry(str(INCOMPLETE), 0, "pattern"))
    if mean_days:
        entries.append(frame.Entry(_mean_words(mean_days), _MEAN_COLOUR, "mean"))
    top = frame.legend_height(entries, width) + 12
    canvas = Canvas(key, width, top + height + frame.FOOT, title, description)
    marks = ticks(0, max((total or 0 for total in totals), default=0) or 1, whole=decimals == 0)
    left = max(text_width(number(mark, decimals_of(marks))) for mark in marks) + 10
    days = Days(first, first + timedelta(days=count * every - 1), left, width - 14)
    scale = Scale(0, marks[-1], top + height, top)
    frame.draw_legend(canvas, entries, width)
    frame.draw_values(canvas, scale, marks, plot=(left, days.right))
    frame.draw_days(canvas, days, top + height, top + height, every)
    _draw_columns(canvas, series, days, scale, (every, sure))
    canvas.line(left, top + height, days.right, top + height, kind="axis")
    _draw_mean(canvas, mean, days, scale, sure)
    _draw_tooltips(canvas, series, totals, days, (top, height), decimals, every)
    return escape(canvas)


def trailing_mean(values: Sequence[float | None], days: int) -> list[float | None]:
    """The mean of each day and the ``days - 1`` before it; None while one is missing."""
    means: list[float | None] = []
    for end in range(1, len(values) + 1):
        window = [value for value in values[max(0, end - days) : end] if value is not None]
        means.append(sum(window) / days if len(window) == days else None)
    return means


def _mean_words(days: int) -> str:
    return str(MEAN).format(days=days)


def _totals(series: Sequence[BarSeries], count: int) -> list[float | None]:
    """Per day the sum over the series, None when no series reports the day."""
    totals: list[float | None] = []
    for offset in range(count):
        found = [
            value
            for each in series
            if offset < len(each.values) and (value := each.values[offset]) is not None
        ]
        totals.append(sum(found) if found else None)
    return totals


def _draw_columns(
    canvas: Canvas, series: Sequence[BarSeries], days: Days, scale: Scale, span: tuple[int, int]
) -> None:
    """One path per series: a year of columns stays a few kilobytes.

    ``span``: the days in a column, and how many columns are complete.
    """
    every, sure = span
    step = days.step * every
    wide = step if step < _THIN else min(step * 0.8, _WIDEST * every)
    gap = step - wide
    base = [0.0] * (days.count // every)
    for index, each in enumerate(series):
        path: list[str] = []
        unsure: list[str] = []
        for offset, value in enumerate(each.values):
            if not value:
                continue
            low, high = scale(base[offset]), scale(base[offset] + value)
            x = days.left + offset * step + gap / 2
            column = f"M{x:.1f} {low:.1f}V{high:.1f}h{wide:.2f}V{low:.1f}z"
            (path if offset < sure else unsure).append(column)
            base[offset] += value
        canvas.open_series(index).fill("".join(path), opacity=0.85)
        if unsure:
            canvas.hatch("".join(unsure), 0)
        canvas.close_series()


def _draw_mean(
    canvas: Canvas, mean: Sequence[float | None], days: Days, scale: Scale, sure: int
) -> None:
    points = [
        (days.left + (offset + 0.5) * days.step, None if value is None else scale(value))
        for offset, value in enumerate(mean)
    ]
    solid, dashed = _path(points[:sure]), _path(points[max(sure - 1, 0) :])
    if solid or dashed:
        canvas.open_series(_MEAN_COLOUR)
        if solid:
            canvas.stroke(solid)
        if dashed and sure < len(points):
            canvas.stroke(dashed, dash="3 4")
        canvas.close_series()


def _path(points: Sequence[tuple[float, float | None]]) -> str:
    """A line with gaps where nothing is known."""
    path: list[str] = []
    drawing = False
    for x, y in points:
        if y is not None:
            path.append(f"{'L' if drawing else 'M'}{x:.1f} {y:.1f}")
        drawing = y is not None
    return "".join(path)


def _draw_tooltips(
    canvas: Canvas,
    series: Sequence[BarSeries],
    totals: Sequence[float | None],
    days: Days,
    place: tuple[float, float],
    decimals: int,
    every: int,
) -> None:
    """A tooltip per column, or per week where days are too thin to point at."""
    together = 1 if days.step * every >= _THIN else 7
    for start in range(0, len(totals), together):
        end = min(start + together, len(totals))
        first = days.first + timedelta(days=start * every)
        last = days.first + timedelta(days=end * every - 1)
        when = f"{first:%Y/%m/%d}" if first == last else f"{first:%Y/%m/%d}–{last:%m/%d}"
        parts = [
            f"{each.label} {number(sum(v or 0 for v in each.values[start:end]), decimals)}"
            for each in series
        ]
        if all(total is None for total in totals[start:end]):
            parts = ["—"]
        x = days.left + start * every * days.step
        wide = (end - start) * every * days.step
        canvas.area(x, place[0], wide, place[1], f"{when} {' / '.join(parts)}")
