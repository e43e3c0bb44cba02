"""Accounts nobody uses are suspended; every account is decided on once a quarter."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.accounts.dormancy import dormant_on, is_warned, suspend_dormant
from app.accounts.models import Account
from app.accounts.queries import account_by_id
from app.accounts.review_models import AccountReview
from app.accounts.reviews import awaiting_review, due_on, quarter_before, quarter_of
from app.accounts.service import resume
from app.audit.models import HistoryEntry
from app.core.clock import frozen_at
from app.core.db import db
from app.core.transaction import transaction
from app.security.actor import acting_as, system_actor
from tests.support import cast
from tests.support.clock import NOON
from tests.support.visitor import token_of

DAYS = 90


def at(day: date, hour: int = 3) -> datetime:
    """Noon in Japan."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


@pytest.fixture
def accounts(app: Flask) -> Iterator[dict[str, Account]]:
    with app.app_context(), acting_as(system_actor("tests")):
        found = db.session.scalars(db.select(Account)).all()
        yield {account.user.username: account for account in found}


def test_an_account_is_suspended_on_the_day_it_was_not_used_for_ninety(
    accounts: dict[str, Account],
) -> None:
    used = at(NOON.date() + timedelta(days=10))
    with transaction():
        accounts["aoki"].last_login_at = used
    last = used.date() + timedelta(days=DAYS)
    assert dormant_on(accounts["aoki"]) == last
    with frozen_at(at(last - timedelta(days=1))):
        suspend_dormant(last - timedelta(days=1))
    assert accounts["aoki"].suspended_at is None
    assert accounts["baba"].suspended_at is not None
    with frozen_at(at(last)):
        assert suspend_dormant(last) == 1
    assert accounts["aoki"].suspended_at == at(last)


def test_a_suspension_is_in_the_history_and_ends_the_sessions(
    accounts: dict[str, Account],
) -> None:
    epoch = accounts["aoki"].session_epoch
    day = NOON.date() + timedelta(days=DAYS)
    with frozen_at(at(day)):
        suspend_dormant(day)
    entry = db.session.scalars(
        db.select(HistoryEntry).where(
            HistoryEntry.record_type == "account",
            HistoryEntry.record_id == accounts["aoki"].user_id,
            HistoryEntry.action == "changed",
        )
    ).one()
    assert entry.reason is not None
    assert "90" in entry.reason
    assert entry.changes["suspended"] == [False, True]
    assert accounts["aoki"].session_epoch == epoch + 1


def test_a_resumed_account_has_ninety_days_again(accounts: dict[str, Account]) -> None:
    day = NOON.date() + timedelta(days=DAYS)
    with frozen_at(at(day)):
        suspend_dormant(day)
        resume(accounts["aoki"], by=system_actor("tests"))
    with frozen_at(at(day + timedelta(days=1))):
        suspend_dormant(day + timedelta(days=1))
    assert accounts["aoki"].suspended_at is None
    assert dormant_on(accounts["aoki"]) == day + timedelta(days=DAYS)


def test_accounts_that_wait_or_belong_to_the_demonstration_are_left_alone(
    accounts: dict[str, Account],
) -> None:
    with transaction():
        accounts["aoki"].awaits_activation = True
        accounts["baba"].demo = True
    day = NOON.date() + timedelta(days=DAYS + 1)
    with frozen_at(at(day)):
        suspend_dormant(day)
    assert accounts["aoki"].suspended_at is None
    assert accounts["baba"].suspended_at is None


@pytest.mark.parametrize(("before", "warned"), [(15, False), (14, True), (1, True)])
def test_the_administrator_is_warned_two_weeks_before(
    accounts: dict[str, Account], before: int, warned: bool
) -> None:
    day = NOON.date() + timedelta(days=DAYS)
    with frozen_at(at(day - timedelta(days=before))):
        assert is_warned(accounts["aoki"]) is warned


def test_the_list_of_accounts_says_when_one_will_be_suspended(app: Flask) -> None:
    soon = at(NOON.date() + timedelta(days=DAYS - 3))
    with frozen_at(soon):
        client = cast.sign_in(app.test_client(), "saito")
        assert f"{NOON.date() + timedelta(days=DAYS):%Y/%m/%d}" in client.get("/accounts/").text
        assert tile_of(client.get("/").text, "長期間使われず、まもなく停止") == 4


@pytest.mark.parametrize(
    ("day", "quarter"),
    [
        (date(2021, 1, 1), date(2021, 1, 1)),
        (date(2021, 3, 31), date(2021, 1, 1)),
        (date(2021, 4, 1), date(2021, 4, 1)),
        (date(2021, 12, 31), date(2021, 10, 1)),
    ],
)
def test_quarters_begin_with_january_april_july_and_october(day: date, quarter: date) -> None:
    assert quarter_of(day) == quarter


def test_the_quarter_before_january_lies_in_the_year_before() -> None:
    assert quarter_before(date(2021, 1, 1)) == date(2020, 10, 1)


# The cast was issued in August 2021; its first review is that of October.
OCTOBER = datetime(2021, 10, 5, 3, tzinfo=UTC)


def saito(app: Flask) -> FlaskClient:
    return cast.sign_in(app.test_client(), "saito")


def key_of(app: Flask, username: str) -> int:
    with app.app_context():
        return cast.actor(username).user_id or 0


def test_an_account_issued_within_the_quarter_waits_for_the_next(app: Flask) -> None:
    for moment, count in ((NOON, 0), (OCTOBER, 4)):
        with frozen_at(moment), app.app_context(), acting_as(cast.actor("saito")):
            waiting = db.session.scalars(db.select(Account).where(awaiting_review())).all()
            assert len(waiting) == count


def test_the_sheet_names_everybody_of_the_own_institution_and_nobody_else(app: Flask) -> None:
    with frozen_at(OCTOBER):
        page = saito(app).get("/account-review/").text
    for name in ("青木 一郎", "馬場 二葉", "斎藤 管"):
        assert name in page
    for name in ("千葉 三郎", "藤井 六花", "財前 九郎"):
        assert name not in page


def test_confirming_is_kept_with_reviewer_and_date(app: Flask) -> None:
    with frozen_at(OCTOBER):
        client = saito(app)
        form = {"csrf_token": token_of(client.get("/account-review/").text)}
        url = f"/account-review/{key_of(app, 'aoki')}/confirm"
        assert client.post(url, data=form).status_code == 303
        page = client.get("/account-review/").text
        assert url not in page
        assert "2021/10/05 12:00" in page
    with app.app_context(), acting_as(system_actor("tests")):
        review = db.session.scalars(db.select(AccountReview)).one()
        assert (review.decision, review.quarter_on) == ("confirmed", date(2021, 10, 1))
        assert review.reviewer.user.username == "saito"
        assert review.role == "health_centre_clerk"
    # In the next quarter the question is asked anew, and the old sheet still stands.
    with frozen_at(OCTOBER + timedelta(days=90)):
        client = saito(app)
        assert url in client.get("/account-review/").text
        assert "青木 一郎" in client.get("/account-review/?quarter=2021-10-01").text


def test_closing_is_asked_once_more_and_ends_the_account(app: Flask) -> None:
    with frozen_at(OCTOBER):
        client = saito(app)
        form = {"csrf_token": token_of(client.get("/account-review/").text)}
        baba = key_of(app, "baba")
        url = f"/account-review/{baba}/close"
        asked = client.post(url, data=form)
        assert asked.status_code == 200
        with app.app_context(), acting_as(system_actor("tests")):
            account = account_by_id(baba)
            assert account is not None
            assert not account.is_closed
        assert client.post(url, data=form | {"confirmed": "yes"}).status_code == 303
        with app.app_context(), acting_as(system_actor("tests")):
            account = account_by_id(baba)
            assert account is not None
            assert account.closed_on == OCTOBER.date()
        # Who was closed in this quarter stays on its sheet.
        assert "馬場 二葉" in client.get("/account-review/").text


def test_accounts_of_others_do_not_exist_on_the_sheet(app: Flask) -> None:
    with frozen_at(OCTOBER):
        client = saito(app)
        form = {"csrf_token": token_of(client.get("/account-review/").text)} | {"confirmed": "yes"}
        for who in ("chiba", "fujii", "zaizen"):
            for verb in ("confirm", "close"):
                url = f"/account-review/{key_of(app, who)}/{verb}"
                assert client.post(url, data=form).status_code == 404


def test_nobody_closes_the_own_account_in_the_review(app: Flask) -> None:
    with frozen_at(OCTOBER):
        client = saito(app)
        form = {"csrf_token": token_of(client.get("/account-review/").text)} | {"confirmed": "yes"}
        url = f"/account-review/{key_of(app, 'saito')}/close"
        assert client.post(url, data=form).status_code in {403, 409}
        # The only administrator confirms the own one, as nobody else could.
        url = f"/account-review/{key_of(app, 'saito')}/confirm"
        assert client.post(url, data=form).status_code == 303


def test_an_overdue_review_stands_on_the_front_page(app: Flask) -> None:
    due = due_on_in(app)
    for moment, number in ((at(due), 0), (at(due + timedelta(days=1)), 4)):
        with frozen_at(moment):
            assert tile_of(saito(app).get("/").text, "期限を過ぎた棚卸") == number


def tile_of(page: str, label: str) -> int:
    """The number on a tile of the front page."""
    found = re.search(rf'tile__count">(\d+)</span>\s*<span class="tile__label">{label}', page)
    assert found is not None, label
    return int(found[1])


def due_on_in(app: Flask) -> date:
    with app.app_context():
        due = due_on(date(2021, 10, 1))
    assert due == date(2021, 10, 30)
    return due


@pytest.mark.parametrize("quarter", ["x", "2021-10-02", "1999-01-01", "9999-12-31", "2022-01-01"])
def test_a_quarter_that_is_none_is_refused(app: Flask, quarter: str) -> None:
    with frozen_at(OCTOBER):
        assert saito(app).get(f"/account-review/?quarter={quarter}").status_code == 400
