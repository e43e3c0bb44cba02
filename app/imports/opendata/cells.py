"""One cell of the open-data layout to a value. Pure; what cannot be read is never guessed."""

import re
from collections.abc import Mapping
from datetime import date

from app.cases.codes import AGE_GROUP, OCCUPATION, SEVERITY, SEX, SYMPTOM
from app.core.dates import parse_date_or_datetime
from app.core.labels import CodeList
from app.core.problems import InputProblem

FIRST_CASE_ON = date(2020, 1, 1)
"""No case of COVID-19 was published in Japan before January 2020."""
NOT_KNOWN = frozenset({"-", "不明", "調査中", "確認中", "非公表", "非公開"})
"""Words of publishers for "we do not say" or "we do not know"; dashes are folded to ``-``."""
AGE_GROUPS: Mapping[str, str] = {
    # Narrower than a code of the standard, and certainly inside it.
    "90代": "90_or_over",
    "100歳以上": "90_or_over",
    "100代": "90_or_over",
}
SEXES: Mapping[str, str] = {"男性": "male", "女性": "female"}
FLAGS: Mapping[str, str] = {"1": "yes", "0": "no"}
SHOWN = 20


class Unclear(ValueError):
    """A cell that cannot be read; the text is the reason for the report."""


def age_group(text: str) -> str | None:
    """患者_年代: a code of the standard; ``-`` and 不明 are "unknown", blank is nothing.

    Raises:
        Unclear: anything else. ``60`` may be an age or an age group and is neither.
    """
    return _code(text, AGE_GROUP, AGE_GROUPS, unknown="unknown")


def sex(text: str) -> str | None:
    """患者_性別. Raises Unclear for a word outside the standard."""
    return _code(text, SEX, SEXES, unknown="unknown")


def severity(text: str) -> str | None:
    """患者_状態 of a living person. Raises Unclear for a word outside the standard."""
    return _code(text, SEVERITY, {}, unknown=None)


def flag(text: str) -> str | None:
    """A 1/0 flag as yes, no, unknown or nothing. Raises Unclear for anything else."""
    if text in NOT_KNOWN:
        return "unknown"
    if text and text not in FLAGS:
        raise Unclear(f"{shown(text)} is neither 1 nor 0")
    return FLAGS.get(text)


def day(text: str, *, today: date) -> date | None:
    """A date of the epidemic; blank and "unknown" are nothing.

    Raises:
        Unclear: no date, in the future, or before the first case in Japan.
    """
    if not text or text in NOT_KNOWN:
        return None
    try:
        found = parse_date_or_datetime(text)
    except InputProblem as problem:
        raise Unclear(f"{shown(text)} is not a date: {problem.sentence.en}") from problem
    if found > today:
        raise Unclear(f"{found} lies in the future")
    if found < FIRST_CASE_ON:
        raise Unclear(f"{found} lies before the first case in Japan (January 2020)")
    return found


def symptoms(text: str) -> tuple[tuple[str, ...] | None, str | None]:
    """患者_症状: the codes in the list's order, and the words that are no code.

    Words outside the list are kept as written, under "other".
    """
    words = [w.strip() for w in re.split(r"[;、,]", text) if w.strip()]
    if not words or all(word in NOT_KNOWN for word in words):
        return None, None
    found = {word: SYMPTOM.value_of(word) for word in words if word not in NOT_KNOWN}
    others = [word for word, code in found.items() if code is None]
    codes = set(found.values()) | ({"other"} if others else set())
    return tuple(c for c in SYMPTOM.values if c in codes), "; ".join(others) or None


def occupation(text: str) -> str | None:
    """The occupation group, where the word is exactly that of a group."""
    return OCCUPATION.value_of(text) if text else None


def shown(text: str) -> str:
    """A cell in a sentence: quoted and short, so that no report repeats a long text."""
    return f"“{text}”" if len(text) <= SHOWN else f"“{text[:SHOWN]}…”"


def _code(
    text: str, codes: CodeList, local: Mapping[str, str], *, unknown: str | None
) -> str | None:
    if not text:
        return None
    if text in NOT_KNOWN:
        return unknown
    found = local.get(text) or codes.value_of(text)
    if found is None:
        raise Unclear(f"{shown(text)} is not a code of the standard")
    return found
