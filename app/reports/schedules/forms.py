"""The form a report is scheduled with."""

from collections.abc import Callable, Iterable, Sequence

from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, SelectField

from app.core.fields import CodeField, NormalisedStringField, Required
from app.core.forms import ItemForm
from app.core.labels import CodeList
from app.reports.forms import DATE_BASES, PLAIN
from app.reports.kind import BASIS, DISEASE, ReportKind
from app.reports.kinds import KINDS
from app.reports.layout_queries import layouts_of
from app.reports.schedules.codes import EVERY, HOUR, MONTH_DAY, WEEKDAY
from app.reports.schedules.rules import Choices
from app.reports.service import PURPOSE_LENGTH, RECIPIENT_LENGTH
from app.reports.wording import disease_choices
from app.statistics.queries import FAMILY

_PEOPLE = _l("Only for reports with people in them. It is kept in the record of looks.")


def kind_codes(kinds: Iterable[ReportKind]) -> CodeList:
    """Reports to choose from."""
    return CodeList("report_kind", *((one.key, one.label.ja, one.label.en) for one in kinds))


def _for_kinds(suits: Callable[[ReportKind], bool]) -> dict[str, str]:
    """The field is shown for these reports; others are made without it."""
    chosen = [key for key, kind in KINDS.items() if suits(kind)]
    return {"data-show-when": f"kind={'|'.join(chosen)}"}


class ScheduleForm(ItemForm):
    """Which report, how often, for whom."""

    kind = CodeField(
        _l("Report"), [Required()], codes=kind_codes(KINDS.values()), blank=False, radio=False
    )
    every = CodeField(_l("How often"), [Required()], codes=EVERY, blank=False, default="day")
    weekday = CodeField(
        _l("Day of the week"),
        codes=WEEKDAY,
        blank=False,
        default="0",
        radio=False,
        render_kw={"data-show-when": "every=week"},
    )
    month_day = CodeField(
        _l("Day of the month"),
        codes=MONTH_DAY,
        blank=False,
        default="1",
        radio=False,
        description=_l("In a shorter month the last day."),
        render_kw={"data-show-when": "every=month"},
    )
    hour = CodeField(_l("Hour"), [Required()], codes=HOUR, blank=False, default="6", radio=False)
    basis = CodeField(
        _l("Date counted by"),
        codes=DATE_BASES,
        blank=False,
        default="reported",
        radio=False,
        render_kw=_for_kinds(lambda kind: BASIS in kind.parameters),
    )
    family = SelectField(
        _l("Disease"),
        default=FAMILY,
        render_kw=_for_kinds(lambda kind: DISEASE in kind.parameters),
    )
    layout = SelectField(
        _l("Layout"), default="", render_kw=_for_kinds(lambda kind: kind.listing is not None)
    )
    recipient = NormalisedStringField(
        _l("Who gets the file"),
        max_length=RECIPIENT_LENGTH,
        description=_PEOPLE,
        render_kw=_for_kinds(lambda kind: kind.holds_people),
    )
    purpose = NormalisedStringField(
        _l("What for"),
        max_length=PURPOSE_LENGTH,
        description=_PEOPLE,
        render_kw=_for_kinds(lambda kind: kind.holds_people),
    )
    password = PasswordField(
        _l("Password of the files"),
        description=_l("Every file opens with it. It is kept nowhere: tell it to the recipients."),
        render_kw={"autocomplete": "new-password"},
    )

    def choices(self) -> Choices:
        """What the report is asked with; call it after validation."""
        layout = self.layout.data or ""
        return Choices(
            basis=self.basis.data or "reported",
            family=self.family.data or FAMILY,
            layout_id=int(layout) if layout.isdigit() else None,
            plain=layout == PLAIN,
        )


def schedule_form(kinds: Sequence[ReportKind]) -> ScheduleForm:
    """The bound form for somebody who may ask for these reports."""
    form = ScheduleForm()
    form.kind.codes = kind_codes(kinds)
    form.family.choices = disease_choices()
    form.layout.choices = [
        ("", str(_l("The default layout of that day"))),
        (PLAIN, str(_l("The portal's own"))),
        *(
            (str(one.id), f"{kind.label}：{one.name}")
            for kind in kinds
            if kind.listing is not None
            for one in layouts_of(kind.key)
        ),
    ]
    return form
