"""What is measured, and the arithmetic on what the database has counted."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from app.core.labels import Label


@dataclass(frozen=True, slots=True)
class Delay:
    """Days from one event of a case to the next."""

    key: str
    label: Label


DELAYS = (
    Delay("onset_to_diagnosis", Label("発病→診断", "Onset → diagnosis")),
    Delay("diagnosis_to_report", Label("診断→届出", "Diagnosis → report")),
    Delay("report_to_entry", Label("届出→入力", "Report → entry")),
    Delay("entry_to_acceptance", Label("入力→受理", "Entry → acceptance")),
)
COMPLETED = (
    "sex",
    "age_years",
    "municipality_code",
    "occupation",
    "diagnosed_on",
    "onset_on",
    "reported_on",
    "symptoms",
    "severity",
    "has_underlying_condition",
    "link_known",
    "infection_place",
    "outcome",
)
"""Items of a case whose completeness is told."""
OF_PATIENTS = frozenset({"onset_on", "symptoms"})
"""Counted among confirmed patients alone: a carrier has neither."""
Histogram = Counter[int]


def percentile(days: Histogram, share: float) -> int | None:
    """The smallest number of days that ``share`` of the cases do not exceed; None of none."""
    total = sum(days.values())
    if not total:
        return None
    reached = 0
    for value in sorted(days):
        reached += days[value]
        if reached >= share * total:
            return value
    return max(days)


@dataclass(slots=True)
class Measured:
    """The figures of one institution, one week, or all together."""

    cases: int = 0
    patients: int = 0
    filled: Counter[str] = field(default_factory=Counter)
    delays: dict[str, Histogram] = field(default_factory=dict)
    notified: int = 0
    on_behalf: int = 0
    findings: int = 0
    open_findings: int = 0

    def add(self, other: "Measured") -> None:
        """Add the figures of another place or week."""
        self.cases += other.cases
        self.patients += other.patients
        self.filled.update(other.filled)
        for key, days in other.delays.items():
            self.delays.setdefault(key, Counter()).update(days)
        self.notified += other.notified
        self.on_behalf += other.on_behalf
        self.findings += other.findings
        self.open_findings += other.open_findings

    def completeness(self, item: str) -> float | None:
        """Percent of the cases in which the item is filled."""
        of = self.patients if item in OF_PATIENTS else self.cases
        return None if not of else 100 * self.filled[item] / of

    @property
    def all_completeness(self) -> float | None:
        """Percent over all items together."""
        of = sum(self.patients if item in OF_PATIENTS else self.cases for item in COMPLETED)
        return None if not of else 100 * sum(self.filled[item] for item in COMPLETED) / of

    def median(self, delay: str) -> int | None:
        """Half of the cases took no longer, in days."""
        return percentile(self.delays.get(delay, Counter()), 0.5)

    def ninetieth(self, delay: str) -> int | None:
        """Nine of ten cases took no longer, in days."""
        return percentile(self.delays.get(delay, Counter()), 0.9)

    @property
    def share_on_behalf(self) -> float | None:
        """Percent of the notifications that somebody typed for the reporting institution."""
        return None if not self.notified else 100 * self.on_behalf / self.notified

    @property
    def findings_per_100(self) -> float | None:
        """Findings of the rules per 100 cases; what was checked and correct is none."""
        return None if not self.cases else 100 * self.findings / self.cases


@dataclass(frozen=True, slots=True)
class Indicators:
    """Everything of one period: by institution (or prefecture), by week, all together."""

    first: date
    last: date
    places: Mapping[str, Measured]
    weeks: Mapping[date, Measured]
    total: Measured
