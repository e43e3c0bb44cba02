"""Files of results: our workbook with the waiting tests, read back; CSV; the marked workbook."""

import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import xlsxwriter
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.cases.codes import SPECIMEN, TEST_METHOD, TEST_RESULT, VARIANT_SCREENING
from app.cases.models import LabTest
from app.core.dates import format_date
from app.core.errors import InvalidInput
from app.core.labels import Label
from app.core.workbooks.reading import SheetKind, SheetRow, keyed_sheet
from app.institutions.variant_names import search_variants
from app.laboratory.models import RESULT_OUTCOMES, ResultFile
from app.laboratory.rules import RESULTS, number_of_test
from app.laboratory.variants import ITEMS
from app.tables.cells import RawRow
from app.tables.contents import text_rows

MOST_ROWS: Final = 5_000
FIRST_ROW: Final = 3
COLUMNS: Final = (
    ("outcome", Label("取込結果", "Result of the row"), 18),
    ("number", Label("検査番号", "Test number"), 14),
    ("specimen", Label("検体材料", "Specimen"), 18),
    ("method", Label("検査方法", "Method"), 34),
    ("collected_on", Label("検体採取日", "Collected on"), 13),
    ("expected_on", Label("結果予定日", "Expected on"), 13),
    ("sender", Label("依頼元", "Sent by"), 30),
    ("result", Label("結果", "Result"), 12),
    ("resulted_on", Label("結果判明日", "Result known on"), 14),
    ("variant_screening", Label("変異株スクリーニング", "Screening for variants"), 16),
    ("screening_target_id", Label("検査項目（変異）", "Mutation screened for"), 18),
    ("genome_known_on", Label("ゲノム解析の結果判明日", "Genome analysis known on"), 16),
    ("variant_id", Label("変異株名", "Variant"), 26),
)
"""Key, heading and width; what stands from the result on is filled in, the rest tells which test it
is. A variant may come with the result or, in another file, weeks after it."""
ASKED: Final = ("result", "resulted_on", *ITEMS)
RESULT_SHEET: Final = SheetKind(
    word="hersys-results-1",
    first_row=FIRST_ROW,
    most_rows=MOST_ROWS,
    days=frozenset({"resulted_on", "genome_known_on"}),
    aside=frozenset(key for key, _l_, _w in COLUMNS if key not in ASKED) | {"row_key"},
)
_HEADINGS: Final = {
    "number": ("検査番号", "number", "Test number"),
    "result": ("結果", "結果内容", "result", "Result"),
    "resulted_on": ("結果判明日", "判明日", "resulted_on", "Result known on"),
    "variant_screening": ("変異株スクリーニング", "変異株PCR検査", "variant_screening"),
    "screening_target_id": ("検査項目（変異）", "検査項目", "変異", "screening_target"),
    "genome_known_on": ("ゲノム解析の結果判明日", "ゲノム解析日", "genome_known_on"),
    "variant_id": ("変異株名", "変異株", "系統", "variant"),
}


def rows_of_file(content: bytes) -> Sequence[SheetRow]:
    """The rows of our workbook, or of a CSV with the headings 検査番号, 結果, 結果判明日 or, for
    variants, 検査番号 and one of 変異株スクリーニング, 変異株名.

    Raises:
        InvalidInput: says at ``file`` what is wrong with it.
    """
    if content.startswith((b"PK", b"\xd0\xcf")) or not content:
        return keyed_sheet(content, RESULT_SHEET).rows
    return _text_rows(text_rows(content))


def _text_rows(rows: Iterable[RawRow]) -> Sequence[SheetRow]:
    places: dict[str, int] = {}
    found: list[SheetRow] = []
    for row in rows:
        cells = [str(cell or "") for cell in row.cells]
        if not places:
            places = _places(cells)
            continue
        texts = {key: cells[at] for key, at in places.items() if at < len(cells) and cells[at]}
        if texts:
            found.append(SheetRow(row.number, texts))
        if len(found) > MOST_ROWS:
            raise _refusal(_l("At most %(limit)s rows at a time.", limit=f"{MOST_ROWS:,}"))
    if not found:
        raise _refusal(_l("There is no row below the headings."))
    return found


def _places(cells: Sequence[str]) -> dict[str, int]:
    heads = [cell.strip() for cell in cells]
    places = {
        key: next((heads.index(word) for word in words if word in heads), -1)
        for key, words in _HEADINGS.items()
    }
    known = {key: place for key, place in places.items() if place >= 0}
    if not ({"number", "result", "resulted_on"} <= known.keys() or _tells_variants(known)):
        raise _refusal(
            _l(
                "The headings were not found: a row with %(headings)s is needed.",
                headings="「検査番号」「結果」「結果判明日」",
            )
        )
    return known


def _tells_variants(places: Mapping[str, int]) -> bool:
    return "number" in places and bool({"variant_screening", "variant_id"} & places.keys())


def worklist_workbook(tests: Sequence[LabTest]) -> bytes:
    """The tests with empty columns for result, day and variant, or what is known of them."""
    rows = [
        {
            "number": number_of_test(test.id),
            "specimen": SPECIMEN.label(test.specimen or ""),
            "method": TEST_METHOD.label(test.method or ""),
            "collected_on": format_date(test.collected_on),
            "expected_on": format_date(test.expected_on),
            "sender": str(test.entering_institution or ""),
        }
        | _known(test)
        for test in tests
    ]
    return _written([(number, row, None) for number, row in enumerate(rows, start=FIRST_ROW)])


def _known(test: LabTest) -> dict[str, str]:
    if test.result in (None, "pending"):
        return {}
    return {
        "result": TEST_RESULT.label(test.result or ""),
        "resulted_on": format_date(test.resulted_on),
        "variant_screening": VARIANT_SCREENING.label(test.variant_screening or ""),
        "screening_target_id": str(test.screening_target or ""),
        "genome_known_on": format_date(test.genome_known_on),
        "variant_id": str(test.variant or ""),
    }


def marked_workbook(file: ResultFile) -> bytes:
    """The file as it was sent, with what became of every row and a comment at every fault."""
    rows = file.rows or []
    return _written([(FIRST_ROW + n, one["texts"], one) for n, one in enumerate(rows)])


def _written(rows: Sequence[tuple[int, dict[str, str], dict[str, Any] | None]]) -> bytes:
    target = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as book:
        sheet = book.add_worksheet(_("Results"))
        text = book.add_format({"num_format": "@", "border": 1, "border_color": "#BFBFBF"})
        fault = book.add_format({"num_format": "@", "border": 1, "bg_color": "#F8CBAD"})
        head = book.add_format({"bold": True, "bg_color": "#E3ECF5", "border": 1})
        asked = book.add_format({"bold": True, "bg_color": "#F4D9B8", "border": 1})
        sheet.set_row(0, None, None, {"hidden": True})
        sheet.write_string(0, 0, RESULT_SHEET.marker(""))
        sheet.set_column(0, 0, 2, None, {"hidden": True})
        for place, (key, label, width) in enumerate(COLUMNS, start=1):
            sheet.set_column(place, place, width, text)
            sheet.write_string(0, place, key)
            is_asked = key in ASKED
            sheet.write_string(
                1, place, f"{label}{'　◎' if is_asked else ''}", asked if is_asked else head
            )
        sheet.freeze_panes(FIRST_ROW - 1, 3)
        keys = [key for key, _label, _width in COLUMNS]
        last = FIRST_ROW + max(len(rows), 1) - 2
        _offer(book, sheet, keys, last)
        for number, texts, told in rows:
            _row(sheet, number - 1, keys, texts, told, text, fault)
    return target.getvalue()


def _offer(book: xlsxwriter.Workbook, sheet: Any, keys: Sequence[str], last: int) -> None:
    """The lists of the filled columns, kept on a sheet of their own: Excel takes no long ones."""
    names = search_variants("")
    offered = {
        "result": [str(code.label) for code in RESULTS],
        "variant_screening": [str(code.label) for code in VARIANT_SCREENING],
        "screening_target_id": [str(one) for one in names if one.kind == "mutation"],
        "variant_id": [str(one) for one in names if one.kind == "lineage"],
    }
    lists = book.add_worksheet(_("Lists"))
    lists.hide()
    for column, (key, words) in enumerate(offered.items()):
        if words:
            lists.write_column(0, column, words)
            source = f"='{lists.name}'!${chr(65 + column)}$1:${chr(65 + column)}${len(words)}"
            place = keys.index(key) + 1
            chosen = {"validate": "list", "source": source, "show_error": False}
            sheet.data_validation(FIRST_ROW - 1, place, last, place, chosen)


def _row(
    sheet: Any,
    line: int,
    keys: Sequence[str],
    texts: dict[str, str],
    told: dict[str, Any] | None,
    text: Any,
    fault: Any,
) -> None:
    problems = told["problems"] if told else {}
    for place, key in enumerate(keys, start=1):
        value = texts.get(key, "")
        if key == "outcome" and told:
            value = RESULT_OUTCOMES.label(told["outcome"])
        look = fault if key in problems else text
        if value:
            sheet.write_string(line, place, value, look)
        else:
            sheet.write_blank(line, place, None, look)
        if key in problems:
            sheet.write_comment(line, place, problems[key], {"x_scale": 2.2})


def _refusal(sentence: object) -> InvalidInput:
    return InvalidInput({"file": [sentence]})
