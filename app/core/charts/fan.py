"""Counts with what is estimated of them: solid columns, then a hatched fan about a dashed line.

What was counted and what is estimated differ by form, not by colour alone: columns are counts,
hatching is an estimate of the coming days. An estimate of the past (a reproduction number) is a
solid line in a plain band.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from markupsafe import Markup, escape

from app.core.charts import frame
from app.core.charts.canvas import DASHES, WIDE, Canvas, text_width
from app.core.charts.lines import Threshold
from app.core.charts.scale import Days, Scale, decimals_of, number, ticks

_HIGHEST = 1.2
"""An outer band is cut where it is so many times the highest of everything else."""
_NEAR = 2.0
_HATCH = 5.0


@dataclass(frozen=True, slots=True)
class FanDay:
    """An estimate of a day: its middle, and its bands from the inner one outwards."""

    day: date
    middle: float
    bands: Sequence[tuple[float, float]] = ()


@dataclass(frozen=True, slots=True)
class Fan:
    """Estimates in the order of time. ``is_ahead``: of days to come, dashed and hatched."""

    label: str
    days: Sequence[FanDay]
    is_ahead: bool = True


def fan_chart(
    fans: Sequence[Fan],
    *,
    key: str,
    title: str,
    description: str,
    first: date,
    last: date,
    counts: Sequence[tuple[date, float]] = (),
    counted: str = "",
    thresholds: Sequence[Threshold] = (),
    shaded: tuple[date, str] | None = None,
    decimals: int = 0,
    width: int = WIDE,
    height: int = 260,
) -> Markup:
    """Counts as columns (``counted`` names them) and fans over the days ``first``–``last``.

    ``thresholds`` far above everything are left out of the picture; they belong in the table.
    ``shaded`` greys the days from its own on, with its words as the tooltip.
    """
    top_value = _highest(fans, counts)
    near = [one for one in thresholds if one.value <= top_value * _NEAR]
    marks = ticks(0, max([top_value, *(one.value for one in near)]), 6, whole=decimals == 0)
    entries = [frame.Entry(counted, 0, "bar")] if counts else []
    begin = len(entries)
    entries += [
        frame.Entry(each.label, begin + n, "line" if each.is_ahead else "mean")
        for n, each in enumerate(fans)
    ]
    entries += [frame.Entry(each.label, 0, "threshold") for each in near]
    top = frame.legend_height(entries, width) + 12
    canvas = Canvas(key, width, top + height + frame.FOOT, title, description)
    left = max(text_width(number(mark, decimals_of(marks))) for mark in marks) + 10
    days = Days(first, last, left, width - 14)
    scale = Scale(0, marks[-1], top + height, top)
    if shaded is not None and shaded[0] <= last:
        x = days.x(max(shaded[0], first), 0)
        canvas.shade(x, top, days.right - x, height)
        canvas.area(x, top, days.right - x, height, shaded[1])
    frame.draw_legend(canvas, entries, width)
    limits = [one.value for one in near]
    frame.draw_values(canvas, scale, marks, plot=(left, days.right), limits=limits)
    frame.draw_days(canvas, days, top, top + height)
    _draw_counts(canvas, counts, counted, days, scale)
    canvas.line(left, top + height, days.right, top + height, kind="axis")
    for one in near:
        canvas.line(left, scale(one.value), days.right, scale(one.value), kind="threshold")
    for index, fan in enumerate(fans):
        _draw_fan(canvas, fan, begin + index, days, scale, decimals)
    return escape(canvas)


def _highest(fans: Sequence[Fan], counts: Sequence[tuple[date, float]]) -> float:
    inner = [value for _day, value in counts]
    outer = []
    for fan in fans:
        for one in fan.days:
            inner += [one.middle, *(high for _low, high in one.bands[:1])]
            outer += [high for _low, high in one.bands]
    highest = max(inner, default=0) or 1.0
    return min(max([highest, *outer]), highest * _HIGHEST)


def _draw_counts(
    canvas: Canvas,
    counts: Sequence[tuple[date, float]],
    counted: str,
    days: Days,
    scale: Scale,
) -> None:
    wide = days.step * 0.8 if days.step > 3 else days.step
    canvas.open_series(0)
    for day, value in counts:
        if value > 0:
            x = days.x(day, 0) + (days.step - wide) / 2
            tooltip = f"{day.month}/{day.day} {counted} {number(value)}"
            path = f"M{x:.1f} {scale(0):.1f}V{scale(value):.1f}h{wide:.2f}V{scale(0):.1f}z"
            canvas.fill(path, tooltip=tooltip, opacity=0.85)
    canvas.close_series()


def _draw_fan(
    canvas: Canvas, fan: Fan, index: int, days: Days, scale: Scale, decimals: int
) -> None:
    canvas.open_series(index)
    for run in _runs(fan.days):
        for place in reversed(range(len(run[0].bands))):
            _draw_band(canvas, run, place, days, scale, hatched=fan.is_ahead)
        path = "M" + "L".join(f"{days.x(d.day):.1f} {_y(scale, d.middle):.1f}" for d in run)
        canvas.stroke(
            path, dash=(DASHES[index % len(DASHES)] or "6 4") if fan.is_ahead else "", thick=2.2
        )
        if len(run) == 1:
            canvas.marker(days.x(run[0].day), _y(scale, run[0].middle), index)
    canvas.close_series()
    for one in fan.days:
        span = [f"{number(low, decimals)}–{number(high, decimals)}" for low, high in one.bands]
        words = f"{one.day.month}/{one.day.day} {fan.label} {number(one.middle, decimals)}"
        tooltip = f"{words} ({' / '.join(span)})" if span else words
        canvas.area(days.x(one.day, 0), scale.end, days.step, scale.start - scale.end, tooltip)


def _draw_band(
    canvas: Canvas, run: Sequence[FanDay], place: int, days: Days, scale: Scale, *, hatched: bool
) -> None:
    upper = [(days.x(one.day), _y(scale, one.bands[place][1])) for one in run]
    lower = [(days.x(one.day), _y(scale, one.bands[place][0])) for one in run]
    outline = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in (*upper, *reversed(lower))) + "z"
    canvas.fill(outline, opacity=0.16 if place == 0 else 0.09)
    if not hatched or place:
        return
    strokes = []
    for (x1, high1), (x2, high2), (_x, low1), (_y2, low2) in zip(
        upper, upper[1:], lower, lower[1:], strict=False
    ):
        steps = max(1, round((x2 - x1) / _HATCH))
        for n in range(steps):
            share = n / steps
            x = x1 + share * (x2 - x1)
            ends = (low1 + share * (low2 - low1), high1 + share * (high2 - high1))
            strokes.append(f"M{x:.1f} {ends[0]:.1f}V{ends[1]:.1f}")
    canvas.stroke("".join(strokes), thick=0.6)


def _y(scale: Scale, value: float) -> float:
    """Inside the picture: what is higher is cut at its edge."""
    return scale(min(max(value, scale.low), scale.high))


def _runs(days: Sequence[FanDay]) -> list[list[FanDay]]:
    """Days without a missing one between them."""
    runs: list[list[FanDay]] = []
    for one in days:
        if runs and one.day - runs[-1][-1].day == timedelta(days=1):
            runs[-1].append(one)
        else:
            runs.append([one])
    return runs
