"""The picture of chains: time along the sheet, a mark per case, a line per link."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import gettext as _
from markupsafe import Markup, escape

from app.chains.queries import Found, Node
from app.chains.rules import Layout, Place, lay_out
from app.contacts.codes import EXPOSURE_SETTING
from app.core.charts import frame
from app.core.charts.canvas import Canvas
from app.core.charts.scale import Days
from app.core.dates import format_date
from app.core.labels import Label

FIRST = Label("感染源不明・連鎖の始まり", "Source unknown: a chain begins")
SIGNS = {
    "household": Label("家", "H"),
    "workplace": Label("職", "W"),
    "school": Label("学", "S"),
    "medical_facility": Label("医", "M"),
    "social_facility": Label("福", "F"),
    "meal": Label("食", "D"),
    "event": Label("催", "E"),
    "transport": Label("乗", "T"),
    "other": Label("他", "O"),
    "unknown": Label("不", "?"),
}
FIRST_SIGN = Label("初", "1")
_COLOURS = {None: 6} | {setting: n for n, setting in enumerate(SIGNS)} | {"school": 7}
_MARGIN = 22
_LEGEND_WIDTH = 700
_GAP = "\x00"


@dataclass(frozen=True, slots=True)
class Scale:
    """How large things are drawn; few cases leave room for words."""

    row: int
    radius: float
    day: int
    signs: bool
    numbers: bool


_SCALES = (
    (80, Scale(44, 10, 66, signs=True, numbers=True)),
    (600, Scale(25, 9.5, 28, signs=True, numbers=False)),
    (10**9, Scale(11, 4, 13, signs=False, numbers=False)),
)


@dataclass(frozen=True, slots=True)
class Drawing:
    """Linked cases with their places; ``alone`` counts those without any link."""

    found: Found
    layout: Layout
    alone: int

    def setting_of(self, place: Place) -> str | None:
        """Where the case was infected by its source; None for the first of a chain."""
        if place.source is None:
            return None
        return self.found.links[place.source, place.key].setting or "unknown"


def arrange(found: Found) -> Drawing:
    """Only what is linked is drawn."""
    linked = {end for edge in found.links for end in edge}
    days = {key: found.nodes[key].day for key in linked}
    return Drawing(found, lay_out(days, list(found.links)), len(found.nodes) - len(linked))


def draw(drawing: Drawing, *, key: str, url_of: Callable[[int], str] | None = None) -> Markup:
    """The picture; each case leads to ``url_of`` its key where one is given."""
    places = drawing.layout.places
    scale = next(scale for most, scale in _SCALES if len(places) <= most)
    first = min((place.day for place in places.values()), default=date.min)
    last = max((place.day for place in places.values()), default=date.min) + timedelta(days=1)
    width = max(720, ((last - first).days + 1) * scale.day + 2 * _MARGIN)
    entries = _legend(drawing)
    legend_width = min(width, _LEGEND_WIDTH)
    top = frame.legend_height(entries, legend_width) + _MARGIN + 14
    height = max(drawing.layout.rows, 1) * scale.row
    canvas = Canvas(
        key,
        width,
        top + height + frame.FOOT,
        _("Chains of infection"),
        _described(drawing, first, last),
    )
    days = Days(first, last, _MARGIN, width - _MARGIN)
    frame.draw_legend(canvas, entries, legend_width)
    frame.draw_days(canvas, days, top - 8, top + height)
    for x, label in days.ticks():
        # Above as well: the foot of a long picture is far away.
        canvas.text(x, top - 12, label, anchor="middle", kind="muted")
    spots = {
        place.key: (days.x(place.day), top + (place.row + 0.5) * scale.row)
        for place in places.values()
    }
    _draw_links(canvas, drawing, spots, scale)
    words = Words()
    for place in places.values():
        if url_of is not None:
            canvas.open_link(url_of(place.key), in_tab_order=scale.signs)
        _draw_case(canvas, drawing, place, spots[place.key], scale, words)
        if url_of is not None:
            canvas.close_link()
    return escape(canvas)


class Words:
    """What is said of cases, translated once: a picture says it thousands of times."""

    def __init__(self) -> None:
        self._days: dict[date, str] = {}
        self._kinds = tuple(
            pattern.replace("%", "%%").replace(_GAP, "%s")
            for pattern in (
                _("onset %(day)s", day=_GAP),
                _("diagnosed %(day)s", day=_GAP),
                _("reported %(day)s", day=_GAP),
            )
        )
        self._first = _("first case")
        self._generation = _("generation %(number)s", number=_GAP)
        self._source = _("from %(number)s", number=_GAP)
        self._outside = _("outside the conditions")
        self._settings = {code.value: str(code.label) for code in EXPOSURE_SETTING}

    def day(self, node: Node) -> str:
        """The day with what it is the day of."""
        day = self._days.get(node.day)
        if day is None:
            day = self._days[node.day] = format_date(node.day)
        onset, diagnosed, reported = self._kinds
        if node.onset_on is not None:
            return onset % day
        return (diagnosed if node.diagnosed_on is not None else reported) % day

    def generation(self, place: Place) -> str:
        """First case, or which generation after it."""
        if place.generation == 0:
            return self._first
        return self._generation.replace(_GAP, str(place.generation))

    def all_of(self, drawing: Drawing, place: Place) -> str:
        """A case in words: number, day, generation, setting, source. No name."""
        node = drawing.found.nodes[place.key]
        parts = [node.number, self.day(node), self.generation(place)]
        if place.source is not None:
            source = drawing.found.nodes[place.source].number
            setting = drawing.setting_of(place) or "unknown"
            parts += [self._source.replace(_GAP, source), self._settings[setting]]
        if place.key not in drawing.found.inside:
            parts.append(self._outside)
        return " ・ ".join(parts)


def _legend(drawing: Drawing) -> list[frame.Entry]:
    used = {drawing.setting_of(place) for place in drawing.layout.places.values()}
    entries = [frame.Entry(f"{FIRST_SIGN} {FIRST}", _COLOURS[None])] if None in used else []
    return entries + [
        frame.Entry(f"{sign} {EXPOSURE_SETTING.label(setting)}", _COLOURS[setting])
        for setting, sign in SIGNS.items()
        if setting in used
    ]


def _described(drawing: Drawing, first: date, last: date) -> str:
    layout = drawing.layout
    if not layout.places:
        return _("No case is linked.")
    longest = max(place.generation for place in layout.places.values())
    return _(
        "%(cases)s linked cases in %(chains)s chains, %(first)s to %(last)s; "
        "the longest chain has %(generations)s generations. The table says the same.",
        cases=len(layout.places),
        chains=layout.chains,
        first=format_date(first),
        last=format_date(last - timedelta(days=1)),
        generations=longest + 1,
    )


def _draw_links(
    canvas: Canvas, drawing: Drawing, spots: Mapping[int, tuple[float, float]], scale: Scale
) -> None:
    """Lines by setting, one path each: a picture of thousands stays small."""
    paths: dict[str | None, list[str]] = {}
    for (source, target), link in drawing.found.links.items():
        path = _curve(spots[source], spots[target], scale.radius)
        paths.setdefault(link.setting or "unknown", []).append(path)
    for setting, parts in paths.items():
        canvas.open_series(_COLOURS.get(setting, 9))
        canvas.stroke("".join(parts), thick=1.6 if scale.signs else 0.8)
        canvas.close_series()


def _curve(start: tuple[float, float], end: tuple[float, float], radius: float) -> str:
    (x1, y1), (x2, y2) = start, end
    if x2 > x1:
        middle = (x1 + x2) / 2
        return (
            f"M{x1 + radius:.0f} {y1:.0f}C{middle:.0f} {y1:.0f} {middle:.0f} {y2:.0f}"
            f" {x2 - radius:.0f} {y2:.0f}"
        )
    # On one day or against time: around the right-hand side.
    out = x1 + radius + 12
    return f"M{x1 + radius:.0f} {y1:.0f}C{out:.0f} {y1:.0f} {out:.0f} {y2:.0f} {x2:.0f} {y2:.0f}"


def _draw_case(
    canvas: Canvas,
    drawing: Drawing,
    place: Place,
    spot: tuple[float, float],
    scale: Scale,
    words: Words,
) -> None:
    x, y = spot
    setting = drawing.setting_of(place)
    colour = _COLOURS.get(setting, 9)
    inside = place.key in drawing.found.inside
    canvas.open_series(colour)
    tooltip = words.all_of(drawing, place)
    if not scale.signs:
        canvas.marker(x, y, colour, tooltip=tooltip)
        canvas.close_series()
        return
    canvas.fill(_circle(x, y, scale.radius), tooltip=tooltip, opacity=1 if inside else 0.45)
    canvas.close_series()
    sign = FIRST_SIGN if setting is None else SIGNS[setting]
    canvas.inscription(x, y + 4, str(sign), 11)
    if scale.numbers:
        number = drawing.found.nodes[place.key].number
        canvas.text(x, y + scale.radius + 12, number, anchor="middle", kind="muted")


def _circle(x: float, y: float, r: float) -> str:
    return f"M{x - r:.1f} {y:.1f}a{r:g} {r:g} 0 1 0 {2 * r:g} 0a{r:g} {r:g} 0 1 0 {-2 * r:g} 0z"
