"""What a table says about itself: page, cover sheet and documents read this."""

from flask_babel import gettext as _

from app.analysis.measures import SHOWN_AS
from app.analysis.table import Table
from app.core.dates import format_instant
from app.core.labels import Label

TITLE = Label("自由集計", "Free analysis")
TOTAL = Label("合計", "Total")
WHOLE = Label("全体", "All")
HIDDEN = Label("秘匿", "Hidden")
HELP = Label(
    "行と列の項目、数え方、期間を選びます。氏名・住所など個人を特定する項目は選べません。",
    "Choose what the rows and columns are, what is counted, and the period. Items that identify"
    " somebody cannot be chosen.",
)


def measured_words(table: Table) -> str:
    """The measure, and as what it is shown."""
    shown_as = table.question.shown_as
    label = str(table.measure.label)
    return label if shown_as == "number" else f"{label}・{SHOWN_AS[shown_as]}"


def notes_of(table: Table) -> list[str]:
    """Definition, time of the data, and what was hidden."""
    question, protection = table.question, table.protection
    notes = [
        f"{table.measure.label}: {table.measure.sentence}",
        _("State of the data: %(time)s", time=format_instant(table.made_at)),
    ]
    if question.counted:
        notes.append(
            _(
                "Counted: confirmed cases, accepted by a health centre or imported; not suspected ones."
            )
        )
    if not table.measure.adds_up or table.measure.form == "distinct":
        notes.append(_("Totals are computed anew from the records; they are no sum of the cells."))
    if not protection.is_on:
        notes.append(
            _("Small numbers are shown: this table is for the work of your own office only.")
        )
        return notes
    notes.append(
        _(
            "Numbers from 1 to %(most)s are hidden, and as many others that no sum gives one back.",
            most=protection.threshold - 1,
        )
    )
    if protection.base > 1:
        notes.append(_("Numbers are rounded to multiples of %(base)s.", base=protection.base))
    return notes
