"""The monthly sheet back to each institution that notified: thanks, and how its data stand.

The working group asked that entering be worth a clinic's while (R132): it sees its own
completeness and delays beside the median of its area, and what its typing spared others.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from importlib.resources import files
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import and_, func, select

from app.cases.models import Case
from app.core import clock
from app.core.dates import format_date
from app.core.db import db
from app.core.errors import InvalidState, NotVisible
from app.core.items import Enterer, item_of
from app.core.labels import current_language
from app.core.pdf import compile_pdf
from app.institutions.models import Institution
from app.jobs.context import JobContext
from app.jobs.registry import Result
from app.quality.codes import MONTHLY
from app.quality.indicators import measured
from app.quality.measures import COMPLETED, DELAYS, Measured
from app.security.actor import Actor, acting_as, system_actor

MINUTES_PER_TYPING = 10
"""What typing a faxed notification takes a health centre, roughly; said to be an estimate."""
FEWEST = 3
"""Institutions in an area below which its median would tell of one of them."""
SHOWN_DELAYS = ("diagnosis_to_report", "report_to_entry")
"""What an institution itself can change."""


@dataclass(frozen=True, slots=True)
class Bar:
    """An item: own share of cases in which it is filled, and the area's (None: not told)."""

    label: str
    own: float | None
    area: float | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page."""

    institution: str
    centre: str
    month: str
    thanks: str
    figures: list[tuple[str, str, str]]
    bars: list[Bar]
    best: str
    wish: str
    made_on: str


def month_of(text: str | None, today: date) -> date:
    """The first day of ``2021-08``; without a text the month before this one.

    Raises:
        ValueError: no month, or one that has not begun.
    """
    if not text:
        return (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    first = date.fromisoformat(f"{text}-01")
    if first > today or first.year < 2000:
        raise ValueError("a month that has begun")
    return first


def last_day(month: date) -> date:
    """The last day of the month that begins on ``month``."""
    return (month + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def sheets_of_centre(centre_id: int, month: date) -> Sequence[Sheet]:
    """A page for each institution that notified to the health centre in the month."""
    where = and_(_in_month(month), Case.responsible_centre_id == centre_id)
    found = measured(where, Case.reporting_institution_id, month, last_day(month))
    with acting_as(system_actor("data quality")):
        centre = db.session.get_one(Institution, centre_id).name
    named = {name: one for name, one in found.places.items() if name != "－"}
    return [sheet_of(name, centre, month, one, named, found.total) for name, one in named.items()]


def own_sheet(actor: Actor, month: date) -> Sheet:
    """The page of the actor's institution, beside the area that met most of its cases.

    Raises:
        InvalidState: nothing was notified in the month.
    """
    own = and_(_in_month(month), Case.reporting_institution_id == actor.institution_id)
    with acting_as(system_actor("data quality")):
        centre_id = db.session.scalar(
            select(Case.responsible_centre_id)
            .where(own, Case.responsible_centre_id.is_not(None))
            .group_by(Case.responsible_centre_id)
            .order_by(func.count().desc(), Case.responsible_centre_id)
            .limit(1)
        )
        name = db.session.scalar(
            select(Institution.name).where(Institution.id == actor.institution_id)
        )
    found = [] if centre_id is None else sheets_of_centre(centre_id, month)
    for sheet in found:
        if sheet.institution == name:
            return sheet
    raise InvalidState(_l("Nothing was notified by your institution in this month."))


def sheet_of(
    name: str,
    centre: str,
    month: date,
    own: Measured,
    others: Mapping[str, Measured],
    area: Measured,
) -> Sheet:
    """One page from the figures; the area is told of where it does not point at one clinic."""
    told = area if len(others) >= FEWEST else None
    bars = [_bar(item, own, told) for item in COMPLETED if _is_asked_of_clinics(item)]
    return Sheet(
        institution=name,
        centre=centre,
        month=_("%(month)s/%(year)s", year=month.year, month=month.month),
        thanks=_thanks(own),
        figures=list(_figures(own, told)),
        bars=bars,
        best=_best(bars),
        wish=_wish(bars),
        made_on=format_date(clock.today()),
    )


def pdf_of(sheets: Sequence[Sheet]) -> bytes:
    """One A4 page per sheet."""
    words = {
        "lang": current_language(),
        "title": str(MONTHLY),
        "honorific": _("(to the institution)"),
        "figures": _("This month in figures"),
        "own": _("Your institution"),
        "area": _("Area (median)"),
        "items": _("How complete the items are"),
        "area_mark": _("the line: the area"),
        "made": _("Made on"),
        "foot": _("This sheet holds numbers alone and no patient."),
    }
    values = {"sheets": [asdict(sheet) for sheet in sheets], "words": words}
    return compile_pdf(files("app.quality") / "monthly.typ", values)


def make_sheets(ctx: JobContext) -> Result:
    """The work behind "make the sheets": of the health centre that asked."""
    centre_id = ctx.actor.institution_id
    if centre_id is None:
        raise NotVisible(_l("There is no such record."))
    month = month_of(str(ctx.parameters["month"]), clock.today())
    found = sheets_of_centre(centre_id, month)
    if not found:
        raise InvalidState(_l("No institution notified a case in this month."))
    ctx.progress(0, len(found))
    path = ctx.output_path(f"{MONTHLY}_{month:%Y%m}.pdf")
    path.write_bytes(pdf_of(found))
    ctx.progress(len(found), len(found))
    return Result(file=path, counts={"rows": len(found)})


def _in_month(month: date) -> Any:
    # A case without a day of diagnosis is counted by its report.
    day = func.coalesce(Case.diagnosed_on, Case.reported_on)
    return and_(
        day.between(month, last_day(month)),
        Case.notification_state.in_(("accepted", "corrected")),
    )


def _thanks(own: Measured) -> str:
    typed = own.notified - own.on_behalf
    words = ngettext(
        "Thank you for notifying %(num)s patient this month.",
        "Thank you for notifying %(num)s patients this month.",
        own.cases,
    )
    if typed <= 0:
        return words
    minutes = typed * MINUTES_PER_TYPING
    spared = _(
        "You entered %(number)s of them in the portal yourself. That spared the health centre about "
        "%(hours)s hours of typing (estimated at %(minutes)s minutes each).",
        number=typed,
        hours=f"{minutes / 60:.1f}",
        minutes=MINUTES_PER_TYPING,
    )
    return f"{words} {spared}"


def _figures(own: Measured, area: Measured | None) -> Iterator[tuple[str, str, str]]:
    yield _("Notified patients"), f"{own.cases:,}", ""
    yield _("Entered by yourself"), f"{max(own.notified - own.on_behalf, 0):,}", ""
    yield (
        _("Completeness of the items"),
        _share(own.all_completeness),
        _share(area.all_completeness if area else None),
    )
    for delay in DELAYS:
        if delay.key in SHOWN_DELAYS:
            theirs = area.median(delay.key) if area else None
            words = _("%(delay)s (median)", delay=delay.label)
            yield words, _days(own.median(delay.key)), _days(theirs)


def _bar(item: str, own: Measured, area: Measured | None) -> Bar:
    label = str(item_of(Case, item).label)
    return Bar(label, own.completeness(item), area.completeness(item) if area else None)


def _is_asked_of_clinics(item: str) -> bool:
    """What a clinic enters, and knows when it notifies."""
    return item != "outcome" and Enterer.CLINIC in item_of(Case, item).entered_by


def _best(bars: Sequence[Bar]) -> str:
    full = [bar.label for bar in bars if bar.own == 100]
    if not full:
        return ""
    return _("Complete in every notification: %(items)s", items="、".join(full[:6]))


def _wish(bars: Sequence[Bar]) -> str:
    lacking = sorted((bar for bar in bars if bar.own is not None and bar.own < 80), key=_own)
    if not lacking:
        return _("Nothing to wish for. Thank you for the care taken.")
    names = "、".join(bar.label for bar in lacking[:3])
    return _("If it is possible, these items would help most: %(items)s", items=names)


def _own(bar: Bar) -> float:
    return bar.own or 0


def _share(value: float | None) -> str:
    return "－" if value is None else f"{value:.0f}%"


def _days(value: int | None) -> str:
    return "－" if value is None else ngettext("%(num)s day", "%(num)s days", value)
