"""A notification as a clinic types it, and the verbs that send it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, select
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from app.core import clock
from app.core.db import db, new_token
from app.institutions.diseases import DiseaseOption
from app.institutions.options import add_option
from app.institutions.queries import disease_in_force
from app.notifications import service
from app.notifications.entry_form import entry_form_class, typed_values
from app.notifications.layout import COVID_19
from app.notifications.models import Notification
from app.notifications.queries import form_options
from app.security.actor import acting_as, system_actor
from tests.support import cast

SOUND: dict[str, Any] = {
    "reported_on": "R3.8.20",
    "doctor_name": "遠藤 五月",
    "institution_name": "新宿駅前内科クリニック",
    "diagnosis_type": "confirmed",
    "name": "佐藤　健一",
    "kana": "さとう けんいち",
    "sex": "male",
    "birth_on": "S60.5.1",
    "postal_code": "160-0023",
    "address": "東京都新宿区西新宿2-8-1",
    "mobile_phone": "０９０-1234-5678",
    "symptoms": ["fever", "cough"],
    "diagnosis_methods": ["nucleic_acid"],
    "test_nucleic_acid_specimen": "saliva",
    "test_nucleic_acid_collected_on": "2021/8/18",
    "test_nucleic_acid_result": "positive",
    "first_visit_on": "2021/8/18",
    "diagnosed_on": "2021/8/19",
    "onset_on": "2021/8/16",
    "infection_route": ["droplet"],
    "route_certainty": "presumed",
    "infection_area": "domestic",
    "area_certainty": "presumed",
    "area_prefecture_code": "13",
    "hospitalised_at_notification": "no",
}


def read(app: Flask, **changes: Any) -> dict[str, Any]:
    """The typed values of the sample with changes (None takes an entry away)."""
    data = MultiDict(typed(**changes))
    with app.test_request_context():
        made = entry_form_class(form_options(COVID_19, clock.today()), by_proxy=False)
        form = made(formdata=data, meta={"csrf": False})
        assert form.validate(), form.errors
        return typed_values(form)


def typed(**changes: Any) -> dict[str, Any]:
    """The sample as posted."""
    return {name: value for name, value in (SOUND | changes).items() if value is not None}


def submitted(app: Flask, who: str = "endo", **changes: Any) -> Notification:
    """A notification of the sample, submitted by a member of the cast."""
    actor = cast.actor(who)
    with acting_as(actor):
        return service.submit(read(app, **changes), by=actor, confirmed=("possible_duplicate",))


def token_of(client: FlaskClient, path: str = "/notifications/new") -> str:
    """The CSRF token and form token of a page just opened."""
    return client.get(path).get_data(as_text=True)


def post(
    client: FlaskClient, path: str = "/notifications/new", *, step: str = "submit", **changes: Any
) -> TestResponse:
    """Send the entry form as a browser does."""
    data = typed(**changes) | {"step": step}
    data.setdefault("form_token_", new_token())
    return client.post(path, data=data)


def key_of(location: str) -> str:
    """The notification an answer leads to."""
    found = re.search(r"/notifications/\w+/(\d+)$", location)
    assert found, location
    return found[1]


def notify(client: FlaskClient, **changes: object) -> str:
    """Submit the sample on screen; the key of the notification."""
    answer = post(client, **changes)
    assert answer.status_code == 303, answer.get_data(as_text=True)[:3000]
    return key_of(answer.location)


def count(app: Flask, model: type) -> int:
    """How many rows there are."""
    with app.app_context(), acting_as(system_actor("test")):
        return db.session.scalar(select(func.count(model.id))) or 0  # type: ignore[attr-defined]


def option(family: str, kind: str, label: str) -> None:
    """A choice of the disease's form, registered by the ministry."""
    ministry = cast.actor("oka")
    with acting_as(ministry):
        disease = disease_in_force(family, on=clock.today())
        assert disease is not None
        add_option(
            DiseaseOption(disease_id=disease.id, kind=kind, label_ja=label, label_en=label),
            by=ministry,
        )


@contextmanager
def statements() -> Iterator[list[str]]:
    """The statements sent to the database inside the block."""
    sent: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)

    engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)
