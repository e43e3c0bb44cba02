"""What the address of a planning page asks for: period and area, and the assumptions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import SelectField
from wtforms.fields import SelectChoice

from app.core import clock
from app.core.dates import format_date
from app.core.fields import DecimalItemField, IntegerItemField
from app.generated.arguments import only_known
from app.institutions.rules import InstitutionKind
from app.planning.assumptions import (
    HORIZONS,
    SCENARIOS,
    SETTING,
    SETTINGS,
    Setting,
    Values,
    problems_between,
)
from app.security.actor import Actor
from app.statistics.areas import Area, institution_names, prefecture_names
from app.statistics.asking import PARAMETERS as PERIOD_AND_AREA
from app.statistics.asking import Question, read_question

LONGEST = 400
"""Days of a chart of this package."""
DEFAULT_DAYS = 60
ASSUMED = frozenset({"scenario", "days", *SETTING})
PARAMETERS = PERIOD_AND_AREA | ASSUMED


@dataclass(frozen=True, slots=True)
class Slider:
    """A number with its range for the slider beside it."""

    setting: Setting
    field: Any

    @property
    def position(self) -> str:
        """Where the slider stands; nothing where no number is given."""
        return "" if self.field.data is None else f"{self.field.data}"


def read_period(
    arguments: MultiDict[str, str], actor: Actor, *, also: frozenset[str] = ASSUMED
) -> tuple[FlaskForm, Question | None]:
    """The form of period and area, and the question; None while a date needs correcting.

    Raises:
        BadArgument: a parameter that no form sends.
        NotVisible: an area outside the actor's own.
    """
    only_known(arguments, PERIOD_AND_AREA | also)
    asked = MultiDict((k, v) for k, v in arguments.items() if k in PERIOD_AND_AREA)
    dated = any(asked.get(name, "").strip() for name in ("from", "to", "period"))
    if not dated:
        today = clock.today()
        asked["from"] = format_date(today - timedelta(days=DEFAULT_DAYS - 1))
        asked["to"] = format_date(today)
    form, question = read_question(asked, actor)
    if question is None:
        return form, None
    if question.asked.last > clock.today():
        question = replace(question, asked=replace(question.asked, last=clock.today()))
        if question.asked.first > question.asked.last:
            form["from"].errors = [_("This day lies in the future.")]
            return form, None
    if (question.asked.last - question.asked.first).days >= LONGEST:
        form["to"].errors = [_("The period is longer than %(days)s days.", days=LONGEST)]
        return form, None
    return form, question


def read_assumptions(
    arguments: MultiDict[str, str], keys: Sequence[str], known: Mapping[str, float]
) -> tuple[FlaskForm, Values | None]:
    """The form of the assumptions, filled with ``known`` (estimated or declared) or the defaults
    where nothing was typed, and the checked values; None while something needs correcting."""
    filled: MultiDict[str, str] = MultiDict()
    filled["scenario"] = arguments.get("scenario") or "fading"
    filled["days"] = arguments.get("days") or str(HORIZONS[-1])
    for key in keys:
        default = known.get(key, SETTING[key].default)
        filled[key] = arguments.get(key, "").strip() or _plain(default)
    form = _form_class(tuple(keys))(formdata=filled, meta={"csrf": False})
    for key in keys:
        form[key].description = _source(SETTING[key], known)
        form[key].unit = SETTING[key].unit
    if not form.validate():
        return form, None
    numbers = {key: None if form[key].data is None else float(form[key].data) for key in keys}
    values = Values(form["scenario"].data, int(form["days"].data), numbers)
    problems = problems_between(values)
    for key, sentence in problems.items():
        form[key].errors = [str(sentence)]
    return form, None if problems else values


def sliders_of(form: FlaskForm, keys: Sequence[str]) -> list[Slider]:
    """Fields with their ranges, in the order of the settings."""
    return [Slider(one, form[one.key]) for one in SETTINGS if one.key in keys]


def stays_typed(arguments: MultiDict[str, str]) -> dict[str, float]:
    """Lengths of stay that can be read, for working out the shares; others do not count."""
    found = {}
    for key in ("stay", "severe_stay", "hotel_stay"):
        try:
            number = float(arguments.get(key, ""))
        except ValueError:
            continue
        if SETTING[key].minimum <= number <= SETTING[key].maximum:
            found[key] = number
    return found


def typed_of(values: Values) -> dict[str, str]:
    """The parameters that ask for these assumptions again."""
    numbers = {key: _plain(value) for key, value in values.numbers.items() if value is not None}
    return {"scenario": values.scenario, "days": str(values.days)} | numbers


def address(endpoint: str, question: Question, values: Values | None = None, **more: Any) -> str:
    """The address of a page about the same area and days under the same assumptions."""
    area = question.asked.area
    parameters: dict[str, Any] = {
        "from": question.asked.first.isoformat(),
        "to": question.asked.last.isoformat(),
        "basis": question.asked.basis,
        "prefecture": area.prefecture_code,
        "authority": area.authority_id,
        "centre": area.centre_id,
    }
    parameters |= typed_of(values) if values else {}
    return url_for(
        endpoint, **{k: v for k, v in (parameters | more).items() if v not in (None, "")}
    )


def places_below(own: Area) -> tuple[str, list[tuple[str, str]]]:
    """The parameter that narrows the actor's own area, and the places it can name."""
    if own.centre_id is not None:
        return "", []
    if own.authority_id is None and own.prefecture_code is None:
        found = prefecture_names(own.prefecture_codes)
        return "prefecture", [(str(one.key), one.name) for one in found]
    kind = InstitutionKind.AUTHORITY if own.authority_id is None else InstitutionKind.HEALTH_CENTRE
    name = "authority" if own.authority_id is None else "centre"
    return name, [(str(one.key), one.name) for one in institution_names(kind, own, set())]


def _form_class(keys: tuple[str, ...]) -> type[FlaskForm]:
    fields: dict[str, Any] = {
        "scenario": SelectField(
            _l("New cases from now on"),
            choices=[SelectChoice(code.value, str(code.label)) for code in SCENARIOS],
        ),
        "days": SelectField(
            _l("Days ahead"),
            choices=[SelectChoice(str(n), _("%(days)s days ahead", days=n)) for n in HORIZONS],
        ),
        **{key: _number_field(SETTING[key]) for key in keys},
    }
    return type("AssumptionForm", (FlaskForm,), fields)


def _number_field(setting: Setting) -> Any:
    label, low, high = str(setting.label), setting.minimum, setting.maximum
    if setting.places:
        return DecimalItemField(label, places=setting.places, minimum=low, maximum=high)
    return IntegerItemField(label, minimum=low, maximum=high)


def _source(setting: Setting, known: Mapping[str, float]) -> str:
    """Where the number that stands there unless another is typed comes from."""
    if setting.group == "places":
        return (
            str(setting.source)
            if setting.key in known
            else _("No number is known: type one to have it worked out.")
        )
    if setting.key in known:
        number = _plain(known[setting.key])
        return _("From the area's last 28 days: %(number)s %%", number=number)
    return str(setting.source)


def _plain(number: float | None) -> str:
    return "" if number is None else f"{number:.2f}".rstrip("0").rstrip(".")
