"""Forms of the queue and of the questions."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField

from app.core.fields import CodeField, LongTextField, NormalisedStringField, Required
from app.core.forms import ItemForm
from app.quality.codes import CHECK_REASON

_NO_NAMES = _l(
    "Do not write names, addresses or telephone numbers: the question is read without identity."
)


class CheckForm(ItemForm):
    """The values are right as they are: how it was found out."""

    reason = CodeField(_l("How it was checked"), [Required()], codes=CHECK_REASON, blank=False)
    note = NormalisedStringField(_l("Note"), max_length=200, description=_l("Do not write names."))


class CheckManyForm(CheckForm):
    """The same for many: ``choice`` says which, as it was shown."""

    choice = HiddenField()


class AskForm(ItemForm):
    """A question about a case."""

    text = LongTextField(
        _l("Question"), [Required()], max_length=1000, rows=4, description=_NO_NAMES
    )


class AnswerForm(ItemForm):
    """The next message of a thread."""

    text = LongTextField(_l("Words"), [Required()], max_length=1000, rows=4, description=_NO_NAMES)


class CloseForm(ItemForm):
    """Nothing but the decision."""
