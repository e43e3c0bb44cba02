"""How the cells of a column are read, by the kind of its item: the parsers of :mod:`app.tables`,
and what rows of master data, tests and the checks of NESID add. Asks no database.
"""

import re
from collections.abc import Callable
from collections.abc import Mapping as Map
from functools import lru_cache
from typing import Any

from app.audit.history import plain
from app.cases.codes import SPECIMEN, TEST_METHOD, TEST_RESULT
from app.core.japanese import phone_key
from app.core.labels import CodeList, Label
from app.imports.mapped import ON_SCREEN, value_reader
from app.imports.mapping import Mapping
from app.imports.master import Masters
from app.imports.sentences import (
    BAD_KEY,
    BAD_TEST,
    BROKEN,
    NOT_A_PHONE,
    NOT_KANA,
    UNKNOWN_AUTHORITY,
    UNKNOWN_CENTRE,
    one_of,
)
from app.imports.targets import Target
from app.tables.cells import Cell
from app.tables.values import BadCell, folded, to_code, to_date, to_text
from app.tables.written import as_written

Read = Callable[[Cell], Any]
_KEY = re.compile(r"[0-9A-Z-]{4,40}")
_KANA = re.compile(r"[ァ-ヶー・ヽヾA-Za-z .,'-]+")
_BETWEEN = re.compile(r"[;；]")
_SHORT = {
    "pcr": "nucleic_acid",
    "pcr法": "nucleic_acid",
    "lamp": "nucleic_acid",
    "lamp法": "nucleic_acid",
    "分離・同定": "isolation",
    "抗原定性検査": "antigen_qualitative",
    "抗原定量検査": "antigen_quantitative",
}
_SIGNS = {"+": "positive", "-": "negative"}
_REPEATED = frozenset({"date", "age", "months", "code", "codes", "centre", "authority"})
"""Kinds of which the same few words fill a whole column; never names, numbers or free text."""


def reader_of(target: Target, mapping: Mapping, masters: Masters) -> Read:
    """What reads the cells of one column to plain values (None: says nothing).

    The reader raises BadCell of a kind of ``FAULTS``.
    """
    if target.kind in _FROM_MASTERS:
        read = _FROM_MASTERS[target.kind](masters)
    elif target.kind == "test":
        read = _test
    elif mapping.on_screen and target.kind in ON_SCREEN:
        read = value_reader(target, mapping.words.get(target.name, {}))
    else:
        read = _checked(value_reader(target, target.words), _CHECKS.get(target.kind))
    return lru_cache(maxsize=1024)(read) if target.kind in _REPEATED else read


def key_of(cell: Cell) -> str:
    """A 登録ID. Raises BadCell."""
    text = (to_text(cell, max_length=60) or "").upper()
    if not _KEY.fullmatch(text):
        raise BadCell("bad_key", BAD_KEY)
    return text


def _checked(read: Read, check: Callable[[str], None] | None) -> Read:
    if check is None:
        return read

    def checked(cell: Cell) -> Any:
        value = read(cell)
        if value is not None:
            check(value)
        return value

    return checked


def _check_text(text: str) -> None:
    if "\ufffd" in text or "〓" in text:
        raise BadCell("broken_text", BROKEN)


def _check_kana(text: str) -> None:
    if not _KANA.fullmatch(text):
        raise BadCell("not_kana", NOT_KANA)


def _check_phone(text: str) -> None:
    if not 9 <= len(phone_key(text).lstrip("+")) <= 15:
        raise BadCell("not_a_phone", NOT_A_PHONE)


_CHECKS = {
    "text": _check_text,
    "lines": _check_text,
    "kana": _check_kana,
    "phone": _check_phone,
}


_PARTS = {
    TEST_METHOD.name: Label("方法", "method"),
    SPECIMEN.name: Label("検体", "specimen"),
    TEST_RESULT.name: Label("結果", "result"),
}
_DAY = Label("採取日", "day")


def _test(cell: Cell) -> list[str | None]:
    parts = [part.strip() for part in _BETWEEN.split(as_written(cell))]
    if len(parts) > 4 or not any(parts):
        raise BadCell("bad_test", BAD_TEST)
    method, specimen, day, result = (*parts, "", "", "")[:4]
    return [
        _part_of_test(TEST_METHOD, method),
        _part_of_test(SPECIMEN, specimen),
        _day_of_test(day),
        _part_of_test(TEST_RESULT, result),
    ]


@lru_cache(maxsize=1024)
def _part_of_test(codes: CodeList, word: str) -> str | None:
    words = {TEST_METHOD.name: _SHORT, TEST_RESULT.name: _SIGNS}.get(codes.name, {})
    try:
        return to_code(word, codes, words)
    except BadCell:
        raise _bad_test(_PARTS[codes.name], one_of(codes)) from None


@lru_cache(maxsize=4096)
def _day_of_test(word: str) -> Any:
    try:
        return plain(to_date(word))
    except BadCell as bad:
        raise _bad_test(_DAY, bad.label) from None


def _bad_test(part: Label, why: Label) -> BadCell:
    said = Label(f"{BAD_TEST.ja}{part.ja}：{why.ja}", f"{BAD_TEST.en} {part.en}: {why.en}")
    return BadCell("bad_test", said)


def _centres(masters: Masters) -> Read:
    def read(cell: Cell) -> int:
        centre = masters.centres.get(folded(cell))
        if centre is None:
            raise BadCell("unknown_centre", UNKNOWN_CENTRE)
        return centre.id

    return read


def _authorities(masters: Masters) -> Read:
    def read(cell: Cell) -> int:
        found = masters.authorities.get(folded(cell))
        if found is None:
            raise BadCell("unknown_authority", UNKNOWN_AUTHORITY)
        return found

    return read


_FROM_MASTERS: Map[str, Callable[[Masters], Read]] = {
    "centre": _centres,
    "authority": _authorities,
}
