"""Calling people and giving them to nurses: the verbs behind the board."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.accounts.models import Account
from app.audit.signing import name_of
from app.cases.models import Case, Stay
from app.cases.service import end_access, grant_access
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidInput, InvalidState, NotAllowed
from app.core.transaction import transaction
from app.followup.board import CLAIM
from app.followup.calls import FollowUpCall, ShiftHandover
from app.followup.codes import CALL_RESULT, REPORTER
from app.followup.plan_rules import slot_at
from app.followup.plans import ObservationPlan
from app.followup.reporting import report
from app.followup.risks import claim
from app.institutions.models import Institution
from app.security.actor import Actor, acting_as, system_actor
from app.security.rights import require
from app.security.roles import HEALTH_CENTRE_ROLES, ROLES

UNANSWERED = timedelta(minutes=30)
"""After this time somebody who did not answer is called again, unless another is set."""
FURTHEST = timedelta(days=7)
OBSERVERS = ("hotel", "follow_up_contractor")
"""Kinds of institution a health centre hands people to."""
_STAFF = system_actor("staff of the board")
_HANDING = system_actor("hand-over of an observation")


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody of the own institution who calls people."""

    user_id: int
    name: str


def record_call(
    plan: ObservationPlan,
    *,
    by: Actor,
    result: str,
    again_at: datetime | None = None,
    words: str | None = None,
    values: Mapping[str, Any] | None = None,
) -> FollowUpCall:
    """Note a call; values heard on the telephone become the report of this part of the day.

    Raises:
        NotAllowed: the role calls nobody.
        InvalidInput: no result, a time to call again that cannot be, values that cannot be.
    """
    require(by, "call", "board")
    now = clock.now()
    if result not in CALL_RESULT:
        raise InvalidInput({"result": [_l("Choose the result of the call.")]})
    if again_at is not None and not now < again_at <= now + FURTHEST:
        raise InvalidInput({"again_at": [_l("Choose a time within the next seven days.")]})
    if result == "call_again" and again_at is None:
        raise InvalidInput({"again_at": [_l("Enter when to call again.")]})
    if result == "no_answer" and again_at is None:
        again_at = now + UNANSWERED
    heard = {name: value for name, value in (values or {}).items() if value not in (None, "")}
    with transaction() as session:
        call = FollowUpCall(
            case_id=plan.case_id,
            contact_id=plan.contact_id,
            called_at=now,
            result=result,
            again_at=again_at,
            remarks=words,
            user_id=by.user_id,
            user_name=name_of(by),
            institution_id=by.institution_id,
        )
        if heard:
            report(
                by=by,
                subject=plan.subject,
                slot=slot_at(now, plan.times_per_day),
                values={**heard, "confirmed_by": "phone"},
                source="telephone",
            )
        session.add(call)
        session.flush()
    return call


def hold(plan: ObservationPlan, *, by: Actor) -> None:
    """Keep the person for whoever has the call sheet open."""
    if by.user_id is None:
        return
    with transaction() as session:
        claim(session.connection(), plan.id, by.user_id, clock.now() + CLAIM)


def colleagues(by: Actor) -> tuple[Colleague, ...]:
    """Those of the own institution who call people, by name."""
    roles = [name.value for name, role in ROLES.items() if role.may("call", "board")]
    with acting_as(_STAFF):
        found = db.session.scalars(
            select(Account)
            .where(Account.institution_id == by.institution_id, Account.role.in_(roles))
            .options(joinedload(Account.user))
            .order_by(Account.user_id)
        ).all()
        open_ = [a for a in found if not a.is_closed and a.locked_at is None]
        return tuple(Colleague(account.user_id, account.display_name) for account in open_)


def assign(plans: Sequence[ObservationPlan], nurse_id: int | None, *, by: Actor) -> int:
    """Give people to a nurse of the own institution, or to nobody; gives how many changed.

    Raises:
        NotAllowed: the role gives nobody out.
        InvalidInput: not somebody of the own institution.
        InvalidState: somebody is observed by another institution.
    """
    require(by, "assign", "board")
    if nurse_id is not None and nurse_id not in {c.user_id for c in colleagues(by)}:
        raise InvalidInput({"nurse": [_l("Choose one of the list.")]})
    changed = [plan for plan in plans if plan.nurse_id != nurse_id]
    if any(plan.institution_id != by.institution_id for plan in changed):
        raise InvalidState(
            _l("Somebody is observed by another institution, which gives its people out itself.")
        )
    with transaction() as session:
        for plan in changed:
            plan.nurse_id = nurse_id
        session.flush()
    return len(changed)


def balanced(loads: Mapping[int, int], people: Sequence[tuple[int, int]]) -> dict[int, list[int]]:
    """Nurse → plans: each person to whoever has least so far (pure).

    Args:
        loads: nurse → weight of those already with them.
        people: (plan, weight), the most urgent first.
    """
    carried = dict(loads)
    given: dict[int, list[int]] = {nurse: [] for nurse in loads}
    for plan, weight in people:
        nurse = min(carried, key=lambda one: (carried[one], one))
        given[nurse].append(plan)
        carried[nurse] += weight
    return given


def balance(
    plans: Sequence[ObservationPlan],
    loads: Mapping[int, int],
    *,
    by: Actor,
) -> int:
    """Spread people without a nurse over the nurses in ``loads``; gives how many were given.

    Raises:
        NotAllowed, InvalidInput: as :func:`assign`; no nurse was chosen.
    """
    require(by, "assign", "board")
    if not loads:
        raise InvalidInput({"nurse": [_l("Choose at least one person.")]})
    by_key = {plan.id: plan for plan in plans}
    shares = balanced(loads, [(plan.id, weight_of(plan)) for plan in plans])
    with transaction():
        return sum(
            assign([by_key[key] for key in keys], nurse, by=by) for nurse, keys in shares.items()
        )


def weight_of(plan: ObservationPlan) -> int:
    """How much work a person is: one call, and more for each level of risk."""
    return 1 + plan.risk


def hand_over_shift(
    plans: Collection[ObservationPlan],
    *,
    by: Actor,
    to_user_id: int | None,
    note: str | None,
) -> ShiftHandover:
    """Leave one's people to a colleague, or to whoever comes, with a word about them.

    Raises:
        NotAllowed: the role gives nobody out.
        InvalidInput: not a colleague; neither people nor words.
    """
    require(by, "assign", "board")
    if not plans and not note:
        raise InvalidInput({"note": [_l("Write what the next shift should know.")]})
    names = {c.user_id: c.name for c in colleagues(by)}
    if to_user_id is not None and (to_user_id not in names or to_user_id == by.user_id):
        raise InvalidInput({"to": [_l("Choose one of the list.")]})
    if by.institution_id is None:
        raise NotAllowed(_l("Your role may not do this."))
    with transaction() as session:
        assign(tuple(plans), to_user_id, by=by)
        left = ShiftHandover(
            institution_id=by.institution_id,
            from_user_id=by.user_id,
            from_name=name_of(by),
            to_user_id=to_user_id,
            to_name="" if to_user_id is None else names[to_user_id],
            people=len(plans),
            note=note,
        )
        session.add(left)
        session.flush()
    return left


def observers_for(plan: ObservationPlan, by: Actor) -> tuple[Institution, ...]:
    """Who may observe the person from now on: the health centre, and the hotels and
    contractors below its authority; for these only the health centre."""
    centre = plan.centre
    if by.role not in HEALTH_CENTRE_ROLES or centre is None:
        return () if centre is None or plan.institution_id != by.institution_id else (centre,)
    below = db.session.scalars(
        select(Institution)
        .where(
            Institution.kind.in_(OBSERVERS),
            Institution.closed_on.is_(None),
            Institution.authority_id == centre.authority_id,
        )
        .order_by(Institution.kind.desc(), Institution.id)
    ).all()
    return (centre, *below)


def hand_over(
    plan: ObservationPlan, institution_id: int, *, by: Actor, reporter: str | None = None
) -> None:
    """Let another institution observe the person; both see the plan, the reports and the calls.

    A hotel or contractor meets the case as long as it observes; it may hand people back.

    Raises:
        NotAllowed: the role hands nobody over.
        InvalidInput: not one of the institutions that may observe; an unknown reporter.
        InvalidState: the observation is over, or the contact of somebody else's.
    """
    require(by, "hand_over", "observation_plan")
    if plan.status not in ("active", "paused"):
        raise InvalidState(_l("The observation has ended."))
    chosen = {one.id: one for one in observers_for(plan, by)}.get(institution_id)
    if chosen is None:
        raise InvalidInput({"institution_id": [_l("Choose one of the list.")]})
    if reporter is not None and reporter not in REPORTER:
        raise InvalidInput({"reporter": [_l("Choose one of the list.")]})
    former = plan.institution_id
    with transaction() as session:
        plan.institution_id, plan.nurse_id = chosen.id, None
        plan.reporter = reporter or plan.reporter
        # First the plan: whoever hands somebody back meets them no longer after what follows.
        session.flush()
        if plan.case is not None:
            _share(plan.case, chosen, former, plan.centre_id, by=by)
        elif plan.contact is not None:
            plan.contact.observed_by_id = None if chosen.id == plan.centre_id else chosen.id
        with acting_as(by if by.role in HEALTH_CENTRE_ROLES else _HANDING):
            session.flush()


def _share(
    case: Case, to: Institution, former: int | None, centre_id: int | None, *, by: Actor
) -> None:
    if to.id != centre_id:
        grant_access(case, to.id, "observing", by=by)
    if former is None or former in (to.id, centre_id):
        return
    stays = select(Stay.id).where(Stay.case_id == case.id, Stay.institution_id == former)
    if db.session.scalars(stays).first() is None:
        end_access(case, former, by=by)
