"""別記様式6-1 as it is printed: which item stands where, under which number, and when it applies.

The entry form, the page of a notification and its snapshot all follow this one list.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, Final, Literal

from app.core.labels import Label

COVID_19: Final = "covid_19"
FORM_2020: Final = "2020-02"
FORM_2021: Final = "2021-02"
FORM_2022: Final = "2022-09"
GENERAL: Final = "general"
"""The skeleton all diseases share (items 1–19), without what only the COVID-19 form asks."""
FORM_2021_FROM = date(2021, 2, 10)
FORM_2022_FROM = date(2022, 9, 26)
COUNTED_AT_SENTINELS_FROM = date(2023, 5, 8)
"""From then on COVID-19 is counted at sentinels; there is no form for each case any more."""
FORM_FROM = {FORM_2021: FORM_2021_FROM, FORM_2022: FORM_2022_FROM}

_BODY = "diagnosis_type=body_confirmed|body_suspected"
_ABROAD = "infection_area=abroad"
_DOMESTIC = "infection_area=domestic"
METHODS = ("isolation", "nucleic_acid", "antigen_qualitative", "antigen_quantitative", "other")
TEST_PARTS = ("specimen", "collected_on", "result")


@dataclass(frozen=True, slots=True)
class Line:
    """One item of the form.

    Args:
        name: the item; tests are ``test_<method>_<part>``.
        number: what is printed before it, empty for a continuation.
        show_when: ``field=value|value``; the item is asked for only then. ``field=`` is "while
            that field is blank".
        since: the form version that introduced it.
        minor: asked for minors only.
        only: ``covid`` or ``general``; empty for what every form prints.
    """

    name: str
    number: str = ""
    show_when: str = ""
    since: str = FORM_2020
    minor: bool = False
    only: Literal["", "covid", "general"] = ""


_covid = partial(Line, only="covid")
_general = partial(Line, only="general")


@dataclass(frozen=True, slots=True)
class Part:
    """A card of the form: a run of numbers that belong together."""

    key: str
    label: Label
    lines: tuple[Line, ...]


def _tests() -> Iterator[Line]:
    for method in METHODS:
        for part in TEST_PARTS:
            yield _covid(f"test_{method}_{part}", "12", f"diagnosis_methods={method}")


def _doses() -> Iterator[Line]:
    for number in (1, 2, 3):
        yield _covid(f"dose{number}", "18③", since=FORM_2021)
        for part in ("on", "maker"):
            name = f"dose{number}_{part}"
            yield _covid(name, "18③", f"dose{number}=yes", since=FORM_2021)


PARTS: tuple[Part, ...] = (
    Part(
        "head",
        Label("届出者", "Notifier"),
        (
            Line("reported_on"),
            Line("doctor_name"),
            Line("institution_id"),
            Line("institution_name"),
            Line("institution_address"),
            Line("institution_phone"),
        ),
    ),
    Part(
        "person",
        Label("1〜10　当該者", "1–10 The person"),
        (
            Line("diagnosis_type", "1"),
            _covid("grounds", since=FORM_2022),
            Line("name", "2"),
            Line("kana", "2"),
            Line("sex", "3"),
            Line("birth_on", "4"),
            # Reckoned from the birth date; typed only where that is not known.
            Line("age_years", "5", "birth_on="),
            Line("occupation_detail", "6"),
            Line("postal_code", "7"),
            Line("address", "7"),
            Line("home_phone", "7"),
            Line("mobile_phone", "7"),
            Line("location_address", "8"),
            Line("location_phone", "8"),
            Line("guardian_name", "9", minor=True),
            Line("guardian_address", "10", minor=True),
            Line("guardian_phone", "10", minor=True),
            Line("responsible_centre_id"),
        ),
    ),
    Part(
        "diagnosis",
        Label("11〜12　症状・診断方法", "11–12 Symptoms and diagnosis"),
        (
            Line("symptoms", "11"),
            Line("symptoms_other", "11", "symptoms=other"),
            _covid("oxygen_saturation", "11", since=FORM_2021),
            Line("diagnosis_methods", "12"),
            *_tests(),
            Line("diagnosis_methods_other", "12", "diagnosis_methods=other"),
            _general("specimens", "12"),
            _general("specimens_other", "12", "specimens=other"),
            _general("test_sample_collected_on", "12"),
            _general("test_sample_result", "12"),
            _covid("treatment_needed", "13", since=FORM_2022),
            _covid("oxygen_needed", "13", since=FORM_2022),
        ),
    ),
    Part(
        "days",
        Label("13〜17　年月日", "13–17 Dates"),
        (
            Line("first_visit_on", "13"),
            Line("diagnosed_on", "14"),
            Line("body_examined_on", "14", _BODY),
            Line("infected_on", "15"),
            Line("onset_on", "16"),
            Line("died_on", "17", _BODY),
        ),
    ),
    Part(
        "infection",
        Label("18　感染原因・感染経路・感染地域", "18 Cause, route and area of infection"),
        (
            Line("infection_route", "18①"),
            Line("route_certainty", "18①"),
            Line("route_detail", "18①"),
            Line("infection_area", "18②"),
            Line("area_certainty", "18②"),
            Line("area_prefecture_code", "18②", _DOMESTIC),
            Line("area_municipality", "18②", _DOMESTIC),
            Line("area_country", "18②", _ABROAD),
            Line("area_detail", "18②"),
            Line("travel_from_on", "18②", _ABROAD),
            Line("travel_to_on", "18②", _ABROAD),
            *_doses(),
        ),
    ),
    Part(
        "measures",
        Label("19　その他医師が必要と認める事項", "19 Matters the doctor holds necessary"),
        (
            _covid("hospitalised_at_notification", "19"),
            _covid("admitted_on", "19", "hospitalised_at_notification=yes"),
            _covid("risk_factors", "19", since=FORM_2021),
            _covid("immunosuppressed", "19", since=FORM_2021),
            _covid("pregnant", "19", "sex=female|other|unknown", since=FORM_2021),
            _covid("severity", "19", since=FORM_2021),
            _covid("needs_hospital", "19", since=FORM_2021),
            _covid("telemedicine", "19", since=FORM_2021),
            Line("remarks", "19"),
        ),
    ),
)

LINES = {line.name: line for part in PARTS for line in part.lines}

CALLED: Final[Mapping[str, Label]] = {
    "age_years": Label("年齢（生年月日が不明な場合）", "Age (where the date of birth is not known)")
}
"""What the form calls a line that it asks for in place of another; such a line has no ◎."""

FREE_WORDS: Final[Mapping[str, str]] = {
    "symptoms": "symptoms_other",
    "diagnosis_methods": "diagnosis_methods_other",
    "specimens": "specimens_other",
    "infection_route": "route_detail",
}
"""Item → where it is written in free words while a disease has no options registered for it."""


def form_version_on(day: date, family: str = COVID_19) -> str:
    """The form in force when a case was diagnosed (or, without that day, reported).

    The four groups ended with the notification of every case: a notification sent after that
    all the same is on the form before.
    """
    if family != COVID_19:
        return GENERAL
    if FORM_2022_FROM <= day < COUNTED_AT_SENTINELS_FROM:
        return FORM_2022
    return FORM_2021 if day >= FORM_2021_FROM else FORM_2020


def is_on_form(line: Line, version: str) -> bool:
    """True when the form of ``version`` prints the line."""
    if version == GENERAL:
        return line.only != "covid"
    return line.only != "general" and line.since <= version


def is_asked(line: Line, values: Mapping[str, Any]) -> bool:
    """True when the condition under which the form shows the line is met."""
    if not line.show_when:
        return True
    name, wanted = line.show_when.split("=")
    given = values.get(name)
    chosen = given if isinstance(given, tuple) else ("" if given is None else given,)
    return any(value in wanted.split("|") for value in chosen)
