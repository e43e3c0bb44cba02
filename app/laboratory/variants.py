"""Variants entered by the laboratory a test was sent to: row by row, or from its files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.exc import StaleDataError

from app.audit.causes import reason
from app.audit.history import because
from app.cases.codes import VARIANT_SCREENING
from app.cases.models import Case, LabTest
from app.core import clock
from app.core.dates import parse_date_or_datetime
from app.core.db import db
from app.core.labels import Label
from app.core.problems import InputProblem
from app.core.transaction import transaction
from app.institutions.diseases import Disease
from app.institutions.variant_names import named, variants_of
from app.institutions.variants import Variant
from app.laboratory.variant_rules import Entry, entry_problems
from app.security.actor import Actor, acting_as, system_actor
from app.security.rights import require

ENTERED = reason(
    "laboratory_variant", Label("検査機関による変異株の入力", "Variant entered by the laboratory")
)
SHOWN = 200
ITEMS = ("variant_screening", "screening_target_id", "genome_known_on", "variant_id")
_DISEASE_OF_TEST = system_actor("variant of a test")


@dataclass(frozen=True, slots=True)
class VariantAnswer:
    """What was typed for a test, by item; an item that is not there stays as it is."""

    test_id: int | None
    typed: Mapping[str, str]
    row_version: int | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """An answer read: what the test is to say, or what is wrong by item (``number`` for the
    test itself)."""

    test: LabTest | None
    entry: Entry
    problems: Mapping[str, str]

    @property
    def changes(self) -> bool:
        """True when the test says something else now."""
        return self.test is not None and self.entry != entry_of(self.test)


def positive_tests(actor: Actor, *, limit: int | None = SHOWN) -> Sequence[LabTest]:
    """Positive tests sent to the laboratory: those without a genome first, then the newest."""
    statement = (
        select(LabTest)
        .where(
            LabTest.testing_laboratory_id == actor.institution_id,
            or_(LabTest.result == "positive", LabTest.variant_id.is_not(None)),
        )
        .options(joinedload(LabTest.entering_institution))
        .order_by(LabTest.variant_id.is_not(None), LabTest.resulted_on.desc(), LabTest.id.desc())
    )
    return db.session.scalars(statement.limit(limit)).all()


def families_of(tests: Sequence[LabTest]) -> dict[int, str]:
    """Test → its disease; the laboratory need not see the case behind it."""
    if not tests:
        return {}
    statement = (
        select(LabTest.id, Disease.family)
        .join(Case, Case.id == LabTest.case_id)
        .join(Disease, Disease.id == Case.disease_id)
        .where(LabTest.id.in_([test.id for test in tests]))
    )
    with acting_as(_DISEASE_OF_TEST):
        return {row.id: row.family for row in db.session.execute(statement)}


def entry_of(test: LabTest) -> Entry:
    """What the test says now."""
    return Entry(
        test.variant_screening, test.screening_target_id, test.genome_known_on, test.variant_id
    )


def checked(answer: VariantAnswer, *, by: Actor, result: str | None = None) -> Checked:
    """Read and check; nothing is saved. ``result``: that of the test if it is entered as well.

    Raises:
        NotAllowed: the role enters no results.
    """
    require(by, "edit", "lab_result")
    test = None if answer.test_id is None else _sent_here(answer.test_id, by)
    if test is None:
        told = _("No test with this number was sent to your laboratory.")
        return Checked(None, Entry(), {"number": told})
    if answer.row_version is not None and answer.row_version != test.row_version:
        return Checked(test, entry_of(test), {"number": _stale()})
    entry, problems = _read(test, answer.typed)
    if not problems and entry != entry_of(test):
        found = entry_problems(
            entry,
            result=result or test.result,
            collected_on=test.collected_on,
            today=clock.today(),
        )
        problems = {name: str(sentence) for name, sentence in found.items()}
    return Checked(test, entry, problems)


def save(one: Checked) -> Mapping[str, str]:
    """Save what was checked, in a transaction of its own; what is wrong, by item."""
    test, entry = one.test, one.entry
    assert test is not None
    try:
        with because(ENTERED()), transaction() as session:
            test.variant_screening, test.screening_target_id = entry.screening, entry.mutation_id
            test.genome_known_on, test.variant_id = entry.genome_known_on, entry.variant_id
            session.flush()
    except StaleDataError:
        return {"number": _stale()}
    return {}


def _read(test: LabTest, typed: Mapping[str, str]) -> tuple[Entry, dict[str, str]]:
    names = variants_of(families_of([test]).get(test.id, ""))
    entry, problems = entry_of(test), {}
    for item, text in typed.items():
        word = text.strip()
        try:
            value = _READERS[item](word, names) if word else None
        except (InputProblem, ValueError) as problem:
            problems[item] = str(getattr(problem, "sentence", problem))
            continue
        entry = replace(entry, **{_FIELDS[item]: value})
    return entry, problems


def _screening(word: str, _names: Sequence[Variant]) -> str:
    found = VARIANT_SCREENING.value_of(word)
    if found is None:
        raise ValueError(_("Choose one of the list."))
    return found


def _day(word: str, _names: Sequence[Variant]) -> date:
    return parse_date_or_datetime(word)


def _name(kind: str, word: str, names: Sequence[Variant]) -> int:
    today = clock.today()
    found = named(word, [one for one in names if one.kind == kind and one.is_used_on(today)])
    if found is None:
        raise ValueError(_("“%(word)s” is not among the registered names.", word=word))
    return found.id


_READERS: Mapping[str, Any] = {
    "variant_screening": _screening,
    "screening_target_id": lambda word, names: _name("mutation", word, names),
    "genome_known_on": _day,
    "variant_id": lambda word, names: _name("lineage", word, names),
}
_FIELDS = {
    "variant_screening": "screening",
    "screening_target_id": "mutation_id",
    "genome_known_on": "genome_known_on",
    "variant_id": "variant_id",
}


def _sent_here(key: int, by: Actor) -> LabTest | None:
    statement = select(LabTest).where(
        LabTest.id == key, LabTest.testing_laboratory_id == by.institution_id
    )
    return db.session.scalars(statement).first()


def _stale() -> str:
    return _("Somebody else changed this test meanwhile. Look at it again.")
