"""What every job, command and background part of the portal is called in the history.

The name is what is stored and never changes; the label is what people read.
"""

from collections.abc import Mapping

from app.core.labels import Label

SYSTEM_ACTORS: Mapping[str, Label] = {
    # Commands
    "command line": Label("コマンドによる操作", "Command line"),
    "demo data": Label("デモデータの作成", "Demo data"),
    "history digest": Label("履歴の要約値の出力（コマンド）", "Digest of the history (command)"),
    "history verify": Label("履歴の検証（コマンド）", "Verification of the history (command)"),
    "import open-data": Label("取込（オープンデータ）", "Import (open data)"),
    "keys": Label("暗号鍵の更新", "Renewal of encryption keys"),
    "master area": Label("管轄区域の設定（コマンド）", "Areas (command line)"),
    "master institution": Label("機関の登録（コマンド）", "Institutions (command line)"),
    "master load": Label("マスタの読込", "Loading of master data"),
    "master use": Label("機関の利用設定（コマンド）", "Use of the portal (command line)"),
    "data quality (command)": Label("精度管理の再点検（コマンド）", "Data quality (command line)"),
    "rollup": Label("集計（コマンド）", "Figures (command line)"),
    "rollup rebuild": Label("集計の再作成（コマンド）", "Figures made anew (command line)"),
    "national analysis": Label("自由集計（国・個票なし）", "Free analysis without records"),
    "variant of a test": Label("変異株の入力（疾病の確認）", "Variant of a test"),
    "counts of clusters": Label("クラスターの件数の集計", "Counts of clusters"),
    # Every day
    "finish observation plans": Label("日次処理（健康観察の計画）", "Daily: plans of observation"),
    "end of observation by link": Label(
        "日次処理（健康観察終了の案内）", "Daily: end of observation told"
    ),
    "texts of failed messages": Label(
        "日次処理（未送信の文面の消去）", "Daily: removal of unsent texts"
    ),
    "end closed accounts": Label("日次処理（アカウントの終了）", "Daily: closing of accounts"),
    "find unusual looks": Label("日次処理（閲覧の点検）", "Daily: check of looks"),
    "data quality by day": Label("日次処理（精度管理の点検）", "Daily: check of the data quality"),
    "forget tables": Label("日次処理（取込ファイルの削除）", "Daily: removal of sent tables"),
    "empty shift notes": Label("日次処理（引継ぎ事項の消去）", "Daily: removal of shift notes"),
    "staff of the board": Label("健康観察の担当者一覧", "Staff of the board"),
    "hand-over of an observation": Label("健康観察を行う機関の変更", "Hand-over of an observation"),
    "lines of a disease": Label("健康観察の基準の変更", "Lines of a disease"),
    "scheduled reports": Label("定期の報告", "Scheduled reports"),
    "scheduled reports (daily)": Label(
        "日次処理（定期の報告の削除）", "Daily: removal of regular reports"
    ),
    "figures of returnees": Label("入国者の集計", "Figures of returnees"),
    "forget lists of returnees": Label(
        "日次処理（検疫所の名簿の消去）", "Daily: removal of lists of returnees"
    ),
    "finish observation of contacts": Label(
        "日次処理（接触者の観察終了）", "Daily: end of observation"
    ),
    "forget imported files": Label(
        "日次処理（取込ファイルの消去）", "Daily: removal of imported files"
    ),
    "forget notification workbooks": Label(
        "日次処理（届出ワークブックの消去）", "Daily: removal of notification workbooks"
    ),
    "forget result files": Label(
        "日次処理（検査結果ファイルの消去）", "Daily: removal of result files"
    ),
    "populations": Label("管内人口の集計", "Populations of areas"),
    "populations of areas": Label("日次処理（管内人口の集計）", "Daily: populations of areas"),
    "move institutions": Label("日次処理（機関の移管）", "Daily: moves of institutions"),
    "plan who has none": Label("日次処理（観察計画の作成）", "Daily: missing observation plans"),
    "purge activation codes": Label(
        "日次処理（利用開始コードの消去）", "Daily: removal of activation codes"
    ),
    "purge issuing workbooks": Label(
        "日次処理（一括発行ファイルの消去）", "Daily: removal of issuing workbooks"
    ),
    "purge open forms": Label("日次処理（送信記録の消去）", "Daily: removal of sent-form marks"),
    "purge parked forms": Label(
        "日次処理（保留中の入力の消去）", "Daily: removal of parked entries"
    ),
    "purge sessions and devices": Label(
        "日次処理（セッション・端末の消去）", "Daily: removal of sessions and devices"
    ),
    "refresh case statuses": Label("日次処理（ステータスの更新）", "Daily: statuses"),
    "remove paper scans": Label("日次処理（受信FAX画像の消去）", "Daily: removal of faxed pages"),
    "suspend dormant accounts": Label(
        "日次処理（休眠アカウントの停止）", "Daily: suspension of dormant accounts"
    ),
    # In the background
    "import of files": Label("ファイル取込の登録処理", "Writing of imported cases"),
    "compare persons": Label("同一人の照合（名寄せ）", "Comparison of persons"),
    "compare persons due": Label("同一人の照合の予定の確認", "Check of persons to compare"),
    "messages": Label("メッセージの送信", "Sending of messages"),
    "messages due": Label("送信待ちの確認", "Check of messages due"),
    "reminders to report": Label("入力勧奨の送信", "Reminders to report"),
    "processing numbers": Label("処理番号の発行・照会", "Processing numbers"),
    "processing numbers over": Label("処理番号の期限切れ", "End of processing numbers"),
    "automatic call": Label("自動架電による回答", "Automatic call"),
    "automatic calls": Label("自動架電の発信", "Making of automatic calls"),
    "automatic calls due": Label("自動架電の予定の確認", "Check of automatic calls due"),
    "patient link": Label("入力ページの本人確認", "Check of the reporting page"),
    "patient page": Label("本人・家族の入力", "Patient or family"),
    "data quality": Label("精度管理の点検", "Check of the data quality"),
    "data quality due": Label("精度管理の点検の予定の確認", "Look for what is to be checked"),
    "explanation of figures": Label("集計の差の説明", "Explanation of figures"),
    "open data": Label("オープンデータの公開", "Open data"),
    "publication": Label("公表資料の作成", "Preparation of publications"),
    "jobs": Label("ジョブの実行", "Running of jobs"),
    "mail": Label("メール送信", "Sending of mail"),
    "roll-up": Label("集計の更新", "Upkeep of figures"),
    "retention": Label("保存期限の処理", "Retention"),
    "seal history": Label("履歴の封印", "Sealing of the history"),
    "start": Label("システムの起動", "Start of the system"),
    "surge": Label("届出優先モードの自動制御", "Automatic notifications first"),
    "walls": Label("データベースの行制御の確認", "Check of row security"),
    # On behalf of somebody who is signing in, or of a part of the portal
    "API": Label("API認証", "API sign-in"),
    "API tokens": Label("APIトークンの発行", "Issue of API tokens"),
    "account review": Label("アカウント棚卸", "Account review"),
    "activation": Label("利用開始手続き", "Activation of accounts"),
    "break-glass": Label("緊急閲覧の開始", "Opening of break-glass access"),
    "bulk issuing": Label("アカウントの一括発行", "Issue of accounts in bulk"),
    "delegation": Label("発行権限の確認", "Check of who may issue"),
    "devices": Label("端末の確認", "Check of devices"),
    "exempt": Label("システム", "System"),
    "login": Label("ログイン処理", "Sign-in"),
    "notices": Label("利用者への通知", "Notices to users"),
    "one person once": Label("同一人の統合に伴う付替え", "Records moved with a merge"),
    "own account": Label("本人によるアカウント設定", "Own account settings"),
    "parked forms": Label("入力の一時保管", "Parking of entries"),
    "places of care": Label("入院・療養先調整", "Coordination of places of care"),
    "rate limits": Label("利用回数の制限", "Rate limits"),
    "sessions": Label("セッション管理", "Sessions"),
    "suspicion": Label("検査結果による疑いの終了", "End of a suspicion by its tests"),
}


def system_name(stored: str) -> str:
    """The reader's word for a system actor; a name of no portal's own is shown as it is."""
    label = SYSTEM_ACTORS.get(stored)
    return stored if label is None else str(label)
