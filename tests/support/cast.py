"""A permanent cast: the same people at the same institutions in every test.

Aoki and Baba work at our health centre (新宿), Chiba at the neighbouring one (千代田), Zaizen at
one in another prefecture (大阪). ``OWN`` is the case our centre answers for, ``FOREIGN`` the
one in Osaka: to most of the cast it does not exist.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts.browser import Browser, new_secret
from app.accounts.models import Account
from app.accounts.principal import open_account
from app.accounts.service import create_account
from app.accounts.sessions import record_session
from app.api.rules import TOKEN_PREFIX
from app.cases.models import ActivityRecord, Case, CaseAccess, LabTest, Stay, Treatment
from app.cases.rules import case_number
from app.cases.service import grant_access
from app.contacts.models import Contact, ContactExposure
from app.core import clock
from app.core.db import db
from app.core.transaction import transaction
from app.followup.models import HealthObservation
from app.followup.plans import ObservationPlan
from app.institutions.loader import load_master
from app.institutions.models import CentreArea, Institution
from app.institutions.portal import decide_use
from app.institutions.queries import disease_in_force, institution_by_code
from app.institutions.rules import entries_of, needs_letting_in
from app.institutions.service import assign_area, register_institution
from app.notifications.models import Notification
from app.persons.models import Person
from app.security.actor import Actor, acting_as, system_actor
from app.security.roles import RoleName
from tests.support.clock import NOON
from tests.support.database import FILLERS

PASSWORD = "correct horse battery staple"

# code, kind, name, parent, municipality
_INSTITUTIONS = (
    ("hc-shinjuku", "health_centre", "新宿区保健所", "authority_13104", "13104"),
    ("hc-chiyoda", "health_centre", "千代田区保健所", "authority_13101", "13101"),
    ("hc-osaka", "health_centre", "大阪市保健所", "authority_27100", "27127"),
    ("clinic-shinjuku", "clinic", "新宿駅前内科クリニック", "hc-shinjuku", "13104"),
    ("clinic-osaka", "clinic", "梅田内科", "hc-osaka", "27127"),
    ("hospital-shinjuku", "hospital", "新宿総合病院", "hc-shinjuku", "13104"),
    ("hotel-shinjuku", "hotel", "ホテル新宿", "hc-shinjuku", "13104"),
    (
        "contractor-tokyo",
        "follow_up_contractor",
        "東京健康フォローセンター",
        "hc-shinjuku",
        "13104",
    ),
    ("laboratory-tokyo", "laboratory", "東京都健康安全研究センター", "hq_13", "13104"),
    ("information-tokyo", "information_centre", "東京都感染症情報センター", "hq_13", "13104"),
    ("quarantine-haneda", "quarantine_station", "羽田空港検疫所", "ministry", None),
)

# user name, name, institution, role
_PEOPLE = (
    ("aoki", "青木 一郎", "hc-shinjuku", RoleName.HEALTH_CENTRE_CLERK),
    ("baba", "馬場 二葉", "hc-shinjuku", RoleName.HEALTH_CENTRE_NURSE),
    ("chiba", "千葉 三郎", "hc-chiyoda", RoleName.HEALTH_CENTRE_CLERK),
    ("zaizen", "財前 九郎", "hc-osaka", RoleName.HEALTH_CENTRE_CLERK),
    ("endo", "遠藤 五月", "clinic-shinjuku", RoleName.CLINIC),
    ("fujii", "藤井 六花", "hospital-shinjuku", RoleName.HOSPITAL),
    ("goto", "後藤 七海", "hotel-shinjuku", RoleName.HOTEL),
    ("honda", "本田 八重", "contractor-tokyo", RoleName.FOLLOW_UP_CONTRACTOR),
    ("ito", "伊藤 十和", "authority_13104", RoleName.AUTHORITY_SUPERVISOR),
    ("doi", "土井 四郎", "hq_13", RoleName.PREFECTURE_SUPERVISOR),
    ("kato", "加藤 恵", "information-tokyo", RoleName.INFORMATION_CENTRE),
    ("mori", "森 光", "laboratory-tokyo", RoleName.LABORATORY),
    ("niida", "新井田 学", "national_institute", RoleName.NATIONAL_INSTITUTE),
    ("oka", "岡 正", "ministry", RoleName.MINISTRY),
    ("saito", "斎藤 管", "hc-shinjuku", RoleName.ID_ADMINISTRATOR),
    ("hogo", "保護 護", "hc-shinjuku", RoleName.DATA_PROTECTION),
    ("nemoto", "根本 港", "quarantine-haneda", RoleName.QUARANTINE_STATION),
    ("ueda", "上田 司", "hospital-shinjuku", RoleName.ID_ADMINISTRATOR),
)

ONE_OF_EACH_ROLE = tuple({role: name for name, _n, _i, role in reversed(_PEOPLE)}.values())
"""A member of the cast for every role an account can hold."""


@dataclass(frozen=True, slots=True)
class Episode:
    """A case and the keys of everything that hangs on it, by resource."""

    case: int
    person: int
    notification: int
    lab_test: int
    stay: int
    treatment: int
    activity: int
    observation: int
    contact: int
    exposure: int
    case_access: int
    observation_plan: int


def fill(app: Flask) -> None:
    """Master data, the cast and its two cases, written into the template of every test."""
    with app.app_context(), clock.frozen_at(NOON), acting_as(system_actor("cast")) as system:
        load_master(by=system)
        for code, kind, name, parent, municipality in _INSTITUTIONS:
            register_institution(
                by=system,
                kind=kind,
                code=code,
                name=name,
                parent=institution_by_code(parent),
                municipality_code=municipality,
            )
        for outsider in db.session.scalars(select(Institution).order_by(Institution.id)).all():
            if needs_letting_in(outsider.kind):
                # Typing whole notifications is a duty of its own, given where it is told of.
                entries = [one for one in entries_of(outsider.kind) if one != "paper"]
                decide_use(outsider, on=True, entries=entries, reason="cast", by=system)
        for centre, municipality in (
            ("hc-shinjuku", "13104"),
            ("hc-chiyoda", "13101"),
            ("hc-osaka", "27127"),
        ):
            assign_area(by=system, municipality_code=municipality, centre_code=centre)
        for username, name, institution, role in _PEOPLE:
            create_account(
                username=username,
                name=name,
                institution=_institution(institution),
                role=role,
                password=PASSWORD,
                by=system,
            )
        _write_episode(system, "山田 花子", "ヤマダ ハナコ", "09011112222", "shinjuku", "13104")
        _write_episode(system, "外山 秘蔵", "ソトヤマ ヒゾウ", "08099998888", "osaka", "27127")


def actor(username: str) -> Actor:
    """The actor of a member of the cast (needs an application context)."""
    with acting_as(system_actor("tests")):
        user_id = db.session.scalar(
            select(Account.user_id).where(Account.user.has(username=username))
        )
    assert user_id is not None, username
    principal = open_account(user_id)
    assert principal is not None
    return principal.actor


def own_episode() -> Episode:
    """Keys of the case our health centre answers for."""
    return _episode("ヤマダ ハナコ")


def foreign_episode() -> Episode:
    """Keys of the case in Osaka."""
    return _episode("ソトヤマ ヒゾウ")


def sign_in(client: FlaskClient, username: str) -> FlaskClient:
    """Open a session as the login does after its second step (the login has tests of its own)."""
    with client.application.app_context():
        signed_in = actor(username)
        principal = open_account(signed_in.user_id or 0)
        assert principal is not None
        secret = new_secret()
        with acting_as(system_actor("tests")), transaction() as database:
            record_session(database, principal, Browser("", ""), secret)
        db.session.remove()
    with client.session_transaction() as session:
        session.clear()
        session.update(
            _user_id=str(principal.id),
            _fresh=True,
            sid=secret,
            seen_at=int(clock.now().timestamp()),
            locale="ja",
        )
    return client


def with_token(client: FlaskClient, username: str) -> FlaskClient:
    """A program that acts for a member of the cast, with a token as the login gives it."""
    token, ends_at = TOKEN_PREFIX + new_secret(), clock.now() + timedelta(hours=1)
    with client.application.app_context():
        principal = open_account(actor(username).user_id or 0)
        assert principal is not None
        with acting_as(system_actor("tests")), transaction() as database:
            record_session(database, principal, Browser("", ""), token, ends_at=ends_at)
        db.session.remove()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    return client


def _institution(code: str) -> Institution:
    found = institution_by_code(code)
    assert found is not None, code
    return found


def _write_episode(
    by: Actor, name: str, kana: str, phone: str, place: str, municipality: str
) -> None:
    centre, clinic = _institution(f"hc-{place}"), _institution(f"clinic-{place}")
    area = db.session.scalar(select(CentreArea).where(CentreArea.municipality_code == municipality))
    assert area is not None
    disease = disease_in_force("covid_19", on=date(2021, 8, 12))
    assert disease is not None
    with transaction() as session:
        person = Person(
            name=name,
            kana=kana,
            birth_on=date(1955, 4, 30),
            mobile_phone=phone,
            address=f"{place}のどこか1-2-3",
        )
        exposed = Person(name=f"{name}の家族", kana=f"{kana} カゾク", mobile_phone=f"{phone}9")
        session.add_all([person, exposed])
        session.flush()
        case = Case(
            person_id=person.id,
            disease_id=disease.id,
            sex="female",
            age_years=66,
            prefecture_code=municipality[:2],
            first_prefecture_code=municipality[:2],
            municipality_code=municipality,
            responsible_centre_id=centre.id,
            authority_id=centre.authority_id,
            reporting_institution_id=clinic.id,
            notification_state="accepted",
            diagnosis_type="confirmed",
            onset_on=date(2021, 8, 10),
            diagnosed_on=date(2021, 8, 12),
            reported_on=date(2021, 8, 12),
            remarks=f"{name}について",
        )
        session.add(case)
        session.flush()
        case.number = case_number(case.id)
        grant_access(case, centre.id, "responsible", by=by)
        grant_access(case, clinic.id, "reporting", by=by)
        if place == "shinjuku":
            grant_access(case, _institution("hospital-shinjuku").id, "treating", by=by)
            grant_access(case, _institution("hotel-shinjuku").id, "observing", by=by)
            grant_access(case, _institution("contractor-tokyo").id, "observing", by=by)
        contact = Contact(
            person_id=exposed.id,
            disease_id=disease.id,
            prefecture_code=municipality[:2],
            responsible_centre_id=centre.id,
            authority_id=centre.authority_id,
            last_exposure_on=date(2021, 8, 11),
            status="under_observation",
        )
        session.add(contact)
        session.flush()
        session.add_all(
            [
                Notification(
                    disease_id=disease.id,
                    case_id=case.id,
                    institution_id=clinic.id,
                    responsible_centre_id=centre.id,
                    accepted_centre_id=centre.id,
                    state="accepted",
                    submitted_at=NOON,
                    accepted_at=NOON,
                    doctor_name=f"{name}の医師",
                    diagnosis_type="confirmed",
                    reported_on=date(2021, 8, 12),
                ),
                LabTest(
                    case_id=case.id,
                    collected_on=date(2021, 8, 11),
                    result="positive",
                    entering_institution_id=clinic.id,
                ),
                Stay(case_id=case.id, place="home", from_on=date(2021, 8, 12)),
                Treatment(case_id=case.id, given_on=date(2021, 8, 13), content=f"{name}の治療"),
                ActivityRecord(
                    case_id=case.id, happened_on=date(2021, 8, 9), place=f"{name}の職場"
                ),
                HealthObservation(
                    case_id=case.id,
                    observed_on=date(2021, 8, 14),
                    part_of_day="morning",
                    temperature=38,
                    remarks=f"{name}の様子",
                ),
                ContactExposure(
                    contact_id=contact.id, case_id=case.id, exposed_on=date(2021, 8, 11)
                ),
            ]
        )


def _episode(kana: str) -> Episode:
    with acting_as(system_actor("tests")):
        pairs = db.session.execute(select(Case, Person).join(Person, Case.person_id == Person.id))
        (case,) = (case for case, person in pairs if person.kana == kana)

        def key(model: type, **where: object) -> int:
            statement = select(model.id).filter_by(**(where or {"case_id": case.id}))  # type: ignore[attr-defined]
            found = db.session.scalars(statement.order_by(model.id)).first()  # type: ignore[attr-defined]
            assert found is not None
            return int(found)

        exposure = key(ContactExposure)
        found = db.session.get(ContactExposure, exposure)
        assert found is not None
        return Episode(
            case=case.id,
            person=case.person_id or 0,
            notification=key(Notification),
            lab_test=key(LabTest),
            stay=key(Stay),
            treatment=key(Treatment),
            activity=key(ActivityRecord),
            observation=key(HealthObservation),
            contact=found.contact_id,
            exposure=exposure,
            case_access=key(CaseAccess),
            observation_plan=key(ObservationPlan),
        )


FILLERS.append(fill)
