"""Areas upon each other over days: where people were, and how many in all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from markupsafe import Markup, escape

from app.core.charts import frame
from app.core.charts.canvas import SIZE, WIDE, Canvas, text_width
from app.core.charts.scale import Days, Scale, decimals_of, number, ticks

_THIN = 3.0


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer: its number on every day of the chart."""

    label: str
    values: Sequence[float]


def stack_chart(
    layers: Sequence[Layer],
    *,
    key: str,
    title: str,
    description: str,
    first: date,
    width: int = WIDE,
    height: int = 260,
) -> Markup:
    """Layers from the bottom up, from the day ``first`` on.

    Layers differ by pattern, and a layer thick enough carries its name, so that the picture
    reads without colours. Numbers below zero (corrections) are drawn as none.
    """
    count = max((len(layer.values) for layer in layers), default=0) or 1
    entries = [frame.Entry(one.label, n, "pattern", n) for n, one in enumerate(layers)]
    top = frame.legend_height(entries, width) + 12
    canvas = Canvas(key, width, top + height + frame.FOOT, title, description)
    edges = _edges(layers, count)
    marks = ticks(0, max(edges[-1], default=0) or 1, whole=True)
    left = max(text_width(number(mark, decimals_of(marks))) for mark in marks) + 10
    days = Days(first, first + timedelta(days=count - 1), left, width - 14)
    scale = Scale(0, marks[-1], top + height, top)
    frame.draw_legend(canvas, entries, width)
    frame.draw_values(canvas, scale, marks, plot=(left, days.right))
    frame.draw_days(canvas, days, top + height, top + height)
    for index, layer in enumerate(layers):
        if any(value > 0 for value in layer.values):
            _draw_layer(canvas, index, layer, (edges[index], edges[index + 1]), days, scale)
    canvas.line(left, top + height, days.right, top + height, kind="axis")
    _draw_tooltips(canvas, layers, days, (top, height))
    return escape(canvas)


def _edges(layers: Sequence[Layer], count: int) -> list[list[float]]:
    """The lower edge of the first layer, then the upper edge of each."""
    edges = [[0.0] * count]
    for layer in layers:
        below = edges[-1]
        edges.append([low + max(n, 0) for low, n in zip(below, layer.values, strict=True)])
    return edges


def _draw_layer(
    canvas: Canvas,
    index: int,
    layer: Layer,
    edges: tuple[Sequence[float], Sequence[float]],
    days: Days,
    scale: Scale,
) -> None:
    low, high = edges
    steps = range(days.count)
    places = [days.left + (offset + 0.5) * days.step for offset in steps]
    if days.count == 1:
        # One day is a column.
        places = [days.left, days.right]
        low, high = [low[0], low[0]], [high[0], high[0]]
    upward = [f"{x:.1f} {scale(value):.1f}" for x, value in zip(places, high, strict=True)]
    back = [f"{x:.1f} {scale(value):.1f}" for x, value in zip(places, low, strict=True)]
    canvas.open_series(index)
    canvas.hatch("M" + "L".join([*upward, *reversed(back)]) + "z", index)
    canvas.close_series()
    _write_name(canvas, layer.label, places, (low, high), scale)


def _write_name(
    canvas: Canvas,
    name: str,
    places: Sequence[float],
    edges: tuple[Sequence[float], Sequence[float]],
    scale: Scale,
) -> None:
    """Where the layer is thickest, if the name fits in there."""
    low, high = edges
    at = max(range(len(places)), key=lambda n: high[n] - low[n])
    if scale(low[at]) - scale(high[at]) < SIZE + 6:
        return
    half = text_width(name) / 2
    x = min(max(places[at], places[0] + half + 2), places[-1] - half - 2)
    canvas.text(x, (scale(low[at]) + scale(high[at])) / 2 + 4, name, anchor="middle")


def _draw_tooltips(
    canvas: Canvas, layers: Sequence[Layer], days: Days, place: tuple[float, float]
) -> None:
    together = 1 if days.step >= _THIN else 7
    for start in range(0, days.count, together):
        day = days.first + timedelta(days=start)
        parts = [f"{layer.label} {number(layer.values[start])}" for layer in layers]
        wide = min(together, days.count - start) * days.step
        words = f"{day:%Y/%m/%d} {' / '.join(parts)}"
        canvas.area(days.left + start * days.step, place[0], wide, place[1], words)
