"""Charts drawn on the server as SVG: clean under a strict CSP, printable, readable saved.

Presentation attributes and classes only; colours come from ``chart-1`` … ``chart-8`` with the
same colours as attributes. Nothing is told by colour alone: series differ by marker and dash
too, and each picture has a title, a description and tooltips. A table of the same numbers
belongs beneath every chart.

Each chart takes ``width`` (user units ≈ CSS pixels); :func:`responsive` draws it twice, for
desks and for phones (``app/static/css/charts.css`` shows the fitting one).
"""

from app.core.charts.bands import BandRow, band_chart
from app.core.charts.bars import BarSeries, bar_chart, trailing_mean
from app.core.charts.canvas import responsive
from app.core.charts.groups import Group, group_chart
from app.core.charts.lines import Axis, Point, Series, Threshold, line_chart
from app.core.charts.spark import sparkline
from app.core.charts.strip import StripRow, strip_chart

__all__ = [
    "Axis",
    "BandRow",
    "BarSeries",
    "Group",
    "Point",
    "Series",
    "StripRow",
    "Threshold",
    "band_chart",
    "bar_chart",
    "group_chart",
    "line_chart",
    "responsive",
    "sparkline",
    "strip_chart",
    "trailing_mean",
]
