"""A bundle of paper is received, typed, looked at by a second person, and given back."""

import io
import re
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select

from app.audit.models import ReadEntry
from app.bundles import queries, service
from app.bundles.files import bundles_workbook, label_pdf
from app.bundles.models import BundleSheet, PaperBundle
from app.contacts.models import Contact
from app.core.db import db
from app.core.errors import InvalidInput, InvalidState, NotAllowed
from app.core.transaction import transaction
from app.institutions.portal import decide_use
from app.institutions.queries import disease_in_force, institution_by_code
from app.notifications.layout import COVID_19
from app.security.actor import acting_as, system_actor
from tests.bundles.samples import TODAY, bundle
from tests.intake.samples import picture
from tests.notifications.samples import post
from tests.support import cast

pytestmark = pytest.mark.usefixtures("frozen_clock")


@pytest.fixture
def aoki(app: Flask, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    return cast.sign_in(app.test_client(), "aoki")


def _typed(app: Flask, client: FlaskClient, key: int) -> None:
    """Begin the next sheet and submit its notification."""
    opened = client.post(f"/bundles/{key}/begin")
    assert opened.status_code == 303
    page = client.get(opened.location).text
    assert f"B{key:05d}-" in page
    answer = post(client, opened.location, **_fields(app, page))
    assert answer.status_code == 303


def _fields(app: Flask, page: str) -> dict[str, str]:
    """The clinic on the paper, and the version of the draft the page shows."""
    version = re.search(r'name="row_version_"[^>]*value="(\d+)"', page)
    assert version
    with app.app_context(), acting_as(system_actor("tests")):
        clinic = institution_by_code("clinic-shinjuku")
        assert clinic is not None
        return {"institution_id": str(clinic.id), "row_version_": version[1]}


@pytest.mark.one_database
def test_sheets_count_when_their_notification_is_submitted(app: Flask, aoki: FlaskClient) -> None:
    with app.app_context():
        key = bundle(count=2)
    _typed(app, aoki, key)
    with app.app_context(), acting_as(cast.actor("aoki")):
        found = queries.bundle_by_id(key)
        tally = queries.tally_of(found)
        assert (found.state, tally.typed, tally.counted) == ("typing", 1, 2)
    page = aoki.get(f"/bundles/{key}").text
    assert "B0000" in page
    assert aoki.post(f"/bundles/{key}/sample").status_code == 303
    # Who typed it does not check it.
    assert aoki.post(f"/bundles/{key}/sheets/1/look", data={"wrong_items": "0"}).status_code == 403
    with app.app_context():
        baba = cast.actor("baba")
        with acting_as(baba):
            found = queries.bundle_by_id(key)
            sheet = queries.sheet_of(found, 1)
            service.look_at_sheet(sheet, 2, by=baba, signed_as="馬場")
            with pytest.raises(InvalidInput):
                service.finish(found, "", by=baba, signed_as="馬場")
            service.finish(found, "2枚目は白紙", by=baba, signed_as="馬場")
            assert queries.tally_of(found).error_rate == 100
            service.give_back(found, by=baba)
            assert (found.state, found.difference) == ("returned", "2枚目は白紙")
            with pytest.raises(InvalidState):
                service.begin_sheet(found, by=baba, signed_as="馬場")


@pytest.mark.one_database
def test_scans_of_a_bundle_stand_in_the_queue_and_can_be_left_out(
    app: Flask, aoki: FlaskClient
) -> None:
    with app.app_context():
        key = bundle()
    files = [(io.BytesIO(picture()), f"{n}.png") for n in range(2)]
    sent = aoki.post(
        f"/bundles/{key}/scans", data={"file": files}, content_type="multipart/form-data"
    )
    assert sent.status_code == 303
    assert len(re.findall(r'href="/paper/\d+"', aoki.get("/paper/").text)) >= 2
    left = aoki.post(f"/bundles/{key}/sheets/1/leave-out", data={"reason": "二重"})
    assert left.status_code == 303
    with app.app_context(), acting_as(cast.actor("aoki")):
        states = db.session.execute(
            select(BundleSheet.number, BundleSheet.state).order_by(BundleSheet.number)
        ).all()
        scans = [
            one.scan and one.scan.state
            for one in queries.sheets_of(db.session.get_one(PaperBundle, key))
        ]
    assert [tuple(row) for row in states] == [(1, "left_out"), (2, "typing")]
    assert scans == ["discarded", "received"]


def test_a_contractor_meets_the_follow_up_sheets_it_was_given_and_no_other(app: Flask) -> None:
    with app.app_context():
        own = bundle("follow_up_sheet", holder="contractor-tokyo")
        bundle("follow_up_sheet")
        bundle()
        episode = cast.own_episode()
        honda = cast.actor("honda")
        with acting_as(system_actor("tests")), transaction():
            db.session.get_one(Contact, episode.contact).observed_by_id = honda.institution_id
        with acting_as(honda):
            assert [one.id for one in queries.bundles()] == [own]
            found = queries.bundle_by_id(own)
            with pytest.raises(InvalidInput):
                service.follow_up_typed(found, "#999", TODAY, TODAY, by=honda, signed_as="本田")
            with pytest.raises(NotAllowed):
                service.finish(found, "x", by=honda, signed_as="本田")
        for who in ("chiba", "zaizen", "doi", "endo", "oka", "nemoto"):
            with acting_as(cast.actor(who)):
                assert queries.bundles() == [], who


@pytest.mark.one_database
def test_a_follow_up_sheet_counts_once_its_observations_are_entered(app: Flask) -> None:
    with app.app_context():
        key = bundle("follow_up_sheet", count=1)
        episode, aoki = cast.own_episode(), cast.actor("aoki")
        with acting_as(aoki):
            found = queries.bundle_by_id(key)
            number = str(episode.case)
            from app.cases.models import Case

            number = db.session.get_one(Case, episode.case).number or ""
            early = date(2020, 1, 1)
            with pytest.raises(InvalidInput):
                service.follow_up_typed(found, number, early, early, by=aoki, signed_as="青木")
            sheet = service.follow_up_typed(found, number, early, TODAY, by=aoki, signed_as="青木")
            assert (sheet.case_id, sheet.state) == (episode.case, "typed")
            assert queries.tally_of(found).done == 1


@pytest.mark.one_database
def test_a_contractor_is_given_no_notifications(app: Flask, aoki: FlaskClient) -> None:
    with app.app_context(), acting_as(system_actor("tests")):
        contractor = institution_by_code("contractor-tokyo")
        disease = disease_in_force(COVID_19, on=TODAY)
        assert contractor is not None
        assert disease is not None
    form = {
        "kind": "notification",
        "disease_id": str(disease.id),
        "sheet_count": "10",
        "received_on": "2021/8/20",
        "holder_id": str(contractor.id),
    }
    assert aoki.post("/paper-bundles/add", data=form).status_code == 422
    made = aoki.post("/paper-bundles/add", data=form | {"kind": "follow_up_sheet"})
    assert made.status_code == 303
    assert "B00001" in aoki.get("/bundles/").text


@pytest.mark.one_database
def test_label_and_list_are_files(app: Flask) -> None:
    with app.test_request_context():
        key = bundle()
        with acting_as(cast.actor("aoki")):
            found = queries.bundle_by_id(key)
            assert label_pdf(found).startswith(b"%PDF")
            content = bundles_workbook([found], queries.tallies([found]))
    sheet = load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    assert sheet.cell(2, 1).value == f"B{key:05d}"
    assert sheet.cell(3, 9).value == 2


@pytest.mark.one_database
def test_a_contractor_with_the_duty_types_the_notifications_it_was_given_and_nothing_else(
    app: Flask, aoki: FlaskClient
) -> None:
    with app.app_context(), acting_as(system_actor("tests")):
        contractor = institution_by_code("contractor-tokyo")
        assert contractor is not None
        # With that duty alone: sheets of observations are another's.
        sheets = bundle("follow_up_sheet", holder="contractor-tokyo")
        by = system_actor("tests")
        decide_use(contractor, on=True, entries=["paper"], reason="契約", by=by)
        given, other = bundle(holder="contractor-tokyo"), bundle()
    honda = cast.sign_in(app.test_client(), "honda")

    assert f"/bundles/{sheets}/follow-up" not in honda.get(f"/bundles/{sheets}").text
    asked = {"subject": "#1", "first": "2021/8/1", "last": "2021/8/2"}
    assert honda.post(f"/bundles/{sheets}/follow-up", data=asked).status_code == 403
    begun = honda.post(f"/bundles/{given}/begin")
    assert (begun.status_code, begun.location) == (303, f"/bundles/{given}/sheets/1/type")
    assert honda.post(f"/bundles/{other}/begin").status_code == 404
    page = honda.get(begun.location)
    assert page.status_code == 200
    assert "発生届" in page.text
    # Typed in the name of the health centre; its menu is another's all the same.
    assert 'href="/quality/"' not in page.text
    kept = post(honda, begun.location, step="draft", **_fields(app, page.text))
    assert kept.status_code == 303
    again = honda.get(begun.location).text
    assert "佐藤　健一" in again
    assert begun.location in honda.get(f"/bundles/{given}").text
    sent = post(honda, begun.location, **_fields(app, again))
    assert (sent.status_code, sent.location) == (303, f"/bundles/{given}")
    with app.app_context(), acting_as(cast.actor("aoki")):
        sheet = queries.sheet_of(queries.bundle_by_id(given), 1)
        assert sheet.notification is not None
        notification = sheet.notification
        assert (notification.state, sheet.state) == ("submitted", "typed")
        assert notification.entering_institution_id == cast.actor("aoki").institution_id
        assert sheet.typed_by_user_id == cast.actor("honda").user_id
        key = notification.id
    # What was sent is gone for the contractor, and no other door opens.
    assert honda.get(begun.location).status_code == 409
    assert f"/notifications/show/{key}" not in honda.get(f"/bundles/{given}").text
    for path in (f"/notifications/show/{key}", f"/notifications/edit/{key}", "/notifications/new"):
        assert honda.get(path).status_code in {403, 404}
    assert "佐藤" not in honda.get(f"/bundles/{given}").text


@pytest.mark.one_database
def test_a_contractor_types_beside_the_scan_and_what_it_types_is_kept(
    app: Flask, aoki: FlaskClient
) -> None:
    with app.app_context(), acting_as(system_actor("tests")):
        contractor = institution_by_code("contractor-tokyo")
        assert contractor is not None
        decide_use(
            contractor,
            on=True,
            entries=["observation", "paper"],
            reason="契約",
            by=system_actor("tests"),
        )
        given, other = bundle(holder="contractor-tokyo"), bundle()
    for key in (given, other):
        scan = {"file": (io.BytesIO(picture()), "1.png")}
        aoki.post(f"/bundles/{key}/scans", data=scan, content_type="multipart/form-data")
    honda = cast.sign_in(app.test_client(), "honda")

    sheet = f"/bundles/{given}/sheets/1"
    assert f'action="{sheet}/begin"' in honda.get(f"/bundles/{given}").text
    assert honda.post(f"{sheet}/begin").location == f"{sheet}/type"
    page = honda.get(f"{sheet}/type").text
    assert f'src="{sheet}/1.png"' in page
    assert f'data-autosave="{sheet}/autosave"' in page
    shown = honda.get(f"{sheet}/1.png")
    assert (shown.status_code, shown.mimetype) == (200, "image/png")
    assert honda.get(f"{sheet}/2.png").status_code == 404
    # Neither the paper of another bundle nor the queue of papers opens.
    assert honda.get(f"/bundles/{other}/sheets/1/1.png").status_code == 404
    assert honda.post(f"/bundles/{other}/sheets/1/begin").status_code == 404
    with app.app_context(), acting_as(system_actor("tests")):
        looks = db.session.scalars(
            select(ReadEntry.user_name).where(ReadEntry.door == "paper_bundle.page")
        ).all()
        scans = db.session.scalars(select(BundleSheet.scan_id).order_by(BundleSheet.id)).all()
    assert looks == ["honda"]
    assert honda.get(f"/paper/{scans[0]}/1.png").status_code in {403, 404}

    version = _fields(app, page)["row_version_"]
    typed = {"row_version_": version, "name": "佐藤　健一", "base_": "{}"}
    kept = honda.post(f"{sheet}/autosave", data=typed)
    assert kept.json is not None
    assert (kept.json["edit_url"], kept.json["save_url"]) == (f"{sheet}/type", f"{sheet}/autosave")
    assert honda.post(f"{sheet}/autosave", data=typed).status_code == 409
    again = honda.get(f"{sheet}/type").text
    assert "佐藤　健一" in again
    sent = post(honda, f"{sheet}/type", **_fields(app, again))
    assert sent.location == f"/bundles/{given}"
    assert honda.get(f"{sheet}/1.png").status_code == 404
    with app.app_context(), acting_as(cast.actor("aoki")):
        done = queries.sheet_of(queries.bundle_by_id(given), 1)
        assert done.scan is not None
        assert (done.state, done.scan.state) == ("typed", "typed")
