"""Columns side by side in groups: numbers by item, compared by another."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from app.core.charts import frame
from app.core.charts.canvas import SIZE, WIDE, Canvas, shortened, text_width
from app.core.charts.scale import Scale, decimals_of, number, ticks

_ROW = 15.0
"""The thickness of a bar."""
_BETWEEN = 10.0
_MOST_LABEL = 0.34
"""How much of the width the words may take."""


@dataclass(frozen=True, slots=True)
class Group:
    """A group of bars: one value per series, None where there is nothing to show."""

    label: str
    values: Sequence[float | None]


def group_chart(
    groups: Sequence[Group],
    *,
    labels: Sequence[str],
    key: str,
    title: str,
    description: str,
    decimals: int = 0,
    width: int = WIDE,
) -> Markup:
    """Horizontal bars, so that long words stand beside them; ``labels`` name the series, of which
    all but the first are hatched.

    The number stands at the end of its bar, so nothing is told by length or colour alone.
    """
    several = len(labels) > 1
    entries = [
        frame.Entry(words, place, "pattern" if place else "bar", place)
        for place, words in enumerate(labels)
    ]
    top = (frame.legend_height(entries, width) if several else 0.0) + 8
    high = sum(_height(group) for group in groups)
    canvas = Canvas(key, width, top + high + frame.FOOT, title, description)
    most = max((v for group in groups for v in group.values if v is not None), default=0)
    marks = ticks(0, most or 1, whole=decimals == 0)
    left = min(max((text_width(g.label) for g in groups), default=0) + 14, _MOST_LABEL * width)
    room = text_width(number(most, decimals)) + 8
    scale = Scale(0, marks[-1], left, width - room)
    if several:
        frame.draw_legend(canvas, entries, width)
    for mark in marks:
        x = scale(mark)
        canvas.line(x, top, x, top + high)
        words = number(mark, decimals_of(marks))
        canvas.text(x, top + high + 8 + SIZE, words, anchor="middle", kind="muted")
    y = top
    for group in groups:
        _draw(canvas, group, labels, scale, (left, y), decimals)
        y += _height(group)
    canvas.line(left, top, left, top + high, kind="axis")
    return escape(canvas)


def _height(group: Group) -> float:
    return len(group.values) * _ROW + _BETWEEN


def _draw(
    canvas: Canvas,
    group: Group,
    labels: Sequence[str],
    scale: Scale,
    at: tuple[float, float],
    decimals: int,
) -> None:
    left, top = at
    middle = top + _height(group) / 2 + SIZE / 3
    canvas.text(left - 6, middle, shortened(group.label, left - 12), anchor="end")
    for place, value in enumerate(group.values):
        y = top + _BETWEEN / 2 + place * _ROW
        if value is None:
            canvas.text(left + 4, y + _ROW - 4, "—", kind="muted")
            continue
        end, words = scale(value), number(value, decimals)
        tooltip = f"{group.label} {labels[place]} {words}"
        path = f"M{left:.1f} {y + 1:.1f}H{end:.1f}v{_ROW - 2:.0f}H{left:.1f}z"
        canvas.open_series(place)
        if place:
            canvas.hatch(path, place, tooltip=tooltip)
        else:
            canvas.fill(path, tooltip=tooltip)
        canvas.close_series()
        canvas.text(end + 4, y + _ROW - 4, words, kind="muted")
