"""What the rules ask of the values, where one line is not enough. Blank values contradict nothing."""

import re
from collections.abc import Callable, Iterator
from datetime import date

from app.cases.rules import age_at
from app.notifications.layout import FORM_2022, GENERAL
from app.notifications.rule import Values

# Latin letters with every accent, and what stands between them: no kanji, no kana.
_LATIN = re.compile(r"[A-Za-zÀ-ɏḀ-ỿ][A-Za-zÀ-ɏḀ-ỿ .,'’‐-]*")
BODIES = ("body_confirmed", "body_suspected")
OLD_FROM = 65
"""Years from which everybody is notified also after September 2022 (①65歳以上)."""
OLDEST = 120
"""Years beyond which an age is rather a mistaken era."""
ADULT_AT_20_UNTIL = date(2022, 3, 31)


def is_minor(birth_on: date, on: date) -> bool:
    """Under 20, and since 1 April 2022 under 18 (民法4条)."""
    return on >= birth_on and age_at(birth_on, on)[0] < _of_age(on)


def _of_age(on: date) -> int:
    return 20 if on <= ADULT_AT_20_UNTIL else 18


def _day(values: Values) -> date | None:
    day: date | None = values.get("diagnosed_on") or values.get("reported_on")
    return day


def minor(values: Values) -> bool | None:
    """True or False at diagnosis; None when it cannot be told."""
    birth_on, on, years = values.get("birth_on"), _day(values), values.get("age_years")
    if on is None:
        return None
    if birth_on is None:
        return None if years is None else bool(years < _of_age(on))
    return is_minor(birth_on, on)


def unknown_of_person(values: Values) -> frozenset[str]:
    """The items of who it is that may stay blank, because nobody can know them.

    A body may have neither name nor birth date; a birth date gives way to an age; and a name in
    Latin letters need not have a reading. Each is asked about once (see the rules).
    """
    unknown = {"birth_on"} if values.get("age_years") is not None else set()
    if is_body(values):
        unknown |= {"name", "kana", "birth_on", "age_years"}
    if latin_name(values):
        unknown.add("kana")
    return frozenset(unknown)


def latin_name(values: Values) -> bool:
    """The name is written in Latin letters."""
    return bool(_LATIN.fullmatch(str(values.get("name") or "")))


def birth_unknown(values: Values) -> bool:
    """No birth date, where it may stay blank."""
    return values.get("birth_on") is None and "birth_on" in unknown_of_person(values)


def reading_unknown(values: Values) -> bool:
    """No reading beside a name, where it may stay blank."""
    blank = not values.get("kana")
    return blank and bool(values.get("name")) and "kana" in unknown_of_person(values)


def guardian_given(values: Values) -> bool:
    """Any of the guardian's three items is filled."""
    return any(values.get(f"guardian_{part}") for part in ("name", "address", "phone"))


def is_body(values: Values) -> bool:
    """The form is about a body."""
    return values.get("diagnosis_type") in BODIES


def is_living(values: Values) -> bool:
    """The form is about a living person."""
    return bool(values.get("diagnosis_type")) and not is_body(values)


def asymptomatic(values: Values) -> bool:
    """The form is about an asymptomatic carrier."""
    return values.get("diagnosis_type") == "asymptomatic_carrier"


def age_contradicts(values: Values) -> bool:
    """The age typed is not that of the birth date at diagnosis."""
    birth_on, on, years = values.get("birth_on"), _day(values), values.get("age_years")
    if birth_on is None or on is None or years is None or birth_on > on:
        return False
    return bool(age_at(birth_on, on)[0] != years)


def months_contradict(values: Values) -> bool:
    """Months of age are given for somebody of one year or more."""
    return values.get("age_months") is not None and bool(values.get("age_years"))


def symptoms(values: Values) -> tuple[str, ...]:
    """The chosen symptoms; empty when none were asked."""
    return tuple(values.get("symptoms") or ())


def has_symptoms(values: Values) -> bool:
    """Any symptom besides なし is chosen."""
    return any(symptom != "none" for symptom in symptoms(values))


def specimen_too_late(values: Values) -> bool:
    """A specimen of a confirmed case was collected after the diagnosis."""
    diagnosed_on: date | None = values.get("diagnosed_on")
    if diagnosed_on is None or values.get("diagnosis_type") == "suspected":
        return False
    collected: Iterator[date | None] = (
        test.get("collected_on") for test in values.get("lab_tests") or ()
    )
    return any(day > diagnosed_on for day in collected if day is not None)


def confirmed_without_positive(values: Values) -> bool:
    """A type that needs a positive test has none."""
    if values.get("form_version") == GENERAL:
        return False  # Some diseases are diagnosed at the bedside.
    if values.get("diagnosis_type") not in ("confirmed", "asymptomatic_carrier", "body_confirmed"):
        return False
    return all(test.get("result") != "positive" for test in values.get("lab_tests") or ())


def dose_contradicts(number: int) -> Callable[[Values], bool]:
    """The condition "dose ``number`` was not given but has a day or maker"."""

    def broken(values: Values) -> bool:
        given = values.get(f"dose{number}")
        details = values.get(f"dose{number}_on") or values.get(f"dose{number}_maker")
        return given in ("no", "unknown") and bool(details)

    return broken


def outside_the_four_groups(values: Values) -> bool:
    """None of the four groups was chosen: this person is counted, not notified."""
    return values.get("form_version") == FORM_2022 and values.get("grounds") == ()


def ground_contradicts_age(values: Values) -> bool:
    """① is chosen for somebody under 65."""
    years = values.get("age_years")
    return years is not None and years < OLD_FROM and "aged_65_or_over" in _grounds(values)


def ground_without_treatment(values: Values) -> bool:
    """③ is chosen, and neither a drug nor oxygen is needed."""
    needs = (values.get("treatment_needed"), values.get("oxygen_needed"))
    return "risk_and_treatment" in _grounds(values) and all(n in ("no", "unknown") for n in needs)


def ground_without_pregnancy(values: Values) -> bool:
    """④ is chosen for somebody who is not pregnant, or a man."""
    denied = values.get("pregnant") == "no" or values.get("sex") == "male"
    return denied and "pregnant" in _grounds(values)


def _grounds(values: Values) -> tuple[str, ...]:
    return tuple(values.get("grounds") or ())
