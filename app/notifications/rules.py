"""What a 発生届 has to satisfy: one rule per line, over a plain mapping of item name → value.

The mapping holds the items of the form under their attribute names; the notification's own
items win over the case's and the person's of the same name. ``lab_tests`` is a sequence of
mappings (method, specimen, collected_on, result); ``today`` is the day of checking. Missing
values are None or absent, and never break a rule: what is missing is :func:`missing_items`.
"""

from app.notifications.conditions import (
    OLDEST,
    age_contradicts,
    asymptomatic,
    birth_unknown,
    confirmed_without_positive,
    dose_contradicts,
    ground_contradicts_age,
    ground_without_pregnancy,
    ground_without_treatment,
    guardian_given,
    has_symptoms,
    is_body,
    is_living,
    minor,
    months_contradict,
    outside_the_four_groups,
    reading_unknown,
    specimen_too_late,
    symptoms,
)
from app.notifications.date_rules import DATE_RULES
from app.notifications.rule import Rule, Values, refuse, warn


def violations(values: Values) -> tuple[Rule, ...]:
    """The broken rules, in the order of the table."""
    return tuple(rule for rule in RULES if rule.broken(values))


RULES: tuple[Rule, ...] = (
    # 1, 17: type and death
    refuse(
        "death_without_body",
        "died_on",
        "死亡年月日は、死体を検案した場合にのみ記入します。",
        "The date of death is for post-mortem examinations only.",
        lambda v: v.get("died_on") is not None and is_living(v),
    ),
    warn(
        "body_without_death",
        "died_on",
        "死体の検案では死亡年月日を記入してください。",
        "Give the date of death for a post-mortem examination.",
        lambda v: v.get("died_on") is None and is_body(v),
    ),
    refuse(
        "examination_contradicts_type",
        "body_examined",
        "死体検案の有無が診断した者の類型と矛盾しています。",
        "Post-mortem examination contradicts the type of the person diagnosed.",
        lambda v: (
            (v.get("body_examined") == "yes" and is_living(v))
            or (v.get("body_examined") == "no" and is_body(v))
        ),
    ),
    # Since 26 September 2022: the four groups
    refuse(
        "outside_the_four_groups",
        "grounds",
        "4類型のいずれにも該当しない方の発生届は不要です。日次報告で年代別の人数を報告してください。",
        "People outside the four groups are not notified. Count them in the daily report.",
        outside_the_four_groups,
    ),
    refuse(
        "ground_contradicts_age",
        "grounds",
        "65歳未満の方に「①65歳以上」が選ばれています。",
        "“Aged 65 or over” is chosen for somebody younger.",
        ground_contradicts_age,
    ),
    refuse(
        "ground_without_treatment",
        "grounds",
        "③に該当するのは、治療薬の投与又は新たな酸素投与が必要な方だけです。",
        "(3) needs a drug or oxygen to be necessary.",
        ground_without_treatment,
    ),
    refuse(
        "ground_without_pregnancy",
        "grounds",
        "「④妊婦」が性別・妊娠の有無と矛盾しています。",
        "“Pregnant” contradicts the sex or the pregnancy.",
        ground_without_pregnancy,
    ),
    # 2–5, 9–10: the person
    warn(
        "body_without_name",
        "name",
        "氏名が記入されていません。身元不明の死体であることを確認してください。",
        "The name is blank. Confirm that the body is unidentified.",
        lambda v: is_body(v) and not v.get("name"),
    ),
    warn(
        "name_without_reading",
        "kana",
        "ふりがなが記入されていません。読みが分からないことを確認してください。",
        "The reading of the name is blank. Confirm that it is not known.",
        reading_unknown,
    ),
    warn(
        "birth_unknown",
        "birth_on",
        "生年月日が記入されていません。不明であることを確認してください。",
        "The date of birth is blank. Confirm that it is not known.",
        birth_unknown,
    ),
    warn(
        "age_over_120",
        "birth_on",
        "120歳を超えています。生年月日の元号を確認してください。",
        "Over 120 years old: check the era of the date of birth.",
        lambda v: (v.get("age_years") or 0) > OLDEST,
    ),
    refuse(
        "age_contradicts_birth",
        "age_years",
        "年齢が生年月日と診断年月日から計算した年齢と一致しません。",
        "The age differs from that of the dates of birth and diagnosis.",
        age_contradicts,
    ),
    refuse(
        "months_of_older_child",
        "age_months",
        "月齢は0歳の場合にのみ記入します。",
        "Months of age are for children under one only.",
        months_contradict,
    ),
    warn(
        "minor_without_guardian",
        "guardian_name",
        "未成年の場合は保護者の氏名・住所・電話番号を記入してください。",
        "Give the guardian's name, address and telephone for a minor.",
        lambda v: minor(v) is True and not guardian_given(v),
    ),
    warn(
        "adult_with_guardian",
        "guardian_name",
        "保護者欄は未成年の場合にのみ記入します。",
        "The guardian is for minors only.",
        lambda v: minor(v) is False and guardian_given(v),
    ),
    warn(
        "pregnant_man",
        "pregnant",
        "性別と妊娠の有無を確認してください。",
        "Check the sex and the pregnancy.",
        lambda v: v.get("pregnant") == "yes" and v.get("sex") == "male",
    ),
    # 11, 16: symptoms and onset
    refuse(
        "none_with_symptoms",
        "symptoms",
        "「なし」と他の症状を同時に選ぶことはできません。",
        "“None” cannot stand beside other symptoms.",
        lambda v: "none" in symptoms(v) and has_symptoms(v),
    ),
    warn(
        "other_symptom_unnamed",
        "symptoms_other",
        "「その他」の症状の内容を記入してください。",
        "Say what the other symptom is.",
        lambda v: "other" in symptoms(v) and not v.get("symptoms_other"),
    ),
    refuse(
        "onset_without_symptoms",
        "onset_on",
        "無症状病原体保有者には発病年月日を記入しません。",
        "An asymptomatic carrier has no date of onset.",
        lambda v: v.get("onset_on") is not None and asymptomatic(v),
    ),
    warn(
        "carrier_with_symptoms",
        "symptoms",
        "無症状病原体保有者に症状が選ばれています。",
        "Symptoms are chosen for an asymptomatic carrier.",
        lambda v: asymptomatic(v) and has_symptoms(v),
    ),
    warn(
        "patient_without_onset",
        "onset_on",
        "患者（確定例・疑似症）の発病年月日が記入されていません。",
        "The date of onset of a patient is missing.",
        lambda v: v.get("diagnosis_type") in ("confirmed", "suspected") and not v.get("onset_on"),
    ),
    # 12: tests
    refuse(
        "specimen_after_diagnosis",
        "lab_tests",
        "検体採取日が診断年月日より後になっています。",
        "A specimen was collected after the diagnosis.",
        specimen_too_late,
    ),
    warn(
        "confirmed_without_positive",
        "lab_tests",
        "確定例ですが、陽性の検査結果がありません。",
        "There is no positive result for a confirmed case.",
        confirmed_without_positive,
    ),
    # 13–17: the order of days
    *DATE_RULES,
    # 18: route, area, vaccination
    warn(
        "area_without_prefecture",
        "area_prefecture_code",
        "国内の感染地域の都道府県を記入してください。",
        "Give the prefecture of the area of infection.",
        lambda v: v.get("infection_area") == "domestic" and not v.get("area_prefecture_code"),
    ),
    warn(
        "area_without_country",
        "area_country",
        "国外の感染地域の国名を記入してください。",
        "Give the country of the area of infection.",
        lambda v: v.get("infection_area") == "abroad" and not v.get("area_country"),
    ),
    refuse(
        "country_of_domestic_area",
        "area_country",
        "感染地域が日本国内の場合、国名は記入しません。",
        "A domestic area of infection has no foreign country.",
        lambda v: v.get("infection_area") == "domestic" and bool(v.get("area_country")),
    ),
    *(
        refuse(
            f"dose_{number}_contradicts",
            f"dose{number}",
            f"{number}回目の接種が「有」でないのに、接種日または製造会社が記入されています。",
            f"Dose {number} has a date or maker but was not given.",
            dose_contradicts(number),
        )
        for number in (1, 2, 3)
    ),
    # 19: hospital
    refuse(
        "admitted_but_not_in_hospital",
        "admitted_on",
        "入院「無」の場合、入院年月日は記入しません。",
        "A person not in hospital has no date of admission.",
        lambda v: (
            v.get("admitted_on") is not None and v.get("hospitalised_at_notification") == "no"
        ),
    ),
)
