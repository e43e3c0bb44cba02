"""Rules of data quality as data: code, sentence, remedy, severity, items, and a pure check."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

from app.core.labels import Label
from app.quality.facts import Facts, Limits

WRONG, DOUBTFUL, NOTE = 3, 2, 1


@dataclass(frozen=True, slots=True)
class Fault:
    """What a check found: the row it is about (a test, a stay …), and what no item holds."""

    record_id: int | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    ``items`` are shown as the faulty values, ``fix`` those of them that are corrected on the
    spot: ``model.item``. ``diseases`` says in words to which diseases it applies; the check
    itself asks the facts. ``by_time``: true of a record that nobody touches, only later.
    """

    code: str
    subject: Literal["case", "contact"]
    severity: int
    sentence: Label
    remedy: Label
    items: tuple[str, ...]
    check: Callable[[Any, Limits], Fault | None]
    fix: tuple[str, ...] = ()
    diseases: Label = Label("全疾病", "All diseases")  # noqa: RUF009 - a label never changes
    by_time: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """A rule that a record breaks, and the values it breaks it with."""

    rule: Rule
    record_id: int | None
    values: str


def findings(facts: Facts, rules: Iterable[Rule], limits: Limits) -> tuple[Found, ...]:
    """Every rule ``facts`` breaks, in the order of the rules."""
    found = []
    for rule in rules:
        fault = rule.check(facts, limits)
        if fault is not None:
            found.append(Found(rule, fault.record_id, _values(facts, rule, fault)))
    return tuple(found)


def _values(facts: Facts, rule: Rule, fault: Fault) -> str:
    """The values in question, so that "checked, correct" holds for them and no others."""
    names = (name.rpartition(".")[2] for name in rule.items)
    own = [str(getattr(facts, name)) for name in names if hasattr(facts, name)]
    return "|".join([*own, str(fault.record_id or ""), fault.detail])


def when(condition: Callable[[Any], object]) -> Callable[[Any, Limits], Fault | None]:
    """A check that asks the record alone."""

    def check(facts: Any, _limits: Limits) -> Fault | None:
        return Fault() if condition(facts) else None

    return check


def first_row(
    rows: Callable[[Any], Iterable[Any]], condition: Callable[[Any, Any], object]
) -> Callable[[Any, Limits], Fault | None]:
    """A check of rows below the record: the first one that is wrong is the one to be mended."""

    def check(facts: Any, _limits: Limits) -> Fault | None:
        for row in rows(facts):
            if condition(facts, row):
                return Fault(row.id, str(row))
        return None

    return check
