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
    width: int = WIDE,
    height: int = 260,
) -> Markup:
    """Columns stacked in the order of ``series``, from the day ``first`` on.

    ``mean_days``: length of the trailing mean drawn as a line; None draws none.
    """
    count = max((len(each.values) for each in series), default=0) or 1
    totals = _totals(series, count)
    mean = trailing_mean(totals, mean_days) if mean_days else []
    entries = [frame.Entry(each.label, n, "bar") for n, each in enumerate(series)]
    if mean_days:
        entries.append(frame.Entry(_mean_words(mean_days), _MEAN_COLOUR, "mean"))
    top = frame.legend_height(entries, width) + 12
    canvas = Canvas(key, width, top + height + frame.FOOT, title, description)
    marks = ticks(0, max((total or 0 for total in totals), default=0) or 1, whole=decimals == 0)
    left = max(text_width(number(mark, decimals_of(marks))) for mark in marks) + 10
    days = Days(first, first + timedelta(days=count - 1), left, width - 14)
    scale = Scale(0, marks[-1], top + height, top)
    frame.draw_legend(canvas, entries, width)
    frame.draw_values(canvas, scale, marks, plot=(left, days.right))
    frame.draw_days(canvas, days, top + height, top + height)
    _draw_columns(canvas, series, days, scale)
    canvas.line(left, top + height, days.right, top + height, kind="axis")
    _draw_mean(canvas, mean, days, scale)
    _draw_tooltips(canvas, series, totals, days, (top, height), decimals)
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


def _draw_columns(canvas: Canvas, series: Sequence[BarSeries], days: Days, scale: Scale) -> None:
    """One path per series: a year of columns stays a few kilobytes."""
    wide = days.step if days.step < _THIN else min(days.step * 0.8, _WIDEST)
    gap = days.step - wide
    base = [0.0] * days.count
    for index, each in enumerate(series):
        path: list[str] = []
        for offset, value in enumerate(each.values):
            if not value:
                continue
            low, high = scale(base[offset]), scale(base[offset] + value)
            x = days.left + offset * days.step + gap / 2
            path.append(f"M{x:.1f} {low:.1f}V{high:.1f}h{wide:.2f}V{low:.1f}z")
            base[offset] += value
        canvas.open_series(index).fill("".join(path), opacity=0.85).close_series()


def _draw_mean(canvas: Canvas, mean: Sequence[float | None], days: Days, scale: Scale) -> None:
    path: list[str] = []
    drawing = False
    for offset, value in enumerate(mean):
        if value is not None:
            x = days.left + (offset + 0.5) * days.step
            path.append(f"{'L' if drawing else 'M'}{x:.1f} {scale(value):.1f}")
        drawing = value is not None
    if path:
        canvas.open_series(_MEAN_COLOUR).stroke("".join(path)).close_series()


def _draw_tooltips(
    canvas: Canvas,
    series: Sequence[BarSeries],
    totals: Sequence[float | None],
    days: Days,
    place: tuple[float, float],
    decimals: int,
) -> None:
    """A tooltip per day, or per week where days are too thin to point at."""
    every = 1 if days.step >= _THIN else 7
    for start in range(0, days.count, every):
        end = min(start + every, days.count)
        first = days.first + timedelta(days=start)
        last = days.first + timedelta(days=end - 1)
        when = f"{first:%Y/%m/%d}" if first == last else f"{first:%Y/%m/%d}–{last:%m/%d}"
        parts = [
            f"{each.label} {number(sum(v or 0 for v in each.values[start:end]), decimals)}"
            for each in series
        ]
        if all(total is None for total in totals[start:end]):
            parts = ["—"]
        x = days.left + start * days.step
        canvas.area(x, place[0], (end - start) * days.step, place[1], f"{when} {' / '.join(parts)}")
