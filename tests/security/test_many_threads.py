"""Many people at once on one application: nobody ever meets a row of somebody else."""

import threading
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.cases.models import Case
from app.core.db import db
from app.security.actor import acting_as
from tests.support import cast

THREADS, REQUESTS = 8, 15


def test_no_list_shows_the_rows_of_another_scope(app: Flask) -> None:
    people = {"aoki": ("山田 花子", "外山"), "zaizen": ("外山 秘蔵", "山田")}
    start = threading.Barrier(THREADS)
    faults: list[str] = []
    asked: list[int] = []

    def visit(who: str, client: FlaskClient) -> None:
        own, foreign = people[who]
        start.wait(30)
        for _ in range(REQUESTS):
            html = client.get("/cases/list/").text
            asked.append(1)
            if own not in html:
                faults.append(f"{who} does not see the own case")
            if foreign in html:
                faults.append(f"{who} sees a foreign case")

    clients = [(who, cast.sign_in(app.test_client(), who)) for who in [*people] * (THREADS // 2)]
    _all_at_once([lambda who=who, client=client: visit(who, client) for who, client in clients])
    assert not faults
    assert len(asked) == THREADS * REQUESTS


def test_remembered_laws_do_not_change_hands(app: Flask) -> None:
    with app.app_context():
        own, foreign = cast.own_episode().case, cast.foreign_episode().case
        actors = {name: cast.actor(name) for name in ("aoki", "zaizen", "doi", "oka", "niida")}
    seen_by = {
        "aoki": {own},
        "zaizen": {foreign},
        "doi": {own},
        "oka": set(),
        "niida": {own, foreign},
    }
    start, faults = threading.Barrier(THREADS), []

    def read(number: int) -> None:
        start.wait(30)
        names = sorted(actors)
        for turn in range(60):
            name = names[(turn * 7 + number) % len(names)]
            with app.app_context(), acting_as(actors[name]):
                if set(db.session.scalars(select(Case.id))) != seen_by[name]:
                    faults.append(name)

    _all_at_once([lambda number=number: read(number) for number in range(THREADS)])
    assert not faults


def _all_at_once(work: list[Callable[[], None]]) -> None:
    problems: list[BaseException] = []

    def guarded(task: Callable[[], None]) -> None:
        try:
            task()
        except BaseException as problem:  # noqa: BLE001 - told in the test's own thread
            problems.append(problem)

    threads = [threading.Thread(target=guarded, args=(task,)) for task in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(110)
    if problems:
        pytest.fail(f"{type(problems[0]).__name__}: {problems[0]}")
