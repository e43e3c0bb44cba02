"""Doses of vaccine a patient had before falling ill, from a 発生届 (18③). Pure."""

from collections.abc import Sequence
from datetime import date
from typing import Literal, get_args

Answer = tuple[str | None, date | None]
"""Was the dose given (yes, no, unknown, not answered), and when."""
Doses = Literal["none", "one", "two", "three_or_more", "unknown"]
_WORDS: tuple[Doses, ...] = get_args(Doses)[:4]


def doses_before(ill_on: date | None, answers: Sequence[Answer]) -> Doses | None:
    """How many doses came before the day of illness; None when the form does not say anything.

    A dose whose day is not known counts as given before, since the form asks for the past. One
    on that day or later does not count. Where the dose after the last one is unknown, so is the
    number; left blank it was not given.
    """
    if all(given is None and on is None for given, on in answers):
        return None
    number = 0
    for place, (given, on) in enumerate(answers, start=1):
        if given == "yes" and (on is None or ill_on is None or on < ill_on):
            number = place
    if number == 0 and answers[0][0] is None:
        return "unknown"
    if number < len(answers) and answers[number][0] == "unknown":
        return "unknown"
    return _WORDS[number]
