"""A row of a file to plain values, with everything that is wrong with it. Asks no database."""

import re
from collections.abc import Callable
from collections.abc import Mapping as Map
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from app.audit.history import plain
from app.cases.codes import SPECIMEN, TEST_METHOD, TEST_RESULT
from app.cases.date_order import DAY_ORDER
from app.cases.rules import age_at
from app.core.japanese import digits, phone_key, to_katakana
from app.core.labels import Label
from app.core.problems import InputProblem
from app.imports.mapping import Mapping
from app.imports.master import Masters
from app.imports.readings import Fault, ReadRow
from app.imports.sentences import (
    AGE,
    BAD_KEY,
    BAD_TEST,
    BORN_LATER,
    FUTURE,
    NO_CENTRE,
    NO_DISEASE,
    NO_KEY,
    NOT_A_PHONE,
    NOT_KANA,
    OUTSIDE_SCOPE,
    RAGGED,
    UNKNOWN_AUTHORITY,
    UNKNOWN_CENTRE,
    UNKNOWN_DISEASE,
)
from app.imports.tables import Cell, RawRow
from app.imports.targets import ACCEPTED_BY, DISEASE, HOME, KEY, TARGETS, Target
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


@dataclass(frozen=True, slots=True)
class RowReader:
    """Reads the rows of one file for one health centre."""

    mapping: Mapping
    width: int
    masters: Masters
    centre_id: int | None
    today: date

    def read(self, row: RawRow) -> ReadRow:
        """Every cell by its column, then what cells say about each other."""
        found = ReadRow(row.number)
        words: dict[str, str] = {}
        for position, item in self.mapping.columns.items():
            cell = row.cells[position] if position < len(row.cells) else None
            if cell is None:
                continue
            try:
                self._take(found, TARGETS[item], cell, words)
            except BadCell as bad:
                found.refuse(bad.kind, bad.message, item=item, column=position)
        if any(cell is not None for cell in row.cells[self.width :]):
            found.refuse("ragged", RAGGED, item=KEY)
        self._identify(found)
        self._name_disease(found, words)
        self._place(found)
        if not found.faults:
            found.faults += _contradictions(found, self.today)
        return found

    def _take(self, found: ReadRow, target: Target, cell: Cell, words: dict[str, str]) -> None:
        if target.kind == "key":
            found.key = _key(cell)
        elif target.kind == "number":
            found.case_number = digits(written(cell)) or None
        elif target.kind == "disease":
            words[target.name] = to_text(cell, longest=255)
        else:
            given = self.mapping.words.get(target.name)
            value = given and given.get(written(cell).strip())
            found.values[target.name] = value or _PARSERS[target.kind](target, cell, self.masters)

    def _identify(self, found: ReadRow) -> None:
        named = any(fault.item == KEY and fault.column is not None for fault in found.faults)
        if found.key is None and found.case_number is None and not named:
            found.refuse("no_key", NO_KEY, item=KEY, column=self._column(KEY))

    def _name_disease(self, found: ReadRow, words: Map[str, str]) -> None:
        column = self._column(DISEASE)
        found.counted_on = _day(found, "case.diagnosed_on") or _day(found, "case.reported_on")
        if DISEASE not in words:
            found.refuse("no_disease", NO_DISEASE, item=DISEASE, column=column)
            return
        key = self.masters.disease_on(words[DISEASE], found.counted_on or self.today)
        if key is None:
            found.refuse("unknown_disease", UNKNOWN_DISEASE, item=DISEASE, column=column)
            return
        found.disease_id = found.values[DISEASE] = key

    def _place(self, found: ReadRow) -> None:
        faulty = any(fault.item in (HOME, ACCEPTED_BY) for fault in found.faults)
        home = found.values.get(HOME)
        found.centre_id = home if home is not None else found.values.get(ACCEPTED_BY)
        item = HOME if home is not None or ACCEPTED_BY not in found.values else ACCEPTED_BY
        column = self._column(item)
        if found.centre_id is None and found.case_number is not None:
            # The portal's own case: whose it is stands there.
            found.centre_id = self.centre_id
        elif found.centre_id is None:
            if not faulty:
                found.refuse("no_centre", NO_CENTRE, item=HOME, column=column)
        elif found.centre_id != self.centre_id:
            found.refuse("outside_scope", OUTSIDE_SCOPE, item=item, column=column)

    def _column(self, item: str) -> int | None:
        return next((at for at, name in self.mapping.columns.items() if name == item), None)


def _contradictions(found: ReadRow, today: date) -> list[Fault]:
    """Days that lie the wrong way round, ahead, or against the age."""
    days = {
        target.attribute: date.fromisoformat(found.values[name])
        for name, target in _DAYS.items()
        if name in found.values
    }
    items = {target.attribute: name for name, target in _DAYS.items()}
    faults = [
        Fault(None, items[name], "future_date", FUTURE) for name, day in days.items() if day > today
    ]
    born = days.get("birth_on")
    faults += [
        Fault(None, items[order.earlier], "day_order", order.sentence)
        for order in DAY_ORDER
        if order.earlier in items and order.later in items and order.broken(days)
    ]
    diagnosed = days.get("diagnosed_on")
    if born is not None and diagnosed is not None:
        years = found.values.get("case.age_years")
        if born > diagnosed:
            faults.append(Fault(None, "person.birth_on", "birth_after_diagnosis", BORN_LATER))
        elif years is not None and abs(age_at(born, diagnosed)[0] - years) > 1:
            faults.append(Fault(None, "case.age_years", "age_disagrees", AGE))
    accepted = found.values.get("case.accepted_at")
    if accepted is not None and datetime.fromisoformat(accepted).date() > today:
        faults.append(Fault(None, "case.accepted_at", "future_date", FUTURE))
    return faults


def _day(found: ReadRow, item: str) -> date | None:
    text = found.values.get(item)
    return None if text is None else date.fromisoformat(text)


def _key(cell: Cell) -> str:
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
_DAYS = {name: target for name, target in TARGETS.items() if target.kind == "date"}
