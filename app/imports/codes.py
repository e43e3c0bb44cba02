"""The words of a staged import: where a batch stands, what becomes of a row, what is wrong."""

from app.core.labels import CodeList

TABLE = "table"
SOURCES = CodeList("import_source", ("nesid", "NESID", "NESID"), (TABLE, "表データ", "Table"))

BATCH_STATES = CodeList(
    "import_state",
    ("reading", "読込・点検中", "Being read and checked"),
    ("ready", "確認待ち（未反映）", "To be looked at (nothing written)"),
    ("applying", "反映中", "Being applied"),
    ("applied", "反映済み", "Applied"),
    ("undoing", "取消し中", "Being undone"),
    ("undone", "取消し済み", "Undone"),
    ("failed", "読み込めません", "Could not be read"),
    tones={
        "reading": "info",
        "ready": "warning",
        "applying": "info",
        "applied": "success",
        "undoing": "info",
        "undone": "neutral",
        "failed": "danger",
    },
)
BUSY = ("reading", "applying", "undoing")

PLANS = CodeList(
    "import_plan",
    ("new", "新規", "New"),
    ("changed", "更新", "Changed"),
    ("same", "変更なし", "Same"),
    ("conflict", "相違あり", "Conflict"),
    ("rejected", "取込不可", "Rejected"),
    tones={
        "new": "success",
        "changed": "info",
        "same": "neutral",
        "conflict": "warning",
        "rejected": "danger",
    },
)
CHOICES = CodeList(
    "import_choice",
    ("ours", "ポータルの値を残す", "Keep the portal's"),
    ("file", "ファイルの値にする", "Take the file's"),
)
UNDO_OUTCOMES = CodeList(
    "import_undo",
    ("undone", "取消し済み", "Undone"),
    ("edited", "取込後に変更があるため残しました", "Kept: changed since the import"),
    tones={"undone": "neutral", "edited": "warning"},
)

FAULTS = CodeList(
    "import_fault",
    ("no_key", "登録IDがありません", "No registration ID"),
    ("bad_key", "登録IDの形式が正しくありません", "The registration ID is malformed"),
    (
        "repeated_key",
        "同じ登録IDがファイル内に重複",
        "The registration ID stands twice in the file",
    ),
    ("unknown_number", "患者等IDに該当する患者がいません", "No case with this number"),
    ("no_disease", "疾病名がありません", "No disease"),
    ("unknown_disease", "疾病名が登録されていません", "The disease is not known"),
    ("no_centre", "保健所名がありません", "No health centre"),
    ("unknown_centre", "保健所名が登録されていません", "The health centre is not known"),
    ("unknown_authority", "自治体名が登録されていません", "The authority is not known"),
    ("outside_scope", "担当外の保健所の患者", "Another health centre's patient"),
    ("not_yours", "この患者を更新する権限がありません", "This case is not yours to update"),
    ("unknown_code", "選択肢にない値", "A word outside the list"),
    ("not_a_date", "日付として読み取れません", "Not a date"),
    ("no_such_day", "存在しない日付", "No such day"),
    ("wrong_era", "元号と年が合いません", "The era has no such year"),
    ("out_of_range_date", "日付が範囲外", "A date out of range"),
    ("future_date", "未来の日付", "A date in the future"),
    ("not_an_instant", "日時として読み取れません", "Not a date with a time"),
    ("not_a_number", "数値として読み取れません", "Not a number"),
    ("out_of_range_number", "数値が範囲外", "A number out of range"),
    ("too_long", "文字数が上限を超えています", "Too long"),
    ("broken_text", "使用できない文字があります", "Characters that cannot be stored"),
    ("not_kana", "フリガナにかな以外の文字があります", "The reading is not kana"),
    ("not_a_phone", "電話番号として読み取れません", "Not a telephone number"),
    ("bad_test", "診断方法（方法;検体;採取日;結果）の形式が違います", "A test is malformed"),
    ("day_order", "日付の前後関係が矛盾", "Days contradict each other"),
    ("age_disagrees", "年齢と生年月日が合いません", "The age contradicts the date of birth"),
    ("birth_after_diagnosis", "生年月日が診断日より後", "Born after the diagnosis"),
    (
        "faulty_cell",
        "エラー値、または計算されていない数式",
        "An error, or a formula never computed",
    ),
    (
        "another_person",
        "この番号には別の人が登録されています",
        "Another person is known under this number",
    ),
    ("ragged", "列数が見出しより多い行", "More cells than headings"),
)
"""Kinds of fault, each a line of the overview."""
CHECKS = CodeList(
    "import_check",
    ("rows", "ファイルの行数＝保存した行数", "Rows of the file are rows kept"),
    ("plans", "保存した行数＝区分ごとの合計", "Rows kept are the sum of the plans"),
    ("created", "新規に反映した行数＝登録された患者数", "Rows applied as new are cases made"),
    ("tied", "取込対象の登録ID＝患者に結び付いた登録ID", "IDs taken in are IDs tied to a case"),
)
