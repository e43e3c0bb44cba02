"""The page of one account: particulars, access, what was done to it, and what can be done."""

from collections.abc import Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from app.accounts.models import Account
from app.accounts.queries import post_of
from app.accounts.recording import holder_of
from app.accounts.rules import Step, is_locked, managing_problem
from app.audit.models import HistoryEntry
from app.audit.signing import writers_of
from app.core import clock
from app.core.pages import Action, Card, Cell, Crumb, Field, ShowPage
from app.generated.hooks import may
from app.issuing.pages import Shown, minute, state_cell, trail
from app.issuing.usage import last_login
from app.issuing.wording import STEP_LABELS, change_sentence
from app.security.actor import Actor
from app.security.roles import RoleName, role_of


def show_page(one: Shown, history: Sequence[HistoryEntry], by: Actor) -> ShowPage:
    """One account: particulars, access, what was done to it, and what can be done."""
    account = one.account
    return ShowPage(
        title=account.display_name,
        cards=(_person_card(account), _access_card(one), _history_card(history)),
        actions=_actions(one, by),
        crumbs=(*trail(), Crumb(account.display_name)),
        notice=_notice(one),
    )


def _person_card(account: Account) -> Card:
    return Card(
        "person",
        _("Person in charge"),
        (
            Field("name", _("Name"), Cell(account.display_name)),
            Field("kana", _("Reading"), Cell(account.kana or "")),
            Field("institution", _("Institution"), Cell(account.institution.name)),
            Field("role", _("Role"), Cell(str(role_of(RoleName(account.role)).label))),
            Field("mail", _("Mail address"), Cell(account.mail or "")),
        ),
    )


def _access_card(one: Shown) -> Card:
    account = one.account
    fields = [
        Field("username", _("User name"), Cell(account.user.username)),
        Field("state", _("State"), state_cell(one.state)),
        Field(
            "otp",
            _("Authenticator"),
            Cell(_("Enrolled") if account.is_enrolled else _("Not enrolled")),
        ),
        Field("last", _("Last login"), last_login(account)),
        Field("created", _("Issued on"), Cell(minute(account.created_at))),
    ]
    if account.awaits_activation:
        fields.append(Field("code", _("Code valid until"), Cell(minute(one.code_expires_at))))
    if account.closed_on is not None:
        day = Cell(f"{account.closed_on:%Y/%m/%d}")
        fields.append(Field("closed_on", _("First day without access"), day))
    return Card("access", _("Access"), tuple(fields))


def _history_card(history: Sequence[HistoryEntry]) -> Card:
    who = writers_of(history)
    fields = tuple(
        Field(
            f"history-{entry.id}",
            f"{minute(entry.at)} {who(entry)}",
            Cell(change_sentence(entry)),
            wide=True,
        )
        for entry in history
    )
    return Card("history", _("History"), fields)


def _actions(one: Shown, by: Actor) -> tuple[Action, ...]:
    if not may("edit", "account"):
        return ()
    post, holder = post_of(by), holder_of(one.account)
    steps = [s for s in _steps_in(one) if managing_problem(post, holder, s) is None]
    actions = [
        Action(str(STEP_LABELS[step]), _step_url(one, step), style=_style(step)) for step in steps
    ]
    if one.state != "closed" and managing_problem(post, holder, Step.CHANGE) is None:
        url = url_for("AccountView.edit", pk=one.account.user_id)
        actions.append(Action(_("Edit"), url, style="primary", icon="edit"))
    return tuple(actions)


def _style(step: Step) -> Any:
    return "danger" if step in {Step.LOCK, Step.SUSPEND, Step.CLOSE} else "secondary"


def _step_url(one: Shown, step: Step) -> str:
    return url_for("AccountView.step", pk=one.account.user_id, step=step.value)


def _steps_in(one: Shown) -> list[Step]:
    """The steps that make sense in the account's state."""
    account = one.account
    if one.state == "closed":
        return [Step.REOPEN]
    if account.awaits_activation:
        access = [Step.ACTIVATION_CODE]
    else:
        access = [Step.END_SESSIONS, Step.RESET]
    stopped = account.locked_at is not None or is_locked(account.locked_until, clock.now())
    access.append(Step.UNLOCK if stopped else Step.LOCK)
    access.append(Step.RESUME if account.suspended_at is not None else Step.SUSPEND)
    return [*access, Step.REOPEN if account.closed_on is not None else Step.CLOSE]


def _notice(one: Shown) -> str | None:
    if one.state == "expired":
        return _("No activation code is valid. Issue a code or print a letter.")
    return None
