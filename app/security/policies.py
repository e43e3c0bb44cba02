"""The row laws as SQL of PostgreSQL: the same functions, asked once per role.

A law is called with an actor whose keys are not numbers but questions to the database ("whose
institution does the claim of this transaction name?"). What it answers is the condition of a
policy. So no rule is written twice, and a law that cannot be asked like this fails a test.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import BindParameter, Column, ColumnElement, Table, func, literal_column, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.sql import visitors
from sqlalchemy.sql.selectable import Alias

from app.security import rows
from app.security.actor import Actor
from app.security.roles import RoleName

SCHEMA = "wall"
FALSE = "false"
ANYBODY = f"(SELECT {SCHEMA}.role()) IS NOT NULL"
"""The policy of shared and internal tables: there is an actor at all."""
TOUCHED = f"wall_xact = (SELECT {SCHEMA}.this_transaction())"
"""The row was made or changed by this very transaction, which therefore knows it."""

_DIALECT: Any = postgresql.dialect()  # type: ignore[no-untyped-call]


@dataclass(slots=True)
class Policy:
    """Conditions of one table; ``asked`` are the columns of tables that its law looks into."""

    table: str
    condition: str
    may_insert: str
    asked: dict[str, set[str]] = field(default_factory=dict)


def lawful_policies() -> Iterator[Policy]:
    """One policy for every model under a row law, in the order of table names."""
    for model in sorted(rows.models_with_laws(), key=lambda m: m.__tablename__):
        yield policy_of(model)


def policy_of(model: type[Any]) -> Policy:
    """The law of ``model`` for all roles, system included."""
    asked: dict[str, set[str]] = {}
    groups: dict[str, list[str]] = {"true": [RoleName.SYSTEM.value]}
    for role in RoleName:
        if role is not RoleName.SYSTEM:
            sql = _condition(model, role, asked)
            groups.setdefault(sql, []).append(role.value)
    groups.pop(FALSE, None)
    return Policy(
        table=model.__tablename__,
        condition=f"{_by_role(groups)} OR {TOUCHED}",
        may_insert=_one_of(role for group in groups.values() for role in group),
        asked=asked,
    )


def actor_in(role: RoleName) -> Actor:
    """Whoever the claim of the transaction names, known to hold ``role``."""
    keys: dict[str, Any] = {
        name: select(getattr(func.wall, name)()).scalar_subquery()
        for name in ("user_id", "institution_id", "authority_id", "prefecture_code")
    }
    return Actor(name="", role=role, **keys)


def _condition(model: type[Any], role: RoleName, asked: dict[str, set[str]]) -> str:
    law = rows.visible(model, actor_in(role))
    return "true" if law is None else _compiled(law, model.__table__, asked)


def _compiled(law: ColumnElement[bool], table: Table, asked: dict[str, set[str]]) -> str:
    """Own columns by their plain names; other tables through the keys-only views."""

    def fix(element: Any, **_: Any) -> Any:
        if isinstance(element, BindParameter) and element.key == rows.NOW.key:
            return select(func.wall.now()).scalar_subquery()
        if not isinstance(element, Column):
            return None
        if element.table is table:
            quote = _DIALECT.identifier_preparer.quote
            return literal_column(f"{quote(table.name)}.{quote(element.name)}", element.type)
        source: Any = element.table.element if isinstance(element.table, Alias) else element.table
        asked.setdefault(source.name, set()).add(element.name)
        return None

    fixed = visitors.replacement_traverse(law, {}, replace=fix)
    compiled = fixed.compile(
        dialect=_DIALECT,
        compile_kwargs={"literal_binds": True},
        schema_translate_map={None: SCHEMA},
        render_schema_translate=True,
    )
    return " ".join(str(compiled).split())


def _by_role(groups: dict[str, list[str]]) -> str:
    """The role is asked once per statement, and only its own condition is ever evaluated."""
    roles, conditions = [], []
    for number, (sql, names) in enumerate(groups.items()):
        roles += [f"WHEN '{name}' THEN {number}" for name in names]
        conditions.append(f"WHEN {number} THEN ({sql})")
    which = f"(SELECT CASE {SCHEMA}.role() {' '.join(roles)} END)"
    return f"CASE {which} {' '.join(conditions)} ELSE false END"


def _one_of(roles: Any) -> str:
    names = ", ".join(f"'{role}'" for role in roles)
    return f"(SELECT {SCHEMA}.role()) IN ({names})"
