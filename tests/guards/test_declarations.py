"""Every table, item, word and door is declared completely."""

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import JSON, String, Text

from app.audit.history import historied_models
from app.core.crypto.types import Encrypted
from app.core.db import Record, db
from app.core.items import Privacy, items_of
from app.core.items import item as declare
from app.core.labels import CodeList, Label
from app.core.sections import BASIC
from app.generated.views import VIEWS
from app.persons.models import Person
from app.security.roles import ROLES
from app.security.rows import declared_models, mapped_models

pytestmark = pytest.mark.one_database

COPIES = re.compile(r"reason|note|remark|payload|secret|draft|snapshot|change|filter|comment|text")
"""Names of columns that hold what somebody typed or what an item was."""
ALSO_ENCRYPTED = {
    "bed_report.conditions",
    "break_glass.explanation",
    "hotel_room.features",
    "placement_offer.overbooking",
    "placement_offer.reason",
    "placement_request.cancel_reason",
    "placement_request.needs",
    "retention_hold.reason",
    "retention_hold.release_reason",
}
"""Free words that people without identity read for their duty: theirs to read, but nobody else's."""
PLAIN = {
    "analysis_asked.question": "keys of items, codes and dates",
    "api_key_secret.secret_hash": "a hash",
    "bed_plan.assumptions": "names of parameters, codes and numbers",
    "care_survey.sent": "numbers of an authority",
    "case_contribution.given": "amounts by measure",
    "history_entry.item_names": "names of items, no values",
    "history_entry.proof": "salted, keyed digests",
    "history_seal.late": "keys of entries",
    "history_seal.missing": "keys of entries",
    "notification_book.counts": "numbers by outcome",
    "person_search.tokens": "means nothing without the key",
    "publication.content": "figures to be given out: nobody is named, small cells are hidden",
    "result_file.counts": "numbers by outcome",
    "returnee_delivery.counts": "numbers by outcome",
    "saved_analysis.question": "keys of items, codes and dates",
    "import_batch.checks": "amounts",
    "import_batch.counts": "numbers by plan",
    "import_batch.done": "numbers by plan",
    "import_batch.faults": "numbers by kind",
    "import_batch.mapping": "names of items by column",
    "import_batch.problem": "a sentence without a value of the file",
    "imported_case.tests": "keys",
    "job_run.message": "never holds a personal value",
}
# Versioned, but no document about anybody: the progress of background work.
WITHOUT_HISTORY = {"job_run"}
JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff々〇]")
# Forms of address, symbols and abbreviations that are the same in both languages.
SAME = re.compile(r"^[A-Za-z0-9 .,%()（）℃/／〜～:+\-ー–—]+$")


def test_every_table_stands_under_a_law(app: Flask) -> None:
    own = {m for m in mapped_models() if m.__module__.startswith("app.")}
    assert own <= set(declared_models())


def test_every_table_somebody_edits_has_a_history(app: Flask) -> None:
    edited = {
        m for m, law in declared_models().items() if law != "internal" and issubclass(m, Record)
    }
    shown = {view.model for view in VIEWS.values()}
    editable = {m for m in shown if any(item.editable for item in items_of(m))}
    wanted = edited | {m for m in editable if _is_edited(m)}
    assert wanted - _without_history() <= historied_models()


def _without_history() -> set[type[Any]]:
    return {model for model in mapped_models() if model.__tablename__ in WITHOUT_HISTORY}


def _is_edited(model: type[Any]) -> bool:
    resources = [name for name, view in VIEWS.items() if view.model is model]
    return any(
        role.may("edit", r) or role.may("add", r) for role in ROLES.values() for r in resources
    )


def test_every_item_says_what_it_gives_away_and_is_called_in_both_languages(app: Flask) -> None:
    lists: dict[str, CodeList] = {}
    for model in mapped_models():
        for item in items_of(model):
            assert isinstance(item.privacy, Privacy), (model, item.name)
            _both(item.label, (model.__name__, item.name))
            _both(item.section.label, item.section.key)
            if item.kind == "long_text" or item.name.endswith(("remarks", "_note")):
                is_public = model in {m for m, law in declared_models().items() if law == "master"}
                assert item.privacy.is_personal or is_public, (model.__name__, item.name)
            if item.codes is not None:
                lists[item.codes.name] = item.codes
    for codes in lists.values():
        for code in codes:
            _both(code.label, (codes.name, code.value))
            assert re.fullmatch(r"[a-z0-9_:-]+", code.value), (codes.name, code.value)


def _both(label: Label, where: object) -> None:
    assert label.ja, where
    assert label.en, where
    assert not JAPANESE.search(label.en), (where, label.en)
    assert JAPANESE.search(label.ja) or SAME.match(label.ja), (where, label.ja)


def test_every_column_of_a_person_is_an_item(app: Flask) -> None:
    """So that each has its mask; what a person is found by lies in tables no door shows."""
    columns = {column.key for column in Person.__mapper__.column_attrs}
    assert columns - {item.name for item in items_of(Person)} == {"id", "row_version"}


def test_every_item_that_identifies_somebody_is_encrypted(app: Flask) -> None:
    for model in mapped_models():
        for item in items_of(model):
            column = model.__mapper__.columns[item.name]
            where = f"{model.__tablename__}.{column.name}"
            wanted = item.privacy.is_personal or where in ALSO_ENCRYPTED
            assert isinstance(column.type, Encrypted) is wanted, where


def test_what_copies_items_is_encrypted_as_well(app: Flask) -> None:
    """Nested values and free words outside the items: unreadable, or named here as harmless."""
    readable = set()
    for model in mapped_models():
        for column in model.__table__.columns if model.__module__.startswith("app.") else ():
            is_text = isinstance(column.type, String)
            named = is_text and COPIES.search(column.name)
            copies = isinstance(column.type, JSON | Text) or named
            if copies and "item" not in column.info and not isinstance(column.type, Encrypted):
                readable.add(f"{model.__tablename__}.{column.name}")
    assert readable == set(PLAIN)


def test_every_encrypted_column_knows_its_place(app: Flask) -> None:
    for table in db.metadata.tables.values():
        for column in table.columns:
            if isinstance(column.type, Encrypted):
                assert column.type.place == f"{table.name}.{column.name}"


def test_an_item_that_identifies_cannot_be_a_key_or_an_index() -> None:
    for extra in ({"index": True}, {"unique": True}, {"foreign_key": "person.id"}):
        with pytest.raises(TypeError):
            declare(String(9), ja="名", en="Name", section=BASIC, privacy=Privacy.NAME, **extra)


def test_no_list_is_sorted_by_what_may_not_stand_in_an_address(app: Flask) -> None:
    personal = {Privacy.NAME, Privacy.TELEPHONE, Privacy.IDENTIFYING}
    for view in VIEWS.values():
        for name in view.sort_items:
            item = next(i for i in items_of(view.model) if i.name == name)
            assert item.privacy not in personal, (view, name)


def test_every_door_names_its_resource_and_some_role_opens_it(app: Flask) -> None:
    held = {resource for role in ROLES.values() for resource in role.doors}
    for view in app.appbuilder.baseviews:
        if not type(view).__module__.startswith("app."):
            continue
        named = next((c for c in type(view).__mro__ if "class_permission_name" in vars(c)), None)
        assert named is not None, view
        assert named.__module__.startswith("app."), view
    for resource in VIEWS:
        assert resource in held, resource
