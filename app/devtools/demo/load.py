"""Puts the demo data into the database; what is there already stays as it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.audit.history import because
from app.cases.models import Case
from app.cases.service import refresh_status
from app.contacts.service import finish_due
from app.coordination.models import HotelRoom
from app.core import clock
from app.core.transaction import transaction
from app.devtools.demo.accounts import build_accounts
from app.devtools.demo.chain import link_a_chain
from app.devtools.demo.desk import account_of, work_the_desk
from app.devtools.demo.doubles import plant_doubles
from app.devtools.demo.epidemic import Home, plan_wave
from app.devtools.demo.migration import add_migration
from app.devtools.demo.network import WITH_INSTITUTIONS, build_network, centre_code
from app.devtools.demo.people import towns_of
from app.devtools.demo.places import Coordinators, coordinate
from app.devtools.demo.slips import slip
from app.devtools.demo.story import SOURCE, tell
from app.devtools.demo.teller import Story
from app.institutions.models import CentreArea, Institution, Municipality, Prefecture
from app.quality.upkeep import judge_due
from app.security.actor import Actor

SIZES: Mapping[str, int] = {"small": 120, "medium": 400, "large": 2_500}
"""Cases of the wave."""
_SEED = 20_200_529
"""HER-SYS began on 29 May 2020."""
# Municipality → its share of the wave; the rest falls on one town of each prefecture.
_CITIES: Mapping[str, float] = {
    "13104": 26,
    "13101": 5,
    "13112": 9,
    "13113": 5,
    "13206": 4,
    "13201": 3,
    "27127": 9,
    "27141": 3,
    "01101": 6,
    "14103": 5,
    "23106": 3,
    "40133": 4,
}
_ELSEWHERE = 0.4


class MasterMissing(Exception):
    """There are no prefectures or diseases to build on."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """Rows added; all zero when everything was there."""

    institutions: int
    accounts: int
    cases: int


def load_demo(size: str, *, by: Actor) -> Loaded:
    """Institutions, accounts and the wave, in one transaction.

    Raises:
        MasterMissing: ``master load`` has not run.
    """
    with because("demo data"), transaction() as session:
        institutions = load_network(by=by)
        accounts = build_accounts(session, by=by)
        cases = 0 if _is_told(session) else _tell_wave(session, SIZES[size], by)
        add_migration(session, by=by)
        if not _is_worked_on(session):
            _work(_story(session, by))
    judge_due()
    return Loaded(institutions, accounts, cases)


def load_network(*, by: Actor) -> int:
    """Institutions and areas alone; the number of rows added.

    Raises:
        MasterMissing: ``master load`` has not run.
    """
    with because("demo data"), transaction() as session:
        if session.get(Prefecture, "13") is None:
            raise MasterMissing
        return build_network(session)


def _is_told(session: Session) -> bool:
    told = select(func.count()).select_from(Case).where(Case.source_system == SOURCE)
    return bool(session.scalar(told))


def _is_worked_on(session: Session) -> bool:
    return bool(session.scalar(select(func.count()).select_from(HotelRoom)))


def _work(story: Story) -> None:
    """What the people of the demo did with the wave: links, calls, places, a chain."""
    actors = {
        name: account_of(story, name) for name in ("nurse", "prefecture", "hospital", "hotel")
    }
    link_a_chain(story, actors["nurse"])
    coordinate(story, Coordinators(**actors))
    work_the_desk(story, actors["nurse"])


def _story(session: Session, by: Actor) -> Story:
    places = {one.code: one for one in session.scalars(select(Institution))}
    homes = _homes(session)
    towns = towns_of({(home.prefecture, home.city) for home in homes})
    return Story(session, by, places, towns, Random(_SEED), clock.now())


def _tell_wave(session: Session, count: int, by: Actor) -> int:
    story = _story(session, by)
    random, homes = story.random, _homes(session)
    for course in plan_wave(count, homes, story.today, random):
        tell(story, course)
    story.write_observations()
    slip(session)
    _bring_to_today(session)
    plant_doubles(session, story.today, by=by)
    return count


def _bring_to_today(session: Session) -> None:
    """Every status as it is today; until here each followed from the day of its last event."""
    for case in session.scalars(select(Case).where(Case.source_system == SOURCE)):
        refresh_status(case)
    finish_due(clock.today())


def _homes(session: Session) -> list[Home]:
    """The cities above, the one of the demo's health centre first, and for every prefecture the
    first town of the prefecture's own health centre."""
    prefectures = {p.code: p.name for p in session.scalars(select(Prefecture))}
    rows = session.execute(
        select(Municipality.code, Municipality.name, Institution.code)
        .join(CentreArea, CentreArea.municipality_code == Municipality.code)
        .join(Institution, Institution.id == CentreArea.centre_id)
        .where(Institution.code.like("demo-hc-%"))
        .order_by(Municipality.code)
    ).all()
    told = {centre_code(jis) for jis, _city in WITH_INSTITUTIONS}
    homes: list[Home] = []
    seen: set[str] = set()
    for code, name, centre in rows:
        first = centre == centre_code(f"{code[:2]}000") and code[:2] not in seen
        if code in _CITIES or first:
            if first:
                seen.add(code[:2])
            clinic = centre.replace("demo-hc-", "demo-clinic-")
            weight = _CITIES.get(code, _ELSEWHERE)
            prefecture = prefectures[code[:2]]
            homes.append(Home(code, prefecture, name, centre, clinic, weight, centre in told))
    return sorted(homes, key=lambda home: -home.weight)
