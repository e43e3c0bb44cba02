"""A line the size of a word, for tables and tiles."""

from collections.abc import Sequence

from markupsafe import Markup, escape

from app.core.charts.canvas import Canvas
from app.core.charts.scale import Scale


def sparkline(
    values: Sequence[float | None],
    *,
    key: str,
    title: str,
    description: str = "",
    width: int = 120,
    height: int = 28,
) -> Markup:
    """The course of ``values`` with its last point marked; None is a gap."""
    canvas = Canvas(key, width, height, title, description)
    known = [value for value in values if value is not None]
    if not known:
        return escape(canvas)
    low, high = min(known), max(known)
    across = Scale(0, max(len(values) - 1, 1), 4, width - 6)
    upward = Scale(low, high if high > low else low + 1, height - 5, 5)
    path: list[str] = []
    place = None
    drawing = False
    for index, value in enumerate(values):
        if value is not None:
            place = across(index), upward(value)
            path.append(f"{'L' if drawing else 'M'}{place[0]:.1f} {place[1]:.1f}")
        drawing = value is not None
    canvas.open_series(0).stroke("".join(path), thick=1.5)
    if place is not None:
        canvas.marker(*place, 0)
    canvas.close_series()
    return escape(canvas)
