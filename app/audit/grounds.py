"""On what ground somebody looks: the tie of the actor to the case or person at that instant.

Features register how their ties are found; the answer is worked out by the database inside
the statement that writes the look, so that it costs no statement of its own.
"""

from collections.abc import Callable
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, bindparam, func, literal

from app.core.labels import CodeList
from app.security.actor import Actor
from app.security.roles import RoleName

LOOK_RELATION = CodeList(
    "look_relation",
    ("responsible", "担当保健所", "Responsible health centre"),
    ("related", "関係保健所", "Related health centre"),
    ("reporting", "届出医療機関", "Reporting institution"),
    ("treating", "療養・治療機関", "Treating institution"),
    ("observing", "健康観察機関", "Observing institution"),
    ("contact", "接触者の担当保健所", "Health centre of the contact"),
    ("break_glass", "緊急閲覧", "Break-glass access"),
    ("own_entry", "自機関の入力", "Own entry"),
    ("listed", "一覧（機関の業務対象者）", "List of the institution's people"),
    ("area", "管轄区域", "Own area"),
    ("country", "全国", "Whole country"),
    ("oversight", "閲覧・変更の点検", "Oversight of looks and changes"),
    ("other", "その他", "Other"),
    tones={"break_glass": "danger", "other": "warning"},
)
READ_ONLY = "break_glass"

_case: ContextVar[int | None] = ContextVar("look_case", default=None)
_person: ContextVar[int | None] = ContextVar("look_person", default=None)
CASE = bindparam("look_case", callable_=_case.get, type_=Integer())
PERSON = bindparam("look_person", callable_=_person.get, type_=Integer())
"""The keys of the look being written; read when the statement is sent (as NOW in the laws)."""

_BY_ROLE = {
    RoleName.AUTHORITY_SUPERVISOR: "area",
    RoleName.PREFECTURE_SUPERVISOR: "area",
    RoleName.INFORMATION_CENTRE: "area",
    RoleName.LABORATORY: "area",
    RoleName.NATIONAL_INSTITUTE: "country",
    RoleName.ID_ADMINISTRATOR: "oversight",
    RoleName.DATA_PROTECTION: "oversight",
}

Ground = Callable[[Actor, Any, Any], ColumnElement[Any] | None]
_grounds: list[Ground] = []
PersonOf = Callable[[Any], ColumnElement[Any]]
_person_of: list[PersonOf] = []


def ground(find: Ground) -> Ground:
    """Register a tie: ``find(actor, case_id, person_id)`` is a scalar that is one of
    ``LOOK_RELATION`` or null; None where it cannot apply. The first registered wins."""
    _grounds.append(find)
    return find


def person_behind_case(find: PersonOf) -> PersonOf:
    """Say how the person of a case is found, so that a look at a case is one at its person."""
    _person_of[:] = [find]
    return find


def ground_by_role(actor: Actor) -> str | None:
    """The ground of roles that need no tie to a person; None for those who care for people."""
    return _BY_ROLE.get(actor.role)


def relation_of(actor: Actor, case_id: Any, person_id: Any) -> Any:
    """The ground of a look: a word, or an expression that gives it when the look is written."""
    fixed = ground_by_role(actor)
    if fixed is not None:
        return fixed
    if all(key is None or isinstance(key, int) for key in (case_id, person_id)):
        # Putting the question together takes longer than answering it, so it is kept.
        _case.set(case_id)
        _person.set(person_id)
        return _kept_question(actor, case_id is not None, person_id is not None)
    return _question(actor, case_id, person_id)


@lru_cache(maxsize=512)
def _kept_question(actor: Actor, has_case: bool, has_person: bool) -> Any:
    return _question(actor, CASE if has_case else None, PERSON if has_person else None)


def _question(actor: Actor, case_id: Any, person_id: Any) -> Any:
    found = [find(actor, case_id, person_id) for find in _grounds]
    ties = [one for one in found if one is not None]
    return func.coalesce(*ties, literal("other")) if ties else "other"


def person_of(case_id: Any, person_id: Any) -> Any:
    """``person_id``, or the person of the case where only that is known."""
    if person_id is not None or case_id is None or not _person_of:
        return person_id
    return _person_of[0](case_id)
