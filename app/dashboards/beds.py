"""Beds and hotel rooms: secured, usable, occupied, and by institution for those who meet them."""

from collections.abc import Callable
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup

from app.coordination.bed_figures import VALID_DAYS, bed_lines, hotel_lines
from app.core.charts import Group, group_chart
from app.core.dates import format_date
from app.core.labels import Label
from app.dashboards.panel import Heading, Panel
from app.dashboards.source import Source
from app.generated.hooks import may
from app.statistics import derived
from app.statistics.stages import SEVERE_BED_USE

ALL_BEDS = Label("病床（全体）", "Beds, all")
SEVERE_BEDS = Label("うち重症者用", "Of these for severe cases")
HOTEL_ROOMS = Label("宿泊療養施設の居室", "Rooms of hotels")
SECURED = Label("確保", "Secured")
USABLE = Label("即応（使用可）", "Usable now")
OCCUPIED = Label("使用中", "Occupied")
USE = Label("確保に対する使用率（％）", "Use of the secured (%)")
USE_OF_USABLE = Label("即応に対する使用率（％）", "Use of the usable (%)")
USE_SHARE = Label("使用率（％）", "Use (%)")
SEVERE_USE = Label("重症者用 使用率（％）", "Severe: use (%)")
ROOM_NOTE = Label(
    "居室の使用中は宿泊療養者数（人）で、療養状況等調査の居室使用率と同じ算出方法。"
    "居室数は現在のもので、過去の日付を指定しても変わらない。",
    "Rooms occupied are the people in hotels, as the weekly survey counts it. Rooms are those of "
    "now, whichever day is asked for.",
)


def beds(source: Source) -> Panel:
    """The area's beds and rooms on the last day, with their use."""
    asked = source.question
    title = _(
        "Beds and rooms on %(day)s, %(place)s",
        day=format_date(asked.last),
        place=asked.standing.name,
    )
    rows = _rows(source)
    groups = [Group(name, numbers[:3]) for name, *numbers in rows]

    def draw(width: int) -> Markup:
        return group_chart(
            groups,
            labels=[str(SECURED), str(USABLE), str(OCCUPIED)],
            key=f"beds-{width}",
            title=title,
            description=_("Bars: secured, usable now and occupied, for beds and rooms."),
            width=width,
        )

    headings = (
        Heading(_("Places"), "text"),
        Heading(SECURED),
        Heading(USABLE),
        Heading(OCCUPIED),
        Heading(USE, "decimal", 1),
        Heading(USE_OF_USABLE, "decimal", 1),
    )
    if not rows:
        words = _(
            "No hospital of the area declared its beds in the %(days)s days up to %(day)s, and no "
            "hotel has rooms.",
            days=VALID_DAYS,
            day=format_date(asked.last),
        )
        return Panel("beds", title, headings, (), lacking=words, is_half=True)
    return Panel("beds", title, headings, rows, draw, _notes(source), is_half=True)


def beds_by_place(source: Source) -> Panel | None:
    """Hospital by hospital; None for roles that meet no declarations."""
    if not may("list", "bed_report") or source.question.is_national:
        return None
    lines = bed_lines(source.spot, source.question.last)
    if not lines:
        return None
    rows = [
        (
            line.name,
            line.declared_on,
            line.sums.total,
            line.sums.usable,
            line.sums.occupied,
            derived.bed_use(line.sums.occupied, line.sums.total),
            line.sums.severe_total,
            line.sums.severe_usable,
            line.sums.severe_occupied,
            derived.bed_use(line.sums.severe_occupied, line.sums.severe_total),
        )
        for line in lines
    ]
    counts = [Heading(one) for one in (SECURED, USABLE, OCCUPIED)]
    severe = [
        Heading(Label(f"重症者用 {one.ja}", f"Severe: {one.en}"))
        for one in (SECURED, USABLE, OCCUPIED)
    ]
    return Panel(
        "beds_by_place",
        _("Beds by hospital"),
        (
            Heading(_("Hospital"), "text"),
            Heading(_("Declared for"), "date"),
            *counts,
            Heading(USE_SHARE, "decimal", 1, definition=str(derived.BED_USE.sentence)),
            *severe,
            Heading(SEVERE_USE, "decimal", 1, definition=str(SEVERE_BED_USE.sentence)),
        ),
        rows,
    )


def rooms_by_place(source: Source) -> Panel | None:
    """Hotel by hotel, as they are now; None for roles that meet no rooms."""
    if not may("list", "hotel_room") or source.question.is_national:
        return None
    is_today = source.question.last == source.today
    lines = hotel_lines(source.spot, source.today if is_today else None)
    if not lines:
        return None
    rows = [
        (
            line.name,
            line.rooms.total,
            line.rooms.usable,
            line.people,
            derived.room_use(line.people, line.rooms.total),
        )
        for line in lines
    ]
    note = _("Rooms and people as they are now; whichever area the people came from.")
    return Panel(
        "rooms_by_place",
        _("Rooms by hotel"),
        (
            Heading(_("Hotel"), "text"),
            Heading(SECURED),
            Heading(USABLE),
            Heading(_("People there")),
            Heading(USE_SHARE, "decimal", 1),
        ),
        rows,
        notes=(note,) if is_today else (note, _("People are shown for today only.")),
    )


def _rows(source: Source) -> list[tuple[Any, ...]]:
    beds, rooms = source.beds, source.rooms
    found: list[tuple[Label, Callable[..., float | None], int, int, int | None]] = []
    if beds.hospitals:
        found.append((ALL_BEDS, derived.bed_use, beds.total, beds.usable, beds.occupied))
        severe = (beds.severe_total, beds.severe_usable, beds.severe_occupied)
        found.append((SEVERE_BEDS, derived.bed_use, *severe))
    if rooms.total:
        stocks = source.stocks(source.question.last)
        people = None if stocks is None else stocks["hotel"]
        found.append((HOTEL_ROOMS, derived.room_use, rooms.total, rooms.usable, people))
    return [
        (
            str(label),
            secured,
            usable,
            taken,
            use(taken, secured),
            derived.percent(taken, usable),
        )
        for label, use, secured, usable, taken in found
    ]


def _notes(source: Source) -> tuple[str, ...]:
    declared = _(
        "Declared by %(number)s hospitals; a declaration counts for %(days)s days.",
        number=f"{source.beds.hospitals:,}",
        days=VALID_DAYS,
    )
    notes = [declared] if source.beds.hospitals else []
    return (*notes, *((str(ROOM_NOTE),) if source.rooms.total else ()))
