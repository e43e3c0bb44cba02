"""Code lists of automatic calls."""

from app.core.labels import CodeList

VOICE_STATE = CodeList(
    "voice_call_state",
    ("waiting", "発信待ち", "Waiting"),
    ("calling", "発信中", "Calling"),
    ("finished", "回答済み", "Answered"),
    ("partial", "途中まで回答", "Answered in part"),
    ("person", "折返し希望", "Wants a person"),
    ("wrong_birth_date", "生年月日の誤り3回で終了", "Ended: wrong birth date three times"),
    ("unanswered", "応答なし", "Not answered"),
    ("not_needed", "発信不要（報告済み等）", "Not needed any more"),
    ("failed", "発信できず", "Could not be made"),
    tones={
        "waiting": "neutral",
        "calling": "info",
        "finished": "success",
        "partial": "warning",
        "person": "warning",
        "wrong_birth_date": "danger",
        "unanswered": "warning",
        "not_needed": "neutral",
        "failed": "danger",
    },
)
OPEN_STATES = ("waiting", "calling")

VOICE_PROBLEM = CodeList(
    "voice_call_problem",
    ("busy", "話し中", "Busy"),
    ("no_answer", "応答なし", "No answer"),
    ("machine", "留守番電話", "Answering machine"),
    ("hung_up", "途中で切断", "Hung up"),
    ("not_understood", "キー操作を確認できず", "Keys were not understood"),
    ("no_number", "電話番号なし", "No telephone number"),
    ("no_birth_date", "生年月日の登録なし", "No birth date"),
    ("bad_number", "電話番号の誤り", "Wrong number"),
    ("unreachable", "電話事業者に接続できず", "Provider cannot be reached"),
    ("refused", "電話事業者が拒否", "Refused by the provider"),
    ("too_late", "架電時間帯の終了", "Hours of calling are over"),
    ("observation_over", "健康観察の終了", "The observation is over"),
)

STEP = CodeList(
    "voice_call_step",
    ("birth", "本人確認", "Birth date"),
    ("temperature", "体温", "Temperature"),
    ("spo2", "酸素飽和度", "Oxygen saturation"),
    ("breathless", "息苦しさ", "Breathlessness"),
    ("emergency", "緊急性の高い症状", "Emergency symptoms"),
    ("other", "その他の症状", "Anything else"),
    ("done", "終了", "Done"),
)
"""The questions of a call, in their order."""
