"""The columns of a disease's workbook: the lines of its entry form in the paper's order."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Final

from app.core import clock
from app.core.items import Item
from app.core.labels import CodeList, Label
from app.core.workbooks.reading import SheetKind
from app.institutions.diseases import Disease
from app.notifications.choosing import form_class_of
from app.notifications.entry_form import EntryForm, item_of_line, label_of_line, parts_of
from app.notifications.layout import FORM_FROM, LINES, Line
from app.security.actor import Actor

MOST_ROWS: Final = 1_000
FIRST_ROW: Final = 4
"""The first row to fill in, as Excel counts; above stand the keys, the parts, the headings."""
ROW_KEY: Final = "row_key"
RESULT: Final = "row_result"
CONFIRMED: Final = "row_confirmed"
ASIDE: Final = (ROW_KEY, RESULT, CONFIRMED)
"""Columns beside the form: the hidden key of the row, what became of it, the answer to questions."""
PROXY: Final = "institution_id"

CONFIRMATION = CodeList("row_confirmation", ("confirmed", "確認済み", "Confirmed"))
_ASIDE_LABELS: Mapping[str, Label] = {
    ROW_KEY: Label("行キー", "Row key"),
    RESULT: Label("取込結果", "Result"),
    CONFIRMED: Label("確認", "Confirmation"),
}
_WIDTHS = {"date": 13, "codes": 34, "long_text": 44, "reference": 26, "integer": 10}
_WIDE = {
    "address": 44,
    "location_address": 36,
    "guardian_address": 36,
    "institution_address": 36,
    "institution_name": 28,
    "name": 18,
    "kana": 22,
    "guardian_name": 18,
    "postal_code": 12,
    "symptoms_other": 30,
    "diagnosis_methods_other": 30,
    "specimens_other": 26,
}


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """A column: what the form calls the line, its words, its choices, when it is asked for.

    ``show_when`` and ``minor`` as of :class:`~app.notifications.layout.Line`.
    """

    key: str
    heading: str
    label: str
    hint: str
    part: str
    kind: str
    codes: CodeList | None
    width: int
    marked: bool
    show_when: str
    minor: bool


@dataclass(frozen=True)
class SheetForm:
    """The workbook of one disease: its entry form with the options registered today.

    Args:
        made: the form of whoever fills it in; a health centre's names the notifier too.
    """

    disease: Disease
    made: type[EntryForm]

    @property
    def by_proxy(self) -> bool:
        """True where every row names the medical institution that notifies."""
        return self.asks(PROXY)

    def asks(self, key: str) -> bool:
        """True when the form of the disease has this line."""
        return hasattr(self.made, key)

    @cached_property
    def codes(self) -> Mapping[str, CodeList]:
        """The words that may stand in a column, of those that offer any."""
        fields = self.made(formdata=None, meta={"csrf": False})
        return {one.short_name: one.codes for one in fields if getattr(one, "codes", None)}

    @cached_property
    def columns(self) -> tuple[SheetColumn, ...]:
        """Every line in force by today, dressed as on the page of the form (needs a request).

        Lines a later form left out stay: each row is judged by the form of its own day.
        """
        form, today = self.made(formdata=None, meta={"csrf": False}), clock.today()
        return tuple(
            _column(LINES[field.short_name], field, part.title)
            for part in parts_of(form)
            for field in part.fields
            if FORM_FROM.get(LINES[field.short_name].since, date.min) <= today
        )

    @cached_property
    def labels(self) -> Mapping[str, str]:
        """What the columns are called, without their numbers."""
        return {column.key: column.label for column in self.columns}

    def label(self, key: str) -> str:
        """What a column is called; a line this form does not have keeps its own name."""
        if key in _ASIDE_LABELS:
            return str(_ASIDE_LABELS[key])
        return self.labels.get(key) or str(label_of_line(key) if key in LINES else key)


def sheet_form(disease: Disease, *, by: Actor) -> SheetForm:
    """The workbook of a disease for whoever fills it in."""
    return SheetForm(disease, form_class_of(by, disease.family))


def kind_of(key: str) -> str:
    """The kind of value of a column."""
    return "code" if key == "area_prefecture_code" else item_of_line(key).kind


def _column(line: Line, field: Any, part: str) -> SheetColumn:
    label = str(field.label.text).removeprefix(f"{line.number}　")
    number = f"{line.number}　" if line.number else ""
    # The particulars of a test are due only where its method is named.
    marked = bool(field.flags.marked) and not field.show_when.startswith("diagnosis_methods=")
    since = FORM_FROM.get(line.since)
    added = f"（{since.year}年{since.month}月{since.day}日〜）" if since else ""
    kind = kind_of(line.name)
    item: Item = item_of_line(line.name)
    return SheetColumn(
        line.name,
        f"{number}{label}{'　◎' if marked else ''}{added}",
        label,
        str(field.description or item.hint or ""),
        part,
        kind,
        getattr(field, "codes", None),
        _WIDE.get(line.name) or _WIDTHS.get(kind, 20),
        marked,
        field.show_when,
        line.minor,
    )


NOTIFICATION_SHEET: Final = SheetKind(
    word="hersys-notification-1",
    first_row=FIRST_ROW,
    most_rows=MOST_ROWS,
    days=frozenset(name for name in LINES if kind_of(name) == "date"),
    aside=frozenset(ASIDE),
)
