"""Two sides by age: the population pyramid of cases."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from app.core.charts import frame
from app.core.charts.canvas import SIZE, WIDE, Canvas, text_width
from app.core.charts.scale import Scale, decimals_of, number, ticks

_ROW = 22.0
_LEFT, _RIGHT = 0, 1


@dataclass(frozen=True, slots=True)
class Step:
    """An age group: the left and the right number."""

    label: str
    left: float
    right: float


def pyramid_chart(
    steps: Sequence[Step],
    *,
    sides: tuple[str, str],
    key: str,
    title: str,
    description: str,
    width: int = WIDE,
) -> Markup:
    """Steps from the youngest; the youngest stand at the bottom. ``sides`` name left and right.

    The left side is hatched and the right one filled, and each bar has its number at its end.
    """
    entries = [frame.Entry(sides[0], _LEFT, "pattern"), frame.Entry(sides[1], _RIGHT, "bar")]
    top = frame.legend_height(entries, width) + 6
    high = _ROW * len(steps)
    canvas = Canvas(key, width, top + high + frame.FOOT, title, description)
    frame.draw_legend(canvas, entries, width)
    middle = max((text_width(step.label) for step in steps), default=0) / 2 + 8
    most = max((max(step.left, step.right) for step in steps), default=0)
    marks = ticks(0, most or 1, 3, whole=True)
    room = text_width(number(most)) + 8
    centre = width / 2
    left = Scale(0, marks[-1], centre - middle, room)
    right = Scale(0, marks[-1], centre + middle, width - room)
    for scale in (left, right):
        for mark in marks:
            canvas.line(scale(mark), top, scale(mark), top + high)
            words = number(mark, decimals_of(marks))
            place = top + high + 8 + SIZE
            canvas.text(scale(mark), place, words, anchor="middle", kind="muted")
    for index, step in enumerate(reversed(steps)):
        y = top + index * _ROW
        canvas.text(centre, y + _ROW / 2 + 4, step.label, anchor="middle")
        _draw_bar(canvas, _LEFT, step.left, left, y, f"{step.label} {sides[0]}")
        _draw_bar(canvas, _RIGHT, step.right, right, y, f"{step.label} {sides[1]}")
    return escape(canvas)


def _draw_bar(canvas: Canvas, side: int, value: float, scale: Scale, y: float, words: str) -> None:
    start, end = scale(0), scale(max(value, 0))
    path = f"M{start:.1f} {y + 3:.1f}H{end:.1f}v{_ROW - 6:.0f}H{start:.1f}z"
    tooltip = f"{words} {number(value)}"
    canvas.open_series(side)
    if side == _LEFT:
        canvas.hatch(path, 0, tooltip=tooltip)
    else:
        canvas.fill(path, tooltip=tooltip)
    canvas.close_series()
    base = y + _ROW / 2 + 4
    if side == _LEFT:
        canvas.text(end - 4, base, number(value), anchor="end", kind="muted")
    else:
        canvas.text(end + 4, base, number(value), kind="muted")
