"""Every table, item, word and door is declared completely."""

import re
from typing import Any

import pytest
from flask import Flask

from app.audit.history import historied_models
from app.core.db import Record
from app.core.items import Privacy, items_of
from app.core.labels import CodeList, Label
from app.generated.views import VIEWS
from app.security.roles import ROLES
from app.security.rows import declared_models, mapped_models

pytestmark = pytest.mark.one_database

# Columns about people or their cases that are no items, so that no mask covers them. None of
# them may be shown; the keys are read by roles that read the items they are made of.
BARE = {
    "person": {"kana_key", "name_key", "phone_key"},
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
                free = {Privacy.IDENTIFYING, Privacy.NAME, Privacy.TELEPHONE}
                is_public = model in {m for m, law in declared_models().items() if law == "master"}
                assert item.privacy in free or is_public, (model.__name__, item.name)
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


def test_search_keys_are_the_only_personal_columns_without_a_mask(app: Flask) -> None:
    for table, names in BARE.items():
        model = next(m for m in mapped_models() if m.__tablename__ == table)
        items = {item.name for item in items_of(model)}
        columns = {column.key for column in model.__mapper__.column_attrs}
        assert columns - items - {"id", "row_version"} == names


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
