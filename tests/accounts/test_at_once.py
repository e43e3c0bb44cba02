"""The same code twice and many wrong passwords, all at the same instant."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from flask import Flask

from app.accounts.login import FirstStep, begin_login, confirm_otp
from app.accounts.models import Account
from app.core.clock import frozen_at
from app.core.db import db
from app.security.actor import acting_as, system_actor
from tests.support.visitor import Visitor


def at_once(app: Flask, visitor: Visitor, count: int, verb: Callable[[], object]) -> list[object]:
    """What ``count`` threads get that call ``verb`` together."""
    start = Barrier(count)

    def call() -> object:
        with app.app_context(), frozen_at(visitor.clock):
            start.wait(5)
            return verb()

    with ThreadPoolExecutor(count) as threads:
        return [future.result() for future in [threads.submit(call) for _ in range(count)]]


def test_of_two_requests_with_one_code_one_is_refused(visitor: Visitor, portal: Flask) -> None:
    visitor.enrol()
    visitor.wait(minutes=1)
    first = FirstStep(user_id=1, epoch=1, needs_enrolment=False)
    code = visitor.code()
    answers = at_once(portal, visitor, 4, lambda: confirm_otp(first, code))
    assert sum(answer is not None for answer in answers) == 1


def test_parallel_tries_all_count(visitor: Visitor, portal: Flask) -> None:
    at_once(portal, visitor, 4, lambda: begin_login("aoki", "wrong-wrong-wrong"))
    with portal.app_context(), acting_as(system_actor("tests")):
        account = db.session.get_one(Account, 1)
        assert (account.failed_tries, account.locked_until) == (4, None)
    at_once(portal, visitor, 4, lambda: begin_login("aoki", "wrong-wrong-wrong"))
    with portal.app_context(), acting_as(system_actor("tests")):
        account = db.session.get_one(Account, 1)
        assert account.failed_tries == 5
        assert account.locked_until is not None
