"""Words for the steps of an account's life and for its history."""

from typing import Any

from flask_babel import gettext as _

from app.accounts.rules import Step
from app.audit.models import HistoryEntry
from app.core.labels import Label
from app.security.roles import RoleName, role_of

STEP_LABELS = {
    Step.CHANGE: Label("変更", "Change"),
    Step.ACTIVATION_CODE: Label("利用開始コードを再発行", "Issue an activation code"),
    Step.RESET: Label("パスワード・認証アプリを再設定", "Reset password and authenticator"),
    Step.LOCK: Label("ロック", "Lock"),
    Step.UNLOCK: Label("ロック解除", "Unlock"),
    Step.SUSPEND: Label("一時停止", "Suspend"),
    Step.RESUME: Label("停止を解除", "Resume"),
    Step.CLOSE: Label("利用終了", "Close"),
    Step.REOPEN: Label("利用終了を取り消す", "Reopen"),
    Step.END_SESSIONS: Label("ログイン中の端末を切断", "End all sessions"),
}

FACT_LABELS = {
    "name": Label("氏名", "Name"),
    "kana": Label("フリガナ", "Reading"),
    "mail": Label("メールアドレス", "Mail address"),
    "role": Label("役割", "Role"),
    "username": Label("利用者ID", "User name"),
    "closed_on": Label("利用終了日", "Closed on"),
}


def question(step: Step, name: str) -> str:
    """What is asked, with its consequence, before ``step`` is taken on somebody's account."""
    questions = {
        Step.ACTIVATION_CODE: _(
            "Issue a new activation code for %(name)s? An earlier code or letter becomes void.",
            name=name,
        ),
        Step.RESET: _(
            "Reset the account of %(name)s? The password, the authenticator and the recovery "
            "codes stop working, every session ends at once, and the account is activated anew.",
            name=name,
        ),
        Step.LOCK: _("Lock the account of %(name)s? Every session ends at once.", name=name),
        Step.UNLOCK: _("Unlock the account of %(name)s?", name=name),
        Step.SUSPEND: _("Suspend the account of %(name)s? Every session ends at once.", name=name),
        Step.RESUME: _("Let %(name)s use the account again?", name=name),
        Step.CLOSE: _("Close the account of %(name)s? Its history stays.", name=name),
        Step.REOPEN: _("Take back the closing of the account of %(name)s?", name=name),
        Step.END_SESSIONS: _("End every session of %(name)s?", name=name),
    }
    return questions[step]


def change_sentence(entry: HistoryEntry) -> str:
    """One line of the history of an account in words."""
    if entry.action == "created":
        return _with_reason(_("Issued"), entry)
    changes: dict[str, list[Any]] = entry.changes
    step = changes.get("step", [None, None])[1]
    parts = [str(STEP_LABELS[Step(step)])] if step in set(Step) else []
    parts += [
        f"{label}: {_value(name, changes[name][0])} → {_value(name, changes[name][1])}"
        for name, label in FACT_LABELS.items()
        if name in changes
    ]
    if not step and changes.get("awaits_activation") == [True, False]:
        parts.append(_("Activated by the owner"))
    return _with_reason("、".join(parts), entry)


def _value(name: str, value: Any) -> str:
    if not value:
        return _("(none)")
    return str(role_of(RoleName(value)).label) if name == "role" else str(value)


def _with_reason(text: str, entry: HistoryEntry) -> str:
    return f"{text}（{_('Reason')}: {entry.reason}）" if entry.reason else text
