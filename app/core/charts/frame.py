"""What charts share around their content: day labels, value labels, legend."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from app.core.charts.canvas import DASHES, SIZE, Canvas, shortened, text_width
from app.core.charts.scale import Days, Scale, decimals_of, number

LEGEND_LINE = 20
FOOT = 28
_SAMPLE = 26
_GAP = 18


@dataclass(frozen=True, slots=True)
class Entry:
    """A word of the legend with its sample, in the colour of series ``number``."""

    words: str
    number: int
    sample: Literal["line", "bar", "mean", "threshold", "pattern"] = "line"
    pattern: int = 0


def legend_height(entries: Sequence[Entry], width: float) -> float:
    """How much room :func:`draw_legend` needs."""
    return LEGEND_LINE * len(_rows(entries, width)) + 9


def draw_legend(canvas: Canvas, entries: Sequence[Entry], width: float) -> None:
    """The legend at the top, wrapped so that nothing overlaps."""
    for row, placed in enumerate(_rows(entries, width)):
        y = 11 + row * LEGEND_LINE
        for x, entry in placed:
            _draw_sample(canvas, entry, x, y)
            canvas.text(x + _SAMPLE, y + 4, shortened(entry.words, width - _SAMPLE))


def draw_days(canvas: Canvas, days: Days, top: float, bottom: float, span: int = 1) -> None:
    """Day labels under the plot with their grid lines; ``span``: days in a column."""
    for x, label in days.ticks(span):
        canvas.line(x, top, x, bottom + 4)
        half = text_width(label) / 2
        inside = min(max(x, half + 1), canvas.width - half - 1)
        canvas.text(inside, bottom + 8 + SIZE, label, anchor="middle", kind="muted")


def draw_values(
    canvas: Canvas,
    scale: Scale,
    marks: Sequence[float],
    *,
    plot: tuple[float, float],
    side: Literal["left", "right"] = "left",
    limits: Sequence[float] = (),
) -> None:
    """Value labels at the left (with grid lines) or right side of ``plot`` (its two edges).

    ``limits`` are written in the colour of warnings; ordinary values too close to one give way.
    """
    left, right = plot
    written: list[float] = []
    for value in (*limits, *marks):
        y = scale(value)
        is_limit = value in limits
        if side == "left" and not is_limit:
            canvas.line(left, y, right, y)
        if any(abs(y - other) < SIZE for other in written):
            continue
        written.append(y)
        words = number(value, decimals_of([value] if is_limit else marks))
        kind: Literal["alert", "muted"] = "alert" if is_limit else "muted"
        if side == "left":
            canvas.text(left - 6, y + 4, words, anchor="end", kind=kind)
        else:
            canvas.text(right + 6, y + 4, words, kind=kind)


def _draw_sample(canvas: Canvas, entry: Entry, x: float, y: float) -> None:
    long = _SAMPLE - 5
    if entry.sample == "threshold":
        canvas.line(x, y, x + long, y, kind="threshold")
        return
    canvas.open_series(entry.number)
    if entry.sample == "bar":
        canvas.fill(f"M{x + 8:.1f} {y - 5}h12v10h-12z")
    elif entry.sample == "pattern":
        canvas.hatch(f"M{x + 3:.1f} {y - 6}h18v12h-18z", entry.pattern)
    elif entry.sample == "mean":
        canvas.stroke(f"M{x:.1f} {y}h{long}")
    else:
        canvas.stroke(f"M{x:.1f} {y}h{long}", dash=DASHES[entry.number % len(DASHES)])
        canvas.marker(x + long / 2, y, entry.number)
    canvas.close_series()


def _rows(entries: Sequence[Entry], width: float) -> list[list[tuple[float, Entry]]]:
    rows: list[list[tuple[float, Entry]]] = []
    x = width
    for entry in entries:
        needs = _SAMPLE + text_width(entry.words)
        if not rows or x + needs > width:
            rows.append([])
            x = 4
        rows[-1].append((x, entry))
        x += needs + _GAP
    return rows
