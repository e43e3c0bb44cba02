"""What the address of the statistics page asks for, read and checked; and addresses like it."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import HiddenField, SelectField
from wtforms.fields import SelectChoice

from app.core import clock
from app.core.dates import format_date
from app.core.fields import EraDateField
from app.core.labels import Label
from app.generated.arguments import BadArgument, one_of, only_known, record_key
from app.security.actor import Actor
from app.statistics.areas import PREFECTURES, Area, Level, own_area, within
from app.statistics.measures import BASES, BASIS
from app.statistics.queries import FAMILY, LONGEST_DAYS, Asked, first_and_last_day

LEVELS: dict[Level, Label] = {
    "prefecture": Label("都道府県別", "By prefecture"),
    "authority": Label("保健所設置自治体別", "By authority"),
    "centre": Label("保健所別", "By health centre"),
    "day": Label("日別", "By day"),
}
DEFAULT_DAYS = 28
DEFAULT_BASIS = "reported"
PARAMETERS = frozenset(
    {"from", "to", "period", "basis", "level", "prefecture", "authority", "centre"}
)


@dataclass(frozen=True, slots=True)
class Question:
    """A checked request: what to add up, and how to break it down."""

    asked: Asked
    level: Level
    own: Area

    def address(self, endpoint: str = "StatisticsView.page", **changes: str) -> str:
        """The address of the same question with some parameters changed; "" leaves one out."""
        area = self.asked.area
        values: dict[str, Any] = {
            "from": self.asked.first.isoformat(),
            "to": self.asked.last.isoformat(),
            "basis": self.asked.basis,
            "level": self.level,
            "prefecture": area.prefecture_code,
            "authority": area.authority_id,
            "centre": area.centre_id,
        }
        chosen = {name: value for name, value in (values | changes).items() if value}
        return url_for(endpoint, **chosen)

    def address_of_area(self, area: Area, level: Level) -> str:
        """The address of the same period in another area."""
        moved = replace(self, asked=replace(self.asked, area=area), level=level)
        return moved.address()


def form_for(arguments: MultiDict[str, str], level: Level, levels: tuple[Level, ...]) -> FlaskForm:
    """The filter form, bound; the area stays in hidden fields."""
    fields = {
        "from": EraDateField(_l("From")),
        "to": EraDateField(_l("To")),
        "basis": SelectField(
            _l("Date counted by"),
            choices=[SelectChoice(basis.key, str(basis.label)) for basis in BASES],
            default=DEFAULT_BASIS,
        ),
        "level": SelectField(
            _l("Broken down by"),
            choices=[SelectChoice(key, str(LEVELS[key])) for key in levels],
            default=level,
        ),
        **{name: HiddenField() for name in ("prefecture", "authority", "centre")},
    }
    form_class = type("StatisticsForm", (FlaskForm,), fields)
    form: FlaskForm = form_class(formdata=arguments, meta={"csrf": False})
    return form


def area_asked(arguments: MultiDict[str, str], own: Area) -> Area:
    """The area of the address within the actor's own.

    Raises:
        BadArgument: malformed.
        NotVisible: outside the actor's own.
    """
    asked = Area(
        one_of(arguments, "prefecture", PREFECTURES),
        _key(arguments.get("authority")),
        _key(arguments.get("centre")),
    )
    return within(own, asked)


def levels_in(area: Area) -> tuple[Level, ...]:
    """How the area can be broken down."""
    order: tuple[Level, ...] = tuple(LEVELS)
    return order[order.index(area.finest_level) :]


def read_question(
    arguments: MultiDict[str, str], actor: Actor, *, further: Collection[str] = ()
) -> tuple[FlaskForm, Question | None]:
    """The form and the question; no question while a date of the form needs correcting.

    ``further`` names parameters that the caller reads itself.

    Raises:
        BadArgument: a parameter that no form sends.
        NotVisible: an area outside the actor's own.
    """
    only_known(arguments, PARAMETERS.union(further))
    own = own_area(actor)
    area = area_asked(arguments, own)
    basis = one_of(arguments, "basis", tuple(BASIS)) or DEFAULT_BASIS
    everything = one_of(arguments, "period", ("all",))
    level = _level(arguments, area)
    filled = MultiDict(arguments)
    if everything or not (arguments.get("from", "").strip() or arguments.get("to", "").strip()):
        spanned = first_and_last_day(basis, area) if everything else None
        first, last = spanned or _default_period()
        # Set one by one: MultiDict.update() would leave a blank date in front of the new one.
        filled["from"], filled["to"] = format_date(first), format_date(last)
    filled["basis"], filled["level"] = basis, level
    form = form_for(filled, level, levels_in(area))
    period = _checked_period(form)
    if period is None:
        return form, None
    return form, Question(Asked(basis, *period, area, FAMILY), level, own)


def presets(question: Question) -> list[tuple[str, str]]:
    """(words, address) of the periods people ask for every day."""
    today = clock.today()
    begins = today.replace(day=1)
    before = begins - timedelta(days=1)
    periods = (
        (_("Last %(days)s days", days=7), today - timedelta(days=6), today),
        (_("Last %(days)s days", days=28), today - timedelta(days=27), today),
        (_("This month"), begins, today),
        (_("Last month"), before.replace(day=1), before),
    )
    links = [
        (words, question.address(**{"from": first.isoformat(), "to": last.isoformat()}))
        for words, first, last in periods
    ]
    everything = question.address(**{"from": "", "to": "", "period": "all"})
    return [*links, (_("Whole course"), everything)]


def other_bases(basis: str, address: Callable[..., str]) -> list[tuple[str, str]]:
    """(words, address) of the same question counted by the other dates."""
    return [(str(one.label), address(basis=one.key)) for one in BASES if one.key != basis]


def _level(arguments: MultiDict[str, str], area: Area) -> Level:
    asked = one_of(arguments, "level", tuple(LEVELS))
    allowed = levels_in(area)
    # A level above the area has one line only; the area's own break-down is meant.
    return next((level for level in allowed if level == asked), area.finest_level)


def _default_period() -> tuple[date, date]:
    today = clock.today()
    return today - timedelta(days=DEFAULT_DAYS - 1), today


def _checked_period(form: FlaskForm) -> tuple[date, date] | None:
    begin, end = form["from"], form["to"]
    for field, other in ((begin, end), (end, begin)):
        # One day alone is meant as "on this day".
        if not field.errors and not field.process_errors and field.data is None:
            field.data = other.data
    if begin.process_errors or end.process_errors:
        begin.errors, end.errors = list(begin.process_errors), list(end.process_errors)
        return None
    if begin.data > end.data:
        end.errors = [_("The period ends before it begins.")]
        return None
    if (end.data - begin.data).days >= LONGEST_DAYS:
        end.errors = [_("The period is longer than ten years.")]
        return None
    return begin.data, end.data


def _key(text: str | None) -> int | None:
    if not text:
        return None
    if len(text) > 10:
        raise BadArgument(_l("This address is not complete or has a mistake in it."))
    return record_key(text)
