"""What touches the dialect or the walls: the journal, its balance, files written once, laws."""

import pytest
from flask import Flask
from sqlalchemy import select

from app.core.db import db
from app.core.transaction import transaction
from app.publication import asof, released, service
from app.publication.models import DailyCountChange, Publication
from app.security.actor import acting_as, system_actor
from app.statistics.service import rebuild
from tests.publication.conftest import add_case, add_stay, as_system, at, day, publish, withdraw
from tests.publication.test_as_known import asked, causes, journal_sums, new_as_known, sums
from tests.support import cast


@pytest.mark.usefixtures("counting")
def test_the_journal_follows_every_save_and_a_rebuild_balances_it() -> None:
    with at(5):
        case = add_case(onset_on=day(2))
        add_stay(case, "hospital", 5, 9)
        add_case()
    with at(8):
        withdraw(case)
        with transaction() as session:
            session.execute(DailyCountChange.__table__.delete().where(asked_day()))
        rebuild(by=system_actor("tests"))
        rebuild(by=system_actor("tests"))
    assert journal_sums() == sums()
    assert new_as_known(8) == 1
    assert causes(7) == {"recounted": (1, 0)}
    found = asof.causes_after(asked(), "new_reported", asof.end_of(day(5)))
    assert {cause: flow.net for cause, flow in found.items()} == {"withdrawn": -1}


def asked_day() -> object:
    """The cell a lost journal is tried with."""
    table = DailyCountChange.__table__
    return (table.c.measure == "new_reported") & (table.c.counted_on <= day(5))


@pytest.mark.only_postgresql
def test_publications_are_prepared_signed_off_and_read_behind_the_walls(walled: Flask) -> None:
    with as_system(walled), at(5):
        for _ in range(6):
            add_case(sex="female", age_group="30s", municipality_code="13104")
        made = publish(day(5))
        doi = cast.actor("doi")
        with acting_as(doi):
            waiting = service.prepare(day(4), "reported", by=doi)
        key, unsigned = made.id, waiting.id
        for who, seen in (
            ("doi", {key, unsigned}),
            ("ito", {key}),
            ("oka", {key}),
            ("goto", set()),
        ):
            with acting_as(cast.actor(who)):
                db.session.expunge_all()
                assert set(db.session.scalars(select(Publication.id))) == seen, who
    client = walled.test_client()
    assert client.get("/open/ja/area/130001/").status_code == 200
    files = client.get(f"/open/file/{key}/130001_tokyo_covid19_patients.csv")
    assert files.status_code == 200
    assert files.text.count("新宿区") == 6
    assert client.get(f"/open/ja/publication/{unsigned}/").status_code == 404
    with walled.app_context():
        assert released.publication(unsigned) is None
