"""Mails about scheduled reports: that one is there, failed, or is paused. Never what is in it."""

from collections.abc import Iterable

from flask import current_app
from sqlalchemy import select

from app.accounts.models import Account
from app.accounts.principal import open_account
from app.core.db import db
from app.messaging.mail import send_later
from app.reports.kinds import kind_named
from app.reports.rules import words_of
from app.reports.schedules.codes import PAUSED_BY
from app.reports.schedules.models import ReportIssue, ReportSchedule
from app.reports.schedules.service import SCHEDULER, subscribers
from app.security.actor import acting_as

ROUTE = "/report-schedules"


def tell_ready(one: ReportSchedule, issue: ReportIssue) -> None:
    """Tell those who want it and may open it that a report is there."""
    told = [user for user in subscribers(one.id) if _may_open(user, issue)]
    _send(told, "定期の報告ができました", f"{_what(issue)}ができました。", one)


def tell_owner(one: ReportSchedule, issue: ReportIssue) -> None:
    """Tell the owner that a report could not be made."""
    text = f"{_what(issue)}を作成できませんでした。理由はポータルに表示しています。"
    _send([one.user_id], "定期の報告を作成できませんでした", text, one)


def tell_paused(one: ReportSchedule) -> None:
    """Tell the owner and those who wait for it that it is not made any more."""
    name = kind_named(one.kind).label.ja
    text = f"定期の報告「{name}」を停止しました。{PAUSED_BY.label(one.paused_by or '')}"
    _send({one.user_id, *subscribers(one.id)}, "定期の報告を停止しました", text, one)


def _what(issue: ReportIssue) -> str:
    kind = kind_named(issue.kind)
    return f"定期の報告「{kind.label.ja}　{words_of(kind.span, issue.first_on, issue.last_on)}」"


def _may_open(user_id: int, issue: ReportIssue) -> bool:
    principal = open_account(user_id)
    if principal is None:
        return False
    with acting_as(principal.actor):
        return db.session.scalar(select(ReportIssue.id).filter_by(id=issue.id)) is not None


def _send(users: Iterable[int], subject: str, text: str, one: ReportSchedule) -> None:
    portal = (current_app.config["PORTAL_URL"] or "").rstrip("/")
    where = f"{portal}{ROUTE}/{one.id}" if portal else "ポータルの「定期の報告」"
    body = f"{text}\n\nサインインしてご覧ください。\n{where}\n"
    wanted = select(Account.mail).where(Account.user_id.in_([*users]), Account.mail.is_not(None))
    with acting_as(SCHEDULER):
        for mail in db.session.scalars(wanted).all():
            send_later(to=str(mail), subject=subject, text=body)
