import alembic.command
import alembic.config
import pytest
from flask import Flask
from sqlalchemy import inspect

from app.core.db import db
from app.notifications.models import Notification
from app.security.actor import acting_as
from tests.notifications.samples import submitted
from tests.support import cast
from tests.support.database import MIGRATIONS

FILES = sorted((MIGRATIONS / "versions").glob("[0-9]*.py"))
pytestmark = pytest.mark.skipif(not FILES, reason="there is no migration yet")


@pytest.fixture
def settings() -> alembic.config.Config:
    return alembic.config.Config(str(MIGRATIONS / "alembic.ini"))


def test_the_migrations_make_what_the_models_declare(
    app: Flask, settings: alembic.config.Config
) -> None:
    with app.app_context():
        alembic.command.check(settings)


def test_every_migration_can_be_taken_back_and_made_again(
    app: Flask, settings: alembic.config.Config
) -> None:
    with app.app_context():
        before = set(inspect(db.engine).get_table_names())
        alembic.command.downgrade(settings, "base")
        assert inspect(db.engine).get_table_names() == ["alembic_version"]
        alembic.command.upgrade(settings, "head")
        assert set(inspect(db.engine).get_table_names()) == before


def test_a_notification_waiting_at_the_upgrade_gets_the_deadline_it_would_have_been_sent_with(
    app: Flask, settings: alembic.config.Config
) -> None:
    with app.app_context():
        waiting = submitted(app)
        key, due_at = waiting.id, waiting.due_at
        assert due_at is not None
        db.session.remove()
        alembic.command.downgrade(settings, "0001")
        alembic.command.upgrade(settings, "head")
        with acting_as(cast.actor("endo")):
            kept = db.session.get(Notification, key)
            assert kept is not None
            assert (kept.due_at, kept.entry_way) == (due_at, "screen")


def test_migrations_are_numbered_without_gaps() -> None:
    assert [path.name[:4] for path in FILES] == [f"{n:04d}" for n in range(1, len(FILES) + 1)]


def test_migrations_import_no_model() -> None:
    offenders = [path.name for path in FILES if "from app" in path.read_text("utf-8")]
    assert offenders == []
