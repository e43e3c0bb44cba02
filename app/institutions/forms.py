"""The forms of the steps taken with an institution."""

from functools import cache

from flask_babel import lazy_gettext as _l

from app.core.fields import (
    CodeField,
    CodesField,
    EraDateField,
    LongTextField,
    ReferenceField,
    Required,
)
from app.core.forms import ItemForm
from app.core.labels import CodeList
from app.institutions.references import institutions_of_kind, municipality_source
from app.institutions.rules import PARENTS, PORTAL_ENTRIES, InstitutionKind, entries_of
from app.institutions.service import REASON_LENGTH

USE = CodeList(
    "portal_use",
    ("on", "利用を許可する", "May use the portal"),
    ("off", "利用を停止する", "May not use the portal"),
)


class ReasonForm(ItemForm):
    """Why; kept in the history."""

    reason = LongTextField(_l("Reason"), [Required()], max_length=REASON_LENGTH)


class CloseForm(ItemForm):
    """From which day on an institution is closed, and why."""

    closed_on = EraDateField(_l("Closed from"), [Required()])
    reason = LongTextField(_l("Reason"), [Required()], max_length=REASON_LENGTH)


class AreaForm(ItemForm):
    """A municipality for a health centre, from a day on."""

    municipality_code = ReferenceField(
        _l("Municipality"), [Required()], source=municipality_source()
    )
    from_on = EraDateField(_l("In charge from"), [Required()])


@cache
def use_form(kind: str) -> type[ItemForm]:
    """Whether an institution of this kind may use the portal, and what it may enter."""
    possible = entries_of(kind)
    codes = CodeList(
        "portal_entry",
        *((c.value, c.label.ja, c.label.en) for c in PORTAL_ENTRIES if c.value in possible),
    )

    class UseForm(ItemForm):
        use = CodeField(_l("Use of the portal"), [Required()], codes=USE, blank=False)
        entries = CodesField(_l("What it may do"), codes=codes, blank=False)
        reason = LongTextField(_l("Reason"), [Required()], max_length=REASON_LENGTH)

    return UseForm


@cache
def move_form(kind: str) -> type[ItemForm]:
    """Below which institution one of this kind stands, from a day on."""
    parents = sorted(parent.value for parent in PARENTS[InstitutionKind(kind)])

    class MoveForm(ItemForm):
        parent_id = ReferenceField(
            _l("New parent institution"), [Required()], source=institutions_of_kind(*parents)
        )
        from_on = EraDateField(_l("From this day on"), [Required()])
        reason = LongTextField(_l("Reason"), [Required()], max_length=REASON_LENGTH)

    return MoveForm
