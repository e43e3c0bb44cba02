"""Code lists of the notification form."""

from app.core.labels import CodeList

NOTIFICATION_STATE = CodeList(
    "notification_state",
    ("draft", "下書き", "Draft"),
    ("submitted", "受理待ち", "Awaiting acceptance"),
    ("accepted", "受理", "Accepted"),
    ("returned", "差戻し", "Returned"),
    ("corrected", "訂正済み", "Corrected"),
    ("withdrawn", "取下げ", "Withdrawn"),
)

STATE_TONES = {
    "draft": "neutral",
    "submitted": "warning",
    "accepted": "success",
    "returned": "danger",
    "corrected": "neutral",
    "withdrawn": "neutral",
}
"""Colour of each state; the word and an icon always accompany it."""

FORM_VERSION = CodeList(
    "form_version",
    ("2020-02", "別記様式6-1（2020年2月）", "Form 6-1 (February 2020)"),
    ("2021-02", "別記様式6-1（2021年2月10日）", "Form 6-1 (10 February 2021)"),
)

CERTAINTY = CodeList(
    "certainty", ("confirmed", "確定", "Confirmed"), ("presumed", "推定", "Presumed")
)

INFECTION_ROUTE = CodeList(
    "infection_route",
    ("droplet", "飛沫・飛沫核感染", "Droplet or droplet nuclei"),
    ("contact", "接触感染", "Contact"),
    ("other", "その他", "Other"),
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
