"""The desk of the demo's nurses: links and messages, calls by hand and by machine, a hand-over."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select, update

from app.accounts.models import Account
from app.accounts.principal import open_account
from app.contacts.models import Contact, ContactExposure
from app.core import clock
from app.devtools.demo.network import centre_code
from app.devtools.demo.teller import Story
from app.followup.calling import assign, hand_over_shift, record_call
from app.followup.plans import ObservationPlan
from app.jobs.service import enqueue
from app.messaging.models import Message
from app.messaging.service import stop_messages
from app.portal.models import PatientLink, PatientPageRule
from app.portal.service import Invitation, issue
from app.portal.tasks import LETTER
from app.security.actor import Actor
from app.voice.models import VoiceCall

OWN = centre_code("13104")
_MESSAGES = (
    ("delivered", None),
    ("sent", None),
    ("delivered", None),
    ("failed", "unreachable"),
    ("bounced", "bad_address"),
    ("cancelled", None),
)
"""State and problem of the invitations, one after the other; the last one still waits."""
_CALLS = (
    ("no_answer", "留守番電話につながった。"),
    ("fine", "食事・水分はとれている。"),
    ("see_doctor", "息切れが続くため、かかりつけ医の受診を案内。"),
    ("call_again", "夕方に家族へ再度連絡する。"),
    ("fine", "解熱した。家族に症状なし。"),
    ("ambulance", "SpO2が下がり、救急要請を案内。"),
)
_VOICE = (
    ("finished", None),
    ("finished", None),
    ("partial", "hung_up"),
    ("person", None),
    ("unanswered", "machine"),
    ("wrong_birth_date", None),
    ("failed", "bad_number"),
)


def work_the_desk(story: Story, nurse: Actor) -> None:
    """What a nurse of the demo's own health centre did yesterday and today."""
    centre = story.places[OWN]
    rule = PatientPageRule(institution_id=centre.authority_id, graph_for="household")
    story.session.add(rule)
    plans = story.session.scalars(
        select(ObservationPlan)
        .where(ObservationPlan.centre_id == centre.id, ObservationPlan.status == "active")
        .order_by(ObservationPlan.risk.desc(), ObservationPlan.id)
    ).all()
    # Cases first: they have families, and it is they whom a nurse calls.
    ordered = sorted(plans, key=lambda plan: plan.case_id is None)
    _invite(story, ordered, nurse)
    _call(story, ordered, nurse)
    _call_by_machine(story, plans)
    own = [plan for plan in plans if plan.institution_id == centre.id]
    assign(own[: len(own) // 3], nurse.user_id, by=nurse)
    with story.at(story.today - timedelta(days=1), 20):
        note = "息苦しさのある方は、朝一番に電話をお願いします。"
        hand_over_shift((), by=nurse, to_user_id=None, note=note)


def account_of(story: Story, username: str) -> Actor:
    """The actor of a demo account."""
    user_id = story.session.scalars(
        select(Account.user_id).where(Account.user.has(username=username))
    ).one()
    principal = open_account(user_id)
    assert principal is not None
    return principal.actor


def _invite(story: Story, plans: Sequence[ObservationPlan], nurse: Actor) -> None:
    """Links of households: by SMS and mail in every state of a message, one on paper."""
    links = []
    for index, plan in enumerate(plans[: len(_MESSAGES) + 3]):
        way = "paper" if index == 0 else ("sms", "mail")[index % 2]
        family = _family_of(story, plan)
        with story.at(story.today - timedelta(days=2), 11, index):
            where = f"demo{index}@example.jp" if way == "mail" else None
            language = ("ja", "ja", "en", "vi")[index % 4]
            links.append(issue(plan.subject, family, Invitation(way, where, language), by=nurse))
    for link, (state, problem) in zip(links[1:], _MESSAGES, strict=False):
        _settle(story, link, state, problem)
    if links:
        enqueue(LETTER, {"link": links[0].id}, by=nurse)
    if len(links) > len(_MESSAGES) + 1:
        closed = links[-1]
        closed.state, closed.closed_at = "wrong_birth_date", story.now - timedelta(hours=3)
        stop_messages(links[1].recipient or "")


def _family_of(story: Story, plan: ObservationPlan) -> list[Contact]:
    exposure = ContactExposure
    return list(
        story.session.scalars(
            select(Contact)
            .join(exposure, exposure.contact_id == Contact.id)
            .where(
                exposure.case_id == plan.case_id,
                exposure.relation == "household",
                Contact.case_id.is_(None),
            )
        ).unique()
    )


def _settle(story: Story, link: PatientLink, state: str, problem: str | None) -> None:
    """The invitation as it stands after its sending; the link opened where it arrived."""
    sent = None if state in ("failed", "cancelled") else link.created_at + timedelta(minutes=2)
    story.session.execute(
        update(Message)
        .where(Message.key.startswith(f"link/{link.id}/"))
        .values(
            state=state,
            problem=problem,
            attempts=0 if state == "cancelled" else 1,
            body=Message.body if state == "failed" else None,
            parts=int(sent is not None),
            sent_at=sent,
            settled_at=link.created_at + timedelta(minutes=5),
        )
        .execution_options(synchronize_session=False)
    )
    if state == "delivered":
        link.opened_at = link.created_at + timedelta(hours=1)


def _call(story: Story, plans: Sequence[ObservationPlan], nurse: Actor) -> None:
    """Two rounds of calls: the people at greatest risk twice."""
    for ago, chosen in ((1, plans[:12]), (0, plans[2:8])):
        for index, plan in enumerate(chosen):
            result, words = _CALLS[(index + ago) % len(_CALLS)]
            day = story.today - timedelta(days=ago)
            with story.at(day, 9 if ago else 0, 5 * index):
                again = clock.now() + timedelta(hours=6) if result == "call_again" else None
                record_call(plan, by=nurse, result=result, words=words, again_at=again)


def _call_by_machine(story: Story, plans: Sequence[ObservationPlan]) -> None:
    """People who report by telephone: yesterday's calls and how they ended."""
    yesterday = story.today - timedelta(days=1)
    begun = datetime.combine(yesterday, datetime.min.time(), clock.TOKYO).replace(hour=9)
    for index, plan in enumerate(plans[-len(_VOICE) :]):
        state, problem = _VOICE[index]
        at = begun + timedelta(minutes=7 * index)
        plan.voice_morning_hour, plan.voice_evening_hour = 9, 17
        if state in ("person", "wrong_birth_date"):
            plan.call_wanted_at = at + timedelta(minutes=2)
            plan.call_wanted = "asked" if state == "person" else state
        story.session.add(
            VoiceCall(
                plan_id=plan.id,
                case_id=plan.case_id,
                contact_id=plan.contact_id,
                institution_id=plan.centre_id,
                slot_on=yesterday,
                slot_part="morning",
                state=state,
                problem=problem,
                step="done" if state == "finished" else "temperature",
                number=plan.subject.person.mobile_phone,
                attempts=3 if state == "unanswered" else 1,
                next_at=at,
                until_at=begun + timedelta(hours=3),
                started_at=at,
                ended_at=at + timedelta(minutes=2),
                reported_at=at if state in ("finished", "partial") else None,
                created_at=at,
            )
        )
    story.session.flush()
