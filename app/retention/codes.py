"""The words of retention: kinds of records, what a period is counted from, why one leaves."""

from app.core.labels import CodeList

RECORD_KIND = CodeList(
    "retention_kind",
    ("case", "患者情報（本人情報・発生届等を含む）", "Case with its person and notifications"),
    ("contact", "接触者（本人情報を含む）", "Contact with its person"),
    ("draft", "未提出の発生届（下書き）", "Notification never submitted (draft)"),
    ("returnee", "健康観察に至らなかった入国者", "Returnee nobody took over"),
    ("unassigned", "担当保健所が未定のままの入国者", "Returnee without a health centre"),
    (
        "unplaced",
        "居住都道府県が不明のままの入国者（検疫所が管理）",
        "Returnee without a prefecture (kept by the quarantine station)",
    ),
)
EVENT = CodeList(
    "retention_event",
    ("case_closed", "療養終了日・死亡日", "End of care or death"),
    ("case_accepted", "届出受理日", "Acceptance of the notification"),
    ("case_reported", "届出日", "Date of report"),
    ("observation_ended", "健康観察終了予定日", "Last day of observation"),
    ("draft_begun", "下書きの作成日", "Beginning of the draft"),
    ("returnee_arrived", "入国日（到着日）", "Day of arrival"),
)
UNIT = CodeList("retention_unit", ("years", "年", "years"), ("days", "日", "days"))
ENTRY_STATE = CodeList(
    "retention_state",
    ("waiting", "匿名化予定", "To be anonymised"),
    ("applied", "匿名化済", "Anonymised"),
    ("left", "取下げ", "Taken off the list"),
    tones={"waiting": "warning", "applied": "success", "left": "info"},
)
LEFT = CodeList(
    "retention_left",
    ("held", "保存の保留", "Held"),
    ("changed", "記録の変更", "Record changed"),
    ("rule", "保存期限の変更・廃止", "Period changed or withdrawn"),
    ("needed", "同じ方の他の記録が保存期限内", "Another record of the person is still kept"),
)
HOLD_REACH = CodeList(
    "hold_reach",
    ("record", "この記録のみ", "This record"),
    ("person", "同じ方のすべての記録", "Every record of the same person"),
)
