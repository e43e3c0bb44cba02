"""Words of the hand-over from the airport to a health centre."""

from app.core.labels import CodeList

AIRPORT_TEST = CodeList(
    "airport_test",
    ("negative", "陰性", "Negative"),
    ("positive", "陽性", "Positive"),
    ("pending", "検査中", "Pending"),
    ("not_done", "未実施", "Not tested"),
    tones={"positive": "danger", "pending": "warning"},
)
DELIVERY_STATE = CodeList(
    "delivery_state",
    ("review", "確認待ち", "To be reviewed"),
    ("applied", "反映済み", "Applied"),
    ("discarded", "取消し", "Discarded"),
    tones={"review": "warning", "applied": "success"},
)
RETURNEE_STATE = CodeList(
    "returnee_state",
    ("unassigned", "担当未定", "Not assigned"),
    ("assigned", "引継ぎ待ち", "To be taken over"),
    ("followed", "引継ぎ済み", "Taken over"),
    ("closed", "対応不要", "Nobody follows"),
    tones={"unassigned": "danger", "assigned": "warning", "followed": "success"},
)
ROW_OUTCOME = CodeList(
    "returnee_row",
    ("new", "新規", "New"),
    ("changed", "変更", "Changed"),
    ("same", "変更なし", "Unchanged"),
    ("conflict", "引継ぎ後の相違", "Differs after the hand-over"),
    ("rejected", "誤りあり", "Rejected"),
    tones={"new": "success", "changed": "info", "conflict": "warning", "rejected": "danger"},
)
