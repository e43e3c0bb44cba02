"""The form a report is scheduled with."""

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from wtforms import PasswordField

from app.core.fields import CodeField, NormalisedStringField, Required
from app.core.forms import ItemForm
from app.core.labels import CodeList
from app.reports.kind import ReportKind
from app.reports.kinds import KINDS
from app.reports.schedules.codes import EVERY, HOUR, MONTH_DAY, WEEKDAY
from app.reports.service import PURPOSE_LENGTH, RECIPIENT_LENGTH

_PEOPLE = _l("Only for reports with people in them. It is kept in the record of looks.")


def kind_codes(kinds: Iterable[ReportKind]) -> CodeList:
    """Reports to choose from."""
    return CodeList("report_kind", *((one.key, one.label.ja, one.label.en) for one in kinds))


class ScheduleForm(ItemForm):
    """Which report, how often, for whom."""

    kind = CodeField(
        _l("Report"), [Required()], codes=kind_codes(KINDS.values()), blank=False, radio=False
    )
    every = CodeField(_l("How often"), [Required()], codes=EVERY, blank=False, default="day")
    weekday = CodeField(_l("Day of the week"), codes=WEEKDAY, blank=False, default="0", radio=False)
    month_day = CodeField(
        _l("Day of the month"),
        codes=MONTH_DAY,
        blank=False,
        default="1",
        radio=False,
        description=_l("In a shorter month the last day."),
    )
    hour = CodeField(_l("Hour"), [Required()], codes=HOUR, blank=False, default="6", radio=False)
    recipient = NormalisedStringField(
        _l("Who gets the file"), max_length=RECIPIENT_LENGTH, description=_PEOPLE
    )
    purpose = NormalisedStringField(_l("What for"), max_length=PURPOSE_LENGTH, description=_PEOPLE)
    password = PasswordField(
        _l("Password of the files"),
        description=_l("Every file opens with it. It is kept nowhere: tell it to the recipients."),
        render_kw={"autocomplete": "new-password"},
    )
