"""Many people save at once: nobody waits for a common chain, and no chain forks."""

from concurrent.futures import ThreadPoolExecutor

from flask import Flask
from sqlalchemy.orm.exc import StaleDataError

from app.audit.sealing import seal_history
from app.audit.verifying import verify_history
from app.cases.models import Case, LabTest
from app.core.db import db
from app.core.transaction import transaction
from app.security.actor import acting_as, system_actor
from tests.support import cast

SAVES = 12


def test_chains_hold_when_many_save_at_once_while_they_are_sealed(app: Flask) -> None:
    with app.app_context():
        own, foreign = cast.own_episode(), cast.foreign_episode()

    def save(model: type, key: int, item: str) -> int:
        saved = 0
        for turn in range(SAVES):
            with app.app_context(), acting_as(system_actor("test")):
                try:
                    with transaction() as session:
                        record = session.get(model, key, populate_existing=True)
                        setattr(record, item, f"{item} {turn} {saved}")
                    saved += 1
                except StaleDataError:
                    pass  # The other one was first, as it is with two people.
                if turn % 4 == 0:
                    seal_history()
        return saved

    writers = [
        (Case, own.case, "travel_country"),
        (Case, own.case, "remarks"),
        (Case, foreign.case, "remarks"),
        (LabTest, own.lab_test, "laboratory"),
    ]
    with ThreadPoolExecutor(len(writers)) as pool:
        saved = list(pool.map(lambda writer: save(*writer), writers))
    assert saved[2:] == [SAVES, SAVES]
    with app.app_context(), acting_as(system_actor("test")):
        seal_history()
        done = verify_history(db.session())
        assert (done.findings, done.unsealed) == ([], 0)
