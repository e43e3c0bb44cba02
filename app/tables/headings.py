"""Which row holds the headings: below titles, over one line or two. Pure."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from app.core.dates import parse_date_or_datetime
from app.core.labels import Label
from app.core.problems import InputProblem
from app.core.workbooks.reading import column_letter
from app.tables.cells import Cell, RawRow, UnreadableTable, is_blank

WITHIN = 40
"""Rows in which the headings are looked for."""
_SHARE = 0.6
"""Of the widest row's cells, so many have to be filled in a row of headings."""
_NUMBER = re.compile(r"[-+]?[0-9][0-9,]*(\.[0-9]+)?%?")


@dataclass(frozen=True, slots=True)
class Headings:
    """``row`` is the number of the last line of headings in the file; trailing blanks are cut."""

    texts: tuple[str, ...]
    row: int


def find_headings(rows: Sequence[RawRow], merged: Sequence[bool] = ()) -> Headings:
    """The headings among the first rows of a file.

    Args:
        merged: by row, whether cells of it are merged side by side (a line of groups).

    Raises:
        UnreadableTable: ``no_header``, or ``twice`` with the headings that stand twice.
    """
    place = _place(rows)
    if place is None:
        raise UnreadableTable("no_header", _NO_HEADER)
    texts, last = _lines(rows, place, [*merged, *[False] * (len(rows) - len(merged))])
    while texts and not texts[-1]:
        texts.pop()
    twice = [text for text, count in Counter(filter(None, texts)).items() if count > 1]
    if twice:
        raise UnreadableTable("twice", _twice(texts, twice))
    return Headings(tuple(texts), rows[last].number)


def _place(rows: Sequence[RawRow]) -> int | None:
    """The first row that is nearly as wide as the widest and made of words."""
    widest = max((_filled(row) for row in rows), default=0)
    if widest == 0:
        return None
    least = max(1 if widest == 1 else 2, _SHARE * widest)
    for place, row in enumerate(rows):
        if _breadth(row) >= least:
            # What comes first below the titles and is no line of words: there are no headings.
            return place if _is_words(row) else None
    return None


def _lines(rows: Sequence[RawRow], place: int, merged: Sequence[bool]) -> tuple[list[str], int]:
    """The headings of one line, or of a line of groups and a line of parts."""
    here = _texts(rows[place])
    if place + 1 < len(rows):
        below = rows[place + 1]
        is_second = merged[place] and _says_parts(here, _texts(below))
        if _is_words(below) and (is_second or _fills_gaps(here, _texts(below))):
            return _joined(here, _texts(below)), place + 1
    if place > 0 and rows[place].number == rows[place - 1].number + 1:
        above = rows[place - 1]
        is_group = merged[place - 1] and len(set(filter(None, _texts(above)))) > 1
        if _is_words(above) and (is_group or _has_twice(here)):
            return _joined(_texts(above), here), place
    return here, place


def _says_parts(upper: Sequence[str], lower: Sequence[str]) -> bool:
    """Below a heading of one column stands nothing new, below one of several its parts."""
    count = Counter(upper)
    return all(
        count[text] > 1 or not text or part in ("", text)
        for text, part in zip(upper, lower, strict=False)
    )


def _fills_gaps(upper: Sequence[str], lower: Sequence[str]) -> bool:
    """Each stands where the other is blank: ``患者,,検体`` over ``,氏名,`` (merges lost)."""
    width = max(len(upper), len(lower))
    above = [*upper, *[""] * (width - len(upper))]
    under = [*lower, *[""] * (width - len(lower))]
    gaps = [place for place, text in enumerate(above) if not text]
    return bool(gaps) and not all(under) and all(under[place] for place in gaps)


def _joined(upper: Sequence[str], lower: Sequence[str]) -> list[str]:
    """``患者情報`` over ``氏名`` is ``患者情報_氏名``; a cell merged downward says it once."""
    joined, group = [], ""
    for place in range(max(len(upper), len(lower))):
        own = upper[place] if place < len(upper) else ""
        part = lower[place] if place < len(lower) else ""
        group = own or group
        if not part or part == own:
            joined.append(own)
        else:
            joined.append(f"{group}_{part}" if group else part)
    return joined


def _has_twice(texts: Sequence[str]) -> bool:
    return any(count > 1 for count in Counter(filter(None, texts)).values())


def _breadth(row: RawRow) -> int:
    """How many cells are filled; a title merged over the whole width fills them with one text."""
    different = len(set(_texts(row)) - {""})
    return different if different == 1 and _filled(row) > 2 else _filled(row)


def _filled(row: RawRow) -> int:
    return sum(not is_blank(cell) for cell in row.cells)


def _is_words(row: RawRow) -> bool:
    """Nearly all filled cells are words: no dates, no numbers."""
    filled = [cell for cell in row.cells if not is_blank(cell)]
    values = sum(_is_value(cell) for cell in filled)
    return bool(filled) and values <= len(filled) * 0.1


def _is_value(cell: Cell) -> bool:
    if not isinstance(cell, str):
        return True
    folded = unicodedata.normalize("NFKC", cell).strip()
    if _NUMBER.fullmatch(folded):
        return True
    try:
        parse_date_or_datetime(folded)
    except InputProblem:
        return False
    return True


def _texts(row: RawRow) -> list[str]:
    """The cells as headings: one line, blanks folded, otherwise as written."""
    return [" ".join(str(cell).split()) if cell is not None else "" for cell in row.cells]


_NO_HEADER = Label(
    "見出し行が見つかりません。最初の40行の中に、列の見出しを1行で入れてください。",
    "No row of headings was found. Put the headings of the columns into one of the first 40 rows.",
)


def _twice(texts: Sequence[str], twice: Sequence[str]) -> Label:
    ja, en = [], []
    for heading in twice[:5]:
        where = [column_letter(n) for n, text in enumerate(texts) if text == heading]
        ja.append(f"「{heading}」（{'・'.join(where)}列）")
        en.append(f"“{heading}” (columns {', '.join(where)})")
    return Label(
        f"同じ見出しの列が複数あります：{'、'.join(ja)}。どちらかの列名を変えるか、列を削除してください。",
        f"Columns with the same heading: {'; '.join(en)}. Rename or remove one of them.",
    )
