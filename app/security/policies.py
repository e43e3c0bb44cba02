"""The row laws as SQL of PostgreSQL: the same functions, asked once per role.

A law is called with an actor whose keys are not numbers but questions to the database ("whose
institution does the claim of this transaction name?"). What it answers is the condition of a
policy. So no rule is written twice, and a law that cannot be asked like this fails a test.

Inside a policy other tables are read past their own policies, which would ask each other in
circles. A table with a simple look (cases, notifications: the long lists) takes it through a view
of keys alone, which the planner can turn into a set; for every other table one function looks,
reading as the owner of the tables, whose plans are made once per connection and not with every
statement. What the row itself can tell is asked first.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from operator import or_
from typing import Any

from sqlalchemy import BindParameter, Column, ColumnElement, Select, Table, literal_column
from sqlalchemy.dialects import postgresql
from sqlalchemy.sql import visitors
from sqlalchemy.sql.elements import BooleanClauseList
from sqlalchemy.sql.selectable import Alias

from app.security import rows
from app.security.claims import OPENING
from app.security.roles import RoleName
from app.security.standings import CLAIM, SCHEMA, Standing, actor_in, standings_before
from app.security.temporary import OwnTie, own_ties_in

ANYBODY = f"(SELECT {SCHEMA}.role()) IS NOT NULL"
"""The policy of shared and internal tables: there is an actor at all."""
TOUCHED = f"wall_xact = (SELECT {SCHEMA}.this_transaction())"
"""The row was made or changed by this very transaction, which therefore knows it."""

_DIALECT: Any = postgresql.dialect()  # type: ignore[no-untyped-call]
_FALSE = "false"
_NOW = f"{SCHEMA}.now_of({{who}})"
# What is left of a look for a role whose law about the other table is "none".
_NOWHERE = re.compile(r"EXISTS \(SELECT [^()]* WHERE false\)")


@dataclass(slots=True)
class Policy:
    """Conditions of one table, the function that looks further, if any, and the keys
    (table → columns) that are read through views."""

    table: str
    condition: str
    may_insert: str
    function: str | None = None
    keys: dict[str, set[str]] = field(default_factory=dict)


@dataclass(slots=True)
class _Parts:
    """SQL → who stands under it."""

    plain: dict[str, list[Standing]] = field(default_factory=lambda: defaultdict(list))
    looks: dict[str, list[Standing]] = field(default_factory=lambda: defaultdict(list))
    own: dict[str, None] = field(default_factory=dict)
    """The row's columns that the looks need, in order."""
    keys: dict[str, set[str]] = field(default_factory=dict)


def lawful_policies() -> Iterator[Policy]:
    """One policy for every model under a row law, in the order of table names."""
    for model in sorted(rows.models_with_laws(), key=lambda m: m.__tablename__):
        yield policy_of(model)


def policy_of(model: type[Any]) -> Policy:
    """The law of ``model`` for all roles, system included."""
    table = model.__table__
    parts = _parts_of(model)
    everything = [Standing(RoleName.SYSTEM), *parts.plain.pop("(true)", [])]
    condition = _by_standing({"true": everything, **parts.plain})
    function = None
    if parts.looks:
        name = f"{SCHEMA}.sees_{table.name}"
        function = _function(name, parts.looks, [table.c[column] for column in parts.own])
        own = [f"{_quote(table.name)}.{_quote(column)}" for column in parts.own]
        condition += f" OR {name}({', '.join([CLAIM, *own])})"
    tie = own_ties_in(table.name)
    if tie is not None:
        condition += f" OR {of_oneself(tie, _quote(table.name))}"
    named = (*parts.plain.values(), *parts.looks.values(), everything)
    return Policy(
        table=table.name,
        condition=f"{condition} OR {TOUCHED}",
        may_insert=f"(SELECT {SCHEMA}.role()) IN ({_words({one.role for some in named for one in some})})",
        function=function,
        keys=parts.keys,
    )


def of_oneself(tie: OwnTie, row: str) -> str:
    """``row`` is the tie by which the one who acts opens a record right now."""
    return (
        f"({row}.{_quote(tie.user)} = {CLAIM}[2]::integer"
        f" AND {row}.{_quote(tie.institution)} = {CLAIM}[3]::integer"
        f" AND {row}.{_quote(tie.until)} IS NOT NULL"
        f" AND {CLAIM}[7] = '{OPENING}' || {row}.{_quote(tie.record)})"
    )


def _parts_of(model: type[Any]) -> _Parts:
    parts, table = _Parts(), model.__table__
    inline = _looks_simply(model)
    for standing in standings_before(model):
        plain, looks = [], []
        laws = zip(
            _alternatives(model, standing), _alternatives(model, standing, "who"), strict=True
        )
        for here, inside in laws:
            if inline or not _looks(here):
                plain.append(_compiled(here, table, keys=parts.keys))
            else:
                looks.append(_compiled(inside, table, own=parts.own))
        for group, sql in ((parts.plain, plain), (parts.looks, looks)):
            whole = " OR ".join(f"({part})" for part in sql if part != _FALSE)
            if whole:
                group[whole].append(standing)
    return parts


def _alternatives(
    model: type[Any], standing: Standing, who: str = CLAIM
) -> list[ColumnElement[bool]]:
    law = rows.shown_by_wall(model, actor_in(standing, who))
    if isinstance(law, BooleanClauseList) and law.operator is or_:
        return list(law.clauses)
    return [law]


def _looks(law: ColumnElement[bool]) -> int:
    return sum(isinstance(part, Select) for part in visitors.iterate(law))


def _looks_simply(model: type[Any]) -> bool:
    """At most one look for anybody, and no more than three kinds of it."""
    found: set[str] = set()
    for standing in standings_before(model):
        looking = [law for law in _alternatives(model, standing) if _looks(law)]
        if sum(map(_looks, looking)) > 1:
            return False
        found.update(_compiled(law, model.__table__, keys={}) for law in looking)
    return len(found) <= 3


def _function(name: str, looks: dict[str, list[Standing]], own: list[Column[Any]]) -> str:
    """The looks of everybody. A high cost, so that the planner asks it last and of few rows."""
    arguments = ", ".join(
        ["who text[]", *(f'"own_{c.name}" {c.type.compile(dialect=_DIALECT)}' for c in own)]
    )
    branches = " ".join(
        f"IF {_any_of(standings, 'who')} THEN RETURN {body}; END IF;"
        for body, standings in looks.items()
    )
    return (
        f"CREATE FUNCTION {name}({arguments}) RETURNS boolean LANGUAGE plpgsql STABLE"
        f" SECURITY DEFINER COST 1000 AS $$ BEGIN {branches} RETURN false; END $$"
    )


def _compiled(
    law: ColumnElement[bool],
    table: Table,
    *,
    keys: dict[str, set[str]] | None = None,
    own: dict[str, None] | None = None,
) -> str:
    """SQL for the policy itself (``keys`` notes what it reads by views) or for its function
    (``own`` notes the columns of the row, which are arguments there)."""
    inside = own is not None
    now = _NOW.format(who="who") if inside else f"(SELECT {_NOW.format(who=CLAIM)})"

    def fix(element: Any, **_: Any) -> Any:
        if isinstance(element, BindParameter) and element.key == rows.NOW.key:
            return literal_column(now, element.type)
        if not isinstance(element, Column):
            return None
        if element.table is not table:
            source: Any = element.table
            source = source.element if isinstance(source, Alias) else source
            if keys is not None:
                keys.setdefault(source.name, set()).add(element.name)
            return None
        if own is not None:
            own[element.name] = None
            return literal_column(f'"own_{element.name}"', element.type)
        return literal_column(f"{_quote(table.name)}.{_quote(element.name)}", element.type)

    compiled = visitors.replacement_traverse(law, {}, replace=fix).compile(
        dialect=_DIALECT,
        compile_kwargs={"literal_binds": True},
        schema_translate_map={None: "public" if inside else SCHEMA},
        render_schema_translate=True,
    )
    return _NOWHERE.sub(_FALSE, " ".join(str(compiled).split()))


def _quote(name: str) -> str:
    quoted: str = _DIALECT.identifier_preparer.quote(name)
    return quoted


def _by_standing(groups: dict[str, list[Standing]]) -> str:
    """Who acts is asked once per statement, and only their own condition is ever evaluated."""
    which, conditions = [], []
    for number, (sql, standings) in enumerate(groups.items()):
        which.append(f"WHEN {_any_of(standings, 'c')} THEN {number}")
        conditions.append(f"WHEN {number} THEN ({sql})")
    asked = f"(SELECT CASE {' '.join(which)} END FROM {SCHEMA}.claim() AS c)"  # noqa: S608
    return f"CASE {asked} {' '.join(conditions)} ELSE false END"


def _any_of(standings: list[Standing], who: str) -> str:
    """Whole roles together, then those of which only a part stands there."""
    plain = {one.role for one in standings if one.is_whole_role}
    whole = [f"{who}[1] IN ({_words(plain)})"] if plain else []
    return " OR ".join(
        [*whole, *(one.condition(who) for one in standings if one.role not in plain)]
    )


def _words(roles: Iterable[str]) -> str:
    return ", ".join(f"'{role}'" for role in sorted(roles))
