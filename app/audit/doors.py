"""The doors of the record of looks, in words: ``case.show`` is 患者情報."""

from app.core.labels import Label

_WHAT = {
    "case": Label("患者情報", "Case"),
    "person": Label("本人情報", "Identity"),
    "contact": Label("接触者", "Contact"),
    "exposure": Label("接触状況", "Exposure"),
    "observation": Label("健康観察", "Health observation"),
    "notification": Label("発生届", "Notification"),
    "sheet": Label("発生届ワークブック", "Workbook of notifications"),
    "lab_result": Label("検査結果の入力", "Test results"),
    "lab_test": Label("検査記録", "Test"),
    "stay": Label("入院・療養先", "Place of care"),
    "placement_request": Label("入院・療養先調整", "Coordination of places of care"),
    "placement_offer": Label("受入れの打診", "Place asked"),
    "hotel_room": Label("宿泊療養施設の部屋", "Rooms of the hotel"),
    "meeting": Label("Web会議", "Web meeting"),
    "treatment": Label("医療行為", "Treatment"),
    "activity": Label("行動歴", "Activity"),
    "case_access": Label("関係機関", "Institutions"),
    "statistics": Label("集計", "Figures"),
    "looks": Label("閲覧記録", "Record of looks"),
    "look": Label("閲覧記録", "Record of looks"),
    "break_glass": Label("緊急閲覧", "Break-glass access"),
    "history": Label("変更履歴", "History of changes"),
    "report": Label("帳票", "Report"),
    "report_layout": Label("帳票の様式の見本", "Sample of a layout"),
    "api": Label("API", "API"),
}
_HOW = {
    "show": Label("表示", "shown"),
    "list": Label("一覧", "list"),
    "search": Label("検索", "search"),
    "export": Label("ファイル出力", "file"),
    "file": Label("ファイル出力", "file"),
    "worklist": Label("検査待ち一覧", "worklist"),
    "positives": Label("陽性・未届一覧", "positive tests not notified"),
    "clear": Label("疑い解消の画面", "suspicion cleared"),
    "download": Label("ファイル出力", "file"),
    "add": Label("追加画面", "form for adding"),
    "convert": Label("患者への切替画面", "conversion"),
    "course": Label("入院経過の画面", "course in hospital"),
    "processing_number": Label("処理番号の発行画面", "issuing of a processing number"),
    "calls": Label("自動架電の画面", "automatic calls"),
    "reporting": Label("本人入力・連絡の画面", "reporting page and messages"),
    "related": Label("関係保健所の画面", "related health centres"),
    "symptoms": Label("症状グラフ", "symptom graph"),
    "drafts": Label("下書き一覧", "drafts"),
    "missed": Label("該当しない番号の入力", "number without a case"),
    "number": Label("番号による照会", "asked by number"),
    "person": Label("本人ごとの照会", "asked by person"),
    "unusual": Label("確認が必要な閲覧", "looks to be checked"),
    "rooms": Label("部屋の使用状況", "who is where"),
    "print": Label("印刷", "printed"),
    "daily": Label("日報", "daily workbook"),
    "weekly": Label("週報", "weekly workbook"),
    "monthly": Label("月報", "monthly workbook"),
    "care_survey": Label("療養状況等調査", "weekly survey of places of care"),
    "follow_up": Label("フォローアップシート", "follow-up sheet"),
    "unlinked": Label("感染経路不明者調査票", "unlinked-case survey"),
    "press": Label("報道発表用患者一覧", "press release table"),
}


def door_label(door: str) -> str:
    """The door in the reader's language; a part nobody named is shown as it is."""
    what, _, rest = door.partition(".")
    if what == "api":
        return f"API・{door_label(rest)}"
    how, _, further = rest.partition(".")
    words = [str(_WHAT.get(what, what)), str(_HOW.get(how, how))]
    if further:
        words.append(str(_HOW.get(further, further)))
    return "・".join(word for word in words if word)
