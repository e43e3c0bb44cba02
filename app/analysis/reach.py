"""How far an actor's tables go: whose records, which dimensions, and whether small numbers show.

| roles | records | small numbers |
| --- | --- | --- |
| health centre, headquarters, information centre, laboratory, national institute | those that exist for the role by its row law | shown, hidden in tables for passing on |
| ministry | all, as sums of whole prefectures; no record | always hidden |

See docs/adr/0016.
"""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass

from app.analysis.dimensions import (
    AGGREGATE_CLASSES,
    BELOW_PREFECTURE,
    Dimension,
    dimensions_of,
)
from app.analysis.measures import MEASURES, Measure
from app.analysis.question import Question
from app.core.items import Item, item_of
from app.security.actor import Actor, acting_as, system_actor
from app.security.fields import may_read
from app.security.roles import RoleName


@dataclass(frozen=True, slots=True)
class Reach:
    """What an actor may ask for."""

    actor: Actor
    sums_only: bool
    """True for a role without records: sums of prefectures, made by the system, always protected."""

    def dimensions(self, subject: str) -> tuple[Dimension, ...]:
        """Those of a subject that the role may see."""
        return tuple(one for one in dimensions_of(subject) if self._may_see(one))

    def measures(self, subject: str) -> tuple[Measure, ...]:
        """Those of a subject whose items the role reads."""
        return tuple(
            measure
            for measure in MEASURES.values()
            if subject in measure.subjects
            and all(self._reads(item_of(model, name)) for model, name in measure.attributes)
        )

    def may_ask(self, question: Question) -> bool:
        """False for a question that names something the role does not see."""
        keys = {*question.rows, *question.columns, *(key for key, _values in question.filters)}
        seen = {one.key for one in self.dimensions(question.subject)}
        measures = {one.key for one in self.measures(question.subject)}
        return keys <= seen and question.measure in measures

    @property
    def scope(self) -> str:
        """The same for all who see the same records; results are kept under it."""
        actor = self.actor
        if self.sums_only:
            return "country"
        places = (actor.institution_id, actor.authority_id, actor.prefecture_code)
        # What is open to one person alone (break-glass) belongs to their scope only.
        return "|".join(map(str, (actor.role.value, *places, actor.user_id, sorted(actor.entries))))

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Read inside as the one whose records are added up."""
        with acting_as(system_actor("national analysis")) if self.sums_only else nullcontext():
            yield

    def _may_see(self, dimension: Dimension) -> bool:
        if self.sums_only and dimension.key in BELOW_PREFECTURE:
            return False
        return self._reads(dimension.item)

    def _reads(self, item: Item) -> bool:
        return item.privacy in AGGREGATE_CLASSES if self.sums_only else may_read(item, self.actor)


def reach_of(actor: Actor) -> Reach:
    """The row of the table above."""
    return Reach(actor, actor.role is RoleName.MINISTRY)
