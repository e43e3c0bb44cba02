"""Code lists of the notification form."""

from app.core.labels import CodeList

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
