"""The sheet a chart is drawn on: writes SVG elements, escaping every word."""

import re
import unicodedata
from collections.abc import Callable
from typing import Literal, Self

from markupsafe import Markup, escape

FONT = "Noto Sans JP, Hiragino Sans, Yu Gothic, Meiryo, sans-serif"
SIZE = 12
"""Letter size in user units."""
COLOURS = (
    "#0b5cad", "#b93a0a", "#0f766e", "#6d28d9", "#8a5a00", "#be185d", "#475569", "#15803d",
)  # fmt: skip
INK, GRID, MUTED, ALERT, PAPER = "#1f2937", "#d8dde4", "#5b6675", "#b3261e", "#ffffff"
WIDE, NARROW = 760, 360
DASHES = ("", "6 3", "2 3", "8 3 2 3")

Anchor = Literal["start", "middle", "end"]


class Canvas:
    """Collects elements; ``escape(canvas)`` gives the picture as markup.

    ``key`` must be unique on the page: the ids of title and description come from it.
    """

    def __init__(self, key: str, width: float, height: float, title: str, description: str) -> None:
        self.id = f"chart-{re.sub('[^a-zA-Z0-9_-]', '-', key)}-{width:.0f}"
        self.width, self.height = width, height
        self._head = (
            f'<title id="{self.id}-title">{escape(title)}</title>'
            f'<desc id="{self.id}-desc">{escape(description)}</desc>'
        )
        self._parts: list[str] = []
        self._patterns: set[str] = set()
        self._series = 0

    def line(self, x1: float, y1: float, x2: float, y2: float, *, kind: str = "grid") -> Self:
        """A straight line: ``grid``, ``axis``, ``absent``, ``threshold``, or ``limit``: a threshold
        that crosses coloured bars."""
        colour, dash, thick = _LINES[kind]
        self._parts.append(
            f'<line class="chart-{kind}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
            f' stroke="{colour}" stroke-width="{thick}"{_dash(dash)}/>'
        )
        return self

    def text(
        self,
        x: float,
        y: float,
        words: str,
        *,
        anchor: Anchor = "start",
        kind: str = "label",
        size: float = SIZE,
    ) -> Self:
        """Words at a baseline; a halo in the paper's colour keeps them legible on lines."""
        colour = {"label": INK, "muted": MUTED, "alert": ALERT}[kind]
        sized = "" if size == SIZE else f' font-size="{size:.1f}"'
        self._parts.append(
            f'<text class="chart-{kind}" x="{x:.1f}" y="{y:.1f}" fill="{colour}"'
            f' text-anchor="{anchor}"{sized} stroke="{PAPER}" stroke-width="3"'
            f' stroke-linejoin="round" paint-order="stroke">{escape(words)}</text>'
        )
        return self

    def open_series(self, number: int) -> Self:
        """What follows is drawn in the colour of series ``number`` (from 0)."""
        index = self._series = number % len(COLOURS)
        self._parts.append(f'<g class="chart-{index + 1}" color="{COLOURS[index]}">')
        return self

    def close_series(self) -> Self:
        """Back to ink."""
        self._parts.append("</g>")
        return self

    def open_link(self, url: str, *, in_tab_order: bool = True) -> Self:
        """What follows leads to ``url``; of very many links none stops the tab key."""
        skipped = "" if in_tab_order else ' tabindex="-1"'
        self._parts.append(f'<a href="{escape(url)}"{skipped}>')
        return self

    def close_link(self) -> Self:
        """What follows leads nowhere."""
        self._parts.append("</a>")
        return self

    def inscription(self, x: float, y: float, sign: str, size: float) -> Self:
        """A sign in the paper's colour upon a filled shape."""
        self._parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" fill="{PAPER}" font-size="{size:.0f}"'
            f' text-anchor="middle" pointer-events="none">{escape(sign)}</text>'
        )
        return self

    def stroke(self, path: str, *, dash: str = "", thick: float = 2) -> Self:
        """An open path in the series' colour."""
        self._parts.append(
            f'<path d="{path}" fill="none" stroke="currentColor" stroke-width="{thick}"'
            f' stroke-linejoin="round" stroke-linecap="round"{_dash(dash)}/>'
        )
        return self

    def fill(self, path: str, *, tooltip: str = "", opacity: float = 1) -> Self:
        """A closed path in the series' colour, with a tooltip."""
        see_through = "" if opacity == 1 else f' fill-opacity="{opacity}"'
        self._parts.append(
            f'<path d="{path}" fill="currentColor"{see_through}>{_tooltip(tooltip)}</path>'
        )
        return self

    def hatch(self, path: str, number: int, *, tooltip: str = "") -> Self:
        """A closed path filled with pattern ``number`` (from 0) in the series' colour, so that it
        is told from its neighbours in black and white; outlined. Inside a series only."""
        index = number % len(_PATTERNS)
        # Named by its colour too: a pattern takes the colour of where it stands.
        name = f"{self.id}-{self._series}-{index}"
        if name not in self._patterns:
            self._patterns.add(name)
            self._parts.append(
                f'<pattern id="{name}" patternUnits="userSpaceOnUse" width="6" height="6">'
                f'<path d="M0 0h6v6h-6z" fill="currentColor" fill-opacity=".14"/>'
                f'<path d="{_PATTERNS[index]}" fill="none" stroke="currentColor"'
                f' stroke-width="1.3"/></pattern>'
            )
        self._parts.append(
            f'<path d="{path}" fill="url(#{name})" stroke="currentColor">{_tooltip(tooltip)}</path>'
        )
        return self

    def marker(self, x: float, y: float, shape: int, tooltip: str = "") -> Self:
        """A point: circle, square, triangle or diamond."""
        corners = _SHAPES[shape % len(_SHAPES)]
        return self.fill(
            f"M{x + corners[0][0]:.1f} {y + corners[0][1]:.1f}"
            + "".join(f"l{dx} {dy}" for dx, dy in corners[1:])
            + "z"
            if len(corners) > 1
            else f"M{x - 3.5:.1f} {y:.1f}a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0-7 0z",
            tooltip=tooltip,
        )

    def area(self, x: float, y: float, width: float, height: float, tooltip: str = "") -> Self:
        """An invisible area that shows a tooltip."""
        self._parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"'
            f' fill="none" pointer-events="all">{_tooltip(tooltip)}</rect>'
        )
        return self

    def shade(self, x: float, y: float, width: float, height: float) -> Self:
        """A grey background: nothing was recorded here."""
        self._parts.append(
            f'<rect class="chart-shade" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}"'
            f' height="{height:.1f}" fill="#eceff3"/>'
        )
        return self

    def __html__(self) -> str:
        """The whole picture."""
        return (
            f'<svg class="chart" xmlns="http://www.w3.org/2000/svg" role="img"'
            f' aria-labelledby="{self.id}-title {self.id}-desc" width="{self.width:.0f}"'
            f' height="{self.height:.0f}" viewBox="0 0 {self.width:.0f} {self.height:.0f}"'
            f' font-family="{FONT}" font-size="{SIZE}" color="{INK}">'
            f"{self._head}{''.join(self._parts)}</svg>"
        )


def responsive(draw: Callable[[int], Markup], *, wide: int = WIDE) -> Markup:
    """The chart ``draw(width)`` for desks and for phones; the style sheet shows one of them."""
    return Markup('<div class="chart-wide">{}</div><div class="chart-narrow">{}</div>').format(
        draw(wide), draw(NARROW)
    )


def text_width(words: str, size: float = SIZE) -> float:
    """About how wide ``words`` become: full-width signs one em, others 0.58 em."""
    wide = sum(unicodedata.east_asian_width(sign) in "WFA" for sign in words)
    return size * (wide + 0.58 * (len(words) - wide))


def shortened(words: str, room: float) -> str:
    """``words``, cut with an ellipsis when they need more than ``room``."""
    if text_width(words) <= room:
        return words
    while words and text_width(words + "…") > room:
        words = words[:-1]
    return words + "…"


def _tooltip(words: str) -> str:
    return f"<title>{escape(words)}</title>" if words else ""


def _dash(dash: str) -> str:
    return f' stroke-dasharray="{dash}"' if dash else ""


_LINES = {
    "absent": (MUTED, "", 1.5),
    "grid": (GRID, "", 1),
    "axis": (MUTED, "", 1),
    "threshold": (ALERT, "5 3", 1.2),
    "limit": (INK, "4 2", 1.6),
}
_PATTERNS = (
    "M-1 1L1 -1M0 6L6 0M5 7L7 5",
    "M2.2 3h1.6",
    "M0 3h6",
    "M-1 5L1 7M0 0L6 6M5 -1L7 1",
    "M3 0v6",
    "M0 3h6M3 0v6",
)
"""Strokes within a square of 6: rising, dots, level, falling, upright, crossed."""
_SHAPES: tuple[tuple[tuple[float, float], ...], ...] = (
    ((0, 0),),
    ((-3, -3), (6, 0), (0, 6), (-6, 0)),
    ((0, -4), (4, 7), (-8, 0)),
    ((0, -4.5), (4.5, 4.5), (-4.5, 4.5), (-4.5, -4.5)),
)
