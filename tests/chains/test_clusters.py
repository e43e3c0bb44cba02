"""Clusters: reported by a centre, filled by number, followed by headquarters without a name."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.audit.models import HistoryEntry
from app.chains.models import Cluster, ClusterMember
from app.core.db import db
from app.institutions.queries import disease_in_force
from app.security.actor import acting_as, system_actor
from tests.chains.making import FIRST_DAY, cases, number_of
from tests.contacts.entering import count
from tests.support import cast
from tests.support.pages import send

pytestmark = pytest.mark.usefixtures("frozen_clock")


@pytest.fixture(autouse=True)
def _without_form_tokens(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)


@pytest.fixture
def nurse(app: Flask) -> FlaskClient:
    return cast.sign_in(app.test_client(), "baba")


def reported(app: Flask, client: FlaskClient, **changes: str) -> str:
    with app.app_context(), acting_as(system_actor("test")):
        disease = disease_in_force("covid_19", on=FIRST_DAY)
        assert disease is not None
        typed = {"name": "カラオケ店", "status": "ongoing", "disease_id": str(disease.id)}
    answer = send(client, "/clusters/add", **(typed | changes))
    found = re.search(r"/clusters/show/(\d+)$", answer.location or "")
    assert found, answer.text
    return found[1]


def test_a_centre_reports_a_cluster_and_puts_cases_into_it_by_number(
    app: Flask, nurse: FlaskClient
) -> None:
    key = reported(app, nurse, from_on="R3.8.1", setting="event", place="駅前カラオケ")
    first, second = cases(app, [2, 4])
    numbers = f"{number_of(app, first)}、\n{number_of(app, second)}"
    path = f"/cluster-members/add?cluster_id={key}"
    assert send(nurse, path, numbers=numbers, role="member").status_code == 303
    # Once more with one that belongs to it already: nobody is in it twice.
    assert send(nurse, path, numbers=numbers, role="member").status_code == 303
    assert count(app, ClusterMember) == 2
    tab = nurse.get(f"/clusters/show/{key}?tab=members").text
    assert number_of(app, second) in tab
    assert "連鎖 1" in tab
    curve = nurse.get(f"/clusters/{key}/curve").text
    assert "2021/08/03" in curve
    assert "<svg" in curve
    with app.app_context(), acting_as(system_actor("test")):
        kinds = set(db.session.scalars(select(HistoryEntry.record_type)))
        cluster = db.session.get_one(Cluster, int(key))
        assert cluster.prefecture_code == "13"
    assert {"cluster", "cluster_member"} <= kinds


def test_a_foreign_case_is_no_case_and_nothing_is_stored(app: Flask, nurse: FlaskClient) -> None:
    key = reported(app, nurse)
    (own,) = cases(app, [2])
    (foreign,) = cases(app, [2], place="osaka")
    path = f"/cluster-members/add?cluster_id={key}"
    for number in (number_of(app, foreign), "99999999", "123", ""):
        answer = send(nurse, path, numbers=f"{number_of(app, own)} {number}" if number else "")
        assert answer.status_code == 422, number
    assert count(app, ClusterMember) == 0


def test_headquarters_follow_clusters_of_their_area_without_a_name(
    app: Flask, nurse: FlaskClient
) -> None:
    key = reported(app, nurse)
    (own,) = cases(app, [2])
    send(nurse, f"/cluster-members/add?cluster_id={key}", numbers=number_of(app, own))
    for who in ("ito", "doi", "kato", "niida"):
        client = cast.sign_in(app.test_client(), who)
        assert "カラオケ店" in client.get("/clusters/list/").text, who
        tab = client.get(f"/clusters/show/{key}?tab=members").text
        assert number_of(app, own) in tab
        assert "連鎖 0" not in tab
        assert client.get("/clusters/add").status_code == 403


def test_another_centres_cluster_does_not_exist(app: Flask, nurse: FlaskClient) -> None:
    key = reported(app, nurse)
    for who in ("zaizen", "chiba"):
        client = cast.sign_in(app.test_client(), who)
        assert "カラオケ店" not in client.get("/clusters/list/").text
        for path in (f"/clusters/show/{key}", f"/clusters/{key}/curve"):
            assert client.get(path).status_code == 404
        assert client.get(f"/cluster-members/add?cluster_id={key}").status_code == 404


def test_a_period_that_ends_before_it_begins_is_refused_at_its_field(
    app: Flask, nurse: FlaskClient
) -> None:
    with app.app_context(), acting_as(system_actor("test")):
        disease = disease_in_force("covid_19", on=FIRST_DAY)
        assert disease is not None
        key = str(disease.id)
    answer = send(
        nurse,
        "/clusters/add",
        name="学校",
        status="suspected",
        disease_id=key,
        from_on="R3.8.5",
        to_on="R3.8.1",
    )
    assert answer.status_code == 422
    assert "form-field--error" in answer.text
    assert 'value="学校"' in answer.text
