"""Populations entered by file and by hand, and the sums of centres and authorities."""

import io

import pytest
from flask import Flask
from sqlalchemy import select

from app.core.db import db
from app.core.errors import InvalidInput, NotAllowed
from app.institutions.models import Institution, MunicipalityPopulation
from app.institutions.populations import keep_populations, missing_for
from app.populations.service import enter_populations
from app.security.actor import acting_as, system_actor
from tests.support import cast
from tests.support.clock import NOON


def people_of(app: Flask, code: str) -> int | None:
    with app.app_context(), acting_as(system_actor("tests")):
        return db.session.scalar(select(Institution.population).where(Institution.code == code))


def send(app: Flask, who: str, text: str, **fields: str) -> tuple[int, str]:
    values = {"counted_on": "2020/10/1", "origin": "令和2年国勢調査"} | fields
    file = (io.BytesIO(text.encode("cp932")), "人口.csv")
    answer = cast.sign_in(app.test_client(), who).post(
        "/populations/file", data={**values, "file": file}, content_type="multipart/form-data"
    )
    return answer.status_code, answer.text


@pytest.mark.one_database
def test_a_file_is_taken_whole_or_not_at_all_and_sums_follow(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    text = '団体コード,市区町村名,人口\r\n131041,新宿区,"349,385"\r\n131016,千代田区,'
    status, told = send(app, "doi", text + "x\r\n271004,大阪市,5\r\n")
    assert status == 422
    assert told.count('href="#file"') or told.count("form-field__error")
    assert people_of(app, "hc-shinjuku") is None
    assert send(app, "doi", text)[0] == 303
    assert people_of(app, "hc-shinjuku") == people_of(app, "authority_13104") == 349_385
    assert people_of(app, "hc-chiyoda") is None
    client = cast.sign_in(app.test_client(), "doi")
    assert "349,385" in client.get("/populations/").text
    assert "13104,新宿区,349385" in client.get("/populations/sheet.csv").get_data(as_text=True)
    page = client.get("/populations/13104")
    assert "349385" in page.text or "349,385" in page.text
    again = client.post(
        "/populations/13104",
        data={"population": "1", "counted_on": "2020/10/1", "origin": ""},
    )
    assert again.status_code == 422
    assert people_of(app, "hc-shinjuku") == 349_385
    assert client.get("/populations/27100").status_code == 404


@pytest.mark.one_database
def test_an_office_enters_its_own_municipalities_alone(app: Flask) -> None:
    with app.app_context():
        for who, code in (("ito", "13101"), ("doi", "27100")):
            with acting_as(cast.actor(who)) as actor, pytest.raises(InvalidInput):
                enter_populations({code: 5}, counted_on=NOON.date(), origin="x", by=actor)
        with acting_as(cast.actor("aoki")) as aoki, pytest.raises(NotAllowed):
            enter_populations({"13104": 5}, counted_on=NOON.date(), origin="x", by=aoki)
        with acting_as(cast.actor("ito")) as ito:
            given = {"counted_on": NOON.date(), "origin": "住民基本台帳", "by": ito}
            assert enter_populations({"13104": 5}, **given) == 1
            assert enter_populations({"13104": 5}, **given) == 0
            assert db.session.scalars(select(MunicipalityPopulation)).one().population == 5
            centre = db.session.scalar(select(Institution).where(Institution.code == "hc-chiyoda"))
            assert centre is not None
            assert missing_for(centre.id) == ("千代田区",)
        assert keep_populations() == 0
