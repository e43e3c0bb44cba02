"""Each rule finds what it is for, and leaves its nearest neighbour alone."""

from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from app.cases.models import Case
from app.core.items import item_of
from app.quality.catalogue import CASE_RULES, RULES
from app.quality.contact_rules import CONTACT_RULES
from app.quality.facts import CaseFacts, ContactFacts, LabFacts, Limits, ReadingFacts, StayFacts
from app.quality.fixing import MODELS, form_class
from app.quality.measures import Measured, percentile
from app.quality.rules import findings

pytestmark = pytest.mark.one_database

TODAY = date(2021, 8, 20)
LIMITS = Limits(TODAY)
SOUND = CaseFacts(
    id=1,
    status="home",
    diagnosis_type="confirmed",
    onset_on=date(2021, 8, 10),
    diagnosed_on=date(2021, 8, 12),
    reported_on=date(2021, 8, 12),
    severity="mild",
    symptoms=("fever",),
    sex="female",
    age_years=30,
    municipality_code="13104",
    responsible_centre_id=7,
    area_centre_id=7,
    has_person=True,
    birth_on=date(1991, 1, 1),
    mobile_phone="090",
    family="covid_19",
    watches_oxygen=True,
    tests=(LabFacts(1, "positive", date(2021, 8, 11), "diagnosis"),),
)
FOLLOWED = ContactFacts(
    id=1,
    last_exposure_on=date(2021, 8, 10),
    observe_until_on=date(2021, 8, 24),
    mobile_phone="090",
    plan_status="active",
    exposures=1,
    sources_in_force=1,
)


def day(number: int) -> date:
    return date(2021, 8, number)


def stay(first: int, last: int | None = None) -> StayFacts:
    return StayFacts(5, "hospital", day(first), None if last is None else day(last))


def reading(temperature: str | None = None, spo2: int | None = None) -> tuple[ReadingFacts, ...]:
    return (ReadingFacts(9, day(13), Decimal(temperature) if temperature else None, spo2),)


# rule, what breaks it, what is next to it and does not
CASES = (
    ("infected_after_onset", {"infected_on": day(11)}, {"infected_on": day(10)}),
    ("infected_after_diagnosis", {"infected_on": day(13)}, {"infected_on": day(12)}),
    ("onset_after_diagnosis", {"onset_on": day(13)}, {"onset_on": day(12)}),
    ("visit_after_diagnosis", {"first_visit_on": day(13)}, {"first_visit_on": day(12)}),
    ("diagnosed_after_report", {"diagnosed_on": day(13)}, {"diagnosed_on": day(12)}),
    ("onset_after_report", {"onset_on": day(13)}, {"onset_on": day(12)}),
    ("onset_after_death", {"died_on": day(9)}, {"died_on": day(10)}),
    ("onset_after_severity", {"severe_on": day(9)}, {"severe_on": day(10)}),
    ("onset_after_discharge", {"discharged_on": day(9)}, {"discharged_on": day(10)}),
    (
        "left_after_return",
        {"travel_from_on": day(2), "travel_to_on": day(1)},
        {"travel_from_on": day(1), "travel_to_on": day(1)},
    ),
    ("day_in_future", {"reported_on": day(21)}, {"reported_on": day(20)}),
    ("born_after_illness", {"birth_on": day(11)}, {"birth_on": day(10)}),
    (
        "discharge_before_admission",
        {"stays": (stay(15),), "discharged_on": day(14)},
        {"stays": (stay(15),), "discharged_on": day(15)},
    ),
    ("stay_ends_before_it_begins", {"stays": (stay(15, 14),)}, {"stays": (stay(15, 15),)}),
    (
        "death_without_outcome",
        {"died_on": day(15)},
        {"died_on": day(15), "outcome": "died", "status": "died"},
    ),
    ("died_without_date", {"outcome": "died"}, {"outcome": "died", "died_on": day(15)}),
    ("pregnant_man", {"sex": "male", "pregnant": "yes"}, {"sex": "male", "pregnant": "no"}),
    (
        "carrier_with_onset",
        {"diagnosis_type": "asymptomatic_carrier"},
        {"diagnosis_type": "asymptomatic_carrier", "onset_on": None},
    ),
    (
        "severe_without_hospital",
        {"severity": "severe"},
        {"severity": "severe", "stays": (stay(13),)},
    ),
    (
        "onset_missing",
        {"onset_on": None},
        {"onset_on": None, "diagnosis_type": "asymptomatic_carrier"},
    ),
    ("diagnosis_missing", {"diagnosed_on": None}, {}),
    # The thirtieth birthday is the day of the diagnosis, or the day after it.
    ("age_contradicts_birth", {"birth_on": date(1991, 8, 13)}, {"birth_on": date(1991, 8, 12)}),
    ("temperature_impossible", {"readings": reading("33.9")}, {"readings": reading("34.0")}),
    ("temperature_impossible", {"readings": reading("43.1")}, {"readings": reading("43.0")}),
    ("oxygen_impossible", {"readings": reading(spo2=59)}, {"readings": reading(spo2=60)}),
    ("oxygen_low_yet_mild", {"readings": reading(spo2=93)}, {"readings": reading(spo2=94)}),
    (
        "oxygen_low_yet_mild",
        {"readings": reading(spo2=93), "severity": "asymptomatic"},
        {"readings": reading(spo2=93), "watches_oxygen": False},
    ),
    ("duplicate_case", {"same_episode": (2,)}, {"same_episode": ()}),
    (
        "recovered_without_date",
        {"outcome": "recovered"},
        {"outcome": "recovered", "discharged_on": day(20)},
    ),
    ("municipality_missing", {"municipality_code": None}, {}),
    ("phone_missing", {"mobile_phone": None}, {"mobile_phone": None, "location_phone": "03"}),
    ("phone_missing", {"mobile_phone": None}, {"mobile_phone": None, "status": "hospitalised"}),
    (
        "follow_up_too_long",
        {"onset_on": date(2021, 7, 20)},
        {"onset_on": date(2021, 7, 21)},
    ),
    (
        "specimen_day_missing",
        {"tests": (LabFacts(1, "positive"),)},
        {"tests": (LabFacts(1, "pending"),)},
    ),
    (
        "confirmed_but_negative",
        {"tests": (LabFacts(1, "negative", day(11)),)},
        {"tests": (LabFacts(1, "negative", day(11), "clearance"),)},
    ),
    ("no_symptom_yet_patient", {"symptoms": ("none",)}, {"symptoms": ()}),
    (
        "vaccinated_too_early",
        {"doses": (date(2021, 2, 16),)},
        {"doses": (date(2021, 2, 17),)},
    ),
    (
        "vaccinated_too_early",
        {"doses": (date(2020, 1, 1),)},
        {"doses": (date(2020, 1, 1),), "family": "measles"},
    ),
    ("reported_late", {"reported_on": day(15)}, {"reported_on": day(14)}),
    (
        "reported_late",
        {"reported_on": day(15)},
        {"reported_on": day(20), "notification_timing": "within_7_days"},
    ),
    ("outside_area", {"area_centre_id": 8}, {"area_centre_id": None}),
    (
        "outcome_missing",
        {"status": "under_investigation", "diagnosed_on": date(2021, 6, 20), "birth_on": None},
        {"status": "under_investigation", "diagnosed_on": date(2021, 6, 21), "birth_on": None},
    ),
)
CONTACTS = (
    ("ends_before_exposure", {"observe_until_on": day(9)}, {"observe_until_on": day(17)}),
    ("contact_without_exposure", {"exposures": 0, "sources_in_force": 0}, {}),
    ("contact_without_source", {"sources_in_force": 0}, {"exposures": 2}),
    ("last_exposure_missing", {"last_exposure_on": None}, {}),
    ("ill_but_no_case", {"fell_ill": "yes"}, {"fell_ill": "yes", "became_case": True}),
    ("contact_phone_missing", {"mobile_phone": None}, {"mobile_phone": None, "home_phone": "03"}),
    (
        "observed_after_the_end",
        {"observe_until_on": day(16)},
        {"observe_until_on": day(17)},
    ),
)


@pytest.mark.parametrize(("rule", "broken", "kept"), CASES)
def test_a_rule_for_cases(rule: str, broken: dict[str, object], kept: dict[str, object]) -> None:
    assert rule in _codes(replace(SOUND, **broken))
    assert rule not in _codes(replace(SOUND, **kept))


@pytest.mark.parametrize(("rule", "broken", "kept"), CONTACTS)
def test_a_rule_for_contacts(rule: str, broken: dict[str, object], kept: dict[str, object]) -> None:
    assert rule in _codes(replace(FOLLOWED, **broken))
    assert rule not in _codes(replace(FOLLOWED, **kept))


def _codes(facts: CaseFacts | ContactFacts) -> set[str]:
    rules = CASE_RULES if isinstance(facts, CaseFacts) else CONTACT_RULES
    return {found.rule.code for found in findings(facts, rules, LIMITS)}


def test_what_is_sound_breaks_no_rule() -> None:
    assert _codes(SOUND) == set()
    assert _codes(FOLLOWED) == set()
    assert _codes(CaseFacts()) == {"diagnosis_missing", "municipality_missing"}


def test_every_rule_is_in_a_table_and_names_items_that_are_declared() -> None:
    assert {rule for rule, *_ in (*CASES, *CONTACTS)} == set(RULES)
    assert len(RULES) == len(CASE_RULES) + len(CONTACT_RULES)
    for rule in RULES.values():
        assert rule.sentence.ja.endswith("。")
        assert rule.remedy.ja.endswith("。")
        assert set(rule.fix) <= set(rule.items)
        for name in rule.items:
            word, _dot, item = name.partition(".")
            assert item_of(MODELS[word], item)


def test_the_tolerance_of_late_reports_is_a_setting() -> None:
    late = replace(SOUND, reported_on=day(15))
    strict, patient = Limits(TODAY, 2), Limits(TODAY, 3)
    assert [f.rule.code for f in findings(late, CASE_RULES, strict)] == ["reported_late"]
    assert findings(late, CASE_RULES, patient) == ()


def test_the_row_to_be_mended_is_named() -> None:
    two = (LabFacts(1, "positive", day(11)), LabFacts(4, "positive"))
    (found,) = findings(replace(SOUND, tests=two), CASE_RULES, LIMITS)
    assert (found.rule.code, found.record_id) == ("specimen_day_missing", 4)


def test_another_value_is_another_finding_to_be_checked() -> None:
    one, two = (
        findings(replace(SOUND, area_centre_id=8, municipality_code=code), CASE_RULES, LIMITS)[0]
        for code in ("13101", "13102")
    )
    assert one.values != two.values


def test_forms_hold_the_items_of_a_rule_alone() -> None:
    form = form_class("age_contradicts_birth")
    assert form is not None
    assert {"birth_on", "age_years"} <= set(dir(form))
    assert form_class("duplicate_case") is None


@pytest.mark.parametrize(
    ("days", "half", "most"),
    [({}, None, None), ({0: 1}, 0, 0), ({0: 5, 1: 4, 9: 1}, 0, 1), ({0: 4, 1: 5, 9: 1}, 1, 1)],
)
def test_percentiles_are_read_from_counts(
    days: dict[int, int], half: int | None, most: int | None
) -> None:
    measured = Measured()
    measured.delays["diagnosis_to_report"] = Counter(days)
    assert measured.median("diagnosis_to_report") == half
    assert measured.ninetieth("diagnosis_to_report") == most
    assert percentile(Counter(days), 0.5) == half


def test_completeness_of_the_onset_is_of_patients() -> None:
    measured = Measured(cases=10, patients=4)
    measured.filled.update({"onset_on": 3, "sex": 9})
    assert measured.completeness("onset_on") == 75
    assert measured.completeness("sex") == 90
    assert Measured().completeness("sex") is None
    assert item_of(Case, "onset_on").label.ja == "発症年月日"
