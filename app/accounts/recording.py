"""Changes of accounts with their history: who changed what and why, never a secret.

An account lies in two tables, FAB's and ours, and most of its columns are secrets or counters;
what a reader of the history may learn is listed here.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import inspect
from sqlalchemy.orm import Session

from app.accounts.models import Account, AccountNotice
from app.accounts.queries import post_of
from app.accounts.rules import Holder, Step, managing_problem
from app.audit.history import because, changes_between, record_explicitly
from app.core import clock
from app.core.errors import Conflict, NotAllowed, NotVisible
from app.core.transaction import transaction
from app.security.actor import Actor
from app.security.roles import RoleName

RECORD_TYPE = "account"


def holder_of(account: Account) -> Holder:
    """The account as the rules of delegation see it."""
    return Holder(
        user_id=account.user_id,
        role=RoleName(account.role),
        institution_id=account.institution_id,
        issued_by_id=account.issued_by_id,
        ever_activated=account.first_activated_at is not None,
    )


def require_step(by: Actor, account: Account, step: Step) -> None:
    """Raises NotAllowed unless ``by`` may take ``step`` on this account; the system always may."""
    if by.is_system:
        return
    problem = managing_problem(post_of(by), holder_of(account), step)
    if problem is not None:
        raise NotAllowed(problem)


@contextmanager
def changing(
    account: Account,
    step: Step,
    *,
    by: Actor,
    reason: str | None,
    expected: int | None = None,
) -> Iterator[Session]:
    """One change of ``account`` in one transaction, allowed by the rules and kept in the history.

    ``expected`` is the revision the actor's form was made from.

    Raises:
        NotAllowed: the rules of delegation refuse the step.
        NotVisible: the account does not exist for the actor.
        Conflict: somebody changed the account since the form was made.
    """
    with transaction() as session, because(reason):
        # By its identity: a column of what does not exist for the actor could not be refreshed.
        key: Any = inspect(account).identity
        fresh = session.get(Account, key, populate_existing=True, with_for_update={"of": Account})
        if fresh is None:
            raise NotVisible(_l("There is no such record."))
        require_step(by, account, step)
        if expected is not None and expected != account.revision:
            raise Conflict(_l("Somebody else changed this account just now. Look at it again."))
        before = facts_of(account)
        yield session
        account.revision += 1
        session.flush()
        changes = changes_between(before, facts_of(account))
        record(session, account, "changed", changes | {"step": [None, step.value]})


def record(session: Session, account: Account, action: str, changes: dict[str, list[Any]]) -> None:
    """One line of the history of ``account``."""
    entry = {"record_type": RECORD_TYPE, "record_id": account.user_id, "action": action}
    record_explicitly(session, [entry | {"changes": changes}])


def facts_of(account: Account) -> dict[str, Any]:
    """What the history says about an account."""
    return {
        "name": account.display_name,
        "kana": account.kana,
        "mail": account.mail,
        "role": account.role,
        "institution_id": account.institution_id,
        "locked": account.locked_at is not None,
        "suspended": account.suspended_at is not None,
        "closed_on": account.closed_on,
        "awaits_activation": account.awaits_activation,
    }


def notify(session: Session, account: Account, kind: str) -> None:
    """Tell the owner at the next login."""
    session.add(AccountNotice(user_id=account.user_id, kind=kind, at=clock.now()))
