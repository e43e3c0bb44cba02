"""A small world: two prefectures, their institutions, and verbs to put cases into it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from app.cases.models import Case, CaseAccess
from app.core import clock
from app.core.db import db
from app.core.transaction import transaction
from app.institutions.diseases import Disease
from app.institutions.models import Institution, Prefecture
from app.institutions.rules import entries_of
from app.persons.models import Person
from app.security.actor import Actor, acting_as, system_actor
from app.security.roles import Entry, RoleName

KINDS = {
    "centre": "health_centre",
    "other_centre": "health_centre",
    "clinic": "clinic",
    "hospital": "hospital",
    "hotel": "hotel",
}
ROLES = {
    "centre": RoleName.HEALTH_CENTRE_NURSE,
    "other_centre": RoleName.HEALTH_CENTRE_CLERK,
    "clinic": RoleName.CLINIC,
    "hospital": RoleName.HOSPITAL,
    "hotel": RoleName.HOTEL,
}
PREFECTURAL = frozenset({RoleName.LABORATORY, RoleName.INFORMATION_CENTRE})
"""Roles whose institution stands below a prefecture, not below an authority."""


@dataclass
class World:
    """Keys of what exists from the start."""

    disease_id: int
    authority_id: int
    other_authority_id: int
    institutions: dict[str, int]

    def actor(self, name: str) -> Actor:
        """Somebody at the institution called ``name``."""
        return Actor(
            1,
            name,
            ROLES[name],
            self.institutions[name],
            self.authority_id,
            "13",
            frozenset(map(Entry, entries_of(KINDS[name]))),
        )

    def supervisor(
        self, role: RoleName, *, authority: int | None = None, area: str = "13"
    ) -> Actor:
        """Somebody at a headquarters or institute of the area."""
        home = None if role in PREFECTURAL else authority or self.authority_id
        return Actor(2, role.value, role, 999, home, area, frozenset(Entry))

    def case(self, *meets: str, **values: Any) -> Case:
        """A case of a person, met by the named institutions from an hour ago."""
        given = {
            "disease_id": self.disease_id,
            "first_prefecture_code": "13",
            "prefecture_code": "13",
            "authority_id": self.authority_id,
        }
        with acting_as(system_actor("test")), transaction() as session:
            case = Case(person=Person(name="山田太郎", kana="ヤマダタロウ"), **(given | values))
            session.add(case)
            session.flush()
            for name in meets:
                access = CaseAccess(case_id=case.id, institution_id=self.institutions[name])
                access.role = "related"
                access.from_at = clock.now() - timedelta(hours=1)
                session.add(access)
        return case


def build() -> World:
    """Put the world into the database of the current application."""
    with acting_as(system_actor("test")), transaction() as session:
        for code, name in (("13", "東京都"), ("14", "神奈川県")):
            if session.get(Prefecture, code) is None:
                session.add(
                    Prefecture(
                        code=code, name=name, kana=name, romaji=name, region="関東", population=1
                    )
                )
        disease = Disease(
            code="test",
            family="test",
            name="試験病",
            short_name="試験病",
            category="designated",
            surveillance="all_cases",
            notification_timing="immediately",
        )
        authorities = [Institution(kind="authority", name=n, code=n) for n in ("甲市", "乙市")]
        session.add_all([disease, *authorities])
        session.flush()
        named = {
            name: Institution(
                kind=kind,
                name=name,
                code=name,
                authority_id=authorities[0].id,
                prefecture_code="13",
            )
            for name, kind in KINDS.items()
        }
        session.add_all(named.values())
        session.flush()
        keys = {name: institution.id for name, institution in named.items()}
        world = World(disease.id, authorities[0].id, authorities[1].id, keys)
    forget()
    return world


def forget() -> None:
    """Empty the session's memory, so that the next read asks the database under the laws."""
    db.session.expunge_all()
