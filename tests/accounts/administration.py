"""What the tests of ID administrators share."""

import re

from flask import Flask
from flask.testing import FlaskClient
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.accounts.models import Account
from app.accounts.service import create_account, issue_activation_code
from app.core.db import db
from app.core.transaction import transaction
from app.institutions.models import Institution
from app.security.actor import acting_as, system_actor
from app.security.roles import RoleName
from tests.support import cast

TESTS = system_actor("tests")


def key_of(app: Flask, username: str) -> int:
    """The key of an account."""
    with app.app_context(), acting_as(TESTS):
        found = db.session.scalar(select(User.id).where(User.username == username))
        assert found is not None, username
        return found


def facts(app: Flask, username: str) -> dict[str, object]:
    """An account as it stands in the database."""
    with app.app_context(), acting_as(TESTS):
        account = db.session.scalars(
            select(Account).where(Account.user.has(username=username))
        ).one()
        columns = {c.key: getattr(account, c.key) for c in Account.__mapper__.column_attrs}
        return columns | {"name": account.display_name, "active": account.user.active}


def institution_id(app: Flask, code: str) -> int:
    """The key of an institution."""
    with app.app_context(), acting_as(TESTS):
        return db.session.scalars(select(Institution.id).where(Institution.code == code)).one()


def issued(app: Flask, username: str = "newcomer", name: str = "新田 真", **more: str) -> str:
    """A hospital account that awaits activation, issued by Ueda; its code."""
    with app.app_context():
        by = cast.actor("ueda")
        with acting_as(by), transaction():
            hospital = db.session.get_one(Institution, by.institution_id)
            account = create_account(
                institution=hospital,
                role=RoleName.HOSPITAL,
                name=name,
                username=username,
                by=by,
                **more,
            )
            return issue_activation_code(account, by=by)


def send(client: FlaskClient, path: str, **fields: str) -> TestResponse:
    """POST a form with the token of its page, as a browser does."""
    page = client.get(path)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)
    assert token is not None, (path, page.status_code)
    hidden = dict(re.findall(r'name="(form_token_|revision)"[^>]*value="([^"]*)"', page.text))
    return client.post(
        path,
        data={"csrf_token": token[1], **hidden, **fields},
        headers={"Origin": "http://localhost"},
    )
