"""Lines over days: temperature in the morning and evening, SpO2, counts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from markupsafe import Markup, escape

from app.core.charts import frame
from app.core.charts.canvas import DASHES, WIDE, Canvas, text_width
from app.core.charts.scale import Days, Scale, number, ticks
from app.core.labels import current_language

_DENSE = 3.0
"""Below this many user units per day points are not marked one by one."""


@dataclass(frozen=True, slots=True)
class Axis:
    """A range of values; data outside it widens it. The first axis is left, a second right."""

    label: str
    unit: str = ""
    minimum: float | None = None
    maximum: float | None = None
    decimals: int = 0


@dataclass(frozen=True, slots=True)
class Point:
    """A value on a day. ``share`` is the time of day (0–1): morning 0.3, evening 0.7."""

    day: date
    value: float
    share: float = 0.5


@dataclass(frozen=True, slots=True)
class Series:
    """Points in the order of time; a day without a point is a gap in the line.

    ``every``: days from one point to the next where not every day has one (7: weekly values).
    """

    label: str
    points: Sequence[Point]
    axis: int = 0
    every: int = 1


@dataclass(frozen=True, slots=True)
class Threshold:
    """A dashed line: its value stands at its axis, its words in the legend."""

    value: float
    label: str
    axis: int = 0


def line_chart(
    series: Sequence[Series],
    *,
    key: str,
    title: str,
    description: str,
    first: date,
    last: date,
    axes: Sequence[Axis],
    thresholds: Sequence[Threshold] = (),
    width: int = WIDE,
    height: int = 260,
    gutter: tuple[float, float] | None = None,
) -> Markup:
    """Series over the days ``first``–``last``.

    Args:
        key: unique on the page.
        axes: one (left) or two (left, right).
        height: of the plot itself; legend and day labels come on top.
        gutter: room left and right of the plot, to align charts beneath each other.
    """
    entries = [
        frame.Entry(_with_unit(each.label, axes[each.axis]), n) for n, each in enumerate(series)
    ]
    entries += [frame.Entry(each.label, 0, "threshold") for each in thresholds]
    top = frame.legend_height(entries, width) + 12
    canvas = Canvas(key, width, top + height + frame.FOOT, title, description)
    marks = [_marks(n, axis, series, thresholds) for n, axis in enumerate(axes)]
    left, right = gutter or _gutter(marks)
    days = Days(first, last, left, width - right)
    scales = [Scale(each[0], each[-1], top + height, top) for each in marks]
    frame.draw_legend(canvas, entries, width)
    frame.draw_days(canvas, days, top, top + height)
    for index, scale in enumerate(scales):
        limits = [each.value for each in thresholds if each.axis == index]
        side: Literal["left", "right"] = "right" if index else "left"
        plot = (left, days.right)
        frame.draw_values(canvas, scale, marks[index], plot=plot, side=side, limits=limits)
    canvas.line(left, top + height, days.right, top + height, kind="axis")
    for limit in thresholds:
        y = scales[limit.axis](limit.value)
        canvas.line(left, y, days.right, y, kind="threshold")
    for index, each in enumerate(series):
        _draw_series(canvas, each, index, days, scales[each.axis], axes[each.axis])
    return escape(canvas)


def _with_unit(label: str, axis: Axis) -> str:
    if not axis.unit:
        return label
    return f"{label} ({axis.unit})" if current_language() == "en" else f"{label}（{axis.unit}）"


def _marks(
    index: int, axis: Axis, series: Sequence[Series], thresholds: Sequence[Threshold]
) -> list[float]:
    """The labelled values of an axis, wide enough for its data."""
    found = [point.value for each in series if each.axis == index for point in each.points]
    found += [each.value for each in thresholds if each.axis == index]
    found += [bound for bound in (axis.minimum, axis.maximum) if bound is not None]
    if not found:
        return [0.0, 1.0]
    return ticks(min(found), max(found), 6)


def _gutter(marks: Sequence[Sequence[float]]) -> tuple[float, float]:
    # One decimal more than most marks need, for the limits written beside them.
    widths = [max(text_width(number(value, 1)) for value in each) for each in marks]
    return widths[0] + 10, (widths[1] + 12 if len(widths) > 1 else 14)


def _draw_series(
    canvas: Canvas, series: Series, index: int, days: Days, scale: Scale, axis: Axis
) -> None:
    canvas.open_series(index)
    for run in _runs(series.points, series.every):
        places = [(days.x(point.day, point.share), scale(point.value)) for point in run]
        if len(places) > 1:
            path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
            canvas.stroke(path, dash=DASHES[index % len(DASHES)])
        if days.step >= _DENSE or len(places) == 1:
            for point, (x, y) in zip(run, places, strict=True):
                words = f"{number(point.value, axis.decimals)}{axis.unit}"
                tooltip = f"{point.day.month}/{point.day.day} {series.label} {words}"
                canvas.marker(x, y, index, tooltip)
    canvas.close_series()


def _runs(points: Sequence[Point], every: int) -> Iterator[list[Point]]:
    """Points without a missing one between them."""
    run: list[Point] = []
    for point in points:
        if run and (point.day - run[-1].day).days > every:
            yield run
            run = []
        run.append(point)
    if run:
        yield run
