"""How migrations meet the database. Run inside the application: ``flask --app run db …``.

``create_app`` has imported every model; Flask-AppBuilder's security tables are imported here,
because without them autogenerate would drop them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from alembic.operations import MigrationScript
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask_appbuilder import Model
from flask_appbuilder.security.sqla import models as security_models
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeDecorator

from app.core.crypto.sealing import seal, unseal
from app.core.db import db
from app.security.walls import MARK, owner_engine, raise_walls, take_down

assert security_models.User.metadata is Model.metadata

# A migration that cannot get its lock gives up instead of queueing every reader behind it.
LOCK_TIMEOUT = "5s"


def plain_type(
    kind: str, declared: object, autogen_context: AutogenContext
) -> str | Literal[False]:
    """Our column types written as the SQL types beneath them: migrations import no models.

    The items of an array are left without their module by Alembic unless it runs on PostgreSQL.
    """
    if kind == "type" and isinstance(declared, postgresql.ARRAY):
        autogen_context.imports.add("from sqlalchemy.dialects import postgresql")
        return f"postgresql.ARRAY(sa.{declared.item_type!r})"
    ours = isinstance(declared, TypeDecorator) and type(declared).__module__.startswith("app.")
    return f"sa.{declared.impl!r}" if kind == "type" and ours else False


def number_revision(
    migration: MigrationContext, revision: object, scripts: list[MigrationScript]
) -> None:
    """0001, 0002, …; and no file at all when nothing changed."""
    (script,) = scripts
    if getattr(context.config.cmd_opts, "autogenerate", False):
        assert script.upgrade_ops is not None
        if script.upgrade_ops.is_empty():
            scripts.clear()
            return
    head = ScriptDirectory.from_config(context.config).get_current_head()
    script.rev_id = f"{int(head or 0) + 1:04d}"


@contextmanager
def foreign_keys_off(connection: Connection) -> Iterator[None]:
    """SQLite alters a table by copying it; with foreign keys on, dropping the old copy would
    delete or refuse the rows that point at it. The pragma is ignored inside a transaction."""
    if connection.dialect.name != "sqlite":
        yield
        return
    before = connection.exec_driver_sql("PRAGMA foreign_keys").scalar_one()
    connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
    connection.commit()
    try:
        yield
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
        if broken is not None:
            raise RuntimeError(f"rows of {broken[0]} point at missing rows of {broken[2]}")
    finally:
        connection.rollback()
        connection.exec_driver_sql(f"PRAGMA foreign_keys={'ON' if before else 'OFF'}")
        connection.commit()


def is_of_the_models(
    _object: object, name: str | None, kind: str, reflected: bool, _other: object
) -> bool:
    """The mark of the walls is a column no model knows."""
    return not (kind == "column" and reflected and name == MARK)


def moves_tables() -> bool:
    """True for upgrade and downgrade, false for what only compares."""
    try:
        context.get_revision_argument()
    except KeyError:
        return False
    return True


def is_newest() -> bool:
    """The laws speak of the tables of the newest migration; older ones stay locked."""
    newest = ScriptDirectory.from_config(context.config).get_current_head()
    return context.get_context().get_current_revision() == newest


def run_online() -> None:
    """All pending migrations in one transaction, then the walls around their tables."""
    options: dict[str, Any] = {
        "target_metadata": Model.metadata,
        "render_as_batch": True,
        "render_item": plain_type,
        "process_revision_directives": number_revision,
        "compare_type": True,
        "include_object": is_of_the_models,
    }
    # A migration knows no module of the portal; values it must encrypt go through these two.
    context.config.attributes.update(seal=seal, unseal=unseal)
    with owner_engine().connect() as connection, foreign_keys_off(connection):
        context.configure(connection=connection, **options)
        moving = moves_tables()
        with context.begin_transaction():
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
            if moving:
                take_down(connection)
            context.run_migrations()
            if moving and is_newest():
                raise_walls(connection)


def run_offline() -> None:
    """``flask db upgrade --sql``: the statements on standard output, for a reviewer."""
    context.configure(
        url=db.engine.url.render_as_string(hide_password=True),
        target_metadata=Model.metadata,
        literal_binds=True,
        render_as_batch=True,
    )
    with context.begin_transaction():
        context.run_migrations()


if context.is_offline_mode():
    run_offline()
else:
    run_online()
