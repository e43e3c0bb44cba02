"""Cases of one person, compared by the rule of one episode."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.cases.models import Case, LabTest
from app.core.db import db
from app.matching.episode_rules import Episode, Verdict, one_episode

MOST = 50
"""Cases of one person that are compared; nobody has more episodes of one disease."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Another case of the same person, and what the rule says of the two."""

    case: Case
    verdict: Verdict


def compared(first: Case, second: Case) -> Verdict:
    """What the rule says of two cases."""
    taken = _first_specimens((first.id, second.id))
    return one_episode(_episode(first, taken), _episode(second, taken))


def others_of(case: Case) -> Sequence[Candidate]:
    """The person's other cases that exist for the actor, most likely doubles first.

    What can never be merged with this one is left out.
    """
    if case.person_id is None:
        return ()
    cases = _cases_of((case.person_id,))
    taken = _first_specimens([one.id for one in cases])
    own = _episode(case, taken)
    found = [
        Candidate(one, one_episode(own, _episode(one, taken))) for one in cases if one.id != case.id
    ]
    open_ones = [one for one in found if not one.verdict.closed]
    return sorted(open_ones, key=lambda one: (not one.verdict.same, -one.case.id))


def doubles_of(person_id: int) -> tuple[Case, Case] | None:
    """The first two cases of a person that are one episode, the older one first."""
    cases = _cases_of((person_id,))
    taken = _first_specimens([one.id for one in cases])
    episodes = [(case, _episode(case, taken)) for case in cases]
    for place, (older, first) in enumerate(episodes):
        for newer, second in episodes[place + 1 :]:
            if one_episode(first, second).same:
                return older, newer
    return None


def _cases_of(people: Collection[int]) -> Sequence[Case]:
    statement = (
        select(Case)
        .where(Case.person_id.in_(people), Case.merged_into_id.is_(None))
        .options(joinedload(Case.disease), joinedload(Case.responsible_centre))
        .order_by(Case.id)
        .limit(MOST)
    )
    return db.session.scalars(statement).unique().all()


def _first_specimens(cases: Collection[int]) -> dict[int, date]:
    first = func.min(LabTest.collected_on)
    statement = select(LabTest.case_id, first).where(LabTest.case_id.in_(cases))
    rows = db.session.execute(statement.group_by(LabTest.case_id))
    return {case_id: day for case_id, day in rows if day is not None}


def _episode(case: Case, specimens: dict[int, date]) -> Episode:
    ends = [day for day in (case.discharged_on, case.died_on) if day is not None]
    return Episode(
        person_id=case.person_id,
        family=case.disease.family,
        state=case.notification_state,
        given_up=case.merged_into_id is not None,
        onset_on=case.onset_on,
        specimen_on=specimens.get(case.id),
        diagnosed_on=case.diagnosed_on,
        reported_on=case.reported_on,
        ended_on=min(ends, default=None),
        died_on=case.died_on,
    )
