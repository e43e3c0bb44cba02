"""The form a report is asked for with, and the one of the survey's numbers."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import ValidationError

from app.core import clock
from app.core.fields import CodeField, EraDateField, NormalisedStringField, Required
from app.core.forms import ItemForm, form_for
from app.core.labels import CodeList
from app.exports.service import Format
from app.reports.kind import BASIS, DISEASE, ReportKind, Wanted
from app.reports.layout_queries import layouts_of
from app.reports.models import CareSurvey
from app.reports.protection import problems_of
from app.reports.rules import Span, days_around, latest_whole
from app.reports.service import PURPOSE_LENGTH, RECIPIENT_LENGTH, needs_password
from app.reports.wording import disease_choices
from app.statistics.areas import Area
from app.statistics.measures import BASES
from app.statistics.queries import FAMILY
from app.statistics.weekly_survey import NUMBERS

DATE_BASES = CodeList("report_basis", *((b.key, b.label.ja, b.label.en) for b in BASES))
FORMATS = CodeList(
    "report_format",
    ("xlsx", "Excel", "Excel"),
    ("csv", "CSV（UTF-8）", "CSV (UTF-8)"),
    ("csv-cp932", "CSV（Shift_JIS）", "CSV (Shift_JIS)"),
)
PROTECTION = CodeList(
    "report_protection",
    ("none", "付けない", "None"),
    ("made", "自動で作成する（次の画面に一度だけ表示）", "Made by the portal, shown once"),
    ("own", "自分で決める", "My own"),
)
PLAIN = "plain"
_DAY_LABELS: dict[Span, Any] = {
    "day": _l("Day"),
    "week": _l("Any day of the week"),
    "month": _l("Any day of the month"),
    "wednesday": _l("Wednesday (or any day up to the next one)"),
}


class AskForm(ItemForm):
    """What every report is asked with; a kind's own fields are added per request."""

    def wanted(self, kind: ReportKind) -> Wanted:
        """The report this form asks for; call it after validation."""
        first, last = self._days(kind.span)
        layout = self._given("layout", "")
        format_: Format = self._given("format", "xlsx")
        return Wanted(
            kind=kind.key,
            area=area_of(self["area"].data),
            first=first,
            last=last,
            basis=self._given(BASIS, "reported"),
            family=self._given(DISEASE, FAMILY),
            layout_id=int(layout) if layout.isdigit() else None,
            plain=layout == PLAIN,
            format=format_,
        )

    def _days(self, span: Span) -> tuple[date, date]:
        on = self["day"].data
        return days_around(span, on)

    def _given(self, name: str, otherwise: Any) -> Any:
        return self[name].data or otherwise if name in self else otherwise

    def validate(self, extra_validators: Any = None) -> bool:
        """A password stands only where one is asked for, and follows the rules."""
        valid = bool(super().validate(extra_validators))
        if "protection" not in self:
            return valid
        chosen = self["protection"].data
        if chosen == "own":
            self["password"].errors = problems_of(self["password"].data or "")
        if chosen in ("own", "made") and self._given("format", "xlsx") != "xlsx":
            self["format"].errors = [_l("Only an Excel file can have a password.")]
        return valid and not self["password"].errors and not self.errors


def ask_form(kind: ReportKind, areas: Sequence[tuple[str, str]]) -> AskForm:
    """The bound form of a report; ``areas`` are those the actor may choose."""
    _first, last = latest_whole(kind.span, clock.today())
    day = last if kind.span != "wednesday" else clock.today()
    fields: dict[str, Any] = {
        "area": SelectField(_l("Area"), choices=_choices(areas)),
        "day": EraDateField(_DAY_LABELS[kind.span], [Required(), _not_to_come], default=day),
    }
    if BASIS in kind.parameters:
        fields[BASIS] = CodeField(
            _l("Date counted by"), [Required()], codes=DATE_BASES, blank=False, default="reported"
        )
    if DISEASE in kind.parameters:
        fields[DISEASE] = SelectField(
            _l("Disease"), choices=_choices(disease_choices()), default=FAMILY
        )
    if kind.listing is not None:
        fields["layout"] = SelectField(_l("Layout"), choices=_choices(layout_choices(kind)))
        fields["format"] = CodeField(_l("Format"), codes=FORMATS, blank=False, default="xlsx")
    needed = [Required()] if kind.holds_people else []
    fields["recipient"] = NormalisedStringField(
        _l("Who gets the file"),
        needed,
        max_length=RECIPIENT_LENGTH,
        description=_l("An office or a post; kept in the record of looks."),
    )
    fields["purpose"] = NormalisedStringField(_l("What for"), needed, max_length=PURPOSE_LENGTH)
    must = needs_password(kind)
    fields["protection"] = CodeField(
        _l("Password on the Excel file"),
        codes=_without_none() if must else PROTECTION,
        blank=False,
        default="made" if must else "none",
        radio=True,
    )
    fields["password"] = PasswordField(
        _l("Password"),
        description=_l("12 to 64 half-width characters, letters and digits."),
        render_kw={"data-show-when": "protection=own", "autocomplete": "new-password"},
    )
    return type("AskForm", (AskForm,), fields)()


def layout_choices(kind: ReportKind) -> list[tuple[str, str]]:
    """The default layout, the portal's own, and every other one."""
    found = layouts_of(kind.key)
    default = next((one for one in found if one.is_default), None)
    own = (PLAIN, str(_l("The portal's own")))
    if default is None:
        return [own, *((str(one.id), one.name) for one in found)]
    rest = [(str(one.id), one.name) for one in found if one is not default]
    return [(str(default.id), default.name), own, *rest]


def area_of(value: str) -> Area:
    """The area behind a choice: ``13``, ``a92``, ``c252``, or nothing for the country."""
    if value.startswith("a"):
        return Area(authority_id=int(value[1:]))
    if value.startswith("c"):
        return Area(centre_id=int(value[1:]))
    return Area(prefecture_code=value or None)


SurveyForm = form_for(CareSurvey, NUMBERS)


def _choices(pairs: Sequence[tuple[str, str]]) -> list[SelectChoice]:
    return [SelectChoice(value, words) for value, words in pairs]


def _without_none() -> CodeList:
    kept = [(one.value, one.label.ja, one.label.en) for one in PROTECTION if one.value != "none"]
    return CodeList("report_protection_needed", *kept)


def _not_to_come(_form: Any, field: Any) -> None:
    if field.data is not None and field.data > clock.today():
        raise ValidationError(_l("This day lies in the future."))
