"""The answer to "is this person known already?" while somebody is entered."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from app.core.dates import format_date
from app.core.pages import Action
from app.matching.codes import REASON
from app.matching.finding import Alike, alike, all_alike, decided_others, identity_of_person
from app.matching.pairs import remember_others
from app.matching.rules import judge
from app.notifications.beside import Beside, stand_beside
from app.notifications.models import Notification
from app.persons.knowing import Known, answered_by
from app.persons.models import Person
from app.security.actor import current_actor
from app.security.rights import holds

MOST_SHOWN = 5


class Comparison:
    """Asks the comparison in the name of whoever enters."""

    def known(self, values: Mapping[str, Any], own_id: int | None) -> Sequence[Known]:
        """Persons within the reader's scope alone; nobody for roles without the review list."""
        if not holds(current_actor(), "list", "match_pair"):
            return ()
        others = frozenset() if own_id is None else decided_others(own_id)
        found = alike(values, own_id=own_id, leave_out=others)
        return _in_words(found)

    def all_known(self, many: Sequence[Mapping[str, Any]]) -> Sequence[Sequence[Known]]:
        """The same for each of many, in one look-up."""
        if not holds(current_actor(), "list", "match_pair"):
            return [()] * len(many)
        return [_in_words(found) for found in all_alike(many)]

    def likeness(self, one: Person, other: Person) -> tuple[int, tuple[str, ...]]:
        """By the items of the two; nothing is read."""
        judgement = judge(identity_of_person(one), identity_of_person(other))
        codes = (*judgement.vetoes, *judgement.reasons)
        return judgement.score, tuple(REASON.label(code) for code in codes)

    def others(self, person_id: int, shown: Collection[int]) -> None:
        """Kept on the list of the own health centre."""
        actor = current_actor()
        if actor is not None and actor.institution_id is not None:
            remember_others(person_id, shown, by=actor)


def _in_words(found: Sequence[Alike]) -> list[Known]:
    return [
        Known(
            one.person_id,
            one.values["name"] or "",
            one.values["kana"] or "",
            format_date(one.values["birth_on"]),
            one.judgement.score,
            tuple(REASON.label(code) for code in one.judgement.reasons),
        )
        for one in found[:MOST_SHOWN]
    ]


def _search(notification: Notification) -> Action | None:
    """A button for whoever is about to accept, before the case has its number."""
    case = notification.case
    waits = notification.state == "submitted" and case is not None and case.person_id is not None
    if not waits or case is None or not holds(current_actor(), "accept", "notification"):
        return None
    if not holds(current_actor(), "list", "match_pair"):
        return None
    url = url_for("MatchView.of", pk=case.person_id)
    return Action(_("Same person?"), url, icon="people")


answered_by(Comparison())
stand_beside(Beside(lambda _draft: None, _search, lambda _sent, _by: None))
