"""Accounts are for staff: nothing in them presumes that a patient or contact has one."""

import ast

import pytest
from flask import Flask
from sqlalchemy import inspect

from app.accounts.models import Account
from app.security.roles import RoleName
from app.security.rows import mapped_models
from tests.guards.sources import modules

pytestmark = pytest.mark.one_database

PATIENTS = {"person", "case_record", "contact"}
# Who works: the roles of R29. A new one is added here knowingly.
STAFF = {
    "health_centre_clerk",
    "health_centre_nurse",
    "clinic",
    "hospital",
    "hotel",
    "follow_up_contractor",
    "authority_supervisor",
    "prefecture_supervisor",
    "information_centre",
    "laboratory",
    "national_institute",
    "ministry",
    "id_administrator",
    "quarantine_station",
}


def test_no_role_is_one_of_patients() -> None:
    words = ("patient", "contact", "case", "family", "proxy", "person")
    roles = {role.value for role in RoleName if role is not RoleName.SYSTEM}
    assert [role for role in roles if any(word in role for word in words)] == []
    assert roles >= STAFF


def test_no_table_ties_an_account_to_a_patient(app: Flask) -> None:
    for model in mapped_models():
        package = model.__module__.split(".")[1] if model.__module__.startswith("app.") else ""
        targets = {key.column.table.name for key in model.__table__.foreign_keys}
        if package in {"accounts", "issuing"}:
            assert not targets & PATIENTS, model
        if model.__tablename__ in PATIENTS:
            assert not targets & {"account", "ab_user"}, model
    related = {r.mapper.class_.__tablename__ for r in inspect(Account).relationships}
    assert not related & PATIENTS


def test_the_packages_of_accounts_know_nothing_of_patients() -> None:
    foreign = ("app.persons", "app.cases", "app.contacts", "app.followup", "app.notifications")
    for path, tree in modules():
        if not path.startswith(("app/accounts/", "app/issuing/")):
            continue
        for node in ast.walk(tree):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [n.name for n in node.names] if isinstance(node, ast.Import) else []
            assert not [n for n in names if n.startswith(foreign)], path
