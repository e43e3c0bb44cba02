"""Fields a form does not have, sent along with those it has: nothing takes them."""

import pytest
from flask import Flask
from sqlalchemy import Table, select

from app.core.db import db
from app.generated.views import VIEWS
from app.security.actor import acting_as, system_actor
from tests.access.doors import DOORS
from tests.attacks.doors import path_of
from tests.attacks.reading import Page
from tests.support import cast

pytestmark = pytest.mark.one_database

EDITABLE = {
    "case": "CaseView",
    "person": "PersonView",
    "stay": "StayView",
    "treatment": "TreatmentView",
    "activity": "ActivityView",
    "contact": "ContactView",
    "exposure": "ExposureView",
    "observation": "ObservationView",
}
# Follow from what is saved, whoever saves it.
DERIVED = {"row_version"}


@pytest.fixture(autouse=True)
def _without_tokens(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)


def row(app: Flask, table: Table, key: int) -> dict[str, object]:
    with app.app_context(), acting_as(system_actor("tests")):
        found = db.session.execute(select(table.columns).where(table.c.id == key)).one()
        return {name: str(value) for name, value in found._mapping.items()}


@pytest.mark.parametrize("resource", EDITABLE)
def test_columns_without_a_field_keep_their_values(app: Flask, resource: str) -> None:
    with app.app_context():
        episode = cast.own_episode()
    table: Table = VIEWS[resource].model.__table__
    key = getattr(episode, resource)
    client = cast.sign_in(app.test_client(), "aoki")
    path = path_of(app, f"{EDITABLE[resource]}.edit", episode)
    page = Page(client.get(path).text)
    forged = {c.name: _forged(c.name) for c in table.columns if c.name not in page.names}
    assert len(forged) >= 2, resource
    before = row(app, table, key)
    sent = [*page.fields, *forged.items()]
    answer = client.post(path, data=_multi(sent))
    assert answer.status_code in {303, 422}, answer.status_code
    after = row(app, table, key)
    assert {n: after[n] for n in forged if n not in DERIVED} == {
        n: before[n] for n in forged if n not in DERIVED
    }


def test_a_form_with_forged_columns_is_saved_without_them(app: Flask) -> None:
    """So that the test above does not pass because nothing was ever saved."""
    with app.app_context():
        episode = cast.own_episode()
        own, other = cast.actor("aoki").institution_id, cast.actor("chiba").institution_id
    table: Table = VIEWS["observation"].model.__table__
    client = cast.sign_in(app.test_client(), "aoki")
    path = path_of(app, "ObservationView.edit", episode)
    fields = dict(Page(client.get(path).text).fields) | {"remarks": "朝から微熱"}
    forged = {"id": "7", "case_id": "2", "institution_id": str(other), "entered_by_id": "1"}
    assert own != other
    assert client.post(path, data=fields | forged).status_code == 303
    after = row(app, table, episode.observation)
    assert after["remarks"] == "朝から微熱"
    assert after["case_id"] == str(episode.case)


def test_the_walk_above_has_every_form_a_clerk_edits(app: Flask) -> None:
    client = cast.sign_in(app.test_client(), "aoki")
    with app.app_context():
        episode = cast.own_episode()
    edited = set()
    for endpoint, door in DOORS.items():
        view, _, verb = endpoint.partition(".")
        if verb == "edit" and door.record not in {None, "none"} and not door.bearer:
            if client.get(path_of(app, endpoint, episode)).status_code == 200:
                edited.add(door.resource)
            assert view
    # Forms of their own, which take what they name and nothing else.
    own_forms = {"notification", "lab_test", "hospital_course", "observation_plan"}
    assert edited - own_forms <= set(EDITABLE)


def _forged(name: str) -> str:
    if name.endswith("_on"):
        return "2020-01-01"
    return "2" if name.endswith(("_id", "id", "version")) else "forged"


def _multi(pairs: list[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found
