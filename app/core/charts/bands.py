"""Symptoms by day: a row per symptom, a column per day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from markupsafe import Markup, escape

from app.core.charts import frame
from app.core.charts.canvas import WIDE, Canvas, shortened, text_width
from app.core.charts.scale import Days
from app.core.labels import Label

ROW = 24
_HEAD = 26

PRESENT = Label("症状あり", "Present")
ABSENT = Label("症状なし", "Absent")
UNKNOWN = Label("記録なし", "Not recorded")


@dataclass(frozen=True, slots=True)
class BandRow:
    """A symptom: True present, False asked and absent; a missing day was not recorded."""

    label: str
    days: Mapping[date, bool]


def band_chart(
    rows: Sequence[BandRow],
    *,
    key: str,
    title: str,
    description: str,
    first: date,
    last: date,
    width: int = WIDE,
    gutter: tuple[float, float] | None = None,
) -> Markup:
    """Rows over the days ``first``–``last``; ``gutter`` as in ``line_chart``.

    A filled square is present, a short stroke absent, a grey ground not recorded.
    """
    label_room = min(max((text_width(row.label) for row in rows), default=0) + 12, width * 0.35)
    left, right = gutter or (label_room, 14.0)
    bottom = _HEAD + ROW * len(rows)
    canvas = Canvas(key, width, bottom + frame.FOOT, title, description)
    days = Days(first, last, left, width - right)
    _draw_key(canvas)
    for index, row in enumerate(rows):
        y = _HEAD + ROW * index
        canvas.line(0, y + ROW, days.right, y + ROW)
        canvas.text(2, y + ROW / 2 + 4, shortened(row.label, left - 8))
        _draw_row(canvas, row, days, y)
    frame.draw_days(canvas, days, bottom, bottom)
    return escape(canvas)


def _draw_row(canvas: Canvas, row: BandRow, days: Days, y: float) -> None:
    canvas.open_series(0)
    for offset in range(days.count):
        day = days.first + timedelta(days=offset)
        state = row.days.get(day)
        words = UNKNOWN if state is None else PRESENT if state else ABSENT
        tooltip = f"{day.month}/{day.day} {row.label} {words}"
        _draw_cell(canvas, days.x(day), y + ROW / 2, min(days.step * 0.75, ROW - 8), state)
        canvas.area(days.x(day, 0), y, days.step, ROW, tooltip)
    canvas.close_series()


def _draw_cell(canvas: Canvas, x: float, y: float, size: float, state: bool | None) -> None:
    """One day: shapes differ, not only shades."""
    size = max(size, 1.0)
    half = size / 2
    if state:
        canvas.fill(f"M{x - half:.1f} {y - half:.1f}h{size:.1f}v{size:.1f}h{-size:.1f}z")
    elif state is None:
        canvas.shade(x - half, y - half, size, size)
    else:
        canvas.line(x - half / 2, y, x + half / 2, y, kind="absent")


def _draw_key(canvas: Canvas) -> None:
    x = 8.0
    for state, words in ((True, PRESENT), (False, ABSENT), (None, UNKNOWN)):
        canvas.open_series(0)
        _draw_cell(canvas, x + 6, 10, 12, state)
        canvas.close_series().text(x + 18, 14, str(words))
        x += 18 + text_width(str(words)) + 18
