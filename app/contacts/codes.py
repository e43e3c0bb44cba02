"""Code lists of contacts and exposures."""

from app.core.labels import CodeList

CONTACT_STATUS = CodeList(
    "contact_status",
    ("under_observation", "健康観察中", "Under observation"),
    ("finished", "健康観察終了", "Observation finished"),
    ("became_case", "発症・陽性（患者に移行）", "Became a case"),
    tones={
        "under_observation": "info",
        "finished": "success",
        "became_case": "danger",
    },
)


RELATIONSHIP = CodeList(
    "relationship",
    ("household", "同居家族", "Household member"),
    ("relative", "別居の親族", "Relative elsewhere"),
    ("friend", "友人・知人", "Friend or acquaintance"),
    ("colleague", "職場関係者", "Colleague"),
    ("school", "学校・保育所等の関係者", "School or nursery"),
    ("health_worker", "医療従事者", "Health worker"),
    ("care_facility", "福祉施設の関係者", "Care facility"),
    ("customer", "顧客・利用者", "Customer or user"),
    ("passenger", "同乗者", "Fellow passenger"),
    ("other", "その他", "Other"),
    ("unknown", "不明", "Unknown"),
)

EXPOSURE_SETTING = CodeList(
    "exposure_setting",
    ("household", "家庭内", "Household"),
    ("workplace", "職場", "Workplace"),
    ("school", "学校・保育所等", "School or nursery"),
    ("medical_facility", "医療機関", "Medical facility"),
    ("social_facility", "社会福祉施設等", "Social facility"),
    ("meal", "会食", "Shared meal"),
    ("event", "イベント・集会", "Event or gathering"),
    ("transport", "交通機関・車内", "Transport or car"),
    ("other", "その他", "Other"),
    ("unknown", "不明", "Unknown"),
)
