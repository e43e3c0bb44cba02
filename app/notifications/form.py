"""Which items the form asks for, from which model each comes, and which required ones are blank."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from app.cases.models import Case
from app.core.items import Item, Stage, items_of
from app.notifications.conditions import BODIES
from app.notifications.layout import LINES, is_on_form
from app.notifications.models import Notification
from app.persons.models import Person

NAMED_BY_LAW = frozenset({"doctor_name", "institution_name"})
"""Without ◎ in 別紙3, yet a notification without its doctor is none (法12条, 施行規則4条)."""


@lru_cache(maxsize=1)
def form_items() -> Mapping[str, Item]:
    """Item name → item for everything the form may hold; the notification's own items win."""
    found: dict[str, Item] = {}
    for model in (Person, Case, Notification):
        found |= {declared.name: declared for declared in items_of(model) if declared.editable}
    return found


def missing_items(values: Mapping[str, Any], stage: Stage) -> tuple[Item, ...]:
    """The items due at ``stage`` that are blank and apply to this kind of case, in form order.

    "Unknown" and an empty choice of symptoms (asked, none applies) are answers.
    """
    return tuple(
        declared
        for name, declared in form_items().items()
        if _is_due(declared, stage) and _applies(name, values) and _blank(values.get(name))
    )


def _is_due(declared: Item, stage: Stage) -> bool:
    by_law = stage is Stage.NOTIFICATION and declared.name in NAMED_BY_LAW
    return by_law or declared.required is stage


def _blank(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _applies(name: str, values: Mapping[str, Any]) -> bool:
    kind = values.get("diagnosis_type")
    version = values.get("form_version")
    if version is not None and name in LINES and not is_on_form(LINES[name], version):
        return False
    if name == "onset_on":
        return kind not in ("asymptomatic_carrier", *BODIES)
    if name == "body_examined_on":
        return kind in BODIES or values.get("body_examined") == "yes"
    return True
