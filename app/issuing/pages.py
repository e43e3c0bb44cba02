"""What the pages of the ID administrator show, as plain values for the generated templates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from app.accounts.activation import code_expiry
from app.accounts.codes import ACCOUNT_STATE
from app.accounts.models import Account
from app.accounts.rules import account_state, is_locked
from app.core import clock
from app.core.japanese import to_katakana
from app.core.pages import Action, Cell, Column, Crumb, ListPage, Pager, Row
from app.generated.hooks import may
from app.institutions.models import Institution
from app.institutions.rules import FIRST_ADMINISTRATORS, INSTITUTION_KINDS
from app.issuing.usage import last_login
from app.security.roles import RoleName, role_of

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
    return Cell(ACCOUNT_STATE.label(state), tone=ACCOUNT_STATE.tones[state])


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


def minute(moment: datetime | None) -> str:
    """An instant on the Japanese clock; nothing for none."""
    return "" if moment is None else f"{clock.in_japan(moment):%Y/%m/%d %H:%M}"
