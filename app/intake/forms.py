"""Forms of the desk where paper arrives."""

from functools import lru_cache
from typing import Any, cast

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, MultipleFileField

from app.core.fields import (
    ItemField,
    LongTextField,
    NormalisedStringField,
    ReferenceField,
    Required,
)
from app.core.forms import ItemForm
from app.core.labels import Label
from app.institutions.references import institutions_of_kind
from app.intake.queries import REPORTING_KINDS
from app.intake.rules import KEY_ITEMS
from app.intake.service import REASON_LENGTH
from app.notifications.entry_form import EntryForm, Options, entry_form_class
from app.notifications.paper_code import read_code

ACCEPTED = "application/pdf,image/png,image/jpeg,image/tiff,.pdf,.png,.jpg,.jpeg,.tif,.tiff"


class CodeSignsField(NormalisedStringField):
    """The code printed on a form, typed or scanned; its data is the PaperCode."""

    def read(self, text: str) -> Any:
        """The code. Raises ValueError with a sentence when it was mistyped."""
        found = read_code(text)
        if found is None:
            raise ValueError(
                _l("This is not a code of one of our forms. Check each sign, or leave it blank.")
            )
        return found


class MatchForm(ItemForm):
    """From whom a paper comes."""

    code = CodeSignsField(
        Label("用紙の照合用コード", "Code on the form"),
        description=Label(
            "右上のコード（16文字）を入力するか、QRコードを読み取ります。",
            "Type the 16 signs in the upper right corner, or scan the QR code.",
        ),
        max_length=60,
    )
    clinic_id = ReferenceField(
        Label("届出医療機関", "Reporting institution"),
        source=institutions_of_kind(*REPORTING_KINDS),
    )


class UploadForm(MatchForm):
    """One or several scans."""

    file = MultipleFileField(
        _l("Scanned paper"),
        description=_l("PDF, PNG, JPEG or TIFF; at most 10 MB and 20 pages each."),
        render_kw={"accept": ACCEPTED},
    )
    apart = BooleanField(_l("Every page is a notification of its own"))


class DiscardForm(ItemForm):
    """Why a paper is taken out of the queue."""

    reason = LongTextField(_l("Reason"), [Required()], max_length=REASON_LENGTH)


@lru_cache(maxsize=16)
def check_form_class(options: Options, family: str) -> type[EntryForm]:
    """The key items of a disease's form, to be typed a second time without seeing the first."""
    made = entry_form_class(options, by_proxy=False, family=family)
    fields: dict[str, ItemField] = {
        name: getattr(made, name) for name in KEY_ITEMS if hasattr(made, name)
    }
    return cast("type[EntryForm]", type("SecondTyping", (EntryForm,), fields))
