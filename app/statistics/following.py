"""What follows from the tests and the notification of a case: its variant, its doses.

Read beside the facts of a case, in the same statement; written back to the case where it differs.
"""

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from typing import Any

from sqlalchemy import Connection, Table, and_, bindparam, or_, update

from app.cases.models import Case, LabTest
from app.cases.variants import VariantTest, variant_of
from app.institutions.variants import Variant
from app.notifications.doses import doses_before
from app.notifications.models import Notification

TEST_ITEMS = frozenset(
    {
        "case_id",
        "variant_screening",
        "screening_target_id",
        "genome_known_on",
        "variant_id",
    }
)
"""What of a test the variant follows from."""
DATED_ITEMS = frozenset({"result", "resulted_on", "collected_on"})
"""And these, where it tells of a variant at all."""
FORM_ITEMS = frozenset({"case_id", "state"})
"""Of a notification: what is written on it does not change any more."""
IN_FORCE = ("accepted", "corrected")
"""A corrected one stands until the health centre accepts its correction."""

_CASE: Table = Case.__table__
_TEST: Table = LabTest.__table__
_FORM: Table = Notification.__table__
_VARIANT = Variant.__table__.alias("case_variant")
_MUTATION = Variant.__table__.alias("case_mutation")
_DOSES = (1, 2, 3)
_KEPT = ("variant_id", "variant_basis", "vaccine_doses")

COLUMNS: Sequence[Any] = [
    *(_CASE.c[name].label(f"kept_{name}") for name in _KEPT),
    _TEST.c.id.label("test_id"),
    *(
        _TEST.c[name].label(f"test_{name}")
        for name in sorted((TEST_ITEMS | DATED_ITEMS) - {"case_id"})
    ),
    _VARIANT.c.code.label("test_variant"),
    _MUTATION.c.code.label("test_mutation"),
    _FORM.c.id.label("form_id"),
    *(_FORM.c[f"dose{n}"] for n in _DOSES),
    *(_FORM.c[f"dose{n}_on"] for n in _DOSES),
]


@dataclass(frozen=True, slots=True)
class Followed:
    """The derived items of a case, in the order of their columns, and the variant's code."""

    variant_id: int | None = None
    variant_basis: str | None = None
    vaccine_doses: str | None = None
    variant: str | None = None
    """What the sums call the variant."""


def joined(cases: Any) -> Any:
    """The cases with the few tests that tell of a variant and the notifications once accepted."""
    tells = or_(_TEST.c.variant_screening.is_not(None), _TEST.c.variant_id.is_not(None))
    accepted = and_(_FORM.c.accepted_at.is_not(None), _FORM.c.state.in_(IN_FORCE))
    return (
        cases.outerjoin(_TEST, and_(_TEST.c.case_id == _CASE.c.id, tells))
        .outerjoin(_VARIANT, _VARIANT.c.id == _TEST.c.variant_id)
        .outerjoin(_MUTATION, _MUTATION.c.id == _TEST.c.screening_target_id)
        .outerjoin(_FORM, and_(_FORM.c.case_id == _CASE.c.id, accepted))
    )


def followed(rows: Sequence[Any]) -> Followed:
    """From the rows of one case; each test and notification may come several times."""
    tests = {row.test_id: row for row in rows if row.test_id is not None}
    forms = [row for row in rows if row.form_id is not None]
    doses = None
    if forms:
        form, case = max(forms, key=lambda row: row.form_id), rows[0]
        answers = [(getattr(form, f"dose{n}"), getattr(form, f"dose{n}_on")) for n in _DOSES]
        doses = doses_before(case.onset_on or case.diagnosed_on, answers)
    found = variant_of(map(_test, tests.values()))
    if found is None:
        return Followed(vaccine_doses=doses)
    return Followed(found.variant_id, found.basis, doses, found.answer)


def differs(rows: Sequence[Any]) -> bool:
    """True where the case does not hold what follows."""
    kept = tuple(getattr(rows[0], f"kept_{name}") for name in _KEPT)
    return kept != astuple(followed(rows))[: len(_KEPT)]


def keep(connection: Connection, cases: Iterable[tuple[int, Sequence[Any]]]) -> None:
    """Write what follows to the cases where it differs; no version of theirs is used up."""
    changed = [
        {"key": key, **dict(zip(_KEPT, astuple(followed(rows)), strict=False))}
        for key, rows in cases
        if differs(rows)
    ]
    if changed:
        connection.execute(_KEEPING, changed)


_KEEPING = (
    update(_CASE)
    .where(_CASE.c.id == bindparam("key"))
    .values({name: bindparam(name) for name in _KEPT})
)


def _test(row: Any) -> VariantTest:
    return VariantTest(
        row.test_id,
        row.test_result,
        row.test_resulted_on,
        row.test_collected_on,
        row.test_variant_screening,
        row.test_screening_target_id,
        row.test_mutation,
        row.test_genome_known_on,
        row.test_variant_id,
        row.test_variant,
    )
