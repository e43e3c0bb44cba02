"""Forms of publication."""

from flask_babel import lazy_gettext as _l

from app.core import clock
from app.core.fields import BooleanItemField, CodeField, EraDateField, LongTextField, Required
from app.core.forms import ItemForm
from app.core.labels import CodeList
from app.publication.service import REASON_LENGTH
from app.statistics.measures import BASES

DATE_BASES = CodeList("date_basis", *((b.key, b.label.ja, b.label.en) for b in BASES))
_PUBLIC = _l("Everybody reads it. No name, nothing that points at a person.")


class PrepareForm(ItemForm):
    """The day, the date, and why a published day is corrected."""

    figures_on = EraDateField(_l("Figures of"), [Required()], default=clock.today)
    basis = CodeField(
        _l("Date counted by"), [Required()], codes=DATE_BASES, blank=False, default="reported"
    )
    reason = LongTextField(
        _l("Reason of the correction"),
        max_length=REASON_LENGTH,
        rows=2,
        description=_l("Only for a day that was published already. Everybody reads it."),
    )


class CorrectionForm(PrepareForm):
    """The same for a day that was published: the reason has to be given."""

    reason = LongTextField(
        _l("Reason of the correction"),
        [Required()],
        max_length=REASON_LENGTH,
        rows=2,
        description=_PUBLIC,
    )


class StepForm(ItemForm):
    """Nothing but the answer."""


class WithdrawForm(ItemForm):
    """Why figures are published no longer."""

    reason = LongTextField(
        _l("Reason"), [Required()], max_length=REASON_LENGTH, rows=3, description=_PUBLIC
    )
    take_down = BooleanItemField(
        _l("Give the files out no longer (they gave somebody away)"), default=False
    )


class AsKnownForm(ItemForm):
    """Which days, known when."""

    first = EraDateField(_l("From"), [Required()])
    last = EraDateField(_l("To"), [Required()])
    known = EraDateField(_l("As known at the end of"), [Required()])
    basis = CodeField(_l("Date counted by"), [Required()], codes=DATE_BASES, radio=False)
