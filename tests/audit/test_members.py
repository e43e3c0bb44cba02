"""Sets of people in a few digits: each is found again, nobody else."""

import random

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.audit.members import BLOCK, block_of, blocks_of, holds, people_in
from app.audit.models import ReadEntry
from app.audit.reads import record_export
from app.core.db import db
from app.security.actor import acting_as, system_actor
from tests.support import cast


@pytest.mark.parametrize(
    "people",
    [set(), {1}, {255, 256}, {0, 1, 2, 3, 4}, set(range(1, 1000)), {7, 4_000_000}],
    ids=len,
)
def test_a_set_comes_back_as_it_was(people: set[int]) -> None:
    stored = blocks_of(people)
    assert {one for block, members, _n in stored for one in people_in(block, members)} == people
    assert sum(count for _block, _members, count in stored) == len(people)
    assert all(len(members) <= BLOCK // 4 for _block, members, _n in stored)


def test_the_database_finds_a_file_by_each_person_in_it_and_by_no_other(app: Flask) -> None:
    dice = random.Random(4)
    people = {dice.randrange(1, 5_000) for _ in range(400)} | {1, 256, 4095}
    with app.app_context():
        with acting_as(cast.actor("aoki")) as aoki:
            record_export(aoki, door="case.export", count=len(people), people=people)

        def found(key: int) -> int:
            rows = select(func.count(ReadEntry.id)).where(
                ReadEntry.block == block_of(key), holds(ReadEntry.members, key)
            )
            with acting_as(system_actor("test")):
                return int(db.session.scalar(rows) or 0)

        for key in (*dice.sample(sorted(people), 40), 1, 256, 4095):
            assert found(key) == 1, key
        for key in dice.sample(sorted(set(range(1, 5_000)) - people), 40):
            assert found(key) == 0, key


def test_a_file_of_100_000_people_takes_some_400_rows() -> None:
    rows = blocks_of(range(1, 100_001))
    assert len(rows) == 391
    assert sum(len(members) for _b, members, _n in rows) < 26_000
