"""Row-level security of PostgreSQL as the second wall, built from the declarations of the laws.

The role that owns the tables runs migrations and raises the walls; the portal itself runs under
another role that owns nothing. ``raise_walls`` is idempotent: it takes the old ones down and
builds those of the present laws, in the transaction of the caller. See docs/adr/0011.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from flask import current_app
from sqlalchemy import Connection, Engine, NullPool, Table, create_engine, inspect, make_url

from app.core.db import db
from app.security import append_only, rows
from app.security.actor import acting_as, system_actor
from app.security.claims import wall_key
from app.security.foundations import FOUNDATIONS
from app.security.policies import ANYBODY, Policy, lawful_policies, of_oneself
from app.security.roles import RoleName
from app.security.standings import SCHEMA
from app.security.temporary import OwnTie, own_ties_in

MARK = "wall_xact"
"""A column of the walls, not of the models: which transaction last touched the row."""
_BLOCK = 64


class WallsImpossible(RuntimeError):
    """The database roles are such that policies would not hold; the message says why."""


@dataclass(frozen=True, slots=True)
class WallStatus:
    """What stands in a database."""

    raised: bool
    role: str
    bypasses: bool
    policies: int
    missing: tuple[str, ...]
    knows_key: bool = True


def owner_engine() -> Engine:
    """The engine of migrations and walls: the owner's, or the portal's own where there is one.

    Needs an application context, as everything here that reads the configuration.
    """
    owner_url = current_app.config["DATABASE_OWNER_URL"]
    if not owner_url:
        return db.engine
    # Commands open it once; nothing is kept open behind them.
    return create_engine(owner_url, hide_parameters=True, poolclass=NullPool)


def app_role() -> str | None:
    """The database role the portal runs under, None while that is the owner itself."""
    owner_url = current_app.config["DATABASE_OWNER_URL"]
    role = db.engine.url.username
    return role if owner_url and role != make_url(owner_url).username else None


def take_down(connection: Connection) -> None:
    """Remove everything ``raise_walls`` built except the locks: without policies, no rows."""
    if connection.dialect.name == "postgresql":
        # Policies and triggers depend on the functions of the schema and go with it.
        connection.exec_driver_sql(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
    append_only.take_down(connection)


def raise_walls(connection: Connection) -> None:
    """Build the walls of the present laws around the tables that exist.

    On PostgreSQL without an application's role of its own only what is written once is kept.

    Raises:
        WallsImpossible: the application's role is unknown, may pass policies or owns the tables.
    """
    take_down(connection)
    existing = set(inspect(connection).get_table_names())
    if connection.dialect.name == "postgresql":
        _run(connection, [FOUNDATIONS])
        _keep_key(connection, current_app.config["SECRET_KEY"])
        role = app_role()
        if role is not None:
            _refuse_weak_role(connection, role)
            _build(connection, existing, role)
    append_only.put_up(connection, existing)


def status(connection: Connection) -> WallStatus:
    """What stands around the role of ``connection``."""
    if connection.dialect.name != "postgresql":
        return WallStatus(raised=False, role="", bypasses=True, policies=0, missing=())
    one = connection.exec_driver_sql
    role, may_pass = one(
        "SELECT current_user, rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
    ).one()
    tables = {
        name: (locked, owned)
        for name, locked, owned in one(
            "SELECT relname, relrowsecurity, pg_has_role(current_user, relowner, 'USAGE')"
            " FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
        )
    }
    raised = bool(one("SELECT to_regnamespace('wall') IS NOT NULL").scalar_one())
    wanted = {model.__tablename__ for model in rows.declared_models()} & tables.keys()
    owns = any(owned for _locked, owned in tables.values())
    return WallStatus(
        raised=raised,
        role=role,
        bypasses=may_pass or owns,
        policies=one("SELECT count(*) FROM pg_policies WHERE schemaname='public'").scalar_one(),
        missing=tuple(sorted(name for name in wanted if not tables[name][0])),
        knows_key=not raised or _knows_key(connection),
    )


def _knows_key(connection: Connection) -> bool:
    with acting_as(system_actor("walls")):
        told = connection.exec_driver_sql("SELECT wall.role()").scalar_one()
    return bool(told == RoleName.SYSTEM.value)


def _build(connection: Connection, existing: set[str], role: str) -> None:
    laws = list(lawful_policies())
    lawful = {policy.table for policy in laws}
    policies = [policy for policy in laws if policy.table in existing]
    _run(connection, _views(policies, role))
    for policy in policies:
        _run(connection, _wall(policy, lawful))
    for table, condition in sorted(_shared_tables().items()):
        if table in existing:
            _run(connection, _locked(table, condition, ANYBODY))
    _run(connection, _privileges(existing, role))


def _refuse_weak_role(connection: Connection, app_role: str) -> None:
    found = connection.exec_driver_sql(
        "SELECT rolsuper OR rolbypassrls, pg_has_role(rolname, current_user, 'USAGE')"
        " FROM pg_roles WHERE rolname = %s",
        (app_role,),
    ).first()
    if found is None:
        raise WallsImpossible(f"there is no database role {app_role}")
    if found[0] or found[1]:
        raise WallsImpossible(f"the database role {app_role} passes policies or owns the tables")


def _run(connection: Connection, statements: Iterable[str]) -> None:
    for statement in statements:
        # No parameters follow, so a percent sign in a condition must be doubled for the driver.
        connection.exec_driver_sql(statement.replace("%", "%%"))


def _keep_key(connection: Connection, secret: str) -> None:
    key = wall_key(secret).ljust(_BLOCK, b"\0")
    assert hashlib.sha256().block_size == _BLOCK
    connection.exec_driver_sql(
        "INSERT INTO wall.key VALUES (%s, %s)",
        (bytes(b ^ 0x36 for b in key), bytes(b ^ 0x5C for b in key)),
    )


def _views(policies: list[Policy], app_role: str) -> Iterator[str]:
    """Keys of tables that conditions look into once, past the policies of those tables."""
    keys: dict[str, set[str]] = {}
    for policy in policies:
        for table, columns in policy.keys.items():
            keys.setdefault(table, set()).update(columns)
    yield f'GRANT USAGE ON SCHEMA {SCHEMA} TO "{app_role}"'
    for table, columns in sorted(keys.items()):
        names = ", ".join(f'"{name}"' for name in sorted(columns))
        yield f'CREATE VIEW {SCHEMA}."{table}" AS SELECT {names} FROM public."{table}"'  # noqa: S608
        yield f'GRANT SELECT ON {SCHEMA}."{table}" TO "{app_role}"'


def _wall(policy: Policy, lawful: set[str]) -> Iterator[str]:
    """Policies and the guard of references of one table under a row law."""
    table = db.metadata.tables[policy.table]
    yield f'ALTER TABLE public."{table.name}" ADD COLUMN IF NOT EXISTS {MARK} bigint'
    if policy.function is not None:
        yield policy.function
    yield from _locked(table.name, policy.condition, policy.may_insert)
    yield _guard(table, lawful)
    yield (
        f'CREATE TRIGGER wall_guard BEFORE INSERT OR UPDATE ON public."{table.name}"'
        f" FOR EACH ROW EXECUTE FUNCTION {SCHEMA}.guard_{table.name}()"
    )


def _locked(table: str, condition: str, may_insert: str) -> Iterator[str]:
    target = f'public."{table}"'
    yield f"ALTER TABLE {target} ENABLE ROW LEVEL SECURITY"
    yield f"CREATE POLICY wall_read ON {target} FOR SELECT USING ({condition})"
    yield f"CREATE POLICY wall_add ON {target} FOR INSERT WITH CHECK ({may_insert})"
    yield (
        f"CREATE POLICY wall_change ON {target} FOR UPDATE"
        f" USING ({condition}) WITH CHECK ({may_insert})"
    )
    yield f"CREATE POLICY wall_remove ON {target} FOR DELETE USING ({condition})"


def _guard(table: Table, lawful: set[str]) -> str:
    """A new or changed reference must point at a row that exists for the actor, as in the
    session; the row then bears the mark of the transaction."""
    tie = own_ties_in(table.name)
    checks = [
        f"IF NEW.\"{column.name}\" IS NOT NULL AND (TG_OP = 'INSERT'"  # noqa: S608
        f' OR NEW."{column.name}" IS DISTINCT FROM OLD."{column.name}")'
        f' AND NOT EXISTS (SELECT 1 FROM public."{key.column.table.name}" t'
        f' WHERE t."{key.column.name}" = NEW."{column.name}")'
        f"{_unless_opened(column.name, tie)} THEN"
        f" RAISE insufficient_privilege USING MESSAGE ="
        f" '{table.name}.{column.name} names a row outside the wall'; END IF;"
        for column in table.columns
        for key in column.foreign_keys
        if key.column.table.name in lawful
    ]
    return (
        f"CREATE FUNCTION {SCHEMA}.guard_{table.name}() RETURNS trigger LANGUAGE plpgsql AS $$\n"
        "BEGIN\n"
        f"IF {SCHEMA}.role() IS NOT DISTINCT FROM 'system' THEN RETURN NEW; END IF;\n"
        "PERFORM pg_current_xact_id();\n"
        + "\n".join(checks)
        + f"\nNEW.{MARK} := {SCHEMA}.this_transaction();\nRETURN NEW;\nEND $$"
    )


def _unless_opened(column: str, tie: OwnTie | None) -> str:
    """What keeps a guard from refusing the tie of the one who opens a record."""
    if tie is None or column != tie.record:
        return ""
    return f" AND {of_oneself(tie, 'NEW')} IS NOT TRUE"


def _shared_tables() -> dict[str, str]:
    """Master data and internal tables, and the users: only where somebody acts at all."""
    laws = rows.models_with_laws()
    shared = {m: rows.followed_by(m) for m in rows.declared_models() if m not in laws}
    conditions = {m.__tablename__: _following(m.__tablename__, f) for m, f in shared.items()}
    return conditions | {"ab_user": ANYBODY}


def _following(table: str, follows: Mapping[str, str]) -> str:
    """Rows about nobody, and rows about somebody who exists for the actor."""
    if not follows:
        return ANYBODY
    about_nobody = " AND ".join(f'"{column}" IS NULL' for column in follows)
    seen = " OR ".join(
        f'EXISTS (SELECT 1 FROM public."{target}" t WHERE t.id = "{table}"."{column}")'  # noqa: S608
        for column, target in follows.items()
    )
    system = f"(SELECT {SCHEMA}.role()) = '{RoleName.SYSTEM.value}'"
    return f"{system} OR ({ANYBODY} AND ({about_nobody} OR {seen}))"


def _privileges(existing: set[str], app_role: str) -> Iterator[str]:
    """Reading and writing rows, nothing else; what is written once is never changed."""
    role = f'"{app_role}"'
    yield "REVOKE CREATE ON SCHEMA public FROM PUBLIC"
    yield f"GRANT USAGE ON SCHEMA public TO {role}"
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}"
    yield f"GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA public TO {role}"
    once = {model.__tablename__: names for model, names in rows.append_only_models().items()}
    for table in sorted(existing):
        rights = "SELECT, INSERT, UPDATE, DELETE"
        if table in once:
            columns = ", ".join(once[table])
            rights = f"SELECT, INSERT, UPDATE ({columns})" if columns else "SELECT, INSERT"
        elif table == "alembic_version":
            rights = "SELECT"
        yield f'GRANT {rights} ON public."{table}" TO {role}'
