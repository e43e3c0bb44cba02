"""One cell to one value, however it was written. Pure; what cannot be read is never guessed.

Blank cells, and words by which people say that they do not know, are None. Everything else
is a value or a :class:`BadCell` that says in words what is wrong.
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Final

from app.core.clock import TOKYO
from app.core.dates import DateProblem, parse_date_or_datetime, parse_instant
from app.core.japanese import digits, normalise, normalise_lines, phone_key, to_katakana
from app.core.labels import CodeList
from app.core.problems import InputProblem
from app.tables import sentences as say
from app.tables.cells import Cell
from app.tables.words import code_of, number_and_word
from app.tables.written import BadCell, as_written, folded

__all__ = [
    "BadCell",
    "code_of",
    "folded",
    "postal_code",
    "to_boolean",
    "to_code",
    "to_codes",
    "to_date",
    "to_decimal",
    "to_instant",
    "to_integer",
    "to_kana",
    "to_phone",
    "to_text",
]

NOT_KNOWN: Final = frozenset({"-", "不明", "調査中", "確認中", "未定", "非公表", "非公開", "?"})
"""Words for "we do not know" in columns of dates and numbers; dashes and ？ are folded."""
_EPOCH = date(1899, 12, 30)
_SERIALS = range(61, 100_000)
_TYPED_SERIALS = range(20_000, 60_000)
"""Day numbers (1954-2064) that are believed in a text file, where a number might be anything."""
_WEEKDAY = re.compile(
    r"\s*\((?:[日月火水木金土]曜?日?|sun|mon|tue|wed|thu|fri|sat)\)", re.IGNORECASE
)
_WITHOUT_YEAR = re.compile(r"[0-9]{1,2}(?:/|-|月)[0-9]{1,2}日?")
_TWO_DIGITS = re.compile(r"[0-9]{2}([-/.])[0-9]{1,2}\1[0-9]{1,2}")
_UNIT = re.compile(
    r"(?<=[0-9])\s*(?:歳|才|人|名|回|件|日|週|か月|ヶ月|ケ月|カ月|ヵ月|°C|度|kg|cm|%)$",
    re.IGNORECASE,
)
_GROUPED = re.compile(r"[-+]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?")
_NUMBER = re.compile(r"[-+]?[0-9]+(?:\.[0-9]+)?")
_BETWEEN = re.compile(r"[、，,;；/／\n]+")
_YES: Final = frozenset(
    {"1", "true", "yes", "y", "はい", "有", "あり", "有り", "可", "済", "○", "〇"}
)
_NO: Final = frozenset({"0", "false", "no", "n", "いいえ", "無", "なし", "無し", "否", "不可", "×"})


def to_text(cell: Cell, *, max_length: int | None = None, lines: bool = False) -> str | None:
    """Text as it is stored: half-width kana widened, full-width signs folded, blanks one.

    Args:
        lines: keep line breaks and signs such as ``①`` (free text).

    Raises:
        BadCell: ``error``, ``control_character``, ``too_long``.
    """
    written = cell if type(cell) is str else as_written(cell)
    try:
        text = normalise_lines(written) if lines else normalise(written)
    except InputProblem as problem:
        raise BadCell("control_character", problem.sentence) from None
    if max_length is not None and len(text) > max_length:
        raise BadCell("too_long", say.too_long(max_length))
    return text or None


def to_kana(cell: Cell, *, max_length: int | None = None) -> str | None:
    """A reading in full katakana. Raises as :func:`to_text`."""
    text = to_text(cell, max_length=max_length)
    return to_katakana(text) if text else None


def to_phone(cell: Cell, *, max_length: int | None = None) -> str | None:
    """A telephone number; the 0 that a cell of numbers has lost is put back.

    Raises as :func:`to_text`.
    """
    text = to_text(cell, max_length=max_length)
    if text is None:
        return None
    number = phone_key(text)
    has_lost = text.isascii() and text.isdigit() and text == number and len(number) in (9, 10)
    return f"0{text}" if has_lost and not text.startswith("0") else text


def to_date(cell: Cell) -> date | None:
    """A day in any form people write it: western, era, serial, with weekday or time.

    Raises:
        BadCell: ``no_such_day`` (31 February), ``era`` (平成32年), ``no_year``, ``range``,
            ``date``, ``error``.
    """
    if isinstance(cell, datetime):
        return _sensible(cell.date())
    if isinstance(cell, date):
        return _sensible(cell)
    if isinstance(cell, Decimal) and int(cell) in _SERIALS:
        return _sensible(_EPOCH + timedelta(days=int(cell)))
    text = _WEEKDAY.sub("", _plain(cell))
    if text in NOT_KNOWN or not text:
        return None
    if text.isdigit() and int(text) in _TYPED_SERIALS:
        return _EPOCH + timedelta(days=int(text))
    if _WITHOUT_YEAR.fullmatch(text) or _TWO_DIGITS.fullmatch(text):
        raise BadCell("no_year", say.NO_YEAR)
    try:
        return parse_date_or_datetime(text)
    except DateProblem as problem:
        raise BadCell(_KIND_OF_DATE.get(problem.code, "date"), problem.sentence) from None


def to_instant(cell: Cell) -> datetime | None:
    """A moment, aware UTC; a cell without a zone is on Japan's clock, a day alone its midnight.

    Raises as :func:`to_date`, and ``time``.
    """
    if isinstance(cell, datetime):
        _sensible(cell.date())
        return cell.replace(tzinfo=TOKYO).astimezone(UTC)
    if isinstance(cell, Decimal) and int(cell) in _SERIALS:
        seconds = round((cell - int(cell)) * 86_400)
        day = to_date(cell)
        return _midnight(day) + timedelta(seconds=seconds) if day else None
    text = _WEEKDAY.sub("", _plain(cell))
    if isinstance(cell, str) and ":" in text:
        try:
            return parse_instant(text)
        except DateProblem as problem:
            raise BadCell(_KIND_OF_DATE.get(problem.code, "date"), problem.sentence) from None
    day = to_date(cell)
    return _midnight(day) if day else None


def to_decimal(
    cell: Cell, *, minimum: float | None = None, maximum: float | None = None
) -> Decimal | None:
    """A number; full-width digits, thousands separators and a unit (歳, ℃ …) are understood.

    Raises:
        BadCell: ``number``, ``range``, ``error``.
    """
    if isinstance(cell, Decimal):
        number = cell
    else:
        text = _UNIT.sub("", _plain(cell))
        if text in NOT_KNOWN or not text:
            return None
        if _GROUPED.fullmatch(text):
            text = text.replace(",", "")
        if isinstance(cell, date) or not _NUMBER.fullmatch(text) or len(text) > 30:
            raise BadCell("number", say.NOT_A_NUMBER)
        number = Decimal(text)
    if (minimum is not None and number < Decimal(str(minimum))) or (
        maximum is not None and number > Decimal(str(maximum))
    ):
        raise BadCell("range", say.out_of_range(minimum, maximum))
    return number


def to_integer(
    cell: Cell, *, minimum: float | None = None, maximum: float | None = None
) -> int | None:
    """A whole number. Raises as :func:`to_decimal`, and ``not_whole``."""
    number = to_decimal(cell, minimum=minimum, maximum=maximum)
    if number is None:
        return None
    if number != number.to_integral_value():
        raise BadCell("not_whole", say.NOT_WHOLE)
    return int(number)


def to_boolean(cell: Cell) -> bool | None:
    """Yes or no as people write it: 可/否, 有/無, はい/いいえ, ○/×, 1/0, TRUE/FALSE.

    Raises:
        BadCell: ``yes_no``, ``error``.
    """
    text = folded(cell)
    for word in (text, _without_number(text)):
        if word in _YES:
            return True
        if word in _NO:
            return False
    if not text or text in NOT_KNOWN:
        return None
    raise BadCell("yes_no", say.NOT_YES_NO)


def to_code(
    cell: Cell, code_list: CodeList, value_map: Mapping[str, str] | None = None
) -> str | None:
    """The code behind a word: as the mapping says, else by the list's own words.

    ``01_男性`` is understood by its word, or by its number where the mapping names that. A word
    that is mapped to "" stays blank on purpose.

    Raises:
        BadCell: ``code``, ``error``.
    """
    text = folded(cell)
    if not text:
        return None
    found = code_of(text, code_list, value_map or {})
    if found is None:
        raise BadCell("code", say.no_such_code(code_list))
    return found or None


def to_codes(
    cell: Cell, code_list: CodeList, value_map: Mapping[str, str] | None = None
) -> tuple[str, ...] | None:
    """Several codes in one cell, in the list's order. Raises as :func:`to_code`."""
    whole = folded(cell)
    if not whole:
        return None
    found = {code_of(whole, code_list, value_map or {})}
    if found == {None}:
        words = [w for w in _BETWEEN.split(unicodedata.normalize("NFKC", as_written(cell))) if w]
        found = {to_code(word, code_list, value_map) for word in words if word.strip()}
    codes = tuple(value for value in code_list.values if value in found)
    return codes or None


def postal_code(cell: Cell, *, max_length: int | None = None) -> str | None:
    """A postal code; the zeros that a cell of numbers has lost are put back."""
    text = to_text(cell, max_length=max_length)
    is_number = text is not None and text.isascii() and text.isdigit() and 4 < len(text) < 7
    return digits(text).zfill(7) if text and is_number else text


def _plain(cell: Cell) -> str:
    return unicodedata.normalize("NFKC", as_written(cell)).translate(_DASHES).strip()


def _without_number(text: str) -> str:
    return number_and_word(text)[1] or text


def _sensible(day: date) -> date:
    if not 1873 <= day.year <= 2100:
        raise BadCell("range", say.DAY_OUT_OF_RANGE)
    return day


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=TOKYO).astimezone(UTC)


_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−﹣－─━", "-"))
_KIND_OF_DATE: Final = {
    "no_such_day": "no_such_day",
    "era_ended": "era",
    "era_not_begun": "era",
    "out_of_range": "range",
    "time": "time",
}
