"""A bar for each figure with the lines it must not cross, and in words what it reached."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup, escape

from app.core.charts.canvas import SIZE, WIDE, Anchor, Canvas, shortened, text_width
from app.core.charts.scale import Scale, decimals_of, number

_ROW = 60.0
_BAR = 12.0
_SMALL = 10.5
Reach = Literal["below", "warning", "alarm", "unknown"]
# Series and pattern of a bar; None is a filled one.
_LOOKS: dict[Reach, tuple[int, int | None]] = {
    "below": (2, 2),
    "warning": (4, 0),
    "alarm": (1, None),
    "unknown": (6, 0),
}


@dataclass(frozen=True, slots=True)
class Gauge:
    """A figure: its value (None: not known), how both are worded, the lines with their names."""

    label: str
    value: float | None
    text: str
    lines: Sequence[tuple[float, str]]
    reach: Reach
    said: str


def gauge_chart(
    gauges: Sequence[Gauge], *, key: str, title: str, description: str, width: int = WIDE
) -> Markup:
    """A row each: name and words above, the bar with its lines below, each on its own scale."""
    canvas = Canvas(key, width, _ROW * len(gauges) + 4, title, description)
    for index, gauge in enumerate(gauges):
        _draw(canvas, gauge, index * _ROW, width)
    return escape(canvas)


def _draw(canvas: Canvas, gauge: Gauge, y: float, width: float) -> None:
    right = f"{gauge.text}\u3000{gauge.said}" if gauge.text else gauge.said
    room = width - text_width(right) - 16
    canvas.text(2, y + SIZE + 2, shortened(gauge.label, max(room, 80)))
    kind = "alert" if gauge.reach == "alarm" else "label"
    canvas.text(width - 4, y + SIZE + 2, right, anchor="end", kind=kind)
    top = y + SIZE + 9
    most = max([line for line, _name in gauge.lines] + [gauge.value or 0.0]) * 1.25 or 1.0
    scale = Scale(0, most, 4, width - 6)
    canvas.shade(4, top, width - 10, _BAR)
    if gauge.value:
        _draw_bar(canvas, gauge, scale(max(gauge.value, 0)), top)
    lines = _apart(gauge.lines)
    for place, (line, name) in enumerate(lines):
        x = scale(line)
        canvas.line(x, top - 3, x, top + _BAR + 4, kind="limit")
        words = f"{number(line, decimals_of([line]))} {name}"
        # Two lines may stand close together: their words look away from each other.
        rightward = place == len(lines) - 1 or x < text_width(words, _SMALL) + 4
        anchor: Anchor = "start" if rightward else "end"
        if rightward and x + text_width(words, _SMALL) > width:
            x, anchor = width - 2.0, "end"
        canvas.text(x, top + _BAR + 15, words, anchor=anchor, kind="muted", size=_SMALL)


def _draw_bar(canvas: Canvas, gauge: Gauge, end: float, top: float) -> None:
    series, pattern = _LOOKS[gauge.reach]
    path = f"M4 {top:.1f}H{end:.1f}v{_BAR}H4z"
    tooltip = f"{gauge.label} {gauge.text} {gauge.said}"
    canvas.open_series(series)
    if pattern is None:
        canvas.fill(path, tooltip=tooltip)
    else:
        canvas.hatch(path, pattern, tooltip=tooltip)
    canvas.close_series()


def _apart(lines: Sequence[tuple[float, str]]) -> list[tuple[float, str]]:
    """Lines of one value are one line with both names."""
    found: dict[float, list[str]] = {}
    for value, name in lines:
        found.setdefault(value, []).append(name)
    return [(value, "・".join(names)) for value, names in sorted(found.items())]
