"""Short words by day above or below other charts: day of illness, events, missing reports."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from markupsafe import Markup, escape

from app.core.charts.canvas import WIDE, Canvas, shortened, text_width
from app.core.charts.scale import Days

ROW = 22


@dataclass(frozen=True, slots=True)
class StripRow:
    """A row of words by day.

    ``numbered`` rows (1, 2, 3 …) leave words out where days are narrow; all other words are
    drawn, whatever the room.
    """

    label: str
    words: Mapping[date, str]
    kind: Literal["label", "muted", "alert"] = "label"
    numbered: bool = False


def strip_chart(
    rows: Sequence[StripRow],
    *,
    key: str,
    title: str,
    description: str,
    first: date,
    last: date,
    shaded: Mapping[date, str] | None = None,
    width: int = WIDE,
    gutter: tuple[float, float],
) -> Markup:
    """Rows of words over the days ``first``–``last``; ``gutter`` as in ``line_chart``.

    ``shaded``: days with a grey ground, each with its tooltip.
    """
    left, right = gutter
    height = ROW * len(rows) + 6
    canvas = Canvas(key, width, height, title, description)
    days = Days(first, last, left, width - right)
    for day in (d for d in shaded or {} if first <= d <= last):
        canvas.shade(days.x(day, 0), 0, days.step, height)
    for index, row in enumerate(rows):
        y = ROW * index
        canvas.text(2, y + ROW / 2 + 4, shortened(row.label, left - 8))
        _draw_words(canvas, row, days, y + ROW / 2 + 4)
        canvas.line(0, y + ROW, days.right, y + ROW)
    for day, words in (shaded or {}).items():
        if first <= day <= last:
            canvas.area(days.x(day, 0), 0, days.step, height, f"{day.month}/{day.day} {words}")
    return escape(canvas)


def _draw_words(canvas: Canvas, row: StripRow, days: Days, y: float) -> None:
    every = 1
    if row.numbered and row.words:
        room = max(text_width(words) for words in row.words.values()) + 4
        every = max(1, -(-int(room) // max(1, int(days.step))))
    for offset in range(0, days.count, every):
        words = row.words.get(days.first + timedelta(days=offset))
        if words:
            x = days.x(days.first + timedelta(days=offset))
            canvas.text(x, y, words, anchor="middle", kind=row.kind)
