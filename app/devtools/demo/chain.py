"""A chain of infection through the demo's own area, and the cluster in its middle."""

from datetime import timedelta

from sqlalchemy import exists, select

from app.cases.models import Case
from app.chains.models import Cluster
from app.chains.service import add_members, report_cluster
from app.contacts.linking import link_to_source
from app.contacts.models import Contact
from app.devtools.demo.teller import Story
from app.security.actor import Actor

LENGTH = 22
RECENT = timedelta(days=24)
"""As far back as the picture of chains shows unasked."""
_SETTINGS = ("workplace", "meal", "social_facility", "household", "social_facility", "event")
_INCUBATION = (2, 7)
"""Days between the onsets of two neighbours in the chain, at least and at most."""


def link_a_chain(story: Story, nurse: Actor) -> None:
    """Cases of the own centre linked by their days of onset, one of their settings a cluster."""
    cases = story.session.scalars(
        select(Case)
        .where(
            Case.responsible_centre_id == nurse.institution_id,
            Case.number.is_not(None),
            Case.onset_on >= story.today - RECENT,
            ~exists().where(Contact.case_id == Case.id),
        )
        .order_by(Case.onset_on, Case.id)
    ).all()
    chain = list(cases[:1])
    members: list[Case] = []
    for case in cases[1 :: max(1, len(cases) // LENGTH)]:
        source = _source_of(story, case, chain)
        if source is None or len(chain) == LENGTH:
            continue
        setting = _SETTINGS[len(chain) % len(_SETTINGS)]
        day = source.onset_on + timedelta(days=1) if source.onset_on else None
        values = {"exposed_on": day, "setting": setting, "relation": _RELATION[setting]}
        with story.at(case.reported_on or story.today, 16):
            link_to_source(case, source, values, by=nurse)
        chain.append(case)
        if setting == "social_facility":
            members.append(case)
    _report(story, members, nurse)


def _source_of(story: Story, case: Case, chain: list[Case]) -> Case | None:
    """Somebody of the chain who fell ill some days before."""
    shortest, longest = _INCUBATION
    able = [
        one
        for one in chain
        if one.onset_on
        and case.onset_on
        and shortest <= (case.onset_on - one.onset_on).days <= longest
        and one.person_id != case.person_id
    ]
    return story.random.choice(able) if able else None


def _report(story: Story, members: list[Case], nurse: Actor) -> None:
    if not members:
        return
    days = [one.onset_on for one in members if one.onset_on]
    with story.at(story.today - timedelta(days=3), 15):
        cluster = report_cluster(
            Cluster(
                name="高齢者通所施設（デモ）",
                status="watched",
                disease_id=members[0].disease_id,
                setting="social_facility",
                place="新宿区内の通所介護事業所（デモ）",
                from_on=min(days) - timedelta(days=3),
                to_on=max(days),
            ),
            by=nurse,
        )
        numbers = [str(one.number) for one in members]
        add_members(cluster, numbers[0], "first", by=nurse)
        if numbers[1:]:
            add_members(cluster, " ".join(numbers[1:]), "member", by=nurse)


_RELATION = {
    "workplace": "colleague",
    "meal": "friend",
    "social_facility": "care_facility",
    "household": "household",
    "event": "friend",
}
