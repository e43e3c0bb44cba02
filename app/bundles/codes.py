"""Words of the paper migration."""

from app.core.labels import CodeList

BUNDLE_KIND = CodeList(
    "bundle_kind",
    ("notification", "発生届", "Notifications"),
    ("follow_up_sheet", "健康観察票", "Follow-up sheets"),
)
BUNDLE_WAY = CodeList(
    "bundle_way",
    ("post", "郵送", "By post"),
    ("collected", "引取り", "Collected"),
    ("copy", "写し", "Copy"),
    ("other", "その他", "Other"),
)
BUNDLE_STATE = CodeList(
    "bundle_state",
    ("received", "受領済み", "Received"),
    ("typing", "入力中", "Being typed"),
    ("checked", "確認済み", "Checked"),
    ("returned", "返却済み", "Returned"),
    tones={"received": "warning", "typing": "info", "checked": "success"},
)
SHEET_STATE = CodeList(
    "sheet_state",
    ("typing", "入力中", "Being typed"),
    ("typed", "入力済み", "Typed"),
    ("left_out", "入力対象外", "Not to be typed"),
    tones={"typing": "info", "typed": "success"},
)
