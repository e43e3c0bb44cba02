"""Every test starts from the same migrated database, on SQLite and on PostgreSQL.

The database is built once per worker and kept as a template; a test gets a fresh copy of it
under the same address, so that one application serves all tests of that worker.
"""

import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

import alembic.command
import alembic.config
import pytest
from flask import Flask

from app import create_app
from app.core.db import db
from config import ROOT, TestSettings
from tests.support.postgres import OWNER, PostgresMissing, Server, running_server

MIGRATIONS = ROOT / "migrations"

FILLERS: list[Callable[[Flask], None]] = []
"""Steps after the migrations that every test's database starts with (master data, roles)."""


class Database(Protocol):
    """A database that can be put back to its template."""

    url: str
    owner_url: str

    def keep_as_template(self) -> None:
        """Make what is there now the start of every test."""

    def restore(self) -> None:
        """Put a fresh copy of the template in place."""


class SqliteDatabase:
    """A file, copied from a template file."""

    def __init__(self, directory: Path) -> None:
        self.path = directory / "portal.sqlite3"
        self.template = directory / "template.sqlite3"
        self.url = f"sqlite:///{self.path}"
        self.owner_url = ""

    def keep_as_template(self) -> None:
        shutil.copyfile(self.path, self.template)

    def restore(self) -> None:
        for suffix in ("-wal", "-shm", "-journal"):
            Path(f"{self.path}{suffix}").unlink(missing_ok=True)
        shutil.copyfile(self.template, self.path)


class PostgresDatabase:
    """A database cloned by the server from a template database."""

    def __init__(self, server: Server, name: str = "portal") -> None:
        self.server = server
        self.name = name
        self.template = f"{name}_template"
        self.url = server.url(name)
        self.owner_url = server.url(name, OWNER)
        server.create(name)

    def keep_as_template(self) -> None:
        self.server.rename(self.name, self.template)

    def restore(self) -> None:
        self.server.drop(self.name)
        self.server.create(self.name, template=self.template)


def migrate() -> None:
    """Bring the database of the current application to the newest migration."""
    if any((MIGRATIONS / "versions").glob("[0-9]*.py")):
        settings = alembic.config.Config(str(MIGRATIONS / "alembic.ini"))
        alembic.command.upgrade(settings, "head")
    else:
        db.metadata.create_all(db.engine)


def release_connections(app: Flask) -> None:
    """Close what the application's pool still holds, so that the database can be replaced."""
    with app.app_context():
        db.session.remove()
        for engine in db.engines.values():
            engine.dispose()


class Prepared:
    """One application with its database and the template of it."""

    def __init__(
        self,
        database: Database,
        data: Path,
        *,
        fillers: Sequence[Callable[[Flask], None]] | None = None,
    ) -> None:
        """``fillers`` instead of FILLERS, for tests that bring people of their own."""
        self.database, self.data = database, data
        self.app = create_app(
            TestSettings(database.url, DATA_DIR=str(data), DATABASE_OWNER_URL=database.owner_url)
        )
        with self.app.app_context():
            migrate()
            for fill in FILLERS if fillers is None else fillers:
                fill(self.app)
        release_connections(self.app)
        database.keep_as_template()
        self._settings = dict(self.app.config)
        self._files = set(data.iterdir())

    def restore(self) -> None:
        """The start of a test: the database, the settings and the files as they were made."""
        self.database.restore()
        self.app.config.clear()
        self.app.config.update(self._settings)
        for left in set(self.data.iterdir()) - self._files:
            shutil.rmtree(left) if left.is_dir() else left.unlink()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Both databases, unless the test says (or, in the browser, is known) that one is enough."""
    if "prepared" not in metafunc.fixturenames:
        return
    kinds = [pytest.param("sqlite"), pytest.param("postgresql", marks=pytest.mark.postgres)]
    if any(metafunc.definition.get_closest_marker(name) for name in ("browser", "one_database")):
        kinds = kinds[:1]
    elif metafunc.definition.get_closest_marker("only_postgresql"):
        kinds = kinds[1:]
    metafunc.parametrize("prepared", kinds, indirect=True)


@pytest.fixture(scope="session")
def prepared_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    return Prepared(
        SqliteDatabase(tmp_path_factory.mktemp("sqlite")), tmp_path_factory.mktemp("data")
    )


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    database = SqliteDatabase(tmp_path_factory.mktemp("empty"))
    return Prepared(database, tmp_path_factory.mktemp("data"), fillers=())


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    try:
        with running_server() as server:
            yield server
    except PostgresMissing as reason:
        pytest.skip(str(reason))


@pytest.fixture(scope="session")
def prepared_postgres(
    postgres_server: Server, tmp_path_factory: pytest.TempPathFactory
) -> Prepared:
    return Prepared(PostgresDatabase(postgres_server), tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="session")
def empty_postgres(postgres_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    database = PostgresDatabase(postgres_server, "empty")
    return Prepared(database, tmp_path_factory.mktemp("empty"), fillers=())


@pytest.fixture
def prepared(request: pytest.FixtureRequest) -> Iterator[Prepared]:
    """The application on the database the test is parametrised with, freshly restored."""
    start = "empty" if request.node.get_closest_marker("empty_database") else "prepared"
    name = f"{start}_{'sqlite' if request.param == 'sqlite' else 'postgres'}"
    chosen: Prepared = request.getfixturevalue(name)
    chosen.restore()
    yield chosen
    release_connections(chosen.app)


@pytest.fixture
def database_url(prepared: Prepared) -> str:
    """The address of a migrated database nobody else uses."""
    return prepared.database.url


@pytest.fixture
def app(prepared: Prepared) -> Flask:
    """The portal on a fresh database. Push ``app.app_context()`` to use ``db.session``."""
    return prepared.app
