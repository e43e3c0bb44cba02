"""One account for every role, and a few neighbours to see what they do not see."""

from dataclasses import dataclass

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.accounts.service import create_account, sync_roles
from app.devtools.demo.network import STATION, below_code, centre_code
from app.institutions.models import Institution
from app.security.actor import Actor
from app.security.roles import RoleName, role_of

SHARED_WORD = "asagao-to-himawari"
"""The password of every demo account, printed by the command; useless without the second step."""


@dataclass(frozen=True, slots=True)
class Member:
    """A demo account."""

    username: str
    name: str
    institution: str
    role: RoleName


MEMBERS = (
    Member("clerk", "青木 一郎", centre_code("13104"), RoleName.HEALTH_CENTRE_CLERK),
    Member("nurse", "馬場 双葉", centre_code("13104"), RoleName.HEALTH_CENTRE_NURSE),
    Member("clinic", "遠藤 五月", below_code("clinic", "13104"), RoleName.CLINIC),
    Member("hospital", "藤井 六花", below_code("hospital", "13104"), RoleName.HOSPITAL),
    Member("hotel", "後藤 七海", below_code("hotel", "13104"), RoleName.HOTEL),
    Member(
        "contractor",
        "本田 八重",
        below_code("follow_up_contractor", "13104"),
        RoleName.FOLLOW_UP_CONTRACTOR,
    ),
    Member("authority", "伊藤 十和", "authority_13104", RoleName.AUTHORITY_SUPERVISOR),
    Member("prefecture", "土井 四郎", "hq_13", RoleName.PREFECTURE_SUPERVISOR),
    Member("information", "加藤 恵", "demo-information-13", RoleName.INFORMATION_CENTRE),
    Member("laboratory", "森 光", "demo-laboratory-13", RoleName.LABORATORY),
    Member("institute", "新井田 学", "national_institute", RoleName.NATIONAL_INSTITUTE),
    Member("ministry", "岡 正", "ministry", RoleName.MINISTRY),
    Member("quarantine", "根本 港", STATION, RoleName.QUARANTINE_STATION),
    Member("idadmin", "斎藤 管", centre_code("13104"), RoleName.ID_ADMINISTRATOR),
    Member("privacy", "保谷 護", centre_code("13104"), RoleName.DATA_PROTECTION),
    Member("clerk.chiyoda", "千葉 三郎", centre_code("13101"), RoleName.HEALTH_CENTRE_CLERK),
    Member("clerk.osaka", "財前 九郎", centre_code("27100"), RoleName.HEALTH_CENTRE_CLERK),
    Member("clinic.osaka", "梅田 千里", below_code("clinic", "27100"), RoleName.CLINIC),
    Member("prefecture.osaka", "難波 渚", "hq_27", RoleName.PREFECTURE_SUPERVISOR),
)


def build_accounts(session: Session, *, by: Actor) -> int:
    """Issue the accounts that are missing; the number issued. Authenticators are enrolled at the
    first login, or by ``flask --app run otp USER``."""
    known = set(session.scalars(select(User.username)))
    missing = [member for member in MEMBERS if member.username not in known]
    if not missing:
        return 0
    sync_roles()
    for member in missing:
        institution = session.scalars(
            select(Institution).where(Institution.code == member.institution)
        ).one()
        create_account(
            username=member.username,
            name=member.name,
            institution=institution,
            role=member.role,
            password=SHARED_WORD,
            demo=True,
            by=by,
        )
    return len(missing)


def table_of_accounts(session: Session) -> list[tuple[str, str, str]]:
    """(user name, role, institution) of the demo accounts in use, in the order above."""
    order = {member.username: number for number, member in enumerate(MEMBERS)}
    rows = session.execute(
        select(User.username, Account.role, Institution.name)
        .join(Account, Account.user_id == User.id)
        .join(Institution, Institution.id == Account.institution_id)
        .where(Account.demo.is_(True), Account.closed_on.is_(None))
    ).all()
    return [
        (username, role_of(RoleName(role)).label.en, institution)
        for username, role, institution in sorted(rows, key=lambda row: order.get(row[0], 99))
    ]
