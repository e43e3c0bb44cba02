"""The row laws as SQL of PostgreSQL: the same functions, asked once per role.

A law is called with an actor whose keys are not numbers but questions to the database ("whose
institution does the claim of this transaction name?"). What it answers is the condition of a
policy. So no rule is written twice, and a law that cannot be asked like this fails a test.

Inside a policy other tables are read past their own policies, which would ask each other in
circles: one look through a view of keys alone, which the planner can turn into a set for long
lists; longer ways through a function that reads as the owner of the tables, whose plan is made
once per connection and not with every statement.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from operator import or_
from typing import Any

from sqlalchemy import BindParameter, Column, ColumnElement, Exists, Table, literal_column
from sqlalchemy.dialects import postgresql
from sqlalchemy.sql import visitors
from sqlalchemy.sql.elements import BooleanClauseList
from sqlalchemy.sql.selectable import Alias

from app.security import rows
from app.security.actor import Actor
from app.security.roles import RoleName

SCHEMA = "wall"
ANYBODY = f"(SELECT {SCHEMA}.role()) IS NOT NULL"
"""The policy of shared and internal tables: there is an actor at all."""
TOUCHED = f"wall_xact = (SELECT {SCHEMA}.this_transaction())"
"""The row was made or changed by this very transaction, which therefore knows it."""

_DIALECT: Any = postgresql.dialect()  # type: ignore[no-untyped-call]
_FALSE = "false"
_CLAIM = f"(SELECT {SCHEMA}.claim())"  # asked once per statement
# The place of each key in the claim, see claims.claim_of.
_KEYS = {
    "user_id": "{who}[2]::integer",
    "institution_id": "{who}[3]::integer",
    "authority_id": "{who}[4]::integer",
    "prefecture_code": "{who}[5]",
}
_NOW = f"{SCHEMA}.now_of({{who}})"


@dataclass(slots=True)
class Policy:
    """Conditions of one table, the functions they call and the keys (table → columns) they read."""

    table: str
    condition: str = _FALSE
    may_insert: str = _FALSE
    functions: dict[str, str] = field(default_factory=dict)
    """Body → name."""
    definitions: list[str] = field(default_factory=list)
    keys: dict[str, set[str]] = field(default_factory=dict)


def lawful_policies() -> Iterator[Policy]:
    """One policy for every model under a row law, in the order of table names."""
    for model in sorted(rows.models_with_laws(), key=lambda m: m.__tablename__):
        yield policy_of(model)


def policy_of(model: type[Any]) -> Policy:
    """The law of ``model`` for all roles, system included."""
    policy = Policy(model.__tablename__)
    groups: dict[str, list[str]] = {"true": [RoleName.SYSTEM.value]}
    for role in RoleName:
        if role is not RoleName.SYSTEM:
            sql = _condition(model, role, policy)
            groups.setdefault(sql, []).append(role.value)
    groups.pop(f"({_FALSE})", None)
    policy.condition = f"{_by_role(groups)} OR {TOUCHED}"
    policy.may_insert = _one_of([role for group in groups.values() for role in group])
    return policy


def actor_in(role: RoleName, who: str = _CLAIM) -> Actor:
    """Whoever the claim ``who`` (an SQL expression) names, known to hold ``role``."""
    keys: dict[str, Any] = {
        name: literal_column(place.format(who=who)) for name, place in _KEYS.items()
    }
    return Actor(name="", role=role, **keys)


def _condition(model: type[Any], role: RoleName, policy: Policy) -> str:
    """The law for ``role`` as SQL; each of its alternatives is asked in the cheapest way."""
    here = rows.visible(model, actor_in(role))
    inside = rows.visible(model, actor_in(role, "who"))
    if here is None or inside is None:
        return "true"
    table = model.__table__
    pairs = zip(_alternatives(here), _alternatives(inside), strict=True)
    return " OR ".join(_asked(one, same, table, policy) for one, same in pairs)


def _alternatives(law: ColumnElement[bool]) -> list[ColumnElement[bool]]:
    if isinstance(law, BooleanClauseList) and law.operator is or_:
        return list(law.clauses)
    return [law]


def _asked(
    here: ColumnElement[bool], inside: ColumnElement[bool], table: Table, policy: Policy
) -> str:
    """``here`` and ``inside`` are one condition, about the policy's claim and an argument."""
    looks = sum(isinstance(part, Exists) for part in visitors.iterate(here))
    if looks <= 1:
        sql, _own = _compiled(here, table, _CLAIM, "", policy.keys)
        return f"({sql})"
    body, own = _compiled(inside, table, "who", "own_", None)
    if body not in policy.functions:
        name = f"{SCHEMA}.sees_{table.name}_{len(policy.functions) + 1}"
        policy.functions[body] = name
        policy.definitions.append(_function(name, body, [table.c[column] for column in own]))
    quoted = [f"{_quote(table.name)}.{_quote(column)}" for column in own]
    return f"{policy.functions[body]}({', '.join([_CLAIM, *quoted])})"


def _function(name: str, body: str, own: list[Column[Any]]) -> str:
    """A high cost, so that the planner asks it last and of few rows."""
    arguments = ", ".join(
        ["who text[]", *(f'"own_{c.name}" {c.type.compile(dialect=_DIALECT)}' for c in own)]
    )
    return (
        f"CREATE FUNCTION {name}({arguments}) RETURNS boolean LANGUAGE plpgsql STABLE"
        f" SECURITY DEFINER COST 1000 AS $$ BEGIN RETURN ({body}); END $$"
    )


def _compiled(
    law: ColumnElement[bool],
    table: Table,
    who: str,
    prefix: str,
    keys: dict[str, set[str]] | None,
) -> tuple[str, list[str]]:
    """SQL and the row's own columns in it, named plainly or as arguments (``prefix``).

    With ``keys`` other tables are read through their views, and what is read is noted there.
    """
    own: list[str] = []

    def fix(element: Any, **_: Any) -> Any:
        if isinstance(element, BindParameter) and element.key == rows.NOW.key:
            now = _NOW.format(who=who)
            return literal_column(now if keys is None else f"(SELECT {now})", element.type)
        if not isinstance(element, Column):
            return None
        if element.table is not table:
            source: Any = element.table
            source = source.element if isinstance(source, Alias) else source
            if keys is not None:
                keys.setdefault(source.name, set()).add(element.name)
            return None
        if element.name not in own:
            own.append(element.name)
        name = _quote(prefix + element.name)
        return literal_column(name if prefix else f"{_quote(table.name)}.{name}", element.type)

    compiled = visitors.replacement_traverse(law, {}, replace=fix).compile(
        dialect=_DIALECT,
        compile_kwargs={"literal_binds": True},
        schema_translate_map={None: "public" if keys is None else SCHEMA},
        render_schema_translate=True,
    )
    return " ".join(str(compiled).split()), own


def _quote(name: str) -> str:
    quoted: str = _DIALECT.identifier_preparer.quote(name)
    return quoted


def _by_role(groups: dict[str, list[str]]) -> str:
    """The role is asked once per statement, and only its own condition is ever evaluated."""
    roles, conditions = [], []
    for number, (sql, names) in enumerate(groups.items()):
        roles += [f"WHEN '{name}' THEN {number}" for name in names]
        conditions.append(f"WHEN {number} THEN ({sql})")
    which = f"(SELECT CASE {SCHEMA}.role() {' '.join(roles)} END)"
    return f"CASE {which} {' '.join(conditions)} ELSE false END"


def _one_of(roles: list[str]) -> str:
    names = ", ".join(f"'{role}'" for role in roles)
    return f"(SELECT {SCHEMA}.role()) IN ({names})"
