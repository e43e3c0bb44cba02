"""Who new cases are and how long their papers took: what one case gives, in one dimension each.

Pure. A dimension is a question with few answers (age group and sex, worst severity, municipality
of residence, days from onset to report); its ``value`` is a word, a code or a number of days.
Each new case answers each dimension once, on the day the dimension is counted by.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from app.cases.rules import age_group_of
from app.core.labels import Label
from app.statistics.measures import BASES, BASIS, Place

ProfileCell = tuple[int, str, int, int, str, date, str]
"""A place (disease, prefecture, authority, centre), a dimension, its day and its value."""

LONGEST_DELAY = 60
"""Days told apart; whatever took longer is counted one above."""
LONGER, BACKWARDS = LONGEST_DELAY + 1, -1
"""Stored in place of more days, and of an end before its beginning (a mistake of entry)."""
UNKNOWN = "unknown"
_BETWEEN = ":"


class Profiled(Protocol):
    """The part of a counted case that is asked about here."""

    @property
    def place(self) -> Place: ...
    @property
    def counted(self) -> bool: ...
    @property
    def dates(self) -> Mapping[str, date | None]: ...
    @property
    def age_group(self) -> str | None: ...
    @property
    def age_years(self) -> int | None: ...
    @property
    def sex(self) -> str | None: ...
    @property
    def municipality(self) -> str | None: ...
    @property
    def reporter(self) -> str | None: ...
    @property
    def worst(self) -> str: ...
    @property
    def entered_on(self) -> date | None: ...
    @property
    def accepted_on(self) -> date | None: ...
    @property
    def variant(self) -> str | None: ...
    @property
    def doses(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Step:
    """From one day of a case to another; counted on the case's day of ``basis``."""

    key: str
    label: Label
    begins: str
    ends: str
    basis: str = "reported"

    @property
    def dimension(self) -> str:
        """The stored name of its delays."""
        return f"delay_{self.key}"


STEPS = (
    Step("diagnosis", Label("発症から診断まで", "Onset to diagnosis"), "onset", "diagnosed"),
    Step("report", Label("診断から届出まで", "Diagnosis to report"), "diagnosed", "reported"),
    Step("entry", Label("届出から入力まで", "Report to entry"), "reported", "entered"),
    Step("acceptance", Label("入力から受理まで", "Entry to acceptance"), "entered", "accepted"),
    Step("onset_report", Label("発症から届出まで", "Onset to report"), "onset", "reported"),
    Step(
        "publication",
        Label("発症から公表まで", "Onset to publication"),
        "onset",
        "published",
        "published",
    ),
)
"""The first four follow each other; the fifth is their beginning and end that epidemiologists ask
for; lists of other publishers know the sixth alone."""
STEP: Mapping[str, Step] = {step.key: step for step in STEPS}

WORST = (
    "died",
    "severe",
    "moderate_2",
    "moderate_1",
    "moderate",
    "mild",
    "asymptomatic",
    UNKNOWN,
)
"""The worst a case was in its whole course, worst first."""


def age_sex(basis: str) -> str:
    """The dimension of age group and sex of new cases by this date."""
    return f"age_sex_{BASIS[basis].key}"


def municipality(basis: str) -> str:
    """The dimension of the municipality of residence of new cases by this date (§8.5)."""
    return f"municipality_{BASIS[basis].key}"


def worst_severity(basis: str) -> str:
    """The dimension of the worst severity of new cases by this date."""
    return f"severity_{BASIS[basis].key}"


def variants(basis: str) -> str:
    """The dimension of the variant of new cases by this date; untested ones answer nothing."""
    return f"variant_{BASIS[basis].key}"


def doses(basis: str) -> str:
    """The dimension of doses before onset of new cases by this date; not asked: no answer."""
    return f"doses_{BASIS[basis].key}"


def profile(facts: Profiled) -> Counter[ProfileCell]:
    """The cells a case counts in, one each; none for a case that is not counted."""
    if not facts.counted:
        return Counter()
    return Counter((*facts.place, *each) for each in _answers(facts))


def age_and_sex(value: str) -> tuple[str, str]:
    """(age group, sex) of a value of :func:`age_sex`."""
    age, sex = value.split(_BETWEEN)
    return age, sex


def delay_of(value: str) -> tuple[str, int]:
    """(kind of the reporting institution, days) of a stored delay; "" where none is known."""
    kind, _between, days = value.rpartition(_BETWEEN)
    return kind, int(days)


def worst_of(severity: str | None, *, severe: bool, died: bool) -> str:
    """The worst severity: an end or a machine says more than the word on the form."""
    if died:
        return "died"
    if severe:
        return "severe"
    return severity or UNKNOWN


def packed_profile(cells: Mapping[ProfileCell, int]) -> list[list[Any]]:
    """The cells as they are stored beside the contribution, whose place is theirs."""
    return sorted([dimension, day.isoformat(), value] for *_, dimension, day, value in cells)


def unpacked_profile(given: Mapping[str, Any] | None) -> dict[ProfileCell, int]:
    """The cells read back; a case counted before there were profiles gave none."""
    if not given or not given.get("p"):
        return {}
    place = tuple(given["at"])
    return {(*place, name, date.fromisoformat(day), value): 1 for name, day, value in given["p"]}


def _answers(facts: Profiled) -> Iterator[tuple[str, date, str]]:
    """(dimension, day, value) of a case; a date that is not known answers nothing."""
    who = f"{facts.age_group or age_group_of(facts.age_years)}{_BETWEEN}{facts.sex or UNKNOWN}"
    for basis in BASES:
        day = facts.dates.get(basis.key)
        if day is not None:
            yield age_sex(basis.key), day, who
            yield worst_severity(basis.key), day, facts.worst
            if facts.variant is not None:
                yield variants(basis.key), day, facts.variant
            if facts.doses is not None:
                yield doses(basis.key), day, facts.doses
            yield municipality(basis.key), day, facts.municipality or UNKNOWN
    days = {**facts.dates, "entered": facts.entered_on, "accepted": facts.accepted_on}
    kind = f"{facts.reporter}{_BETWEEN}" if facts.reporter else ""
    for step in STEPS:
        begun, ended, on = days.get(step.begins), days.get(step.ends), days.get(step.basis)
        if begun is not None and ended is not None and on is not None:
            yield step.dimension, on, f"{kind}{stored_days((ended - begun).days)}"


def stored_days(days: int) -> int:
    """A delay as it is counted: whole days, with one value for all longer and all backwards."""
    return max(BACKWARDS, min(days, LONGER))
