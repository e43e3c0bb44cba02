"""A row of the open-data layout to the values of a case, or to the reason why not. Pure.

A row without what recognises and counts it (No, 公表_年月日, 都道府県名, a valid code of the
publisher) is rejected. Any other cell that cannot be read leaves its item empty: the case
happened and has to be counted, and the report names the cell.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from types import SimpleNamespace
from typing import Any

from app.cases.models import Case
from app.cases.rules import contradictions
from app.core.items import items_of
from app.core.japanese import HYPHENS, normalise, normalise_lines
from app.core.problems import InputProblem
from app.imports.opendata import cells
from app.imports.opendata.cells import Unclear, shown
from app.imports.opendata.findings import Effect, Finding
from app.imports.opendata.layout import (
    CITY,
    DISCHARGED,
    ITEMS,
    KEY,
    LG_CODE,
    STATE,
    SYMPTOMS,
    Columns,
)
from app.imports.opendata.places import Places, publisher_code
from app.institutions.rules import lg_code

KEY_LENGTH = 120
_DIED = "死亡"
_EMPTY_CASE = dict.fromkeys(declared.name for declared in items_of(Case))
_LENGTHS = {declared.name: declared.max_length for declared in items_of(Case)}


@dataclass(frozen=True, slots=True)
class Row:
    """A row that can be written: who published it under which number, and the items it gives."""

    line: int
    publisher: str
    key: str
    prefecture_code: str
    values: Mapping[str, Any]
    findings: tuple[Finding, ...]

    @property
    def source_system(self) -> str:
        """Where the number is unique."""
        return f"open-data:{self.publisher}"

    @property
    def fingerprint(self) -> str:
        """Equal for rows that say the same; hexadecimal SHA-256."""
        text = json.dumps(self.values, default=str, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


class Rejected(Exception):
    """The row cannot become a case; ``finding`` says where and why."""

    def __init__(self, line: int, column: str, reason: str) -> None:
        super().__init__(reason)
        self.finding = Finding(line, column, Effect.REJECTED, reason)


@dataclass(slots=True)
class _Reading:
    """One row while it is read: its cells by heading, and what was found so far."""

    line: int
    texts: Mapping[str, str]
    headings: Mapping[str, str]
    findings: list[Finding] = field(default_factory=list)

    def optional(self, heading: str, read: Callable[[str], Any]) -> Any:
        """The value of a cell; an unclear one is listed and left empty."""
        try:
            return read(self.texts[heading])
        except Unclear as unclear:
            self.leave_empty(heading, str(unclear))
            return None

    def leave_empty(self, heading: str, reason: str) -> None:
        column = self.headings.get(heading, heading)
        self.findings.append(Finding(self.line, column, Effect.LEFT_EMPTY, reason))

    def reject(self, heading: str, reason: str) -> Rejected:
        return Rejected(self.line, self.headings.get(heading, heading), reason)


def is_blank(row: Sequence[str]) -> bool:
    """True for a row that holds commas and blanks only."""
    return not any(cell.strip() for cell in row)


def read_row(
    line: int, row: Sequence[str], columns: Columns, places: Places, *, today: date
) -> Row:
    """The case a row describes.

    Raises:
        Rejected: with the line, the column and the reason.
    """
    if any(cell.strip() for cell in row[columns.width :]):
        reason = f"the row has {len(row)} cells, the header {columns.width}"
        raise Rejected(line, "", reason)
    reading = _Reading(line, _texts(line, row, columns), columns.headings)
    published_on = _required_day(reading, today)
    prefecture, publisher = _publisher(reading, places)
    key = reading.texts[KEY]
    if not key:
        raise reading.reject(KEY, "without a number the row could not be recognised again")
    if len(key) > KEY_LENGTH:
        raise reading.reject(KEY, f"longer than {KEY_LENGTH} characters")
    given = {"published_on": published_on, "prefecture_code": prefecture}
    given |= _optional_items(reading, today)
    given |= _residence(reading, places, prefecture)
    _drop_contradictions(reading, given)
    return Row(line, publisher, key, prefecture, given, tuple(reading.findings))


def _texts(line: int, row: Sequence[str], columns: Columns) -> dict[str, str]:
    """Standard heading → text of one line; a lone dash of any kind is ``-``."""
    texts = {}
    for heading, position in columns.positions.items():
        cell = row[position] if position < len(row) else ""
        column = columns.headings[heading]
        try:
            text = normalise_lines(cell) if heading == "備考" else normalise(cell)
        except InputProblem as problem:
            raise Rejected(line, column, problem.sentence.en) from problem
        texts[heading] = "-" if text and not text.strip(HYPHENS) else text
    return texts


def _required_day(reading: _Reading, today: date) -> date:
    try:
        found = cells.day(reading.texts["公表_年月日"], today=today)
    except Unclear as unclear:
        raise reading.reject("公表_年月日", str(unclear)) from unclear
    if found is None:
        raise reading.reject("公表_年月日", "the day of publication is missing")
    return found


def _publisher(reading: _Reading, places: Places) -> tuple[str, str]:
    """(prefecture code, six-digit code of the authority that published the row)."""
    name = reading.texts["都道府県名"]
    prefecture = places.prefectures.get(name)
    if prefecture is None:
        said = f"{shown(name)} is not a prefecture" if name else "the prefecture is missing"
        raise reading.reject("都道府県名", said)
    written = reading.texts.get(LG_CODE, "")
    if written:
        code = publisher_code(written, prefecture)
        if code is None:
            raise reading.reject(LG_CODE, f"{shown(written)} is not a code of {name}")
        return prefecture, code
    city = reading.texts.get(CITY, "")
    municipality = places.municipalities.get((prefecture, city)) if city else f"{prefecture}000"
    if municipality is None:
        raise reading.reject(CITY, f"{shown(city)} is not a municipality of {name}")
    return prefecture, lg_code(municipality)


def _optional_items(reading: _Reading, today: date) -> dict[str, Any]:
    """Items of the columns that the file has; a column that is absent gives none."""
    given: dict[str, Any] = {}
    for heading, read in _readers(today).items():
        if heading in reading.texts:
            given[ITEMS[heading]] = reading.optional(heading, read)
    if "患者_職業" in reading.texts:
        given["occupation"] = cells.occupation(reading.texts["患者_職業"])
    if SYMPTOMS in reading.texts:
        given |= _symptoms(reading)
    return given | _course(reading)


def _course(reading: _Reading) -> dict[str, Any]:
    """Severity and outcome. Publishers set 退院済 for the dead too; death is the outcome then."""
    given: dict[str, Any] = {}
    outcome = None
    if STATE in reading.texts:
        died = reading.texts[STATE] == _DIED
        outcome = "died" if died else None
        given["severity"] = None if died else reading.optional(STATE, cells.severity)
    if DISCHARGED in reading.texts and reading.optional(DISCHARGED, cells.flag) == "yes":
        outcome = outcome or "recovered"
    if STATE in reading.texts or DISCHARGED in reading.texts:
        given["outcome"] = outcome
    return given


def _symptoms(reading: _Reading) -> dict[str, Any]:
    codes, others = cells.symptoms(reading.texts[SYMPTOMS])
    if others is not None and len(others) > (_LENGTHS["symptoms_other"] or 0):
        reading.leave_empty(SYMPTOMS, "the words outside the list of symptoms are too long")
        others = None
    return {"symptoms": codes, "symptoms_other": others}


def _residence(reading: _Reading, places: Places, prefecture: str) -> dict[str, Any]:
    """Residence as published, and the municipality where it names exactly one of the prefecture."""
    if "患者_居住地" not in reading.texts:
        return {}
    text = reading.optional("患者_居住地", _words("residence"))
    code = places.municipality_in(text, prefecture) if text else None
    return {"residence": text, "municipality_code": code}


def _words(name: str) -> Callable[[str], str | None]:
    def read(text: str) -> str | None:
        limit = _LENGTHS[name]
        if limit is not None and len(text) > limit:
            raise Unclear(f"longer than {limit} characters")
        return None if text in ("", "-") else text

    return read


def _drop_contradictions(reading: _Reading, given: dict[str, Any]) -> None:
    """Two days that cannot both be true: the earlier item is left empty, as forms refuse both."""
    onset, published = given.get("onset_on"), given["published_on"]
    if onset is not None and onset > published:
        reading.leave_empty("発症_年月日", "the onset lies after the publication")
        given["onset_on"] = None
    by_item = {name: heading for heading, name in ITEMS.items()}
    case = SimpleNamespace(**(_EMPTY_CASE | given))
    for name, sentences in contradictions(case).items():
        reading.leave_empty(by_item.get(name, name), " ".join(_english(s) for s in sentences))
        given[name] = None


def _english(sentence: object) -> str:
    return str(getattr(sentence, "en", sentence))


def _readers(today: date) -> dict[str, Callable[[str], Any]]:
    read_day = partial(cells.day, today=today)
    return {
        "患者_年代": cells.age_group,
        "患者_性別": cells.sex,
        "患者_渡航歴の有無フラグ": cells.flag,
        "患者_接触歴の有無フラグ": cells.flag,
        "発症_年月日": read_day,
        "確定_年月日": read_day,
        "患者_職業": _words("occupation_detail"),
        "備考": _words("remarks"),
    }
