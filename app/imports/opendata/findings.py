"""What an import found and did: counts that add up, and a list with lines for people."""

import csv
import enum
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import IO

from app.core.harmless_cells import harmless

LISTED = 1_000
"""Findings kept in memory; all of them go to the report file."""


class Effect(enum.StrEnum):
    """What a finding did to the row or the cell."""

    REJECTED = "row rejected"
    LEFT_EMPTY = "left empty"
    KEPT = "kept"


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence about a row, or about a cell of ``column``."""

    line: int
    column: str
    effect: Effect
    reason: str

    def __str__(self) -> str:
        place = f"line {self.line}" + (f", {self.column}" if self.column else "")
        return f"{place}: {self.reason} ({self.effect})"


@dataclass(slots=True)
class Outcome:
    """Counts of rows: read = created + updated + unchanged + rejected + blank."""

    read: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    blank: int = 0
    findings: list[Finding] = field(default_factory=list)
    effects: Counter[Effect] = field(default_factory=Counter)

    @property
    def adds_up(self) -> bool:
        """True when every row read went one way."""
        parts = (self.created, self.updated, self.unchanged, self.rejected, self.blank)
        return self.read == sum(parts)


class Findings:
    """Collects findings into the outcome and, if there is one, the report file.

    The report repeats short coded values only (年代, dates, flags), never free text.
    """

    def __init__(self, outcome: Outcome, report: IO[str] | None = None) -> None:
        self._outcome = outcome
        self._write = csv.writer(report).writerow if report is not None else None
        if self._write is not None:
            self._write(("line", "column", "effect", "reason"))

    def add(self, findings: Iterable[Finding]) -> None:
        """Count, list and report."""
        for one in findings:
            self._outcome.effects[one.effect] += 1
            if len(self._outcome.findings) < LISTED:
                self._outcome.findings.append(one)
            if self._write is not None:
                self._write((one.line, harmless(one.column), one.effect, harmless(one.reason)))
