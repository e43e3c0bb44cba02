"""Two cases of one episode made one, and taken apart again.

As with persons (:mod:`app.matching.merging`): the one that stays keeps its key and takes the
chosen values, everything that hangs on the other changes hands, and ``CaseMerge`` keeps what was.
The other keeps its values, points to the one that stayed, and counts nowhere: it is withdrawn.
"""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.causes import reason
from app.audit.history import because, plain, record_explicitly
from app.audit.signing import name_of
from app.cases.models import Case
from app.cases.rules import contradictions
from app.cases.service import refresh_status
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidInput, InvalidState, NotAllowed, NotVisible
from app.core.items import Item, items_of
from app.core.labels import Label
from app.core.transaction import transaction
from app.matching.episodes import compared
from app.matching.merging import REASON_LENGTH
from app.matching.models import CaseMerge
from app.matching.moving import give_back, hand_over
from app.matching.ties import share_ties, take_ties_back
from app.matching.two_records import lock_both, restore_values
from app.security.actor import Actor
from app.security.rights import require

MERGED = reason(
    "cases_merged", Label("同一療養期間の患者情報の統合", "Cases of one episode merged")
)
TAKEN_BACK = reason("cases_unmerged", Label("患者情報の統合の取消し", "Merge of cases taken back"))
_HANDED_OVER = frozenset({"responsible_centre_id"})
"""Changed by handing the case over, never by choosing a value."""
_ACCEPTANCE = ("notification_state", "accepted_at", "accepted_centre_id", "accepted_authority_id")
_APART = "、"


def merged_items() -> tuple[Item, ...]:
    """The items of a case among which somebody chooses."""
    items = (item for item in items_of(Case) if item.editable)
    return tuple(item for item in items if item.name not in _HANDED_OVER)


def merge_cases(
    winner: Case,
    loser: Case,
    *,
    by: Actor,
    take: Collection[str] = (),
    why: str = "",
    in_spite: bool = False,
) -> CaseMerge:
    """Make ``loser`` one with ``winner``.

    Args:
        take: names of the items whose value comes from ``loser``.
        why: a sentence, kept with the merge and in the history.
        in_spite: the rule of one episode speaks against it, and it was looked into.

    Raises:
        NotAllowed: the role may not, or another health centre answers for ``loser``.
        InvalidInput: no reason where one is needed, or the values contradict each other.
        InvalidState: the two can never be one (see :mod:`app.matching.episode_rules`).
    """
    require(by, "merge", "match_pair")
    said = _require_reason(why, needed=_require_one_episode(winner, loser, in_spite, by))
    with because(MERGED(_words(winner, loser, said))), transaction() as session:
        lock_both(session, winner, loser)
        before: dict[str, Any] = {
            "winner": dict(_take_values(winner, loser, frozenset(take))),
            "state": loser.notification_state,
        }
        problems = contradictions(winner)
        if problems:
            raise InvalidInput(problems)
        moved = hand_over(session, loser.id, winner.id, by=by, of=Case)
        before["ties"] = share_ties(session, winner, loser)
        winner.former_numbers = _APART.join(filter(None, (winner.former_numbers, *_numbers(loser))))
        loser.notification_state, loser.merged_into_id = "withdrawn", winner.id
        merged = CaseMerge(
            institution_id=by.institution_id,
            winner_id=winner.id,
            loser_id=loser.id,
            merged_by=name_of(by)[:100],
            reason=said or None,
            before=before,
            moved=moved,
        )
        session.add(merged)
        _follow(session, winner, loser, "merged")
    return merged


def take_cases_back(merged: CaseMerge, why: str, *, by: Actor) -> list[list[Any]]:
    """Take a merge back; gives what somebody has changed since, as ``merging.take_back`` does.

    Raises:
        NotAllowed: the role may not take merges back.
        InvalidInput: no reason, or too long a one.
        InvalidState: it was taken back already, or the case was merged further or anonymised.
        NotVisible: the case does not exist for the actor (any more).
    """
    require(by, "undo", "match_pair")
    said = _require_reason(why, needed=True)
    if merged.undone_at is not None:
        raise InvalidState(_l("This merge has been taken back already."))
    winner, loser = _both_of(merged)
    with because(TAKEN_BACK(_words(winner, loser, said))), transaction() as session:
        lock_both(session, winner, loser)
        left = list(restore_values(winner, merged.before["winner"], "case"))
        winner.former_numbers = _without(winner.former_numbers, _numbers(loser))
        loser.notification_state, loser.merged_into_id = merged.before["state"], None
        session.flush()
        left += give_back(session, merged.moved, winner.id, loser.id, by=by, of=Case)
        left += take_ties_back(session, merged.before["ties"])
        merged.undone_at, merged.undone_by, merged.undo_reason = (
            clock.now(),
            name_of(by)[:100],
            said,
        )
        merged.left = left
        _follow(session, winner, loser, "unmerged")
    return left


def _require_one_episode(winner: Case, loser: Case, in_spite: bool, by: Actor) -> bool:
    """Refuses what can never be; gives whether a reason has to be told."""
    if winner.id == loser.id:
        raise InvalidState(_l("This is one record already."))
    if winner.anonymised_on is not None or loser.anonymised_on is not None:
        raise InvalidState(_l("This record has been anonymised. It cannot be changed."))
    verdict = compared(winner, loser)
    if verdict.closed:
        raise InvalidState(_l("These two cases cannot be merged (any more)."))
    if loser.responsible_centre_id != by.institution_id:
        raise NotAllowed(
            _l("Only the health centre that answers for a case gives it up. Have it handed over.")
        )
    if verdict.against and not in_spite:
        raise InvalidInput({"note": [_l("Something speaks against it: confirm, and say why.")]})
    return bool(verdict.against)


def _require_reason(why: str, *, needed: bool) -> str:
    said = why.strip()
    if needed and not said:
        raise InvalidInput({"note": [_l("Say why, in at most 340 characters.")]})
    if len(said) > REASON_LENGTH - 60:
        raise InvalidInput({"note": [_l("At most %(number)s characters.", number=340)]})
    return said


def _both_of(merged: CaseMerge) -> tuple[Case, Case]:
    winner, loser = (
        db.session.scalar(select(Case).where(Case.id == key))
        for key in (merged.winner_id, merged.loser_id)
    )
    if winner is None or loser is None:
        raise NotVisible(_l("There is no such record."))
    if winner.merged_into_id is not None:
        raise InvalidState(_l("This case was merged further. Take that merge back first."))
    if winner.anonymised_on is not None or loser.anonymised_on is not None:
        raise InvalidState(_l("This record has been anonymised. It cannot be changed."))
    return winner, loser


def _take_values(winner: Case, loser: Case, take: frozenset[str]) -> Iterator[tuple[str, Any]]:
    """(item, [before, after]) of what the one that stays takes over."""
    names = [item.name for item in merged_items() if item.name in take]
    if winner.notification_state is None and loser.notification_state is not None:
        # It was never notified itself: the other's acceptance is the one of the episode.
        names += _ACCEPTANCE
    for name in names:
        ours, theirs = getattr(winner, name), getattr(loser, name)
        if ours != theirs:
            setattr(winner, name, theirs)
            yield name, [plain(ours), plain(theirs)]


def _numbers(case: Case) -> list[str]:
    """The number of a case, and those it had been given before."""
    return [number for number in (case.number, case.former_numbers) if number]


def _without(numbers: str | None, given_back: Sequence[str]) -> str | None:
    gone = set(_APART.join(given_back).split(_APART))
    kept = [number for number in (numbers or "").split(_APART) if number and number not in gone]
    return _APART.join(kept) or None


def _follow(session: Session, winner: Case, loser: Case, action: str) -> None:
    """Both statuses anew from what hangs on them now, and a line in the history of both."""
    session.flush()
    for case in (winner, loser):
        refresh_status(case)
    record_explicitly(session, list(_said(action, winner, loser)))
    session.flush()


def _words(winner: Case, loser: Case, said: str) -> str:
    return f"{loser} → {winner}" + (f" {said}" if said else "")


def _said(action: str, *cases: Case) -> Iterator[dict[str, Any]]:
    for case in cases:
        yield {
            "record_type": "case",
            "record_id": case.id,
            "case_id": case.id,
            "person_id": case.person_id,
            "action": action,
            "changes": {},
        }
