"""Code lists of the health observation sheet (添付3-3, 健康観察票)."""

from app.core.labels import CodeList

PART_OF_DAY = CodeList(
    "part_of_day",
    ("morning", "朝", "Morning"),
    ("evening", "夕", "Evening"),
    ("once", "1日1回", "Once a day"),
)

OBSERVED_SYMPTOM = CodeList(
    "observed_symptom",
    ("cough", "咳嗽", "Cough"),
    ("dyspnoea", "呼吸困難", "Breathlessness"),
    ("runny_nose", "鼻汁・鼻閉", "Runny or blocked nose"),
    ("sore_throat", "咽頭痛", "Sore throat"),
    ("nausea_vomiting", "嘔気・嘔吐", "Nausea or vomiting"),
    ("conjunctivitis", "結膜充血", "Red eyes"),
    ("headache", "頭痛", "Headache"),
    ("fatigue", "全身倦怠感", "General fatigue"),
    ("joint_muscle_pain", "関節筋肉痛", "Joint or muscle pain"),
    ("diarrhoea", "下痢", "Diarrhoea"),
    ("altered_consciousness", "意識障害", "Altered consciousness"),
    ("convulsion", "けいれん", "Convulsion"),
)

EMERGENCY_SYMPTOM = CodeList(
    "emergency_symptom",
    ("bad_complexion", "顔色が明らかに悪い（家族等が見て）", "Clearly bad complexion (as seen)"),
    ("purple_lips", "唇が紫色になっている", "Purple lips"),
    (
        "unlike_self",
        "いつもと違う、様子がおかしい（家族等が見て）",
        "Not their usual self (as seen)",
    ),
    ("rapid_breathing", "息が荒くなった（呼吸数が多くなった）", "Breathing has become fast"),
    ("sudden_breathlessness", "急に息苦しくなった", "Suddenly short of breath"),
    (
        "breathless_on_moving",
        "生活をしていて少し動くと息苦しい",
        "Short of breath on slight movement",
    ),
    ("chest_pain", "胸の痛みがある", "Chest pain"),
    ("cannot_lie", "横になれない。座らないと息ができない", "Cannot lie down; must sit to breathe"),
    ("shoulder_breathing", "肩で息をしている", "Breathing with the shoulders"),
    (
        "sudden_wheeze",
        "突然（2時間以内を目安）ゼーゼーしはじめた",
        "Sudden wheezing (within about 2 hours)",
    ),
    (
        "drowsy",
        "ぼんやりしている（反応が弱い）（家族等が見て）",
        "Drowsy, weak response (as seen)",
    ),
    (
        "clouded",
        "もうろうとしている（返事がない）（家族等が見て）",
        "Clouded, no answer (as seen)",
    ),
    (
        "irregular_pulse",
        "脈がとぶ、脈のリズムが乱れる感じがする",
        "Skipped or irregular pulse",
    ),
)
"""緊急性の高い症状: 事務連絡 of 27 April 2020. Any one means: contact at once."""

CONFIRMED_BY = CodeList(
    "confirmed_by",
    ("phone", "電話", "Telephone"),
    ("interview", "面接", "Interview"),
    ("web", "Web入力", "Web entry"),
    ("automatic_call", "自動架電", "Automatic call"),
    ("other", "その他", "Other"),
)

ENTERED_BY_KIND = CodeList(
    "entered_by_kind",
    ("patient", "本人", "The person"),
    ("family", "家族", "Family"),
    ("health_centre", "保健所", "Health centre"),
    ("hotel", "宿泊療養施設", "Hotel"),
    ("contractor", "健康フォローアップ受託機関", "Follow-up contractor"),
    ("hospital", "医療機関", "Medical institution"),
)

ALERT_LEVEL = CodeList(
    "alert_level",
    ("none", "所見なし", "Nothing alarming"),
    ("yellow", "黄（要確認）", "Yellow: check"),
    ("orange", "橙（早めに連絡）", "Orange: call soon"),
    ("red", "赤（至急連絡）", "Red: call at once"),
    tones={"none": "success", "yellow": "warning", "orange": "warning", "red": "danger"},
)
"""The level of a person under observation; the rules are in ``app.followup.rules``."""

PLAN_STATUS = CodeList(
    "plan_status",
    ("active", "観察中", "Under observation"),
    ("paused", "入院中につき休止", "Paused: in hospital"),
    ("finished", "観察終了", "Finished"),
    ("converted", "患者に移行", "Continued as a case"),
    tones={
        "active": "info",
        "paused": "neutral",
        "finished": "success",
        "converted": "warning",
    },
)

REPORTER = CodeList(
    "reporter",
    ("patient", "本人", "The person"),
    ("family", "家族", "Family"),
    ("hotel_nurse", "宿泊療養施設の看護師", "Nurse of the hotel"),
    ("contractor", "健康フォローアップ受託機関", "Follow-up contractor"),
    ("health_centre", "保健所（電話等）", "Health centre (telephone)"),
)
"""Who is to report every day (R16–R18)."""

REPORT_SOURCE = CodeList(
    "report_source",
    ("web", "Web入力", "Web"),
    ("telephone", "電話", "Telephone"),
    ("nurse", "看護師・保健師の入力", "Entered by a nurse"),
    ("voice", "自動架電", "Automatic call"),
    ("paper", "紙の健康観察票", "Paper sheet"),
)
"""The way by which a report came in; it says how far its words can be asked back."""

CALL_WANTED = CodeList(
    "call_wanted",
    ("asked", "折返し電話の希望", "Wants a call back"),
    (
        "wrong_birth_date",
        "自動架電：生年月日の誤り3回（番号を確認）",
        "Automatic call: wrong birth date three times (check the number)",
    ),
    (
        "not_understood",
        "自動架電：キー操作を確認できず",
        "Automatic call: the keys were not understood",
    ),
)
"""Why somebody is to be called by a person."""

CALL_RESULT = CodeList(
    "call_result",
    ("no_answer", "不在・応答なし", "No answer"),
    ("fine", "変わりなし", "Fine"),
    ("call_again", "再架電", "Call again"),
    ("see_doctor", "受診を案内", "To see a doctor"),
    ("ambulance", "救急搬送", "Ambulance"),
    tones={
        "no_answer": "warning",
        "fine": "success",
        "call_again": "info",
        "see_doctor": "warning",
        "ambulance": "danger",
    },
)
