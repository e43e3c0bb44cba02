"""Cells of a NESID file, by the kind of their item. Asks no database."""

import re
from collections.abc import Callable
from collections.abc import Mapping as Map
from functools import lru_cache
from typing import Any

from app.audit.history import plain
from app.cases.codes import SPECIMEN, TEST_METHOD, TEST_RESULT
from app.core.japanese import phone_key, to_katakana
from app.core.labels import Label
from app.core.problems import InputProblem
from app.imports.master import Masters
from app.imports.sentences import (
    BAD_KEY,
    BAD_TEST,
    NOT_A_PHONE,
    NOT_KANA,
    UNKNOWN_AUTHORITY,
    UNKNOWN_CENTRE,
)
from app.imports.targets import TARGETS, Target
from app.imports.values import (
    BadCell,
    folded,
    to_code,
    to_date,
    to_instant,
    to_integer,
    to_text,
    written,
)
from app.tables.reading import Cell

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


def key_of(cell: Cell) -> str:
    """A 登録ID. Raises BadCell."""
    text = to_text(cell, longest=60).upper()
    if not _KEY.fullmatch(text):
        raise BadCell("bad_key", BAD_KEY)
    return text


@lru_cache(maxsize=4096)
def _date(cell: Cell) -> str:
    return to_date(cell).isoformat()


def _codes(target: Target, cell: Cell, _masters: Masters) -> list[str]:
    assert target.codes is not None
    parts = [part for part in re.split(r"[;；、,，]", written(cell)) if part.strip()]
    chosen = {to_code(part, target.codes, target.words) for part in parts}
    return [code for code in target.codes.values if code in chosen]


@lru_cache(maxsize=4096)
def _code(target_name: str, cell: Cell) -> str:
    target = TARGETS[target_name]
    assert target.codes is not None
    return to_code(cell, target.codes, target.words)


def _kana(target: Target, cell: Cell, _masters: Masters) -> str:
    text = to_text(cell, longest=target.longest)
    try:
        kana = to_katakana(text)
    except InputProblem as problem:
        raise BadCell("broken_text", problem.sentence) from None
    if not _KANA.fullmatch(kana):
        raise BadCell("not_kana", NOT_KANA)
    return kana


def _phone(target: Target, cell: Cell, _masters: Masters) -> str:
    text = to_text(cell, longest=target.longest)
    if not 9 <= len(phone_key(text).lstrip("+")) <= 15:
        raise BadCell("not_a_phone", NOT_A_PHONE)
    return text


def _test(_target: Target, cell: Cell, _masters: Masters) -> list[str | None]:
    parts = [part.strip() for part in _BETWEEN.split(written(cell))]
    if len(parts) > 4 or not any(parts):
        raise BadCell("bad_test", BAD_TEST)
    method, specimen, day, result = (*parts, "", "", "")[:4]
    try:
        return [
            to_code(method, TEST_METHOD, _SHORT) if method else None,
            to_code(specimen, SPECIMEN, {}) if specimen else None,
            _date(day) if day else None,
            to_code(result, TEST_RESULT, {"+": "positive", "-": "negative"}) if result else None,
        ]
    except BadCell as bad:
        ja, en = BAD_TEST.ja, BAD_TEST.en
        raise BadCell("bad_test", Label(ja + bad.message.ja, f"{en} {bad.message.en}")) from None


def _centre(_target: Target, cell: Cell, masters: Masters) -> int:
    centre = masters.centres.get(_name(written(cell)))
    if centre is None:
        raise BadCell("unknown_centre", UNKNOWN_CENTRE)
    return centre.id


def _authority(_target: Target, cell: Cell, masters: Masters) -> int:
    found = masters.authorities.get(_name(written(cell)))
    if found is None:
        raise BadCell("unknown_authority", UNKNOWN_AUTHORITY)
    return found


_name = lru_cache(maxsize=4096)(folded)


def parse(target: Target, cell: Cell, masters: Masters) -> Any:
    """The plain value of a cell of a NESID file for its item. Raises BadCell."""
    return _PARSERS[target.kind](target, cell, masters)


_PARSERS: Map[str, Callable[[Target, Cell, Masters], Any]] = {
    "text": lambda target, cell, _m: to_text(cell, longest=target.longest),
    "lines": lambda target, cell, _m: to_text(cell, longest=target.longest, lines=True),
    "kana": _kana,
    "phone": _phone,
    "date": lambda _target, cell, _m: _date(cell),
    "instant": lambda _target, cell, _m: plain(to_instant(cell)),
    "age": lambda _target, cell, _m: to_integer(cell, least=0, most=120),
    "months": lambda _target, cell, _m: to_integer(cell, least=0, most=11),
    "code": lambda target, cell, _m: _code(target.name, cell),
    "codes": _codes,
    "test": _test,
    "centre": _centre,
    "authority": _authority,
}
