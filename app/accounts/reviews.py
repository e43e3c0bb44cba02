"""The quarterly review (アカウント棚卸): every account is confirmed or closed, by name and date."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, and_, exists, false, or_, select
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.exc import ObjectDeletedError

from app.accounts.models import Account
from app.accounts.queries import accounts_of, administrators
from app.accounts.recording import RECORD_TYPE
from app.accounts.review_models import AccountReview
from app.accounts.service import close_account
from app.audit.models import HistoryEntry
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidState, NotAllowed, NotVisible
from app.core.transaction import transaction
from app.institutions.models import Institution
from app.security.actor import Actor, acting_as, system_actor
from app.security.rights import require

_REVIEW = system_actor("account review")


@dataclass(frozen=True, slots=True)
class Line:
    """An account on the sheet of a quarter; ``review`` is None until somebody decided."""

    account: Account
    review: AccountReview | None
    issued_by: str


def quarter_of(day: date) -> date:
    """The first day of the quarter ``day`` falls into (those of the fiscal year begin alike)."""
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def quarter_before(quarter: date) -> date:
    """The first day of the quarter before."""
    return quarter_of(quarter - timedelta(days=1))


def due_on(quarter: date) -> date:
    """The last day on which the review of the quarter is in time."""
    return quarter + timedelta(days=current_app.config["ACCOUNT_REVIEW_DAYS"] - 1)


def awaiting_review() -> ColumnElement[bool]:
    """Accounts that existed when this quarter began, are open, and that nobody decided on yet."""
    quarter = quarter_of(clock.today())
    decided = exists().where(
        AccountReview.user_id == Account.user_id, AccountReview.quarter_on == quarter
    )
    return and_(
        Account.created_at < clock.midnight_in_japan(quarter),
        or_(Account.closed_on.is_(None), Account.closed_on > clock.today()),
        ~decided,
    )


def overdue_accounts() -> Select[tuple[Account]]:
    """What awaits review when its time is over; nothing before that."""
    is_over = clock.today() > due_on(quarter_of(clock.today()))
    return select(Account).where(awaiting_review() if is_over else false())


def sheet_of(institution: Institution, quarter: date) -> list[Line]:
    """The sheet of an institution: of this quarter every account, of one past what was decided."""
    decided = _decisions(institution.id, quarter)
    if quarter == quarter_of(clock.today()):
        open_or_decided = [
            one
            for one in accounts_of(institution.id)
            if not one.is_closed or one.user_id in decided
        ]
    else:
        open_or_decided = [review.account for review in decided.values()]
    issuers = _issuers([one.user_id for one in open_or_decided])
    return [
        Line(one, decided.get(one.user_id), issuers.get(one.user_id, "")) for one in open_or_decided
    ]


def confirm_account(account: Account, *, by: Actor) -> None:
    """Say that the person still works here in this role.

    Raises:
        NotVisible: the account does not exist for the actor.
        NotAllowed: the role may not, the account is of another institution, or it is one's own
            while somebody else could say it.
        InvalidState: the account is closed.
    """
    _require_reviewer(account, by)
    if account.is_closed:
        raise InvalidState(_l("This account is closed already."))
    with transaction():
        _decide(account, "confirmed", by)


def close_in_review(account: Account, *, by: Actor) -> None:
    """Close the account of somebody who no longer works here.

    Raises:
        NotAllowed, InvalidState: as for closing by hand.
    """
    _require_reviewer(account, by)
    with transaction():
        close_account(account, by=by, reason=str(_l("Quarterly review")))
        _decide(account, "closed", by)


def _require_reviewer(account: Account, by: Actor) -> None:
    require(by, "edit", "account_review")
    try:
        institution = account.institution_id
    except ObjectDeletedError:
        raise NotVisible(_l("There is no such record.")) from None
    if institution != by.institution_id:
        raise NotAllowed(_l("You manage accounts of your own institution only."))
    if account.user_id == by.user_id and administrators(
        account.institution_id, besides=account.user_id
    ):
        raise NotAllowed(_l("Ask another ID administrator to do this to your own account."))


def _decide(account: Account, decision: str, by: Actor) -> None:
    with acting_as(_REVIEW), transaction() as session:
        session.add(
            AccountReview(
                user_id=account.user_id,
                institution_id=account.institution_id,
                quarter_on=quarter_of(clock.today()),
                decision=decision,
                role=account.role,
                last_login_at=account.last_login_at,
                reviewer_id=by.user_id,
                at=clock.now(),
            )
        )


def _decisions(institution_id: int, quarter: date) -> Mapping[int, AccountReview]:
    """The last decision about each account."""
    statement = (
        select(AccountReview)
        .options(
            joinedload(AccountReview.reviewer).joinedload(Account.user),
            joinedload(AccountReview.account).joinedload(Account.user),
        )
        .where(AccountReview.institution_id == institution_id, AccountReview.quarter_on == quarter)
        .order_by(AccountReview.id)
    )
    # Reviewers and reviewed may have left since; the sheet names them all the same.
    with acting_as(_REVIEW):
        return {review.user_id: review for review in db.session.scalars(statement)}


def _issuers(user_ids: Sequence[int]) -> dict[int, str]:
    """Who issued each account, as the history knows it."""
    statement = select(HistoryEntry.record_id, HistoryEntry.user_name).where(
        HistoryEntry.record_type == RECORD_TYPE,
        HistoryEntry.action == "created",
        HistoryEntry.record_id.in_(user_ids),
    )
    with acting_as(_REVIEW):
        return {row.record_id: row.user_name for row in db.session.execute(statement)}
