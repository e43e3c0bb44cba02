"""Forms around a bundle."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, MultipleFileField

from app.bundles.service import MOST_WRONG
from app.core.fields import (
    EraDateField,
    IntegerItemField,
    LongTextField,
    NormalisedStringField,
    Required,
)
from app.core.forms import ItemForm
from app.intake.forms import ACCEPTED


class BeginForm(ItemForm):
    """Nothing but the wish to begin the next sheet, once."""


class FollowUpForm(ItemForm):
    """A follow-up sheet whose observations are entered."""

    subject = NormalisedStringField(
        _l("Number of the case"),
        [Required()],
        max_length=20,
        description=_l("For a contact # and the number, like #12."),
    )
    first = EraDateField(_l("First day on the sheet"), [Required()])
    last = EraDateField(_l("Last day on the sheet"), [Required()])


class ScansForm(ItemForm):
    """Scans of the sheets of a bundle."""

    file = MultipleFileField(
        _l("Scanned paper"),
        description=_l("PDF, PNG, JPEG or TIFF; at most 10 MB and 20 pages each."),
        render_kw={"accept": ACCEPTED},
    )
    apart = BooleanField(_l("Every page is a notification of its own"))


class LookForm(ItemForm):
    """How many items of a sheet were wrong."""

    wrong_items = IntegerItemField(_l("Wrong items"), [Required()], minimum=0, maximum=MOST_WRONG)


class FinishForm(ItemForm):
    """Why the numbers differ, if they do."""

    explanation = LongTextField(
        _l("Why the numbers differ"),
        max_length=400,
        rows=2,
        description=_l("Needed only where the sheets counted and the sheets done differ."),
    )


class ReasonForm(ItemForm):
    """Why a sheet is not typed."""

    reason = LongTextField(_l("Reason"), [Required()], max_length=400, rows=3)
