"""Loading the master data: complete, repeatable, respectful of what people changed."""

from collections import Counter

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.audit.models import HistoryEntry
from app.core.db import db
from app.core.errors import NotAllowed
from app.core.transaction import transaction
from app.institutions.diseases import Disease, DiseaseOption
from app.institutions.loader import LoadCount, load_master
from app.institutions.models import Institution, Municipality, Prefecture
from app.institutions.rules import lg_code, may_stand_below
from app.security.actor import Actor, acting_as, system_actor
from app.security.roles import RoleName

SYSTEM = system_actor("test")


def count(model: type, *conditions: object) -> int:
    return db.session.scalar(select(func.count()).select_from(model).where(*conditions)) or 0


def test_the_first_load_creates_all_it_reads(first_load: dict[str, LoadCount]) -> None:
    assert first_load["prefecture"] == LoadCount("prefecture", 47, 47, 0)
    # ministry + national institute + 47 headquarters + 155 authorities
    assert first_load["institution"] == LoadCount("institution", 204, 204, 0)
    assert first_load["disease"] == LoadCount("disease", 119, 119, 0)
    # 50 options for each of the three periods of COVID-19
    assert first_load["disease_option"] == LoadCount("disease_option", 150, 150, 0)
    assert first_load["municipality"].created == first_load["municipality"].read


def test_a_second_load_changes_nothing(master_data: None) -> None:
    before = count(HistoryEntry)
    for one in load_master(by=SYSTEM):
        assert (one.table, one.created, one.updated) == (one.table, 0, 0)
    assert count(HistoryEntry) == before


def test_only_the_system_loads(master_data: None) -> None:
    clerk = Actor(user_id=1, name="青木", role=RoleName.HEALTH_CENTRE_CLERK)
    with pytest.raises(NotAllowed):
        load_master(by=clerk)


def test_there_are_155_authorities_below_47_headquarters(master_data: None) -> None:
    kinds = Counter(db.session.scalars(select(Institution.kind)))
    assert kinds == {
        "ministry": 1,
        "national_institute": 1,
        "prefecture_hq": 47,
        "authority": 155,
    }


def test_every_institution_stands_where_the_tree_allows(master_data: None) -> None:
    for one in db.session.scalars(select(Institution)):
        assert may_stand_below(one.kind, one.parent.kind if one.parent else None), one.code


def test_every_authority_has_a_prefecture_and_is_its_own_authority(master_data: None) -> None:
    codes = set(db.session.scalars(select(Prefecture.code)))
    for one in db.session.scalars(select(Institution).where(Institution.kind == "authority")):
        assert one.prefecture_code in codes
        assert one.authority_id == one.id
        assert one.parent is not None
        assert one.parent.prefecture_code == one.prefecture_code
        assert one.lg_code is not None
        assert lg_code(one.lg_code[:5]) == one.lg_code


def test_every_city_with_health_centres_is_a_municipality(master_data: None) -> None:
    places = db.session.scalars(
        select(Institution.municipality_code).where(Institution.municipality_code.is_not(None))
    ).all()
    assert len(places) == 155 - 47
    assert set(places) <= set(db.session.scalars(select(Municipality.code)))


def test_japan_has_1741_municipalities_and_their_wards(master_data: None) -> None:
    kinds = Counter(db.session.scalars(select(Municipality.kind)))
    wards = kinds.pop("ward")
    # 1,718 cities, towns and villages and 23 special wards, without the six northern villages.
    assert sum(kinds.values()) == 1741
    assert kinds["designated_city"] == 20
    assert kinds["special_ward"] == 23
    assert wards == 171


def test_the_census_adds_up(master_data: None) -> None:
    assert db.session.scalar(select(func.sum(Prefecture.population))) == 126_146_099


def test_the_categories_of_the_law_are_complete(master_data: None) -> None:
    categories = Counter(db.session.scalars(select(Disease.category)))
    assert categories["category_1"] == 7
    assert categories["category_2"] == 7
    assert categories["category_3"] == 5
    assert categories["category_4"] == 44
    assert sum(categories.values()) == 119


def test_only_covid_19_has_options(master_data: None) -> None:
    families = db.session.scalars(select(Disease.family).join(DiseaseOption.disease).distinct())
    assert families.all() == ["covid_19"]


def test_a_change_made_in_the_portal_survives_the_next_load(master_data: None) -> None:
    covid = db.session.scalars(select(Disease).where(Disease.code == "covid_19")).one()
    with transaction():
        covid.spo2_red = 92
        covid.notification_timing = "monthly"
    try:
        updated = {one.table: one.updated for one in load_master(by=SYSTEM)}
        assert updated["disease"] == 1
        assert covid.spo2_red == 92
        assert covid.notification_timing == "immediately"
    finally:
        with transaction():
            covid.spo2_red = 93


def test_every_created_institution_stands_in_the_history(master_data: None) -> None:
    created = HistoryEntry.record_type == "institution", HistoryEntry.action == "created"
    assert count(HistoryEntry, *created) >= 204


def test_whoever_is_signed_in_sees_every_institution_and_nobody_else_any(
    empty_app: Flask, first_load: dict[str, LoadCount]
) -> None:
    clinic = Actor(user_id=1, name="遠藤", role=RoleName.CLINIC)
    with empty_app.app_context():
        assert count(Institution) == 0
        with acting_as(clinic):
            assert count(Institution) >= 204


def test_the_command_prints_what_it_did(empty_app: Flask, master_data: None) -> None:
    result = empty_app.test_cli_runner().invoke(args=["master", "load"])
    assert result.exit_code == 0, result.output
    assert "prefecture: 47 read, 0 created, 0 updated" in result.output
    assert "institution: 204 read, 0 created, 0 updated" in result.output
