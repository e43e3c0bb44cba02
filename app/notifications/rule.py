"""The shape of a rule of the notification form, and how rules are written."""

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app.cases.date_order import DayOrder
from app.core.labels import Label

Values = Mapping[str, Any]


class Severity(enum.StrEnum):
    """Whether a broken rule stops the submission or only asks."""

    REFUSE = "refuse"
    WARN = "warn"


@dataclass(frozen=True, slots=True)
class Rule:
    """A sentence about the form; ``broken`` is true when the values contradict it."""

    code: str
    severity: Severity
    item: str
    sentence: Label
    broken: Callable[[Values], bool]


def refuse(code: str, item: str, ja: str, en: str, broken: Callable[[Values], bool]) -> Rule:
    """A rule that stops the submission when broken."""
    return Rule(code, Severity.REFUSE, item, Label(ja, en), broken)


def warn(code: str, item: str, ja: str, en: str, broken: Callable[[Values], bool]) -> Rule:
    """A rule that asks the doctor to look again when broken."""
    return Rule(code, Severity.WARN, item, Label(ja, en), broken)


def in_order(code: str, earlier: str, later: str, ja: str, en: str) -> Rule:
    """Refuse when both days are given and ``earlier`` lies after ``later``."""
    return ordered(DayOrder(code, earlier, later, Label(ja, en)))


def ordered(order: DayOrder) -> Rule:
    """The rule that refuses days standing the wrong way round."""
    return Rule(order.code, Severity.REFUSE, order.earlier, order.sentence, order.broken)
