"""The measures of the roll-up: their stored names, and which date or status they follow."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from app.core.labels import Label

Place = tuple[int, str, int, int]
"""(disease, prefecture, authority, centre); 0 where there is no authority or centre yet."""
Cell = tuple[int, str, int, int, str, date]
"""A place with a measure and a day."""


@dataclass(frozen=True, slots=True)
class Basis:
    """By which date a case is new. ``attribute`` is the date's name on the case."""

    key: str
    attribute: str
    label: Label

    @property
    def measure(self) -> str:
        """The measure of new cases."""
        return f"new_{self.key}"


BASES = (
    Basis("reported", "reported_on", Label("届出日", "Report date")),
    Basis("diagnosed", "diagnosed_on", Label("診断日", "Diagnosis date")),
    Basis("onset", "onset_on", Label("発症日", "Onset date")),
    Basis("published", "published_on", Label("公表日", "Publication date")),
)
BASIS: Mapping[str, Basis] = {basis.key: basis for basis in BASES}


def unlinked(basis: str) -> str:
    """The measure of new cases without a known link."""
    return f"unlinked_{basis}"


def undated(basis: str) -> str:
    """The measure of cases whose date of this basis is not known."""
    return f"undated_{basis}"


STATUS_MEASURES: Mapping[str, frozenset[str]] = {
    "hospitalised": frozenset({"in_hospital"}),
    "hospitalised_severe": frozenset({"in_hospital", "severe"}),
    "hotel": frozenset({"hotel"}),
    "home": frozenset({"home"}),
    "social_facility": frozenset({"social_facility"}),
    "waiting": frozenset({"waiting"}),
}
"""Status of a case → the stocks it is part of."""
STOCKS = ("in_hospital", "severe", "hotel", "home", "social_facility", "waiting")
"""Changes per day; on the day D: the sum of all days up to D."""
ENDINGS = ("discharged", "died")
