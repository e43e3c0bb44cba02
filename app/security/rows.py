"""The law of rows: which records exist for the actor.

Every feature declares, beside its models, one rule per table: a row law, master data that
all signed-in people share, or an internal table that only services touch. A table without a
declaration has no rows for anybody. The rules are added to every ORM statement of the
session, so lists, choices, related lists, files, REST, charts and jobs obey alike.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any, TypeVar

from flask_appbuilder import Model
from sqlalchemy import ColumnElement, bindparam, false, or_, true
from sqlalchemy.orm import Mapper

from app.core import clock
from app.core.db import UtcDateTime
from app.security.actor import Actor
from app.security.criteria import LawOption, Laws

RowLaw = Callable[[Actor], ColumnElement[bool]]
L = TypeVar("L", bound=RowLaw)

_laws: dict[type[Any], RowLaw] = {}
_stepped_on: dict[type[Any], list[RowLaw]] = {}
_masters: dict[type[Any], str] = {}
_internals: dict[type[Any], str] = {}
_follows: dict[type[Any], Mapping[str, str]] = {}
_append_only: dict[type[Any], tuple[str, ...]] = {}

NOW: ColumnElement[Any] = bindparam("law_now", callable_=clock.now, type_=UtcDateTime())
"""This instant inside a row law; evaluated at each execution, as the laws are kept."""

EXEMPT = "law_exempt"
"""Execution option naming why a statement stands outside the laws; see tests/guards."""


def row_law(model: type[Any]) -> Callable[[L], L]:
    """Declare which rows of ``model`` exist for an actor (never asked for the system)."""

    def register(law: L) -> L:
        _place(model)
        _laws[model] = law
        return law

    return register


def stepping_stone(model: type[Any]) -> Callable[[L], L]:
    """Declare rows of ``model`` that the law of another table steps on for an actor.

    They do not exist for the actor. But where the database keeps rows apart by itself, a law that
    looks into ``model`` sees what the database shows this actor, so it has to show those rows.
    """

    def register(step: L) -> L:
        _stepped_on.setdefault(model, []).append(step)
        return step

    return register


def public_master(model: type[Any], *, reason: str) -> None:
    """Declare reference data that every signed-in person may read."""
    _place(model)
    _masters[model] = reason


def internal(model: type[Any], *, reason: str, follows: Mapping[str, str] | None = None) -> None:
    """Declare a table that only services read, never a generated door.

    ``follows`` names columns that hold keys of other tables (column → table): in the database
    such a row exists for those alone for whom the other one does (see ``walls``).
    """
    _place(model)
    _internals[model] = reason
    if follows:
        _follows[model] = dict(follows)


def followed_by(model: type[Any]) -> Mapping[str, str]:
    """Columns of an internal model → the tables whose rows it follows."""
    return _follows.get(model, {})


def append_only(model: type[Any], *, rewritable: tuple[str, ...] = ()) -> None:
    """Declare a table whose rows are written once: the database refuses to change or drop them.

    ``rewritable`` columns hold values whose retention ends or whose encryption is renewed; they
    change under a switch alone (``app.security.claims.rewriting``), the rest of a row never.
    """
    _append_only[model] = rewritable


def append_only_models() -> dict[type[Any], tuple[str, ...]]:
    """Every model whose rows the database itself keeps as written → its rewritable columns."""
    return dict(_append_only)


def is_internal(model: type[Any]) -> bool:
    """True for tables that no generated view, choice list or export may show."""
    return model in _internals or model.__module__.startswith("flask_appbuilder.")


def declared_models() -> dict[type[Any], str]:
    """Model → ``law``, ``master`` or ``internal`` (docs and guards read it)."""
    kinds = (("law", _laws), ("master", _masters), ("internal", _internals))
    return {model: kind for kind, models in kinds for model in models}


def models_with_laws() -> frozenset[type[Any]]:
    """Every model whose rows differ from actor to actor."""
    return frozenset(_laws)


def mapped_models() -> Iterator[type[Any]]:
    """Every mapped class of the portal and of FAB."""
    for mapper in Model.registry.mappers:
        yield mapper.class_


def visible(model: type[Any], actor: Actor | None) -> ColumnElement[bool] | None:
    """The condition under which rows of ``model`` exist for ``actor``; None: all of them."""
    if is_internal(model) or (actor is not None and actor.is_system):
        return None
    if actor is None:
        return false()
    if model in _masters:
        return None
    law = _laws.get(model)
    return false() if law is None else law(actor)


def shown_by_wall(model: type[Any], actor: Actor) -> ColumnElement[bool]:
    """The condition under which the database itself shows rows of ``model``: those that exist
    for ``actor`` and those that laws of other tables step on."""
    law = visible(model, actor)
    if law is None:
        return true()
    steps = _stepped_on.get(model, ())
    return or_(law, *(step(actor) for step in steps)) if steps else law


@lru_cache(maxsize=512)
def laws_of(actor: Actor | None) -> Laws:
    """The option that puts every statement of this actor under the law.

    The system's lift the law a record was loaded under, for what is loaded from it later.
    """
    options = []
    for model in sorted(mapped_models(), key=lambda m: m.__name__):
        condition = visible(model, actor)
        if condition is None and actor is not None and actor.is_system and model in _laws:
            condition = true()
        if condition is not None:
            options.append(LawOption(model, condition))
    return Laws(options)


def is_scoped(mapper: Mapper[Any]) -> bool:
    """True when rows of the mapped table differ from actor to actor."""
    return mapper.class_ in _laws


def _place(model: type[Any]) -> None:
    if model in declared_models():
        raise RuntimeError(f"{model.__name__} already stands under a law")
    laws_of.cache_clear()
