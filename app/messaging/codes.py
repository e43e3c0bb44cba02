"""Words of outgoing messages: why, by what way, how far they came, what went wrong."""

from app.core.labels import CodeList

CHANNEL = CodeList("message_channel", ("sms", "SMS", "SMS"), ("mail", "メール", "Mail"))

PURPOSE = CodeList(
    "message_purpose",
    ("invitation", "入力ページの案内", "Invitation"),
    ("reminder", "入力勧奨", "Reminder to enter"),
    ("second_reminder", "入力勧奨（2回目）", "Second reminder"),
    ("end", "健康観察の終了", "End of observation"),
    ("processing_number", "処理番号の通知", "Processing number"),
)

MESSAGE_STATE = CodeList(
    "message_state",
    ("queued", "送信待ち", "Queued"),
    ("sent", "送信済", "Sent"),
    ("delivered", "到達", "Delivered"),
    ("failed", "送信失敗", "Failed"),
    ("bounced", "不達", "Bounced"),
    ("opted_out", "受信拒否", "Opted out"),
    ("cancelled", "取消", "Cancelled"),
    tones={
        "queued": "info",
        "sent": "neutral",
        "delivered": "success",
        "failed": "danger",
        "bounced": "danger",
        "opted_out": "warning",
    },
)
"""``sent`` means that the mail server or the provider took it; ``delivered`` that it arrived."""

PROBLEM = CodeList(
    "message_problem",
    ("unreachable", "送信事業者に接続できない", "The provider cannot be reached"),
    ("busy", "送信事業者が混み合っている", "The provider is busy"),
    ("refused", "送信事業者が受け付けない", "The provider refuses the message"),
    ("bad_address", "宛先が正しくない・使われていない", "The address is wrong or not in use"),
    ("opted_out", "受信を望まない宛先", "The addressee does not want messages"),
    ("not_delivered", "端末に届かなかった", "It did not reach the device"),
    (
        "uncertain",
        "送れたか確認できない（再送していない）",
        "Not known whether it was sent; not repeated",
    ),
    ("too_late", "期限までに送れなかった", "It could not be sent in time"),
    ("not_configured", "送信の設定がない", "Sending is not configured"),
)

FINAL = ("delivered", "failed", "bounced", "opted_out", "cancelled")
"""States that nothing follows, except that a failed message may be sent again by hand."""
