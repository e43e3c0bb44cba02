"""The places of the area: a map of the prefectures, and a table that can be sorted."""

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup

from app.core.charts import MapTile, tile_map
from app.core.charts.scale import number
from app.core.dates import format_date
from app.dashboards.asking import levels_of
from app.dashboards.measures import MAP_MEASURES
from app.dashboards.panel import Heading, Panel
from app.dashboards.reading import PlaceSums
from app.dashboards.rules import level_of
from app.dashboards.source import Source
from app.publication.tiles import PLACES, short_name
from app.statistics import derived
from app.statistics.areas import Area, Level, PlaceName
from app.statistics.asking import LEVELS
from app.statistics.care import IN_CARE
from app.statistics.models import NOWHERE
from app.statistics.populations import who_enters


@dataclass(frozen=True, slots=True)
class Place:
    """A place with its figures; what cannot be said is None."""

    key: str | int
    name: str
    url: str | None
    week: int
    per_100k: float | None
    before: int
    ratio: float | None
    care: int | None
    care_per_100k: float | None
    bed_use: float | None


def found_places(source: Source) -> list[Place]:
    """Every place of the level asked for, in the official order."""
    return [_place(source, name) for name in source.place_names]


def prefecture_map(source: Source) -> Panel | None:
    """The map by the measure chosen; None where the area is no country."""
    asked = source.question
    if asked.level != "prefecture":
        return None
    measure = MAP_MEASURES[asked.measure]
    figure = measure.figure
    title = _("%(figure)s on %(day)s", figure=figure.label, day=format_date(asked.last))
    places = found_places(source)
    values = {place.key: _value(place, asked.measure) for place in places}
    tiles = [_tile(place, values[place.key], asked.measure) for place in places]

    def draw(width: int) -> Markup:
        return tile_map(
            tiles,
            levels=measure.levels(),
            unknown=_("Not known"),
            key=f"map-{width}",
            title=title,
            description=_("A tile for each prefecture, roughly where it lies, with its number."),
            width=width,
        )

    switches = [
        (str(one.short), f"{asked.address(measure=one.key)}#map", one.key == asked.measure)
        for one in MAP_MEASURES.values()
    ]
    rows = [(place.name, values[place.key]) for place in places]
    heading = Heading(
        figure.label, "decimal", figure.decimals or 0, definition=str(figure.sentence)
    )
    return Panel(
        "map",
        title,
        (Heading(LEVELS["prefecture"], "text"), heading),
        rows,
        draw,
        (f"{figure.label}（{figure.unit}）: {figure.sentence}",),
        urls=[place.url for place in places],
        switches=switches,
    )


def table(source: Source) -> Panel | None:
    """The places with the last week, the one before, and who is in care."""
    asked = source.question
    level = asked.level
    if level is None:
        return None
    places = _sorted(source, found_places(source))
    with_beds = level == "prefecture"
    headings = [_heading(source, *each) for each in _HEADINGS[: None if with_beds else -1]]
    rows: list[tuple[Any, ...]] = [
        (
            one.name,
            one.week,
            one.per_100k,
            one.before,
            one.ratio,
            one.care,
            one.care_per_100k,
            *((one.bed_use,) if with_beds else ()),
        )
        for one in places
    ]
    levels = levels_of(asked.area, is_national=asked.is_national)
    switches = [
        (
            str(LEVELS[one]),
            f"{asked.address(level=one, sort='', direction='')}#places",
            one == level,
        )
        for one in (levels if len(levels) > 1 else ())
    ]
    notes = [
        _(
            "Seven days up to %(day)s, the seven days before, and people in care on that day.",
            day=format_date(asked.last),
        )
    ]
    if any(place.per_100k is None for place in places):
        notes.append(_("Per 100,000 is left empty where no population is registered."))
        notes.append(who_enters())
    return Panel(
        "places",
        f"{LEVELS[level]} {asked.standing.name}",
        headings,
        rows,
        notes=notes,
        urls=[place.url for place in places],
        switches=switches,
    )


# (key of the sorting, words, kind, decimals)
_HEADINGS: tuple[tuple[str, Any, Any, int], ...] = (
    ("name", None, "text", 0),
    ("week", "New, 7 days", "integer", 0),
    ("per_100k", "Per 100,000", "decimal", 2),
    ("before", "New, 7 days before", "integer", 0),
    ("ratio", derived.WEEK_RATIO, "decimal", 2),
    ("care", IN_CARE, "integer", 0),
    ("care_per_100k", derived.CARE_PER_100K, "decimal", 2),
    ("bed_use", derived.BED_USE, "decimal", 1),
)


def _heading(source: Source, key: str, words: Any, kind: Any, decimals: int) -> Heading:
    asked = source.question
    present = asked.sort == key
    # Names begin at the top, numbers with the highest.
    descending = not asked.descending if present else key != "name"
    url = f"{asked.address(sort=key, direction='desc' if descending else 'asc')}#places"
    if words is None:
        label: Any = LEVELS[asked.level or "centre"]
    elif isinstance(words, str):
        label = {
            "week": _("New, 7 days"),
            "per_100k": _("Per 100,000"),
            "before": _("New, 7 days before"),
        }[key]
    else:
        label = getattr(words, "label", words)
    shown = ("descending" if asked.descending else "ascending") if present else None
    definition = str(getattr(words, "sentence", ""))
    return Heading(label, kind, decimals, url, shown, definition)


def _sorted(source: Source, places: list[Place]) -> list[Place]:
    asked = source.question
    if asked.sort == "name":
        return places[::-1] if asked.descending else places
    sign = -1 if asked.descending else 1

    def order(place: Place) -> tuple[bool, float]:
        value = getattr(place, asked.sort)
        # What is not known comes last in both directions.
        return value is None, 0 if value is None else sign * value

    return sorted(places, key=order)


def _place(source: Source, name: PlaceName) -> Place:
    asked = source.question
    sums = source.places.get(name.key) or PlaceSums()
    care = derived.people_in_care(sums.stocks) if source.sums.has_places else None
    beds = source.beds_by_prefecture.get(str(name.key)) if asked.level == "prefecture" else None
    return Place(
        name.key,
        name.name,
        _url(source, name),
        sums.week,
        derived.per_100k(sums.week, name.population),
        sums.before,
        derived.share(sums.week, sums.before),
        care,
        derived.per_100k(care, name.population),
        derived.bed_use(beds.occupied, beds.total) if beds else None,
    )


def _url(source: Source, name: PlaceName) -> str | None:
    """The dashboard of the place; the ministry has none below prefectures."""
    asked = source.question
    if name.key == NOWHERE or asked.level is None:
        return None
    area = _area(asked.area, asked.level, name.key)
    if asked.is_national and area.is_below_prefecture:
        return None
    return asked.address_of_area(area)


def _area(area: Area, level: Level, key: Any) -> Area:
    if level == "prefecture":
        return Area(prefecture_code=str(key))
    if level == "authority":
        return Area(area.prefecture_code, int(key))
    return Area(area.prefecture_code, area.authority_id, int(key))


def _value(place: Place, measure: str) -> float | None:
    return {
        "week": place.per_100k,
        "care": place.care_per_100k,
        "bed_use": place.bed_use,
    }[measure]


def _tile(place: Place, value: float | None, measure: str) -> MapTile:
    column, row = PLACES[str(place.key)]
    text = "－" if value is None else number(value, 1 if value < 99.95 else 0)
    return MapTile(
        short_name(place.name),
        column,
        row,
        text,
        level_of(value, MAP_MEASURES[measure].bounds),
        place.url,
    )
