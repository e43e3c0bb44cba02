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
from app.core.charts.gauges import Gauge, gauge_chart
from app.core.charts.groups import Group, group_chart
from app.core.charts.lines import Axis, Point, Series, Threshold, line_chart
from app.core.charts.pyramid import Step, pyramid_chart
from app.core.charts.shares import share_chart
from app.core.charts.spark import sparkline
from app.core.charts.stacks import Layer, stack_chart
from app.core.charts.strip import StripRow, strip_chart
from app.core.charts.tile_map import MapTile, tile_map

__all__ = [
    "Axis",
    "BandRow",
    "BarSeries",
    "Gauge",
    "Group",
    "Layer",
    "MapTile",
    "Point",
    "Series",
    "Step",
    "StripRow",
    "Threshold",
    "band_chart",
    "bar_chart",
    "gauge_chart",
    "group_chart",
    "line_chart",
    "pyramid_chart",
    "responsive",
    "share_chart",
    "sparkline",
    "stack_chart",
    "strip_chart",
    "tile_map",
    "trailing_mean",
]
