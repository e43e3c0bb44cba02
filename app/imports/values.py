"""A cell to a value; what cannot be read is said, never guessed. Pure."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache

from app.core.clock import TOKYO
from app.core.dates import DateProblem, parse_date_or_datetime, parse_instant
from app.core.japanese import normalise, normalise_lines
from app.core.labels import CodeList, Label
from app.core.problems import InputProblem
from app.tables.reading import Cell

_EPOCH = date(1899, 12, 30)
_SERIALS = range(10_000, 60_000)
"""Day numbers of Excel's calendar, 1927 to 2064."""
_NUMBERED = re.compile(r"^[0-9]{1,2}_")
_DATE_FAULTS = {
    "format": "not_a_date",
    "empty": "not_a_date",
    "no_such_day": "no_such_day",
    "era_ended": "wrong_era",
    "era_not_begun": "wrong_era",
    "out_of_range": "out_of_range_date",
    "time": "not_an_instant",
}


class BadCell(ValueError):
    """A cell that cannot be read: ``kind`` (of ``FAULTS``) and ``message`` for its sender.

    The message never repeats the value, which may be personal.
    """

    def __init__(self, kind: str, message: Label) -> None:
        super().__init__(kind)
        self.kind = kind
        self.message = message


def to_text(cell: Cell, *, longest: int, lines: bool = False) -> str:
    """One line (or free text) as it is stored; a number of a workbook without its point."""
    text = written(cell)
    try:
        found = normalise_lines(text) if lines else normalise(text)
    except InputProblem as problem:
        raise BadCell("broken_text", problem.sentence) from None
    if "\ufffd" in found or "〓" in found:
        raise BadCell("broken_text", BROKEN)
    if len(found) > longest:
        raise BadCell(
            "too_long",
            Label(f"{longest:,}文字以内で入力してください。", f"At most {longest:,} characters."),
        )
    return found


def to_date(cell: Cell) -> date:
    """A calendar date, written in any form of :mod:`app.core.dates`, or a day of Excel's."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, Decimal) and int(cell) in _SERIALS:
        return _EPOCH + timedelta(days=int(cell))
    try:
        return parse_date_or_datetime(written(cell))
    except DateProblem as problem:
        raise BadCell(_DATE_FAULTS[problem.code], problem.sentence) from None


def to_instant(cell: Cell) -> datetime:
    """An aware UTC instant; without a time of day the midnight it begins with in Japan."""
    if isinstance(cell, datetime):
        return cell.replace(tzinfo=TOKYO).astimezone(UTC)
    try:
        return parse_instant(written(cell))
    except DateProblem as problem:
        if problem.code == "time":
            return parse_instant(f"{to_date(cell).isoformat()} 0:00")
        raise BadCell(_DATE_FAULTS[problem.code], problem.sentence) from None


def to_integer(cell: Cell, *, least: int, most: int) -> int:
    """A whole number; a unit behind it (歳, か月) is what the column says anyway."""
    text = re.sub(r"(歳|才|か月|ヶ月|ケ月|ヵ月)$", "", normalise(written(cell)))
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise BadCell("not_a_number", NOT_A_NUMBER)
    if not least <= int(text) <= most:
        words = Label(
            f"{least}から{most}までの数値を入力してください。", f"A number from {least} to {most}."
        )
        raise BadCell("out_of_range_number", words)
    return int(text)


def to_code(cell: Cell, codes: CodeList, aliases: Mapping[str, str]) -> str:
    """The stored value of a word: as listed, in short (before a bracket), or as also said."""
    word = folded(_NUMBERED.sub("", written(cell).strip()))
    if word in aliases:
        return aliases[word]
    found = _spellings(codes).get(word)
    if found is None:
        raise BadCell("unknown_code", one_of(codes))
    return found


@cache
def _spellings(codes: CodeList) -> Mapping[str, str]:
    """Folded word → stored value; of two codes with one word the first counts."""
    found: dict[str, str] = {}
    for code in codes:
        label = folded(code.label.ja)
        for word in (code.value, label, folded(code.label.en), label.partition("(")[0]):
            found.setdefault(word, code.value)
    return found


def written(cell: Cell) -> str:
    """A cell as somebody would type it."""
    if isinstance(cell, datetime):
        return (
            f"{cell:%Y/%m/%d %H:%M}"
            if cell.time().isoformat() != "00:00:00"
            else f"{cell:%Y/%m/%d}"
        )
    if isinstance(cell, date):
        return f"{cell:%Y/%m/%d}"
    return "" if cell is None else str(cell)


def folded(word: str) -> str:
    """A word for comparison: width, blanks and case do not matter."""
    try:
        return normalise(word).replace(" ", "").casefold()
    except InputProblem:
        return word


def one_of(codes: CodeList) -> Label:
    """The sentence that names the first words of a list."""
    some = [code.label for code in codes][:6]
    more = ("など", " …") if len(codes.values) > len(some) else ("", "")
    ja = "、".join(f"「{label.ja}」" for label in some)
    return Label(
        f"次のいずれかを入力してください：{ja}{more[0]}",
        f"One of: {', '.join(label.en for label in some)}{more[1]}",
    )


NOT_A_NUMBER = Label("半角または全角の数字で入力してください。", "Enter a whole number.")
BROKEN = Label(
    "文字化けした文字、または使用できない文字が含まれています。",
    "The text holds a character that was lost or cannot be stored.",
)
