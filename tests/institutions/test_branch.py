"""Managing the own branch: registering, letting in, moving, closing, areas; and nobody else's."""

from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.core.clock import frozen_at
from app.core.db import db
from app.core.transaction import transaction
from app.institutions.models import CentreArea, Institution, InstitutionPlacement
from app.institutions.moving import apply_due
from app.institutions.queries import default_centre_for, institution_by_code
from app.institutions.tree import PAGE, children_of
from app.security.actor import acting_as, system_actor
from tests.support import cast
from tests.support.clock import NOON

pytestmark = pytest.mark.usefixtures("frozen_clock")
NEW = {"kind": "clinic", "code": "1310412345", "name": "西新宿クリニック"}


@pytest.fixture(autouse=True)
def _without_tokens(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)


def _client(app: Flask, who: str) -> FlaskClient:
    return cast.sign_in(app.test_client(), who)


def _key(app: Flask, code: str) -> int:
    with app.app_context(), acting_as(system_actor("test")):
        found = institution_by_code(code)
        assert found is not None, code
        return found.id


def _version(app: Flask, key: int) -> int:
    with app.app_context(), acting_as(system_actor("test")):
        return db.session.get_one(Institution, key).row_version


def _read(app: Flask, code: str) -> Institution:
    with app.app_context(), acting_as(system_actor("test")):
        found = institution_by_code(code)
        assert found is not None, code
        return found


def test_a_health_centre_registers_a_clinic_which_waits_to_be_let_in(app: Flask) -> None:
    centre, aoki = _key(app, "hc-shinjuku"), _client(app, "aoki")
    answer = aoki.post(f"/institutions/add?parent_id={centre}", data=NEW)
    assert answer.status_code == 303, answer.text
    clinic = _read(app, NEW["code"])
    assert (clinic.parent_id, clinic.prefecture_code) == (centre, "13")
    assert clinic.authority_id == _key(app, "authority_13104")
    assert (clinic.portal_on, clinic.portal_entries) == (False, ())
    page = aoki.get(answer.headers["Location"])
    assert NEW["name"] in page.text
    use = {"use": "on", "entries": ["notification"], "reason": "届出の依頼あり"}
    assert aoki.post(f"/institutions/{clinic.id}/use", data=use).status_code == 303
    clinic = _read(app, NEW["code"])
    assert (clinic.portal_on, clinic.portal_entries) == (True, ("notification",))
    told = aoki.get(f"/institutions/{clinic.id}/use").text
    assert "届出の依頼あり" in told
    assert "青木 一郎" in told


@pytest.mark.parametrize("kind", ["health_centre", "laboratory", "ministry", "bakery"])
def test_a_health_centre_registers_no_offices(app: Flask, kind: str) -> None:
    centre = _key(app, "hc-shinjuku")
    answer = _client(app, "aoki").post(
        f"/institutions/add?parent_id={centre}", data=NEW | {"kind": kind}
    )
    assert answer.status_code == 422
    assert NEW["name"] in answer.text


@pytest.mark.parametrize("parent", ["hc-osaka", "hc-chiyoda", "authority_13104", "ministry"])
def test_nobody_registers_into_another_branch(app: Flask, parent: str) -> None:
    key, aoki = _key(app, parent), _client(app, "aoki")
    for answer in (
        aoki.get(f"/institutions/add?parent_id={key}"),
        aoki.post(f"/institutions/add?parent_id={key}", data=NEW),
    ):
        assert answer.status_code == 404
    with app.app_context(), acting_as(system_actor("test")):
        assert institution_by_code(NEW["code"]) is None


def test_a_prefecture_sets_up_a_health_centre_and_a_laboratory(app: Flask) -> None:
    doi = _client(app, "doi")
    for kind, parent in (("health_centre", "authority_13104"), ("laboratory", "hq_13")):
        key = _key(app, parent)
        new = {"kind": kind, "code": f"new-{kind}", "name": f"新しい{kind}"}
        answer = doi.post(f"/institutions/add?parent_id={key}", data=new)
        assert answer.status_code == 303, answer.text
        assert _read(app, f"new-{kind}").portal_on is (kind == "health_centre")


@pytest.mark.parametrize("step", ["use", "close", "move"])
@pytest.mark.parametrize(
    ("who", "code", "status"),
    [
        ("chiba", "clinic-shinjuku", 404),
        ("zaizen", "clinic-shinjuku", 404),
        ("aoki", "hc-shinjuku", 403),
        ("doi", "hq_13", 403),
        ("saito", "clinic-shinjuku", 403),
        ("endo", "clinic-shinjuku", 403),
    ],
)
def test_a_step_is_taken_only_from_above(
    app: Flask, who: str, code: str, status: int, step: str
) -> None:
    key, client = _key(app, code), _client(app, who)
    holds_move = who == "doi"
    expected = 403 if step == "move" and not holds_move else status
    data = {"use": "off", "closed_on": "2021-08-20", "reason": "forged"}
    assert client.get(f"/institutions/{key}/{step}").status_code == expected
    assert client.post(f"/institutions/{key}/{step}", data=data).status_code == expected
    found = _read(app, code)
    assert (found.portal_on, found.closed_on) == (True, None)


def test_contact_details_are_corrected_from_above_and_by_the_office_itself(app: Flask) -> None:
    clinic, centre = _key(app, "clinic-shinjuku"), _key(app, "hc-shinjuku")
    aoki = _client(app, "aoki")
    for key, name in ((clinic, "新宿駅前内科クリニック"), (centre, "新宿区保健所")):
        data = {"name": name, "phone": "03-1111-2222", "row_version_": str(_version(app, key))}
        assert aoki.post(f"/institutions/edit/{key}", data=data).status_code == 303
    assert _read(app, "clinic-shinjuku").phone == "03-1111-2222"
    forged = data | {"kind": "ministry", "code": "x", "portal_on": "yes", "parent_id": "1"}
    forged["row_version_"] = str(_version(app, clinic))
    forged["name"] = "新宿駅前内科クリニック"
    assert aoki.post(f"/institutions/edit/{clinic}", data=forged).status_code == 303
    found = _read(app, "clinic-shinjuku")
    assert (found.kind, found.parent_id) == ("clinic", centre)
    foreign = _key(app, "clinic-osaka")
    assert aoki.get(f"/institutions/edit/{foreign}").status_code == 403
    assert "編集" not in aoki.get(f"/institutions/show/{foreign}").text


def test_a_closed_institution_is_out_from_its_day_on(app: Flask) -> None:
    hotel, aoki, goto = _key(app, "hotel-shinjuku"), _client(app, "aoki"), _client(app, "goto")
    data = {"closed_on": "2021-08-21", "reason": "契約終了"}
    assert aoki.post(f"/institutions/{hotel}/close", data=data).status_code == 303
    assert goto.get("/cases/list/").status_code == 200
    with frozen_at(NOON + timedelta(minutes=10, days=1)):
        goto = app.test_client()
        with app.app_context(), pytest.raises(AssertionError):
            cast.actor("goto")
        assert _client(app, "aoki").get(f"/institutions/tree/{hotel}").status_code == 200
        with app.app_context(), acting_as(system_actor("test")):
            assert cast.own_episode().case
        back = {"reason": "契約を延長"}
        aoki = _client(app, "aoki")
        assert aoki.post(f"/institutions/{hotel}/close", data=back).status_code == 303
        assert _client(app, "goto").get("/cases/list/").status_code == 200


@pytest.mark.parametrize(
    ("code", "on"),
    [("hotel-shinjuku", "2021-08-19"), ("hotel-shinjuku", ""), ("hc-shinjuku", "2021-09-01")],
)
def test_nothing_is_closed_in_the_past_or_above_what_is_open(
    app: Flask, code: str, on: str
) -> None:
    data = {"closed_on": on, "reason": "統合"}
    answer = _client(app, "doi").post(f"/institutions/{_key(app, code)}/close", data=data)
    assert answer.status_code == 422
    assert "統合" in answer.text
    assert _read(app, code).closed_on is None


def test_a_health_centre_moves_on_its_day_with_all_below_it(app: Flask) -> None:
    centre, new = _key(app, "hc-shinjuku"), _key(app, "authority_13101")
    old = _key(app, "authority_13104")
    move = {"parent_id": str(new), "from_on": "2021-09-01", "reason": "設置者の変更"}
    assert _client(app, "doi").post(f"/institutions/{centre}/move", data=move).status_code == 303
    assert _read(app, "hc-shinjuku").parent_id == old
    with app.app_context(), acting_as(system_actor("move")):
        assert apply_due(date(2021, 8, 31)) == 0
        assert apply_due(date(2021, 9, 1)) == 1
        assert apply_due(date(2021, 9, 1)) == 0
    assert (_read(app, "hc-shinjuku").parent_id, _read(app, "hc-shinjuku").authority_id) == (
        new,
        new,
    )
    assert _read(app, "clinic-shinjuku").authority_id == new
    with app.app_context(), acting_as(system_actor("test")):
        days = db.session.execute(
            select(InstitutionPlacement.from_on, InstitutionPlacement.parent_id).order_by(
                InstitutionPlacement.from_on
            )
        ).all()
    assert [tuple(day) for day in days] == [(date(1900, 1, 1), old), (date(2021, 9, 1), new)]


@pytest.mark.parametrize("parent", ["authority_27100", "hc-chiyoda", "authority_13104"])
def test_a_health_centre_moves_nowhere_else(app: Flask, parent: str) -> None:
    centre = _key(app, "hc-shinjuku")
    move = {"parent_id": str(_key(app, parent)), "from_on": "2021-09-01", "reason": "forged"}
    assert _client(app, "doi").post(f"/institutions/{centre}/move", data=move).status_code == 422
    with app.app_context(), acting_as(system_actor("test")):
        assert db.session.scalars(select(InstitutionPlacement.id)).all() == []


def test_a_municipality_changes_hands_on_its_day(app: Flask) -> None:
    centre, doi = _key(app, "hc-chiyoda"), _client(app, "doi")
    data = {"municipality_code": "13104", "from_on": "2021-09-01"}
    assert doi.post(f"/institutions/{centre}/area/add", data=data).status_code == 303
    with app.app_context(), acting_as(system_actor("test")):
        for day, code in ((NOON, "hc-shinjuku"), (NOON + timedelta(days=12), "hc-chiyoda")):
            with frozen_at(day):
                found = default_centre_for("13104")
                assert found is not None
                assert found.code == code


@pytest.mark.parametrize(("who", "status"), [("doi", 422), ("ito", 422), ("aoki", 403)])
def test_nobody_takes_a_municipality_of_another_branch(app: Flask, who: str, status: int) -> None:
    centre = _key(app, "hc-shinjuku")
    data = {"municipality_code": "27127", "from_on": "2021-09-01"}
    answer = _client(app, who).post(f"/institutions/{centre}/area/add", data=data)
    assert answer.status_code == status
    with app.app_context(), acting_as(system_actor("test")):
        codes = db.session.scalars(
            select(CentreArea.municipality_code).where(CentreArea.centre_id == centre)
        ).all()
    assert list(codes) == ["13104"]


def test_each_sees_the_own_branch_and_no_other(app: Flask) -> None:
    clinic = _key(app, "clinic-shinjuku")
    for who, status in (
        ("aoki", 200),
        ("saito", 200),
        ("ito", 200),
        ("doi", 200),
        ("oka", 200),
        ("chiba", 404),
        ("zaizen", 404),
        ("endo", 403),
    ):
        assert _client(app, who).get(f"/institutions/tree/{clinic}").status_code == status, who


@pytest.mark.one_database
def test_a_long_branch_is_read_page_by_page_without_loss(app: Flask) -> None:
    with app.app_context(), acting_as(system_actor("test")), transaction() as session:
        centre = session.get_one(Institution, _key(app, "hc-chiyoda"))
        for number in range(2 * PAGE + 5):
            # Many share a name: the key keeps them apart.
            session.add(
                Institution(
                    kind="clinic",
                    code=f"many-{number}",
                    name=f"診療所{number % 7}",
                    parent_id=centre.id,
                )
            )
        session.flush()
        seen, page = [], children_of(centre)
        while page.after is not None:
            seen += [one.id for one in page.rows]
            page = children_of(centre, after=page.after)
        seen += [one.id for one in page.rows]
        assert len(seen) == len(set(seen)) == 2 * PAGE + 5
        assert page.before is not None
        before = children_of(centre, before=page.before)
        assert [one.id for one in before.rows] == seen[PAGE : 2 * PAGE]
