"""Entering a contact on screen."""

import re

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.core.db import db
from app.security.actor import acting_as, system_actor
from tests.support.cast import Episode
from tests.support.pages import send

TYPED = {
    "name": "佐藤　健",
    "kana": "さとう けん",
    "birth_on": "H3.8.20",
    "mobile_phone": "０９０−１２３４−５６７８",
    "same_address": "yes",
    "exposed_on": "R3.8.12",
    "relation": "household",
    "setting": "household",
    "masked": "no",
}


def registered(client: FlaskClient, own: Episode, **changes: object) -> str:
    answer = send(client, f"/contacts/add?case_id={own.case}", **(TYPED | changes))
    found = re.search(r"/contacts/show/(\d+)$", answer.location or "")
    assert found, answer.get_data(as_text=True)
    return found[1]


def count(app: Flask, model: type) -> int:
    with app.app_context(), acting_as(system_actor("test")):
        return db.session.scalar(select(func.count(model.id))) or 0  # type: ignore[attr-defined]
