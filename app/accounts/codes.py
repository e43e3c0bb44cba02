"""Code lists of an account: its state, what happens at its doors, what a review decides."""

from app.core.labels import CodeList

ACCOUNT_STATE = CodeList(
    "account_state",
    ("in_use", "利用中", "In use"),
    ("awaiting", "利用開始待ち", "Awaiting activation"),
    ("expired", "利用開始待ち（コード期限切れ）", "Awaiting activation (code expired)"),
    ("leaving", "利用中（終了予定）", "In use (closing)"),
    ("locked", "ロック中", "Locked"),
    ("suspended", "停止中", "Suspended"),
    ("closed", "終了", "Closed"),
    tones={
        "in_use": "success",
        "awaiting": "info",
        "expired": "warning",
        "leaving": "warning",
        "locked": "danger",
        "suspended": "danger",
        "closed": "neutral",
    },
)

LOGIN_OUTCOME = CodeList(
    "login_outcome",
    ("login", "ログイン", "Signed in"),
    ("activated", "利用開始", "Account activated"),
    ("enrolled", "認証アプリの登録とログイン", "Authenticator set up, signed in"),
    ("recovery", "リカバリーコードでログイン", "Signed in with a recovery code"),
    ("failed", "ログイン失敗", "Failed try"),
    ("code_reused", "使用済みのワンタイムパスワード", "One-time password used again"),
    ("logout", "ログアウト", "Signed out"),
    ("new_device", "新しい端末からのログイン", "First login from a device"),
    ("session_ended", "別の端末のセッションを終了", "Session of another device ended"),
    ("device_confirmed", "新しい端末を本人と確認", "New device confirmed as own"),
    ("device_rejected", "心当たりのない端末を遮断", "Unknown device cut off"),
    ("password_changed", "パスワードの変更", "Password changed"),
    ("authenticator_changed", "認証アプリの変更", "Authenticator changed"),
    ("recovery_codes_renewed", "リカバリーコードの再発行", "New recovery codes"),
    tones={
        "failed": "warning",
        "code_reused": "danger",
        "new_device": "warning",
        "device_rejected": "danger",
        "login": "success",
        "enrolled": "success",
        "recovery": "info",
    },
)

REVIEW_DECISION = CodeList(
    "review_decision",
    ("confirmed", "継続", "Goes on"),
    ("closed", "利用終了", "Closed"),
    tones={"confirmed": "success", "closed": "neutral"},
)
