"""Pure rules of entered populations: what a row of a file says."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

MOST = 20_000_000
"""More people live in no municipality; a larger number is a slip of the hand."""
MOST_ROWS = 5_000
CODE_HEADINGS = ("市区町村コード", "団体コード", "全国地方公共団体コード", "code")
NUMBER_HEADINGS = ("人口", "総人口", "人口（総数）", "population")
NAME_HEADING = "市区町村名"


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a file as written."""

    row: int
    code: str
    number: str


@dataclass(frozen=True, slots=True)
class Judged:
    """Code → people, and what is wrong: (row, sentence)."""

    people: Mapping[str, int]
    problems: Sequence[tuple[int, object]]


def code_of(text: str) -> str | None:
    """Five digits of a local-government code: a check digit and lost zeros are seen to."""
    digits = text.strip().removesuffix(".0")
    if not re.fullmatch("[0-9]{4,6}", digits):
        return None
    if len(digits) == 6:
        return digits[:5]
    return digits.zfill(5)


def number_of(text: str) -> int | None:
    """People, with or without separators; None for anything else."""
    plain = text.strip().replace(",", "").removesuffix("人").removesuffix(".0")
    if not re.fullmatch("[0-9]{1,9}", plain) or int(plain) > MOST:
        return None
    return int(plain)


def judged(lines: Iterable[Line], own: Iterable[str], known: Iterable[str]) -> Judged:
    """The rows that can be taken over. Rows without a number are passed over: nothing is said.

    ``own`` are the municipalities the actor enters, ``known`` all there are.
    """
    mine, there = set(own), set(known)
    people: dict[str, int] = {}
    problems: list[tuple[int, object]] = []
    for line in lines:
        if not line.number.strip():
            continue
        code, number = code_of(line.code) or "", number_of(line.number)
        problem = _place_problem(code, mine, there)
        if problem is None and code in people:
            problem = _l("This municipality stands in the file twice.")
        if problem is None and number is None:
            problem = _l("The population is not a whole number of people.")
        if problem is not None:
            problems.append((line.row, problem))
        elif number is not None:
            people[code] = number
    return Judged(people, problems)


def _place_problem(code: str, mine: set[str], there: set[str]) -> object | None:
    if code not in there:
        return _l("There is no municipality with this code.")
    return None if code in mine else _l("This municipality is not in your area.")
