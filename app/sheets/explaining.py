"""The sheets beside the entries: what each column means, and what became of the rows."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _

from app.core import clock
from app.core.dates import format_instant
from app.institutions.diseases import NOTIFICATION_TIMINGS
from app.sheets.layout import SheetColumn, SheetForm
from app.sheets.models import ROW_OUTCOMES

HOW_TO = "記入の説明"
OVERVIEW = "取込結果"
_EXAMPLES: Mapping[str, str] = {
    "doctor_name": "山田　太郎",
    "name": "佐藤　花子",
    "kana": "さとう　はなこ",
    "postal_code": "160-0023",
    "address": "東京都新宿区西新宿2-8-1",
    "home_phone": "03-1234-5678",
    "mobile_phone": "090-1234-5678",
    "oxygen_saturation": "97",
    "area_municipality": "新宿区",
    "occupation_detail": "会社員（飲食店）",
}
_BY_KIND: Mapping[str, str] = {"date": "2021/8/18　R3.8.18", "integer": "1"}


def example_of(column: SheetColumn) -> str:
    """A value as it may be typed."""
    if column.key in _EXAMPLES:
        return _EXAMPLES[column.key]
    if column.codes is not None:
        words = [str(code.label) for code in column.codes][: 2 if column.kind == "codes" else 1]
        return "、".join(words)
    return _BY_KIND.get(column.kind, "")


def message_of(form: SheetForm, column: SheetColumn) -> str:
    """What Excel shows beside a cell of the column."""
    told = [column.hint] if column.hint else []
    if column.kind == "codes":
        told.append(_("Several words are separated by 、"))
    example = example_of(column)
    if example:
        told.append(_("For example: %(example)s", example=example))
    if column.show_when:
        told.append(condition_of(form, column))
    return "\n".join(told) or column.label


def condition_of(form: SheetForm, column: SheetColumn) -> str:
    """When a column is asked for; empty: always, or its hint says so already."""
    if column.minor:
        return "" if column.hint else _("For minors only.")
    if not column.show_when:
        return ""
    name, values = column.show_when.split("=")
    if not values:
        return _("Only where “%(item)s” is left blank.", item=form.label(name))
    codes = form.codes.get(name)
    words = "・".join(codes.label(value) for value in values.split("|")) if codes else values
    return _("Only where “%(item)s” is %(words)s.", item=form.label(name), words=words)


def explanation(book: Any, form: SheetForm) -> None:
    """Disease and deadline; meaning, example and words of every column in their order."""
    sheet = book.add_worksheet(HOW_TO)
    title = book.add_format({"bold": True, "font_size": 14})
    heading = book.add_format({"bold": True, "bg_color": "#E3ECF5", "border": 1})
    text = book.add_format({"text_wrap": True, "valign": "top", "border": 1})
    for position, width in enumerate((34, 8, 46, 36, 60)):
        sheet.set_column(position, position, width)
    heading_words = _("How to fill in the workbook of notifications")
    sheet.write_string(0, 0, f"{heading_words}：{form.disease.short_name}", title)
    line = 1
    for sentence in (*_of_disease(form), *_sentences()):
        sheet.write_string(line, 0, f"・{sentence}")
        line += 1
    headings = (_("Column"), "◎", _("What to enter"), _("Example"), _("Words of the list"))
    for position, word in enumerate(headings):
        sheet.write_string(line + 1, position, word, heading)
    sheet.freeze_panes(line + 2, 1)
    for row, column in enumerate(form.columns, start=line + 2):
        words = "、".join(str(code.label) for code in column.codes) if column.codes else ""
        told = "\n".join(filter(None, (column.hint, condition_of(form, column))))
        cells = (column.heading, "◎" if column.marked else "", told, example_of(column), words)
        for position, cell in enumerate(cells):
            sheet.write_string(row, position, cell, text)


def overview(
    book: Any,
    form: SheetForm,
    outcomes: Sequence[Mapping[str, Any]],
    address: Callable[[int, str], str],
) -> None:
    """How many rows came to what, which kinds of fault there are, and where each stands."""
    sheet = book.add_worksheet(OVERVIEW)
    bold = book.add_format({"bold": True, "bg_color": "#E3ECF5", "border": 1})
    for position, width in enumerate((10, 34, 70, 10)):
        sheet.set_column(position, position, width)
    title = _("Result of the workbook")
    named = f"{title}：{form.disease.short_name}"
    sheet.write_string(0, 0, named, book.add_format({"bold": True}))
    sheet.write_string(1, 0, _("Checked at %(at)s", at=format_instant(clock.now())))
    line = 3
    counts = Counter(one["outcome"] for one in outcomes)
    for code in ROW_OUTCOMES:
        if counts[code.value]:
            sheet.write_string(line, 1, str(code.label))
            sheet.write_number(line, 3, counts[code.value])
            line += 1
    faults = [
        (one["row"], key, sentence) for one in outcomes for key, sentence in faults_listed(one)
    ]
    line = _kinds(sheet, form, line + 1, faults, bold)
    for position, word in enumerate((_("Cell"), _("Column"), _("What to do"))):
        sheet.write_string(line, position, word, bold)
    for row, key, sentence in faults:
        line += 1
        place = address(row, key)
        sheet.write_url(line, 0, f"internal:'入力'!{place}", string=place)
        sheet.write_string(line, 1, form.label(key))
        sheet.write_string(line, 2, sentence)


def faults_listed(outcome: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Column and sentence of everything to look at in a row."""
    if outcome["outcome"] == "refused":
        return [(key, one) for key, told in outcome["problems"].items() for one in told]
    if outcome["outcome"] == "question":
        return [(one["item"], one["sentence"]) for one in outcome["asked"]]
    return []


def _kinds(
    sheet: Any, form: SheetForm, line: int, faults: Sequence[tuple[int, str, str]], bold: Any
) -> int:
    kinds = Counter((key, sentence) for _row, key, sentence in faults)
    for position, word in enumerate(("", _("Column"), _("Kind of fault"), _("Rows"))):
        sheet.write_string(line, position, word, bold)
    for (key, sentence), count in kinds.most_common():
        line += 1
        sheet.write_string(line, 1, form.label(key))
        sheet.write_string(line, 2, sentence)
        sheet.write_number(line, 3, count)
    return line + 2


def _of_disease(form: SheetForm) -> tuple[str, ...]:
    disease = form.disease
    due = _(
        "Time of notification: %(timing)s",
        timing=NOTIFICATION_TIMINGS.label(disease.notification_timing),
    )
    if disease.surveillance != "all_cases":
        due = _(
            "From 8 May 2023 COVID-19 is counted at sentinels. A notification of each case is not "
            "asked for by law."
        )
    return (
        _("Disease: %(name)s", name=disease.name),
        due,
        _("This workbook is for this disease alone. Other diseases have workbooks of their own."),
    )


def _sentences() -> tuple[str, ...]:
    return (
        _("One row is one notification. Columns with ◎ are required."),
        _("Dates: 2021/8/18, R3.8.18, 令和3年8月18日 or a date of Excel."),
        _("Words of a list may be chosen or typed; several words are separated by 、."),
        _("Left blank: the date of report is the day of sending, name and address are your own."),
        _("Nothing is submitted by uploading: the portal first shows what would happen."),
        _("Faulty cells come back coloured with a comment. Correct them and send the same file."),
        _("A row that was submitted is never submitted again. Correct it on the screen."),
        _("Do not use formulas: paste values. Do not unhide the first row and column."),
    )
