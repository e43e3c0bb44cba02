"""A map of tiles: a number in each place, darker where it is higher, each leading somewhere."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from app.core.charts import frame
from app.core.charts.canvas import WIDE, Canvas, text_width

_SHADES = (0.05, 0.16, 0.3, 0.44, 0.58)
"""Never so dark that the number upon it is hard to read."""
_SERIES, _GREY = 0, 6
_DOTS = 1
"""The pattern of what is not known, quiet beneath the words."""
_NARROW = 44.0


@dataclass(frozen=True, slots=True)
class MapTile:
    """A place: where it stands (from 1), its number as written, its level (None: not known)."""

    label: str
    column: int
    row: int
    text: str
    level: int | None
    url: str | None = None
    tooltip: str = ""


def tile_map(
    tiles: Sequence[MapTile],
    *,
    levels: Sequence[str],
    unknown: str,
    key: str,
    title: str,
    description: str,
    width: int = WIDE,
) -> Markup:
    """Tiles by column and row. ``levels`` are the words of the (at most five) shades, lowest
    first; ``unknown`` those of a tile without a number."""
    columns = max((tile.column for tile in tiles), default=1)
    first = min((tile.row for tile in tiles), default=1)
    rows = max((tile.row for tile in tiles), default=1) - first + 1
    size = width / columns
    tall = min(max(size, 34.0), 46.0)
    words = [*levels, unknown]
    top = _legend_height(words, width)
    canvas = Canvas(key, width, top + rows * tall + 4, title, description)
    _draw_legend(canvas, words, width)
    for tile in tiles:
        place = ((tile.column - 1) * size, top + (tile.row - first) * tall)
        _draw_tile(canvas, tile, place, (size, tall))
    return escape(canvas)


def _draw_tile(
    canvas: Canvas, tile: MapTile, at: tuple[float, float], size: tuple[float, float]
) -> None:
    x, y, wide, tall = *at, *size
    if tile.url:
        canvas.open_link(tile.url)
    canvas.open_series(_series_of(tile.level))
    path = f"M{x + 1:.1f} {y + 1:.1f}h{wide - 2:.1f}v{tall - 2:.1f}h{2 - wide:.1f}z"
    _paint(canvas, path, tile.level, f"{tile.label} {tile.tooltip or tile.text}")
    canvas.stroke(path, thick=0.6).close_series()
    letters = 12.0 if wide >= _NARROW else 9.5
    for words, base in ((tile.label, y + tall / 2 - 3), (tile.text, y + tall / 2 + letters)):
        fitting = min(letters, letters * (wide - 3) / max(text_width(words, letters), 1))
        canvas.text(x + wide / 2, base, words, anchor="middle", size=fitting)
    if tile.url:
        canvas.close_link()


def _series_of(level: int | None) -> int:
    return _GREY if level is None else _SERIES


def _paint(canvas: Canvas, path: str, level: int | None, tooltip: str = "") -> None:
    if level is None:
        canvas.hatch(path, _DOTS, tooltip=tooltip)
    else:
        canvas.fill(path, tooltip=tooltip, opacity=_SHADES[min(level, len(_SHADES) - 1)])


def _legend_rows(words: Sequence[str], width: float) -> list[list[tuple[float, int]]]:
    rows: list[list[tuple[float, int]]] = []
    x = width
    for index, one in enumerate(words):
        needs = 30 + text_width(one)
        if not rows or x + needs > width:
            rows.append([])
            x = 2
        rows[-1].append((x, index))
        x += needs + 14
    return rows


def _legend_height(words: Sequence[str], width: float) -> float:
    return frame.LEGEND_LINE * len(_legend_rows(words, width)) + 10


def _draw_legend(canvas: Canvas, words: Sequence[str], width: float) -> None:
    for line, placed in enumerate(_legend_rows(words, width)):
        y = 12 + line * frame.LEGEND_LINE
        for x, index in placed:
            level = None if index == len(words) - 1 else index
            canvas.open_series(_series_of(level))
            path = f"M{x:.1f} {y - 7}h22v13h-22z"
            _paint(canvas, path, level)
            canvas.stroke(path, thick=0.7).close_series()
            canvas.text(x + 28, y + 4, words[index])
