"""Rules about what a case says besides its days, and about the case among others."""

from app.cases.rules import age_at
from app.core.labels import Label
from app.quality.facts import AT_HOME, CaseFacts
from app.quality.rules import DOUBTFUL, NOTE, WRONG, Fault, Rule, first_row, when

DUPLICATE = "duplicate_case"
LOWEST, HIGHEST = 34, 43
"""Temperatures of a living person who is being observed."""
LOWEST_OXYGEN, LOW_OXYGEN = 60, 93
_OXYGEN = Label("酸素飽和度の基準を定めた疾病", "Diseases with lines for the oxygen saturation")


def _wrong_age(facts: CaseFacts) -> bool:
    on = facts.diagnosed_on or facts.reported_on
    if facts.birth_on is None or facts.age_years is None or on is None or on < facts.birth_on:
        return False
    return age_at(facts.birth_on, on)[0] != facts.age_years


def _severe_outside(facts: CaseFacts) -> bool:
    severe = facts.severity == "severe" or facts.severe_on is not None
    admitted = any(stay.place == "hospital" for stay in facts.stays)
    return severe and not admitted and facts.status not in ("died", "waiting")


def _only_negative(facts: CaseFacts) -> bool:
    results = [t.result for t in facts.tests if t.result and t.purpose != "clearance"]
    return facts.diagnosis_type == "confirmed" and bool(results) and set(results) == {"negative"}


def _no_phone(facts: CaseFacts) -> bool:
    numbers = (facts.mobile_phone, facts.home_phone, facts.location_phone)
    return facts.has_person and facts.status in AT_HOME and not any(numbers)


CONTENT_RULES: tuple[Rule, ...] = (
    Rule(
        "pregnant_man",
        "case",
        WRONG,
        Label("性別と妊娠の有無が矛盾しています。", "Sex and pregnancy contradict each other."),
        Label("性別・妊娠の有無を確認してください。", "Check the sex and the pregnancy."),
        ("case.sex", "case.pregnant"),
        when(lambda f: f.sex == "male" and f.pregnant == "yes"),
        ("case.sex", "case.pregnant"),
    ),
    Rule(
        "carrier_with_onset",
        "case",
        WRONG,
        Label(
            "無症状病原体保有者に発病年月日が入力されています。",
            "An asymptomatic carrier has a date of onset.",
        ),
        Label(
            "発症した場合は診断分類を「患者（確定例）」に改め、発症していない場合は発病年月日を"
            "削除してください。",
            "If symptoms appeared, make the type “confirmed”; if not, remove the date of onset.",
        ),
        ("case.diagnosis_type", "case.onset_on"),
        when(lambda f: f.diagnosis_type == "asymptomatic_carrier" and f.onset_on is not None),
        ("case.diagnosis_type", "case.onset_on"),
    ),
    Rule(
        "severe_without_hospital",
        "case",
        WRONG,
        Label(
            "重症ですが、入院の記録がありません。", "Severe, but there is no stay in a hospital."
        ),
        Label(
            "入院・療養先に入院先を登録するか、重症度を訂正してください。",
            "Enter the hospital among the places of care, or correct the severity.",
        ),
        ("case.severity", "case.severe_on", "case.hospitalised"),
        when(_severe_outside),
        ("case.severity", "case.severe_on"),
    ),
    Rule(
        "age_contradicts_birth",
        "case",
        DOUBTFUL,
        Label(
            "年齢が生年月日から計算した年齢と一致しません。",
            "The age is not that of the date of birth.",
        ),
        Label("生年月日又は年齢を訂正してください。", "Correct the date of birth or the age."),
        ("person.birth_on", "case.age_years", "case.diagnosed_on"),
        when(_wrong_age),
        ("person.birth_on", "case.age_years"),
    ),
    Rule(
        "temperature_impossible",
        "case",
        DOUBTFUL,
        Label("ありえない体温が記録されています。", "A temperature nobody can have."),
        Label(
            "入力誤り（38.5を83.5等）がないか確認してください。",
            "Look for a slip (a digit moved, Fahrenheit) and correct it.",
        ),
        ("observation.observed_on", "observation.temperature"),
        first_row(
            lambda f: f.readings,
            lambda _f, r: r.temperature is not None and not LOWEST <= r.temperature <= HIGHEST,
        ),
        ("observation.temperature",),
    ),
    Rule(
        "oxygen_impossible",
        "case",
        DOUBTFUL,
        Label(
            "ありえない酸素飽和度（SpO2）が記録されています。",
            "An oxygen saturation nobody can have.",
        ),
        Label("測定値を確認し、訂正してください。", "Check the reading and correct it."),
        ("observation.observed_on", "observation.spo2"),
        first_row(
            lambda f: f.readings, lambda _f, r: r.spo2 is not None and r.spo2 < LOWEST_OXYGEN
        ),
        ("observation.spo2",),
    ),
    Rule(
        "oxygen_low_yet_mild",
        "case",
        DOUBTFUL,
        Label(
            "SpO2が93％以下ですが、重症度が「軽症」「無症状」のままです。",
            "SpO2 was 93 % or less, yet the severity says mild or asymptomatic.",
        ),
        Label(
            "診療の手引きの重症度分類により、重症度を確認してください。",
            "Check the severity by the classification of the clinical guide.",
        ),
        ("observation.observed_on", "observation.spo2", "case.severity"),
        first_row(
            lambda f: f.readings if f.watches_oxygen else (),
            lambda f, r: (
                f.severity in ("mild", "asymptomatic")
                and r.spo2 is not None
                and LOWEST_OXYGEN <= r.spo2 <= LOW_OXYGEN
            ),
        ),
        ("case.severity",),
        diseases=_OXYGEN,
    ),
    Rule(
        DUPLICATE,
        "case",
        DOUBTFUL,
        Label(
            "同じ人・同じ疾病の患者が、近い診断日で複数登録されています。",
            "The same person has another case of this disease, diagnosed at about the same time.",
        ),
        Label(
            "重複届出の場合は、2件を並べて確認し、統合してください。",
            "If it was registered twice, compare the two and merge them.",
        ),
        ("case.diagnosed_on", "case.reported_on"),
        lambda f, _l: Fault(None, str(f.same_episode)) if f.same_episode else None,
    ),
    Rule(
        "municipality_missing",
        "case",
        DOUBTFUL,
        Label("居住市区町村が入力されていません。", "The municipality of residence is missing."),
        Label("住所から市区町村を選択してください。", "Choose it by the address."),
        ("case.municipality_code", "person.address"),
        when(lambda f: f.municipality_code is None),
        ("case.municipality_code",),
    ),
    Rule(
        "phone_missing",
        "case",
        DOUBTFUL,
        Label(
            "自宅等で療養中の方の電話番号がありません。",
            "Somebody cared for outside a hospital has no telephone number.",
        ),
        Label(
            "健康観察ができるよう、電話番号を入力してください。",
            "Enter a number, or nobody can call the patient.",
        ),
        ("case.status", "person.mobile_phone", "person.home_phone"),
        when(_no_phone),
        ("person.mobile_phone", "person.home_phone"),
    ),
    Rule(
        "confirmed_but_negative",
        "case",
        DOUBTFUL,
        Label(
            "患者（確定例）ですが、検査結果がすべて陰性です。",
            "A confirmed patient whose tests are all negative.",
        ),
        Label(
            "陽性の検査を登録するか、診断分類を確認してください。",
            "Enter the positive test, or check the type of diagnosis.",
        ),
        ("case.diagnosis_type",),
        when(_only_negative),
        ("case.diagnosis_type",),
    ),
    Rule(
        "no_symptom_yet_patient",
        "case",
        DOUBTFUL,
        Label(
            "症状が「なし」ですが、診断分類が「患者（確定例）」です。",
            "No symptoms, yet notified as a patient and not as a carrier.",
        ),
        Label(
            "症状を入力するか、「無症状病原体保有者」に改めてください。",
            "Enter the symptoms, or make the type “asymptomatic carrier”.",
        ),
        ("case.symptoms", "case.diagnosis_type"),
        when(lambda f: f.diagnosis_type == "confirmed" and f.symptoms == ("none",)),
        ("case.diagnosis_type", "case.symptoms"),
    ),
    Rule(
        "outside_area",
        "case",
        NOTE,
        Label(
            "居住市区町村が担当保健所の管轄外です。",
            "The municipality is not in the area of the responsible health centre.",
        ),
        Label(
            "住所の誤りか、担当保健所の引継ぎもれがないか確認してください。",
            "Check the address, or hand the case over.",
        ),
        ("case.municipality_code", "case.responsible_centre_id"),
        when(
            lambda f: f.area_centre_id is not None and f.area_centre_id != f.responsible_centre_id
        ),
        ("case.municipality_code",),
    ),
)
