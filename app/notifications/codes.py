"""Code lists of the notification form."""

from app.core.labels import CodeList

FORM_VERSION = CodeList(
    "form_version",
    ("2020-02", "別記様式6-1（2020年2月）", "Form 6-1 (February 2020)"),
    ("2021-02", "別記様式6-1（2021年2月10日）", "Form 6-1 (10 February 2021)"),
    ("2022-09", "別記様式6-1（2022年9月26日）", "Form 6-1 (26 September 2022)"),
    ("general", "各疾病共通の様式", "Form common to all diseases"),
)

GROUND = CodeList(
    "notification_ground",
    ("aged_65_or_over", "①65歳以上", "(1) Aged 65 or over"),
    ("needs_admission", "②入院を要する", "(2) Needs admission"),
    (
        "risk_and_treatment",
        "③重症化リスクがあり、かつ治療薬投与又は新たに酸素投与が必要",
        "(3) At risk, and needs a drug or new oxygen",
    ),
    ("pregnant", "④妊婦", "(4) Pregnant"),
    also={
        "1": "aged_65_or_over",
        "2": "needs_admission",
        "3": "risk_and_treatment",
        "4": "pregnant",
    },
)
"""Who is notified one by one from 26 September 2022; everybody else is only counted."""

DUPLICATE = CodeList(
    "duplicate_decision",
    ("same_person", "同じ人", "The same person"),
    ("another_person", "別の人", "Another person"),
)

ENTRY_WAY = CodeList(
    "entry_way",
    ("screen", "画面入力", "Typed on the screen"),
    ("workbook", "ワークブック取込", "Taken from a workbook"),
)

CERTAINTY = CodeList(
    "certainty", ("confirmed", "確定", "Confirmed"), ("presumed", "推定", "Presumed")
)

INFECTION_ROUTE = CodeList(
    "infection_route",
    ("droplet", "飛沫・飛沫核感染", "Droplet or droplet nuclei"),
    ("contact", "接触感染", "Contact"),
    ("other", "その他", "Other"),
    extended=True,
)

INFECTION_AREA = CodeList(
    "infection_area", ("domestic", "日本国内", "In Japan"), ("abroad", "国外", "Abroad")
)

VACCINE_MAKER = CodeList(
    "vaccine_maker",
    ("pfizer", "ファイザー", "Pfizer"),
    ("moderna", "武田／モデルナ", "Takeda/Moderna"),
    ("astrazeneca", "アストラゼネカ", "AstraZeneca"),
    ("novavax", "武田／ノババックス", "Takeda/Novavax"),
    ("other", "その他", "Other"),
    ("unknown", "不明", "Unknown"),
)
