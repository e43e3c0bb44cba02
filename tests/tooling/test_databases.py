import pytest
from flask import Flask
from sqlalchemy import inspect, make_url, text

from app.core.db import db
from app.security.actor import acting_as, system_actor

NEW_ROLE = "INSERT INTO ab_role (id, name) VALUES (:id, :name)"


def names(app: Flask) -> list[str]:
    with app.app_context(), acting_as(system_actor("test")):
        return list(db.session.scalars(text("SELECT name FROM ab_role")))


@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_starts_without_what_the_one_before_saved(app: Flask, turn: int) -> None:
    assert "left behind" not in names(app)
    with app.app_context(), acting_as(system_actor("test")):
        db.session.execute(text(NEW_ROLE), {"id": 9000, "name": "left behind"})
        db.session.commit()
    assert "left behind" in names(app)


def test_both_databases_have_the_tables(app: Flask, database_url: str) -> None:
    with app.app_context():
        assert db.engine.dialect.name == make_url(database_url).get_backend_name()
        assert "ab_user" in inspect(db.engine).get_table_names()


@pytest.mark.one_database
def test_a_test_may_say_that_one_database_is_enough(database_url: str) -> None:
    assert database_url.startswith("sqlite")
