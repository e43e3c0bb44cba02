"""Forms of a station and of those who receive its lists."""

from flask_babel import lazy_gettext as _l
from wtforms import FileField, RadioField

from app.core.fields import IntegerItemField, LongTextField, NormalisedStringField, Required
from app.core.forms import ItemForm
from app.quarantine.taking_over import REASON_LENGTH


class DeliveryForm(ItemForm):
    """A list of one day."""

    number = NormalisedStringField(
        _l("Number of the list"),
        [Required()],
        max_length=40,
        description=_l("The station's own number. A list sent again under its number is compared."),
    )
    file = FileField(
        _l("List of returnees (.xlsx or .csv)"),
        description=_l("A workbook, or a CSV in UTF-8 or Shift_JIS, with a row of headings."),
        render_kw={"accept": ".xlsx,.csv"},
    )


class AssignForm(ItemForm):
    """Which health centre follows somebody."""

    centre = IntegerItemField(_l("Health centre"), [Required()], minimum=1)


class TakeForm(ItemForm):
    """Who the person is: somebody new, or one of those known here."""

    person = RadioField(_l("Who is it?"), choices=(), validate_choice=False, default="")


class CloseForm(ItemForm):
    """Why nobody follows."""

    reason = LongTextField(_l("Reason"), [Required()], max_length=REASON_LENGTH, rows=3)
