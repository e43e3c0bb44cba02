"""Columns of 100 % upon each other, one a week: of what a whole consists, and how that changes."""

from collections.abc import Sequence
from datetime import date, timedelta

from markupsafe import Markup, escape

from app.core.charts import frame
from app.core.charts.canvas import SIZE, WIDE, Canvas, text_width
from app.core.charts.scale import Days, Scale, number
from app.core.charts.stacks import Layer

_BETWEEN = 0.12
"""Part of a column's place left free on each side."""
_MARKS = (0, 25, 50, 75, 100)


def share_chart(
    layers: Sequence[Layer],
    *,
    key: str,
    title: str,
    description: str,
    first: date,
    every: int = 7,
    width: int = WIDE,
    height: int = 240,
) -> Markup:
    """The layers' shares of each column from the bottom up; columns begin on ``first`` and every
    ``every`` days after it. A column of nothing is grey: there is no share of none.

    Layers differ by pattern, and how many a column stands for is written above it, so that nothing
    is told by colour alone and a share of few is seen to be one.
    """
    count = max((len(layer.values) for layer in layers), default=0) or 1
    entries = [frame.Entry(one.label, n, "pattern", n) for n, one in enumerate(layers)]
    top = frame.legend_height(entries, width) + SIZE + 12
    canvas = Canvas(key, width, top + height + frame.FOOT, title, description)
    left = text_width("100%") + 10
    days = Days(first, first + timedelta(days=count * every - 1), left, width - 14)
    scale = Scale(0, 100, top + height, top)
    frame.draw_legend(canvas, entries, width)
    for mark in _MARKS:
        canvas.line(left, scale(mark), days.right, scale(mark))
        canvas.text(left - 6, scale(mark) + 4, f"{mark}%", anchor="end", kind="muted")
    frame.draw_days(canvas, days, top + height, top + height, every)
    wide = days.step * every
    for place in range(count):
        numbers = [max(layer.values[place], 0) for layer in layers]
        begin = first + timedelta(days=place * every)
        at = (left + place * wide, wide)
        _draw_column(canvas, layers, numbers, begin, at, scale)
    canvas.line(left, top + height, days.right, top + height, kind="axis")
    return escape(canvas)


def _draw_column(
    canvas: Canvas,
    layers: Sequence[Layer],
    numbers: Sequence[float],
    begin: date,
    at: tuple[float, float],
    scale: Scale,
) -> None:
    x, wide = at
    left, right = x + wide * _BETWEEN, x + wide * (1 - _BETWEEN)
    total = sum(numbers)
    if not total:
        canvas.shade(left, scale(100), right - left, scale(0) - scale(100))
        canvas.area(left, scale(100), right - left, scale(0) - scale(100), f"{begin:%Y/%m/%d} 0")
        return
    below = 0.0
    for index, (layer, n) in enumerate(zip(layers, numbers, strict=True)):
        if not n:
            continue
        above = below + n / total * 100
        path = f"M{left:.1f} {scale(below):.1f}H{right:.1f}V{scale(above):.1f}H{left:.1f}z"
        share = number(n / total * 100, 1)
        canvas.open_series(index)
        canvas.hatch(path, index, tooltip=f"{begin:%Y/%m/%d} {layer.label} {number(n)} ({share}%)")
        canvas.close_series()
        below = above
    words = number(total)
    if text_width(words) <= wide:
        canvas.text(x + wide / 2, scale(100) - 5, words, anchor="middle", kind="muted")
