"""A paper is received, typed by one, and becomes the notification of the clinic that sent it."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.audit.models import ReadEntry
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidState
from app.institutions.queries import disease_in_force, institution_by_code
from app.intake import service, store
from app.intake.models import PaperScan
from app.intake.tasks import remove_old_pages
from app.notifications.models import Notification
from app.notifications.paper_code import PaperCode
from app.security.actor import acting_as, system_actor
from tests.intake.samples import picture, upload
from tests.notifications.samples import post, submitted
from tests.notifications.test_diseases import MEASLES, measles
from tests.support import cast
from tests.support.clock import NOON
from tests.support.reading import form_of

pytestmark = pytest.mark.usefixtures("frozen_clock")


@pytest.fixture(autouse=True)
def _without_form_tokens(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)


@pytest.fixture
def aoki(app: Flask) -> FlaskClient:
    return cast.sign_in(app.test_client(), "aoki")


@pytest.fixture
def baba(app: Flask) -> FlaskClient:
    return cast.sign_in(app.test_client(), "baba")


def _scans(app: Flask) -> list[PaperScan]:
    with app.app_context(), acting_as(system_actor("test")):
        return list(db.session.scalars(select(PaperScan).order_by(PaperScan.id)))


def _received(app: Flask, client: FlaskClient, **fields: str) -> int:
    assert upload(client, ("fax.png", picture()), **fields).status_code == 303
    return _scans(app)[-1].id


def _clinic_id(app: Flask) -> int:
    with app.app_context(), acting_as(system_actor("test")):
        clinic = institution_by_code("clinic-shinjuku")
        assert clinic is not None
        return clinic.id


def _typed(app: Flask, client: FlaskClient, key: int, **changes: object) -> int:
    """Claim a paper, type it, submit it; gives the notification's key."""
    opened = client.post(f"/paper/{key}/claim")
    assert opened.status_code == 303
    changes.setdefault("institution_id", str(_clinic_id(app)))
    page = client.get(opened.location).get_data(as_text=True)
    version = re.search(r'name="row_version_"[^>]*value="(\d+)"', page)
    assert version
    changes["row_version_"] = version[1]
    sent = post(client, opened.location, **changes)
    assert sent.status_code == 303, sent.get_data(as_text=True)[:2000]
    found = re.search(r"/show/(\d+)$", sent.location)
    assert found
    return int(found[1])


def test_only_the_own_centre_has_the_paper(app: Flask, aoki: FlaskClient) -> None:
    key = _received(app, aoki)
    for who, status in (("baba", 200), ("chiba", 404), ("zaizen", 404)):
        client = cast.sign_in(app.test_client(), who)
        for path in (f"/paper/{key}", f"/paper/{key}/1.png"):
            assert client.get(path).status_code == status, (who, path)
        assert (f"FAX {key}" in client.get("/paper/").get_data(as_text=True)) is (status == 200)
        if status == 404:
            for door in ("claim", "release", "match", "attach", "discard", "check"):
                assert client.post(f"/paper/{key}/{door}").status_code == 404
    for who in ("endo", "ito", "oka", "saito"):
        client = cast.sign_in(app.test_client(), who)
        assert client.get(f"/paper/{key}").status_code in (302, 303, 403)
        with app.app_context(), acting_as(cast.actor(who)):
            assert db.session.scalar(select(func.count(PaperScan.id))) == 0


def test_pages_lie_unreadable_on_the_disk_and_a_look_is_kept(app: Flask, aoki: FlaskClient) -> None:
    key = _received(app, aoki)
    (scan,) = _scans(app)
    with app.app_context():
        (file,) = (store.root() / scan.token).iterdir()
        assert b"PNG" not in file.read_bytes()
    answer = aoki.get(f"/paper/{key}/1.png")
    assert answer.data.startswith(b"\x89PNG")
    assert answer.headers["Cache-Control"] == "no-store"
    for wrong in ("2", "0", "999999999999", "x"):
        assert aoki.get(f"/paper/{key}/{wrong}.png").status_code in (400, 404)
    with app.app_context(), acting_as(system_actor("test")):
        doors = db.session.scalars(
            select(ReadEntry.door).where(ReadEntry.door.like("paper%"))
        ).all()
    assert doors == ["paper_scan.page"]


def test_one_fax_of_three_forms_is_three_papers(app: Flask, aoki: FlaskClient) -> None:
    three = ("fax.tif", picture("TIFF", pages=3))
    assert upload(aoki, three, apart="y").status_code == 303
    assert [scan.page_count for scan in _scans(app)] == [1, 1, 1]
    assert upload(aoki, three, ("other.png", picture())).status_code == 303
    assert [scan.page_count for scan in _scans(app)] == [1, 1, 1, 3, 1]


def test_of_several_files_one_bad_one_keeps_all_out_and_is_named(
    app: Flask, aoki: FlaskClient
) -> None:
    with app.app_context():
        before = set(store.root().iterdir())
    answer = upload(aoki, ("good.png", picture()), ("bad.png", b"no"))
    assert answer.status_code == 422
    assert "bad.png" in answer.get_data(as_text=True)
    assert _scans(app) == []
    with app.app_context():
        assert set(store.root().iterdir()) == before
    assert upload(aoki).status_code == 422


def test_the_second_typist_is_told_who_was_first(
    app: Flask, aoki: FlaskClient, baba: FlaskClient
) -> None:
    key = _received(app, aoki)
    first = aoki.post(f"/paper/{key}/claim")
    assert "/notifications/edit/" in first.location
    second = baba.post(f"/paper/{key}/claim", follow_redirects=True).get_data(as_text=True)
    assert "青木 一郎" in second
    assert aoki.post(f"/paper/{key}/claim").location == first.location
    assert baba.post(f"/paper/{key}/release").status_code == 303
    assert baba.post(f"/paper/{key}/claim").location == first.location


def test_of_two_claims_at_once_one_wins(app: Flask, aoki: FlaskClient) -> None:
    key = _received(app, aoki)
    with app.app_context():
        one, two = cast.actor("aoki"), cast.actor("baba")
        with acting_as(one):
            stale = db.session.get(PaperScan, key)
            assert stale is not None
            _ = stale.state, stale.notification, stale.clinic
            db.session.expunge_all()
        with acting_as(two):
            fresh = db.session.get(PaperScan, key)
            assert fresh is not None
            service.claim(fresh, by=two, signed_as="馬場 二葉")
            db.session.expunge_all()
        with acting_as(one), app.test_request_context():
            db.session.add(stale)
            with pytest.raises(InvalidState) as told:
                service.claim(stale, by=one, signed_as="青木 一郎")
            assert "馬場 二葉" in str(told.value.message)
        with acting_as(system_actor("test")):
            drafts = select(func.count(Notification.id)).where(Notification.state == "draft")
            assert db.session.scalar(drafts) == 1


def test_what_is_typed_is_the_clinics_notification_entered_by_the_centre(
    app: Flask, aoki: FlaskClient
) -> None:
    key = _received(app, aoki, clinic_id=str(_clinic_id(app)))
    page = aoki.post(f"/paper/{key}/claim", follow_redirects=True).get_data(as_text=True)
    assert f"/paper/{key}/1.png" in page
    assert "新宿駅前内科クリニック" in page
    number = _typed(app, aoki, key)
    with app.app_context(), acting_as(system_actor("test")):
        sent = db.session.get(Notification, number)
        assert sent is not None
        assert sent.institution.code == "clinic-shinjuku"
        assert sent.entering_institution is not None
        assert sent.entering_institution.code == "hc-shinjuku"
    (scan,) = _scans(app)
    assert (scan.state, scan.notification_id, scan.typed_by) == ("typed", number, "青木 一郎")
    shown = aoki.get(f"/notifications/show/{number}").get_data(as_text=True)
    assert f"/paper/{key}" in shown
    clinic = cast.sign_in(app.test_client(), "endo")
    assert f"/paper/{key}" not in clinic.get(f"/notifications/show/{number}").get_data(as_text=True)


def test_a_draft_thrown_away_leaves_the_paper(app: Flask, aoki: FlaskClient) -> None:
    key = _received(app, aoki)
    first = aoki.post(f"/paper/{key}/claim").location
    draft = first.rsplit("/", 1)[1]
    assert aoki.post(f"/notifications/discard/{draft}").status_code == 303
    assert aoki.get(f"/paper/{key}").status_code == 200
    assert _typed(app, aoki, key) != int(draft)
    assert _scans(app)[0].state == "typed"


def test_a_blank_forms_code_names_the_clinic(app: Flask, aoki: FlaskClient) -> None:
    with app.app_context():
        code = str(PaperCode("blank", _clinic_id(app), 597))
    _received(app, aoki, code=code.lower().replace("-", " "))
    assert _scans(app)[0].clinic_id == _clinic_id(app)
    wrong = upload(aoki, ("fax.png", picture()), code=code[:-1] + ("A" if code[-1] != "A" else "B"))
    assert wrong.status_code == 422
    assert len(_scans(app)) == 1


def test_a_print_that_comes_back_is_put_to_its_notification(app: Flask, aoki: FlaskClient) -> None:
    with app.app_context():
        sent = submitted(app)
        number, code = sent.id, str(PaperCode("notification", sent.id, sent.version))
    key = _received(app, aoki, code=code)
    assert f"/notifications/show/{number}" in aoki.get(f"/paper/{key}").get_data(as_text=True)
    assert aoki.post(f"/paper/{key}/attach").status_code == 303
    (scan,) = _scans(app)
    assert (scan.state, scan.notification_id) == ("typed", number)


def test_the_code_of_a_notification_out_of_sight_leads_nowhere(app: Flask) -> None:
    with app.app_context():
        sent = submitted(app)
        code = str(PaperCode("notification", sent.id, sent.version))
    zaizen = cast.sign_in(app.test_client(), "zaizen")
    key = _received(app, zaizen, code=code)
    page = zaizen.get(f"/paper/{key}").get_data(as_text=True)
    assert "/notifications/show/" not in page
    assert _scans(app)[0].clinic_id is None
    assert zaizen.post(f"/paper/{key}/attach").status_code == 409


def test_a_paper_is_discarded_with_its_reason_and_its_draft(app: Flask, aoki: FlaskClient) -> None:
    key = _received(app, aoki)
    aoki.post(f"/paper/{key}/claim")
    assert aoki.post(f"/paper/{key}/discard", data={"reason": " "}).status_code == 422
    assert aoki.post(f"/paper/{key}/discard", data={"reason": "広告"}).status_code == 303
    (scan,) = _scans(app)
    assert (scan.state, scan.discarded_reason, scan.notification_id) == ("discarded", "広告", None)
    assert aoki.post(f"/paper/{key}/claim").status_code == 303
    assert _scans(app)[0].state == "discarded"
    assert aoki.post(f"/paper/{key}/release").status_code == 409


def test_the_front_page_counts_what_waits(app: Flask, aoki: FlaskClient) -> None:
    _received(app, aoki)
    _received(app, aoki)
    page = aoki.get("/").get_data(as_text=True)
    assert re.search(r'>2</span>\s*<span class="tile__label">入力待ちのFAX', page)


def test_pages_are_removed_ninety_days_after_the_paper_is_done(
    app: Flask, aoki: FlaskClient
) -> None:
    waiting, done = _received(app, aoki), _received(app, aoki)
    aoki.post(f"/paper/{done}/discard", data={"reason": "重複"})
    for days, removed in ((90, 0), (91, 1), (92, 0)):
        with (
            app.app_context(),
            clock.frozen_at(NOON + timedelta(days=days)),
            acting_as(system_actor("remove paper scans")),
        ):
            assert remove_old_pages(clock.today()) == removed, days
    assert aoki.get(f"/paper/{waiting}/1.png").status_code == 200
    assert aoki.get(f"/paper/{done}/1.png").status_code == 404
    assert aoki.get(f"/paper/{done}").status_code == 200


KEY_ITEMS = (
    *("name", "kana", "birth_on", "mobile_phone", "diagnosis_type"),
    *("reported_on", "first_visit_on", "diagnosed_on", "onset_on"),
)


def _again(**changes: object) -> dict[str, object]:
    from tests.notifications.samples import SOUND

    return {name: SOUND[name] for name in KEY_ITEMS} | changes


def test_a_second_person_checks_and_the_first_may_not(
    app: Flask, aoki: FlaskClient, baba: FlaskClient
) -> None:
    key = _received(app, aoki)
    _typed(app, aoki, key)
    assert aoki.get(f"/paper/{key}/check").status_code == 403
    page = baba.get(f"/paper/{key}/check").get_data(as_text=True)
    assert "佐藤" not in page
    assert baba.post(f"/paper/{key}/check", data=_again()).status_code == 303
    (scan,) = _scans(app)
    assert (scan.state, scan.checked_by, scan.decisions) == ("checked", "馬場 二葉", {})
    assert baba.get(f"/paper/{key}/check").status_code == 409


def test_differences_are_shown_decided_and_corrected(
    app: Flask, aoki: FlaskClient, baba: FlaskClient
) -> None:
    key = _received(app, aoki)
    first = _typed(app, aoki, key, birth_on="S61.5.1")
    differing = _again(kana="サトオ ケンイチ")
    asked = baba.post(f"/paper/{key}/check", data=differing)
    page = asked.get_data(as_text=True)
    assert asked.status_code == 422
    assert "サトウ ケンイチ" in page
    assert "1986" in page
    assert _scans(app)[0].state == "typed"
    decided = differing | {"decide_kana": "first", "decide_birth_on": "second"}
    done = baba.post(f"/paper/{key}/check", data=decided)
    if done.status_code == 422:  # The portal may ask what it would ask of any correction.
        warned = re.search(r'name="warned_"[^>]*value="([^"]*)"', done.get_data(as_text=True))
        assert warned, done.get_data(as_text=True)
        done = baba.post(
            f"/paper/{key}/check", data=decided | {"warned_": warned[1], "confirmed_": "y"}
        )
    assert done.status_code == 303
    (scan,) = _scans(app)
    assert scan.state == "checked"
    assert scan.decisions == {"kana": "first", "birth_on": "second"}
    with app.app_context(), acting_as(system_actor("test")):
        newer = db.session.get(Notification, scan.notification_id)
        assert newer is not None
        assert newer.previous_id == first
        assert newer.snapshot is not None
        assert newer.snapshot["values"]["birth_on"] == "1985-05-01"
        assert newer.snapshot["values"]["kana"] == "サトウ ケンイチ"


# -- other diseases ---------------------------------------------------------------------------


def _disease(app: Flask, family: str) -> int:
    with app.app_context(), acting_as(system_actor("test")):
        found = disease_in_force(family, on=clock.today())
        assert found is not None
        return found.id


def _chosen(app: Flask, client: FlaskClient, key: int) -> str:
    page = client.get(f"/paper/{key}").get_data(as_text=True)
    found = re.search(r'<option selected value="(\w+)"', page)
    assert found
    return found[1]


def _draft_family(app: Flask) -> str:
    with app.app_context(), acting_as(system_actor("test")):
        drafts = select(Notification).where(Notification.state == "draft")
        return db.session.scalars(drafts).one().disease.family


def test_the_disease_offered_is_what_the_code_says(app: Flask, aoki: FlaskClient) -> None:
    measles_key = _disease(app, "measles")
    with app.app_context():
        code = str(PaperCode("blank", _clinic_id(app), 597, measles_key))
        covid = str(PaperCode("blank", _clinic_id(app), 597))
        printed = measles(app)
        back = str(PaperCode("notification", printed.id, printed.version))
    for sent, family in ((code, "measles"), (covid, "covid_19"), (back, "measles")):
        assert _chosen(app, aoki, _received(app, aoki, code=sent)) == family


def test_without_a_code_it_is_what_the_institution_notifies_most(
    app: Flask, aoki: FlaskClient
) -> None:
    clinic = str(_clinic_id(app))
    assert _chosen(app, aoki, _received(app, aoki)) == "covid_19"
    assert _chosen(app, aoki, _received(app, aoki, clinic_id=clinic)) == "covid_19"
    with app.app_context():
        for number in range(2):
            measles(app, kana=f"シラ{'イ' * number}", mobile_phone=f"0901111222{number}")
    key = _received(app, aoki, clinic_id=clinic)
    assert _chosen(app, aoki, key) == "measles"
    assert aoki.post(f"/paper/{key}/claim").status_code == 303
    assert _draft_family(app) == "measles"


def test_whoever_types_may_choose_another_and_begin_anew(app: Flask, aoki: FlaskClient) -> None:
    key = _received(app, aoki)
    for wrong in ("no_such", "influenza", ""):
        assert aoki.post(f"/paper/{key}/claim", data={"disease": wrong}).status_code == 404
    first = aoki.post(f"/paper/{key}/claim", data={"disease": "rubella"}).location
    assert _draft_family(app) == "rubella"
    page = aoki.get(f"/paper/{key}").get_data(as_text=True)
    assert "風しん" in page
    assert "入力内容は破棄" in page or "thrown away" in page
    assert aoki.post(f"/paper/{key}/claim").location == first
    assert aoki.post(f"/paper/{key}/claim", data={"disease": "measles"}).location != first
    assert _draft_family(app) == "measles"
    assert aoki.get(first).status_code == 404


def test_a_paper_of_measles_is_typed_and_checked_on_its_own_form(
    app: Flask, aoki: FlaskClient, baba: FlaskClient
) -> None:
    key = _received(app, aoki)
    opened = aoki.post(f"/paper/{key}/claim", data={"disease": "measles"}).location
    page = aoki.get(opened).get_data(as_text=True)
    assert "酸素飽和度" not in page
    typed = {n: v for n, v in MEASLES.items() if v is not None}
    typed |= {"institution_id": str(_clinic_id(app)), "birth_on": "S61.5.1", "step": "submit"}
    sent = aoki.post(opened, data=form_of(page) | typed)
    assert sent.status_code == 303, sent.get_data(as_text=True)
    (scan,) = _scans(app)
    assert scan.state == "typed"
    assert baba.get(f"/paper/{key}/check").status_code == 200
    decided = _again() | {"decide_birth_on": "second"}
    done = baba.post(f"/paper/{key}/check", data=decided)
    if done.status_code == 422:  # The portal may ask what it would ask of any correction.
        warned = re.search(r'name="warned_"[^>]*value="([^"]*)"', done.get_data(as_text=True))
        assert warned, done.get_data(as_text=True)
        confirmed = {"warned_": warned[1], "confirmed_": "y"}
        done = baba.post(f"/paper/{key}/check", data=decided | confirmed)
    assert done.status_code == 303
    with app.app_context(), acting_as(system_actor("test")):
        newer = db.session.get(Notification, _scans(app)[0].notification_id)
        assert newer is not None
        assert newer.disease.family == "measles"
        assert newer.form_version == "general"
        assert newer.snapshot is not None
        assert newer.snapshot["values"]["birth_on"] == "1985-05-01"
        assert newer.symptoms_other == "発熱、発疹、コプリック斑"
        assert newer.case is not None
        assert newer.case.disease.family == "measles"
