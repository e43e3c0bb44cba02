"""The order in which the days of a case have to lie; case and notification check the same."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.core.labels import Label


@dataclass(frozen=True, slots=True)
class DayOrder:
    """``earlier`` must not lie after ``later``; the sentence says what is wrong."""

    code: str
    earlier: str
    later: str
    sentence: Label

    def broken(self, values: Mapping[str, Any]) -> bool:
        """True when both are days and stand the wrong way round; blank or hidden: False."""
        first, second = values.get(self.earlier), values.get(self.later)
        return isinstance(first, date) and isinstance(second, date) and first > second


def _order(code: str, earlier: str, later: str, ja: str, en: str) -> DayOrder:
    return DayOrder(code, earlier, later, Label(ja, en))


DAY_ORDER = (
    _order(
        "infected_after_onset",
        "infected_on",
        "onset_on",
        "感染推定日が発病年月日より後になっています。",
        "The presumed infection lies after the onset.",
    ),
    _order(
        "infected_after_diagnosis",
        "infected_on",
        "diagnosed_on",
        "感染推定日が診断年月日より後になっています。",
        "The presumed infection lies after the diagnosis.",
    ),
    _order(
        "onset_after_diagnosis",
        "onset_on",
        "diagnosed_on",
        "発病年月日が診断年月日より後になっています。",
        "The onset lies after the diagnosis.",
    ),
    _order(
        "visit_after_diagnosis",
        "first_visit_on",
        "diagnosed_on",
        "初診年月日が診断年月日より後になっています。",
        "The first visit lies after the diagnosis.",
    ),
    _order(
        "diagnosed_after_report",
        "diagnosed_on",
        "reported_on",
        "診断年月日が報告年月日より後になっています。",
        "The diagnosis lies after the report.",
    ),
    _order(
        "onset_after_report",
        "onset_on",
        "reported_on",
        "発病年月日が報告年月日より後になっています。",
        "The onset lies after the report.",
    ),
    _order(
        "onset_after_death",
        "onset_on",
        "died_on",
        "発病年月日が死亡年月日より後になっています。",
        "The onset lies after the death.",
    ),
    _order(
        "onset_after_severity",
        "onset_on",
        "severe_on",
        "発病年月日が重症の診断日より後になっています。",
        "The onset lies after the diagnosis as severe.",
    ),
    _order(
        "onset_after_discharge",
        "onset_on",
        "discharged_on",
        "発病年月日が退院日（療養解除日）より後になっています。",
        "The onset lies after the discharge.",
    ),
    _order(
        "left_after_return",
        "travel_from_on",
        "travel_to_on",
        "出国日が入国日より後になっています。",
        "The departure lies after the return.",
    ),
)
