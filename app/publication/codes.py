"""Words of the journal and of publication."""

from app.core.labels import CodeList

CAUSES = CodeList(
    "count_cause",
    ("new", "遅れて把握", "Late"),
    ("imported", "取込による追加", "Imported"),
    ("reinstated", "取下げの取消し", "Reinstated"),
    ("withdrawn", "取下げ・削除", "Withdrawn"),
    ("corrected", "訂正", "Corrected"),
    ("moved", "他の管轄との移管", "Moved"),
    ("recounted", "再集計", "Counted anew"),
)
"""Why a figure of a past day is another one now."""

STATES = CodeList(
    "publication_state",
    ("prepared", "公表前（確認中）", "Not signed off yet"),
    ("signed_off", "公表済み", "Published"),
    ("withdrawn", "取下げ（訂正版あり又は公表終了）", "Withdrawn"),
    ("discarded", "公表せず破棄", "Discarded"),
    tones={
        "prepared": "warning",
        "signed_off": "success",
        "withdrawn": "neutral",
        "discarded": "neutral",
    },
)
