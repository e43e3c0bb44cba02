"""Code lists of the data quality."""

from collections.abc import Mapping

from app.core.labels import CodeList, Label

QUALITY = Label("精度管理", "Data quality")
QUEUE = Label("精度管理（点検一覧）", "Data quality: to be checked")
QUESTIONS = Label("精度管理の問合せ", "Questions on data quality")
INDICATORS = Label("精度管理の指標", "Indicators of data quality")
MONTHLY = Label("届出の月報（医療機関別）", "Monthly sheet of each clinic")

SEVERITY_LABELS: Mapping[int, Label] = {
    3: Label("誤り", "Wrong"),
    2: Label("要確認", "To be checked"),
    1: Label("参考", "Worth a look"),
}
SEVERITY_TONES: Mapping[int, str] = {3: "danger", 2: "warning", 1: "info"}

FINDING_STATE = CodeList(
    "finding_state",
    ("open", "未処理", "Open"),
    ("checked", "確認済み（このままで正しい）", "Checked, correct"),
    ("gone", "解消", "Gone"),
    tones={"open": "warning", "checked": "success", "gone": "neutral"},
)

ORIGIN = CodeList(
    "finding_origin",
    ("entered", "画面等で入力したもの", "Entered here"),
    ("imported", "ファイル取込によるもの", "From imports"),
)

CHECK_REASON = CodeList(
    "check_reason",
    ("asked_institution", "医療機関に確認した", "Confirmed with the institution"),
    ("asked_person", "本人・家族に確認した", "Confirmed with the person or family"),
    ("document", "届出票等の原本で確認した", "Seen in the original document"),
    ("other", "その他（注記に記入）", "Other (say so in the note)"),
)

QUESTION_STATE = CodeList(
    "question_state",
    ("open", "回答待ち", "Waiting for an answer"),
    ("answered", "回答あり", "Answered"),
    ("closed", "終了", "Closed"),
    tones={"open": "warning", "answered": "info", "closed": "neutral"},
)

MESSAGE_KIND = CodeList(
    "quality_message_kind",
    ("question", "質問", "Question"),
    ("answer", "回答", "Answer"),
    ("closing", "終了", "Closed"),
    tones={"question": "warning", "answer": "info", "closing": "neutral"},
)
