"""What the pages of the ID administrator show, as plain values for the generated templates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from app.accounts.activation import code_expiry
from app.accounts.models import Account
from app.accounts.queries import post_of
from app.accounts.recording import holder_of
from app.accounts.rules import ACCOUNT_STATES, Step, account_state, is_locked, managing_problem
from app.audit.models import HistoryEntry
from app.core import clock
from app.core.japanese import to_katakana
from app.core.pages import Action, Card, Cell, Column, Crumb, Field, ListPage, Pager, Row, ShowPage
from app.generated.hooks import may
from app.institutions.models import Institution
from app.institutions.rules import INSTITUTION_KINDS
from app.issuing.usage import last_login
from app.issuing.wording import STEP_LABELS, change_sentence
from app.security.actor import Actor
from app.security.roles import FIRST_ADMINISTRATORS, RoleName, role_of

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Shown:
    """An account with the word for its state."""

    account: Account
    state: str
    code_expires_at: datetime | None


def shown(accounts: Sequence[Account]) -> list[Shown]:
    """The accounts with their states, in one more statement."""
    waiting = [one.user_id for one in accounts if one.awaits_activation]
    expiry: Mapping[int, datetime] = code_expiry(waiting) if waiting else {}
    return [
        Shown(one, _state(one, expiry.get(one.user_id)), expiry.get(one.user_id))
        for one in accounts
    ]


def list_page(institution: Institution, found: Sequence[Shown], form: Any, number: int) -> ListPage:
    """The accounts of one institution; ``number`` counts pages from 0."""
    start = number * PAGE_SIZE
    rows = tuple(_row(one) for one in found[start : start + PAGE_SIZE])
    searched = {name: form[name].data for name in ("q", "state", "role") if form[name].data}

    def address(page: int) -> str:
        return url_for("AccountView.list", page=page)

    return ListPage(
        title=_("Accounts: %(institution)s", institution=institution.name),
        columns=tuple(
            Column(name, str(label))
            for name, label in (
                ("name", _("Name")),
                ("kana", _("Reading")),
                ("username", _("User name")),
                ("role", _("Role")),
                ("state", _("State")),
                ("last_login_at", _("Last login")),
            )
        ),
        rows=rows,
        pager=Pager(
            first_url=address(0) if number else None,
            previous_url=address(number - 1) if number else None,
            next_url=address(number + 1) if start + PAGE_SIZE < len(found) else None,
            count=len(found),
            capped=False,
            posted=bool(searched),
            fields=tuple(searched.items()),
        ),
        search_form=form,
        search_url=url_for("AccountView.list"),
        actions=_list_actions(institution),
        bulk_actions=_bulk_actions() if rows else (),
        empty=_("There is no such account."),
    )


def below_page(institutions: Sequence[Institution]) -> ListPage:
    """Institutions below that wait for their first ID administrator."""
    rows = tuple(
        Row(
            str(one.id),
            url_for("AccountView.add", institution=one.id),
            (
                Cell(one.name),
                Cell(one.code),
                Cell(_kind_of(one)),
                Cell(_("Issue the first ID administrator"), url=_add_url(one)),
            ),
        )
        for one in institutions
    )
    title = _("Institutions without an ID administrator")
    return ListPage(
        title=title,
        columns=tuple(
            Column(name, label)
            for name, label in (
                ("name", _("Institution")),
                ("code", _("Institution code")),
                ("kind", _("Kind")),
                ("act", ""),
            )
        ),
        rows=rows,
        pager=Pager(None, None, None, len(rows), capped=False),
        search_form=None,
        search_url="",
        empty=_("Every institution below yours has an ID administrator."),
        crumbs=(*trail(), Crumb(title)),
    )


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


def trail() -> tuple[Crumb, ...]:
    """Where the pages of accounts stand."""
    return (Crumb(_("Accounts"), url_for("AccountView.list")),)


def matches(one: Shown, q: str, state: str, role: str) -> bool:
    """True when the account is looked for."""
    account = one.account
    if (state and one.state != state) or (role and account.role != role):
        return False
    if not q:
        return True
    looked_for = "".join(q.split()).casefold()
    texts = (account.display_name, account.user.username, account.kana or "")
    plain = ["".join(text.split()).casefold() for text in texts]
    return any(looked_for in text for text in plain) or to_katakana(looked_for) in plain[2]


def _row(one: Shown) -> Row:
    account = one.account
    return Row(
        str(account.user_id),
        url_for("AccountView.show", pk=account.user_id),
        (
            Cell(account.display_name),
            Cell(account.kana or ""),
            Cell(account.user.username),
            Cell(str(role_of(RoleName(account.role)).label)),
            state_cell(one.state),
            last_login(account),
        ),
    )


def state_cell(state: str) -> Cell:
    """A state as a coloured tag."""
    return Cell(ACCOUNT_STATES.label(state), tone=ACCOUNT_STATES.tones[state])


def _list_actions(institution: Institution) -> tuple[Action, ...]:
    actions = []
    if FIRST_ADMINISTRATORS.get(institution.kind):
        actions.append(Action(_("Institutions below"), url_for("AccountView.below")))
    if may("import", "account"):
        actions.append(Action(_("Issue in bulk"), url_for("BulkView.start"), icon="upload"))
    if may("add", "account"):
        actions.append(
            Action(_("Add an account"), url_for("AccountView.add"), style="primary", icon="add")
        )
    return tuple(actions)


def _bulk_actions() -> tuple[Action, ...]:
    if not may("print", "account"):
        return ()
    return (
        Action(
            _("Activation letters (PDF)"),
            url_for("LetterView.letters"),
            "post",
            icon="print",
            confirm=_(
                "New codes are made for the ticked accounts that await activation; letters "
                "printed earlier become void."
            ),
        ),
        Action(
            _("Send activation mails"),
            url_for("LetterView.mails"),
            "post",
            confirm=_(
                "New codes are made and sent to the mail addresses of the ticked accounts; "
                "letters printed earlier become void."
            ),
        ),
    )


def _add_url(one: Institution) -> str:
    return url_for("AccountView.add", institution=one.id)


def _kind_of(one: Institution) -> str:
    return INSTITUTION_KINDS.label(one.kind)


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
        Field("created", _("Issued on"), Cell(_minute(account.created_at))),
    ]
    if account.awaits_activation:
        fields.append(Field("code", _("Code valid until"), Cell(_minute(one.code_expires_at))))
    if account.closed_on is not None:
        day = Cell(f"{account.closed_on:%Y/%m/%d}")
        fields.append(Field("closed_on", _("First day without access"), day))
    return Card("access", _("Access"), tuple(fields))


def _history_card(history: Sequence[HistoryEntry]) -> Card:
    fields = tuple(
        Field(
            f"history-{entry.id}",
            f"{_minute(entry.at)} {entry.user_name}",
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


def _state(account: Account, expiry: datetime | None) -> str:
    return account_state(
        closed_on=account.closed_on,
        suspended=account.suspended_at is not None,
        locked=account.locked_at is not None or is_locked(account.locked_until, clock.now()),
        awaits_activation=account.awaits_activation,
        code_expires_at=expiry,
        now=clock.now(),
        today=clock.today(),
    )


def _notice(one: Shown) -> str | None:
    if one.state == "expired":
        return _("No activation code is valid. Issue a code or print a letter.")
    return None


def _minute(moment: datetime | None) -> str:
    return "" if moment is None else f"{clock.in_japan(moment):%Y/%m/%d %H:%M}"
