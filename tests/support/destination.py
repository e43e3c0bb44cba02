"""A destination of the tests, so that tables have somewhere to go."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from app.cases.models import Case, Stay
from app.core.labels import Label
from app.persons.models import Person
from app.security.actor import Actor
from app.tables.destinations import forget_destination, register_destination
from app.tables.mapping import Mapping, Target, targets_of
from app.tables.models import TableFile

NAME = "patients of the tests"


@dataclass
class Patients:
    """What was handed over."""

    begun: list[tuple[str, int, Mapping]] = field(default_factory=list)

    def start(self, *, by: Actor, file: TableFile, mapping: Mapping) -> str:
        """Note it, and lead to the front page."""
        self.begun.append((by.name, file.id, mapping))
        return f"/?batch={file.id}"


def targets(_actor: Actor | None = None) -> tuple[Target, ...]:
    """The items of a patient sheet."""
    return (
        Target("key", Label("元データの番号", "Number in the file"), ("№", "番号", "登録ID")),
        *targets_of(Person, prefix="person", group=Label("本人", "Person"), required=("name",)),
        *targets_of(Case, prefix="case", group=Label("患者情報", "Case")),
        *targets_of(Stay, prefix="stay", group=Label("入院・療養先", "Places of care")),
    )


@pytest.fixture
def patients() -> Iterator[Patients]:
    """A destination that takes patients."""
    goal = Patients()
    register_destination(NAME, Label("患者管理表", "Patients"), targets, goal.start)
    yield goal
    forget_destination(NAME)
