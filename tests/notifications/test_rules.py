"""The rules of the 発生届: one line per rule, with the values that break it and that keep it."""

from datetime import date
from typing import Any

import pytest

from app.core.items import Stage
from app.notifications.form import form_items, missing_items
from app.notifications.rule import Severity
from app.notifications.rules import RULES, violations

D1, D2, D3, D4 = (date(2020, 8, day) for day in (1, 2, 3, 4))
SOUND: dict[str, Any] = {
    "diagnosis_type": "confirmed",
    "body_examined": "no",
    "name": "山田太郎",
    "kana": "ヤマダタロウ",
    "sex": "male",
    "birth_on": date(1980, 8, 3),
    "age_years": 40,
    "symptoms": ("fever",),
    "infected_on": D1,
    "onset_on": D2,
    "first_visit_on": D2,
    "diagnosed_on": D3,
    "reported_on": D3,
    "today": D3,
    "lab_tests": ({"method": "nucleic_acid", "collected_on": D2, "result": "positive"},),
    "infection_area": "domestic",
    "area_prefecture_code": "13",
    "hospitalised_at_notification": "no",
}
NEGATIVE = ({"collected_on": D2, "result": "negative"},)
CARRIER = {"diagnosis_type": "asymptomatic_carrier", "onset_on": None, "infected_on": None}
BODY = {"diagnosis_type": "body_confirmed", "body_examined": "yes", "died_on": D3}
CHILD = {"birth_on": date(2010, 8, 3), "age_years": 10}

BREAKS: list[tuple[str, dict[str, Any]]] = [
    ("death_without_body", {"died_on": D3}),
    ("body_without_death", BODY | {"died_on": None}),
    ("examination_contradicts_type", {"body_examined": "yes"}),
    ("examination_contradicts_type", BODY | {"body_examined": "no"}),
    ("outside_the_four_groups", {"form_version": "2022-09", "grounds": ()}),
    ("ground_contradicts_age", {"grounds": ("aged_65_or_over",)}),
    (
        "ground_without_treatment",
        {"grounds": ("risk_and_treatment",), "treatment_needed": "no", "oxygen_needed": "no"},
    ),
    ("ground_without_pregnancy", {"grounds": ("pregnant",), "pregnant": "no"}),
    ("body_without_name", BODY | {"name": None}),
    ("name_without_reading", {"name": "Nguyen Van An", "kana": None}),
    ("name_without_reading", BODY | {"kana": None}),
    ("birth_unknown", {"birth_on": None}),
    ("birth_unknown", BODY | {"birth_on": None, "age_years": None}),
    ("age_over_120", {"birth_on": date(1899, 8, 3), "age_years": 121}),
    ("age_contradicts_birth", {"age_years": 39}),
    ("age_contradicts_birth", {"birth_on": date(1980, 8, 4)}),
    ("months_of_older_child", {"age_months": 1}),
    ("minor_without_guardian", CHILD),
    ("adult_with_guardian", {"guardian_phone": "03-1111-2222"}),
    ("pregnant_man", {"pregnant": "yes"}),
    ("none_with_symptoms", {"symptoms": ("cough", "none")}),
    ("other_symptom_unnamed", {"symptoms": ("other",)}),
    ("onset_without_symptoms", CARRIER | {"onset_on": D2, "symptoms": ("none",)}),
    ("carrier_with_symptoms", CARRIER),
    ("patient_without_onset", {"onset_on": None}),
    ("specimen_after_diagnosis", {"lab_tests": ({"collected_on": D4, "result": "positive"},)}),
    ("confirmed_without_positive", {"lab_tests": NEGATIVE}),
    ("confirmed_without_positive", {"lab_tests": ()}),
    ("born_after_death", BODY | {"birth_on": D4}),
    ("infected_after_onset", {"infected_on": D3}),
    ("infected_after_diagnosis", {"infected_on": D4, "onset_on": None}),
    ("onset_after_diagnosis", {"onset_on": D4, "reported_on": D4, "today": D4}),
    ("visit_after_diagnosis", {"first_visit_on": D4}),
    ("diagnosed_after_report", {"reported_on": D2}),
    ("onset_after_report", {"diagnosed_on": None, "onset_on": D4}),
    ("onset_after_death", BODY | {"died_on": D1}),
    ("onset_after_severity", {"severe_on": D1}),
    ("onset_after_discharge", {"discharged_on": D1}),
    ("died_after_report", BODY | {"died_on": D4}),
    ("died_after_examination", BODY | {"body_examined_on": D2}),
    ("born_after_diagnosis", {"birth_on": D4, "age_years": 0}),
    ("born_after_report", {"birth_on": D4, "age_years": 0}),
    ("report_in_future", {"reported_on": D4}),
    ("area_without_prefecture", {"area_prefecture_code": None}),
    ("area_without_country", {"infection_area": "abroad"}),
    ("country_of_domestic_area", {"area_country": "フランス"}),
    ("left_after_return", {"travel_from_on": D2, "travel_to_on": D1}),
    ("dose_1_contradicts", {"dose1": "no", "dose1_on": D1}),
    ("dose_2_contradicts", {"dose2": "unknown", "dose2_maker": "pfizer"}),
    ("dose_3_contradicts", {"dose3": "no", "dose3_on": D1}),
    ("dose_2_before_1", {"dose1_on": D2, "dose2_on": D1}),
    ("dose_3_before_2", {"dose2_on": D2, "dose3_on": D1}),
    ("admitted_but_not_in_hospital", {"admitted_on": D3}),
    ("admitted_after_report", {"hospitalised_at_notification": "yes", "admitted_on": D4}),
]


# The other side of each line: the nearest values that keep the rule.
PREGNANT = {"sex": "female", "pregnant": "yes"}
ABROAD = {"infection_area": "abroad", "area_prefecture_code": None, "area_country": "フランス"}
KEEPS: list[tuple[str, dict[str, Any]]] = [
    ("death_without_body", BODY),
    ("body_without_death", BODY),
    ("body_without_death", {"died_on": None}),
    ("examination_contradicts_type", {"body_examined": "no"}),
    ("examination_contradicts_type", BODY),
    ("outside_the_four_groups", {"form_version": "2022-09", "grounds": ("aged_65_or_over",)}),
    ("outside_the_four_groups", {"form_version": "2021-02", "grounds": ()}),
    ("ground_contradicts_age", {"grounds": ("aged_65_or_over",), "age_years": 65}),
    (
        "ground_without_treatment",
        {"grounds": ("risk_and_treatment",), "treatment_needed": "no", "oxygen_needed": "yes"},
    ),
    ("ground_without_pregnancy", PREGNANT | {"grounds": ("pregnant",)}),
    ("body_without_name", {"name": None}),
    ("name_without_reading", {"name": "Nguyen Van An", "kana": "グエン"}),
    ("name_without_reading", {"kana": None}),
    ("birth_unknown", {"birth_on": None, "age_years": None}),
    ("age_over_120", {"birth_on": date(1900, 8, 3), "age_years": 120}),
    ("age_contradicts_birth", {"birth_on": date(1980, 8, 3), "age_years": 40}),
    ("age_contradicts_birth", {"birth_on": date(1980, 8, 4), "age_years": 39}),
    ("months_of_older_child", {"age_months": 11, "age_years": 0}),
    ("minor_without_guardian", CHILD | {"guardian_phone": "03-1111-2222"}),
    ("adult_with_guardian", CHILD | {"guardian_name": "山田花子"}),
    ("pregnant_man", PREGNANT),
    ("none_with_symptoms", {"symptoms": ("none",)}),
    ("other_symptom_unnamed", {"symptoms": ("other",), "symptoms_other": "発疹"}),
    ("onset_without_symptoms", CARRIER),
    ("carrier_with_symptoms", CARRIER | {"symptoms": ("none",)}),
    ("patient_without_onset", {"onset_on": D2}),
    ("specimen_after_diagnosis", {"lab_tests": ({"collected_on": D3, "result": "positive"},)}),
    ("confirmed_without_positive", {"lab_tests": (*NEGATIVE, {"result": "positive"})}),
    ("confirmed_without_positive", {"diagnosis_type": "suspected", "lab_tests": NEGATIVE}),
    ("born_after_death", BODY | {"birth_on": D3, "died_on": D3}),
    ("infected_after_onset", {"infected_on": D2}),
    ("infected_after_diagnosis", {"infected_on": D3, "onset_on": None}),
    ("onset_after_diagnosis", {"onset_on": D3}),
    ("visit_after_diagnosis", {"first_visit_on": D3}),
    ("diagnosed_after_report", {"diagnosed_on": D3, "reported_on": D3}),
    ("onset_after_report", {"diagnosed_on": None, "onset_on": D3}),
    ("onset_after_death", BODY | {"died_on": D2}),
    ("onset_after_severity", {"severe_on": D2}),
    ("onset_after_discharge", {"discharged_on": D2}),
    ("died_after_report", BODY | {"died_on": D3}),
    ("died_after_examination", BODY | {"body_examined_on": D3}),
    ("born_after_diagnosis", {"birth_on": D3, "age_years": 0}),
    ("born_after_report", {"birth_on": D3, "age_years": 0}),
    ("report_in_future", {"reported_on": D3}),
    ("area_without_prefecture", {"area_prefecture_code": "27"}),
    ("area_without_country", ABROAD),
    ("country_of_domestic_area", ABROAD),
    ("left_after_return", {"travel_from_on": D2, "travel_to_on": D2}),
    ("dose_1_contradicts", {"dose1": "yes", "dose1_on": D1}),
    ("dose_2_contradicts", {"dose2": "unknown"}),
    ("dose_3_contradicts", {"dose3": "yes", "dose3_on": D1}),
    ("dose_2_before_1", {"dose1_on": D1, "dose2_on": D2}),
    ("dose_3_before_2", {"dose2_on": D1, "dose3_on": D2}),
    ("admitted_but_not_in_hospital", {"hospitalised_at_notification": "yes", "admitted_on": D3}),
    ("admitted_after_report", {"hospitalised_at_notification": "yes", "admitted_on": D3}),
]


def codes_of(values: dict[str, Any]) -> set[str]:
    return {rule.code for rule in violations(values)}


def test_a_sound_form_breaks_no_rule() -> None:
    assert codes_of(SOUND) == set()


def test_an_empty_form_breaks_no_rule() -> None:
    assert codes_of({}) == set()


@pytest.mark.parametrize(("code", "change"), BREAKS)
def test_a_contradiction_is_named(code: str, change: dict[str, Any]) -> None:
    assert code in codes_of(SOUND | change)


@pytest.mark.parametrize(("code", "change"), KEEPS)
def test_the_nearest_values_that_keep_a_rule_do(code: str, change: dict[str, Any]) -> None:
    assert code not in codes_of(SOUND | change)


def test_every_rule_is_tried_from_both_sides() -> None:
    assert {rule.code for rule in RULES} == {code for code, _ in KEEPS}


def test_every_rule_is_broken_by_some_line_above() -> None:
    assert {rule.code for rule in RULES} == {code for code, _ in BREAKS}
    assert len(RULES) == len({rule.code for rule in RULES})


@pytest.mark.parametrize(
    "change",
    [
        CARRIER | {"symptoms": ("none",)},
        CARRIER | {"symptoms": ()},
        BODY,
        BODY | {"body_examined_on": D3},
        CHILD | {"guardian_name": "山田花子"},
        {"birth_on": date(2020, 6, 3), "age_years": 0, "age_months": 2, "guardian_name": "花子"},
        {"diagnosis_type": "suspected", "lab_tests": ()},
        {"diagnosis_type": "suspected", "lab_tests": ({"collected_on": D4, "result": None},)},
        {"dose1": "yes", "dose1_on": D1, "dose2": "yes", "dose2_on": D2},
        {"infection_area": "abroad", "area_prefecture_code": None, "area_country": "フランス"},
        {"hospitalised_at_notification": "yes", "admitted_on": D3},
        {"onset_on": D3, "infected_on": D3},
    ],
)
def test_sound_variants_break_no_rule(change: dict[str, Any]) -> None:
    assert codes_of(SOUND | change) == set()


@pytest.mark.parametrize(
    ("born", "diagnosed", "asked"),
    [
        (date(2000, 8, 4), date(2020, 8, 3), True),
        (date(2000, 8, 3), date(2020, 8, 3), False),
        (date(2003, 4, 1), date(2022, 3, 31), True),
        (date(2004, 4, 1), date(2022, 4, 1), False),
        (date(2004, 4, 2), date(2022, 4, 1), True),
        # Who was 18 or 19 came of age in one night (民法4条).
        (date(2002, 4, 2), date(2022, 3, 31), True),
        (date(2002, 4, 2), date(2022, 4, 1), False),
        (date(2006, 2, 28), date(2024, 2, 27), True),
        (date(2006, 2, 28), date(2024, 2, 28), False),
    ],
)
def test_the_guardian_is_asked_for_under_20_and_since_april_2022_under_18(
    born: date, diagnosed: date, asked: bool
) -> None:
    values = {"birth_on": born, "diagnosed_on": diagnosed}
    assert ("minor_without_guardian" in codes_of(values)) is asked


@pytest.mark.parametrize(
    ("years", "diagnosed", "asked"),
    [
        (19, date(2020, 8, 3), True),
        (20, date(2020, 8, 3), False),
        (17, date(2022, 4, 1), True),
        (18, date(2022, 4, 1), False),
        (None, date(2022, 4, 1), False),
    ],
)
def test_an_age_without_birth_date_tells_a_minor_too(
    years: int | None, diagnosed: date, asked: bool
) -> None:
    values = {"age_years": years, "diagnosed_on": diagnosed}
    assert ("minor_without_guardian" in codes_of(values)) is asked


def test_a_rule_speaks_at_an_item_of_the_form() -> None:
    for rule in RULES:
        assert rule.item in form_items() or rule.item == "lab_tests", rule.code
        assert rule.sentence.ja
        assert rule.sentence.en
        assert rule.severity in Severity


def missing(change: dict[str, Any]) -> set[str]:
    return {i.name for i in missing_items(SOUND | change, Stage.NOTIFICATION)}


def test_an_empty_form_lacks_every_required_item_but_no_more() -> None:
    names = {i.name for i in missing_items({}, Stage.NOTIFICATION)}
    assert {"name", "kana", "sex", "birth_on", "age_years", "onset_on", "reported_on"} <= names
    assert {"doctor_name", "institution_name"} <= names
    assert "body_examined_on" not in names
    assert "postal_code" not in names
    assert "number" not in names


def test_a_filled_item_is_not_missing() -> None:
    assert missing({}) & SOUND.keys() == set()
    assert "name" in missing({"name": "  "})


def test_an_answered_choice_of_nothing_is_an_answer() -> None:
    assert "symptoms" not in missing({"symptoms": ()})
    assert "symptoms" in missing({"symptoms": None})


def test_the_onset_is_not_asked_of_those_who_have_none() -> None:
    assert "onset_on" in missing({"onset_on": None})
    assert "onset_on" not in missing(CARRIER)
    assert "onset_on" not in missing(BODY | {"onset_on": None})


def test_the_day_of_examination_is_asked_of_bodies_only() -> None:
    assert "body_examined_on" in missing(BODY)
    assert "body_examined_on" not in missing({})
