"""Words of scheduled reports."""

from app.core.labels import CodeList

EVERY = CodeList(
    "report_every",
    ("day", "毎日", "Every day"),
    ("week", "毎週", "Every week"),
    ("month", "毎月", "Every month"),
)
WEEKDAY = CodeList(
    "weekday",
    ("0", "月曜日", "Monday"),
    ("1", "火曜日", "Tuesday"),
    ("2", "水曜日", "Wednesday"),
    ("3", "木曜日", "Thursday"),
    ("4", "金曜日", "Friday"),
    ("5", "土曜日", "Saturday"),
    ("6", "日曜日", "Sunday"),
)
HOUR = CodeList("hour", *((str(n), f"{n}時", f"{n:02d}:00") for n in range(24)))
MONTH_DAY = CodeList("month_day", *((str(n), f"{n}日", str(n)) for n in range(1, 32)))
SCHEDULE_STATE = CodeList(
    "report_schedule_state",
    ("active", "実施中", "Active"),
    ("paused", "一時停止", "Paused"),
    ("ended", "終了", "Ended"),
    tones={"active": "success", "paused": "warning", "ended": "neutral"},
)
PAUSED_BY = CodeList(
    "report_paused_by",
    ("owner", "登録者が停止しました。", "The owner paused it."),
    (
        "account",
        "登録者のアカウントが停止・異動等により登録時と異なるため、停止しました。",
        "The owner's account is closed or stands at another post than when it was scheduled.",
    ),
    (
        "failures",
        "作成に続けて失敗したため、停止しました。",
        "It could not be made several times in a row.",
    ),
)
ISSUE_STATE = CodeList(
    "report_issue_state",
    ("making", "作成中", "Being made"),
    ("ready", "作成済み", "Ready"),
    ("failed", "作成できませんでした", "Could not be made"),
    tones={"making": "info", "ready": "success", "failed": "danger"},
)
