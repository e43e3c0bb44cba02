"""Which names the items of a test can carry, and what is wrong with a chosen one."""

from collections.abc import Mapping
from typing import Any, Final

from flask_babel import lazy_gettext as _l
from sqlalchemy import inspect, select

from app.cases.models import Case, LabTest
from app.core import clock
from app.core.db import db
from app.institutions.diseases import Disease
from app.institutions.variant_names import problem_of_variant
from app.institutions.variants import Variant

VARIANT_ITEMS: Final[Mapping[str, str]] = {
    "screening_target_id": "mutation",
    "variant_id": "lineage",
}
"""Item of a test → kind of the names it carries."""


def problems_of_variants(test: LabTest) -> dict[str, list[object]]:
    """Names of another kind or disease or no longer used, and a mutation without a screening."""
    changed: Any = inspect(test).attrs
    problems: dict[str, list[object]] = {}
    named = {name: getattr(test, name) for name in VARIANT_ITEMS if changed[name].history.added}
    if named.keys() and any(named.values()):
        statement = select(Disease.family).join(Case).where(Case.id == test.case_id)
        family = db.session.scalar(statement) or ""
        for name, key in named.items():
            chosen = None if key is None else db.session.get(Variant, key)
            if chosen is not None:
                told = problem_of_variant(
                    chosen, kind=VARIANT_ITEMS[name], family=family, on=clock.today()
                )
                problems |= {name: [told]} if told else {}
    if test.screening_target_id is not None and test.variant_screening in (None, "not_done"):
        problems.setdefault("screening_target_id", []).append(
            _l("Enter the result of the screening too.")
        )
    return problems
