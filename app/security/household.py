"""The household behind a patient's link: which cases and contacts it may report for.

The feature that makes the links says so here; the laws of cases, contacts, people and
observations ask. Without it a household meets nobody.
"""

from collections.abc import Callable
from typing import Any, Literal

from sqlalchemy import ColumnElement, false

from app.security.actor import Actor

Kind = Literal["case", "contact"]
Rule = Callable[[Actor, Any], ColumnElement[bool]]
_rules: dict[Kind, Rule] = {}


def household_rule(kind: Kind) -> Callable[[Rule], Rule]:
    """Register how the household of an actor is asked for the key of a case or contact."""

    def register(rule: Rule) -> Rule:
        _rules[kind] = rule
        return rule

    return register


def in_household(kind: Kind, actor: Actor, key: Any) -> ColumnElement[bool]:
    """``key`` names a case (contact) of the actor's household, whose link is open now."""
    rule = _rules.get(kind)
    if rule is None or actor.household_id is None:
        return false()
    return rule(actor, key)
