"""What the address of a dashboard asks for, read and checked; and addresses like it."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Literal

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import HiddenField, SelectField
from wtforms.fields import SelectChoice

from app.core import clock
from app.core.dates import format_date
from app.core.errors import NotVisible
from app.core.fields import EraDateField
from app.core.labels import Label
from app.dashboards.compared import NONE, PERIODS, Compared, area_choices, read_compared
from app.dashboards.measures import DEFAULT_MEASURE, MAP_MEASURES
from app.generated.arguments import one_of, only_known
from app.security.actor import Actor
from app.statistics.areas import Area, Level, Standing, own_area, standing_of
from app.statistics.asking import area_asked, levels_in
from app.statistics.measures import BASES, BASIS
from app.statistics.scope import NATIONAL_ROLES

STEPS = {"day": Label("日ごと", "By day"), "week": Label("週ごと", "By week")}
SORTS = ("name", "week", "per_100k", "before", "ratio", "care", "care_per_100k", "bed_use")
DEFAULT_DAYS = 56
DEFAULT_BASIS = "reported"
BY_WEEK_FROM = 184
"""Days from which on a curve is by week unless days are asked for: half a year of columns."""
LONGEST_DAYS = 1_096
"""Three years: more than a picture can show."""
EARLIEST = date(2000, 1, 1)
_AREA = ("prefecture", "authority", "centre")
_VIEW = ("measure", "level", "sort", "direction")
PARAMETERS = frozenset({"from", "to", "basis", "step", "against", "against_from", *_AREA, *_VIEW})


@dataclass(frozen=True, slots=True)
class Question:
    """A checked request. ``last`` is also the day that states and maps are of."""

    area: Area
    own: Area
    standing: Standing
    basis: str
    step: Literal["day", "week"]
    first: date
    last: date
    compared: Compared | None
    against: str
    level: Level | None
    measure: str
    sort: str
    descending: bool
    is_national: bool

    def address(self, endpoint: str = "DashboardView.page", **changes: str) -> str:
        """The address of the same question with some parameters changed; "" leaves one out."""
        other = self.compared.asked_from if self.compared else None
        values: dict[str, Any] = {
            "from": self.first.isoformat(),
            "to": self.last.isoformat(),
            "basis": self.basis,
            "step": self.step,
            "against": self.against,
            "against_from": other.isoformat() if other else None,
            "measure": self.measure if self.measure != DEFAULT_MEASURE else None,
            "level": self.level,
            "sort": self.sort if self.sort != "name" else None,
            "direction": "desc" if self.descending else None,
            **area_parameters(self.area),
        }
        return url_for(
            endpoint, **{name: value for name, value in (values | changes).items() if value}
        )

    def address_of_area(self, area: Area) -> str:
        """The same period and basis in another area; comparison and order start anew."""
        moved = replace(
            self, area=area, compared=None, against="", level=None, sort="name", descending=False
        )
        return moved.address()


def area_parameters(area: Area) -> dict[str, Any]:
    """An area as parameters of an address."""
    named = (area.prefecture_code, area.authority_id, area.centre_id)
    return {name: value for name, value in zip(_AREA, named, strict=True) if value}


def reach(actor: Actor, area: Area) -> Area:
    """The area, for whom the dashboards of it exist.

    The ministry and the national institute have the country and its prefectures; what lies
    below is the prefectures' own.

    Raises:
        NotVisible: it lies outside of the actor's duty.
    """
    if actor.role in NATIONAL_ROLES and area.is_below_prefecture:
        raise NotVisible(_l("There is no such page."))
    return area


def _standing(area: Area) -> Standing:
    """Where the area stands.

    Raises:
        NotVisible: there is no such place, or it lies elsewhere than the address says.
    """
    standing = standing_of(area)
    for _name, above in standing.above:
        for name in ("prefecture_code", "authority_id"):
            found, said = getattr(above, name), getattr(area, name)
            if found is not None and said is not None and found != said:
                raise NotVisible(_l("There is no such page."))
    return standing


def levels_of(area: Area, *, is_national: bool) -> tuple[Level, ...]:
    """How the table of places can be broken down: the ministry down to authorities."""
    found = tuple(level for level in levels_in(area) if level != "day")
    return found[:1] if is_national else found


def read_question(
    arguments: MultiDict[str, str], actor: Actor
) -> tuple[FlaskForm, Question | None, Standing]:
    """The form and the question; no question while a field needs correcting.

    Raises:
        BadArgument: a parameter that no form sends.
        NotVisible: an area outside the actor's own.
    """
    only_known(arguments, PARAMETERS)
    own = own_area(actor)
    area = reach(actor, area_asked(arguments, own))
    is_national = actor.role in NATIONAL_ROLES
    standing = _standing(area)
    levels = levels_of(area, is_national=is_national)
    level = one_of(arguments, "level", levels)
    areas = area_choices(area, own, standing, is_national=is_national)
    form = _form(_filled(arguments, area), areas)
    period = _checked_period(form)
    compared = read_compared(form, period, area, areas) if period else None
    if period is None or form.errors:
        return form, None, standing
    if "step" not in arguments and (period[1] - period[0]).days >= BY_WEEK_FROM:
        form["step"].data = "week"
    basis, step = form["basis"].data, form["step"].data
    question = Question(
        area=area,
        own=own,
        standing=standing,
        basis=basis,
        step=step,
        first=period[0],
        last=period[1],
        compared=compared,
        against=form["against"].data or "",
        level=level or (levels[0] if levels else None),  # type: ignore[arg-type]
        measure=one_of(arguments, "measure", tuple(MAP_MEASURES)) or DEFAULT_MEASURE,
        sort=one_of(arguments, "sort", SORTS) or "name",
        descending=one_of(arguments, "direction", ("asc", "desc")) == "desc",
        is_national=is_national,
    )
    return form, question, standing


def presets(question: Question) -> list[tuple[str, str]]:
    """(words, address) of the periods people ask for every day."""
    today = clock.today()
    return [
        (
            _("Last %(days)s days", days=days),
            question.address(
                **{"from": (today - timedelta(days=days - 1)).isoformat(), "to": today.isoformat()}
            ),
        )
        for days in (28, 56, 182, 365)
    ]


def _filled(arguments: MultiDict[str, str], area: Area) -> MultiDict[str, str]:
    """What was typed, and what stands for what was left out."""
    filled = MultiDict(arguments)
    if not (arguments.get("from", "").strip() or arguments.get("to", "").strip()):
        today = clock.today()
        filled["from"] = format_date(today - timedelta(days=DEFAULT_DAYS - 1))
        filled["to"] = format_date(today)
    filled["basis"] = one_of(arguments, "basis", tuple(BASIS)) or DEFAULT_BASIS
    filled["step"] = one_of(arguments, "step", tuple(STEPS)) or "day"
    for name in ("against", "against_from"):
        filled.setdefault(name, "")
    return filled


def _form(filled: MultiDict[str, str], areas: list[tuple[str, str]]) -> FlaskForm:
    against = [(NONE, _("Nothing")), *((key, str(words)) for key, words in PERIODS.items()), *areas]
    fields = {
        "from": EraDateField(_l("From")),
        "to": EraDateField(_l("To")),
        "basis": SelectField(
            _l("Date counted by"),
            choices=[SelectChoice(basis.key, str(basis.label)) for basis in BASES],
        ),
        "step": SelectField(
            _l("Curve by"), choices=[SelectChoice(key, str(words)) for key, words in STEPS.items()]
        ),
        "against": SelectField(
            _l("Compared with"), choices=[SelectChoice(*one) for one in against]
        ),
        "against_from": EraDateField(_l("The other period begins on")),
        **{name: HiddenField() for name in (*_AREA, *_VIEW)},
    }
    form_class = type("DashboardForm", (FlaskForm,), fields)
    form: FlaskForm = form_class(formdata=filled, meta={"csrf": False})
    form["against_from"].render_kw = {"data-show-when": "against=from"}
    return form


def _checked_period(form: FlaskForm) -> tuple[date, date] | None:
    begin, end = form["from"], form["to"]
    for one in (begin, end, form["against_from"]):
        one.errors = list(one.process_errors)
    for one, other in ((begin, end), (end, begin)):
        # One day alone is meant as "on this day".
        if not one.errors and one.data is None:
            one.data = other.data
    if begin.errors or end.errors or form["against_from"].errors:
        return None
    problem = _problem_of(begin.data, end.data)
    if problem is not None:
        name, words = problem
        form[name].errors = [words]
        return None
    return begin.data, end.data


def _problem_of(first: date, last: date) -> tuple[str, str] | None:
    """(field, sentence) of a period that cannot be shown."""
    if first > last:
        return "to", _("The period ends before it begins.")
    if last > clock.today():
        return "to", _("This day lies in the future.")
    if first < EARLIEST:
        return "from", _("The portal has no figures before %(day)s.", day=format_date(EARLIEST))
    if (last - first).days >= LONGEST_DAYS:
        return "from", _("The period is longer than three years.")
    return None
