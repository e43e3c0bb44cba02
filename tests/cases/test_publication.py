"""Which items of a case may be published: yes, no, or not decided; on the case's own pages."""

import pytest
from flask import Flask
from sqlalchemy import select

from app.audit.models import HistoryEntry
from app.cases.models import Case
from app.cases.publication import PUBLISHABLE, decided, may_publish
from app.cases.rules import contradictions
from app.core.db import db
from app.core.items import items_of
from app.core.transaction import transaction
from app.security.actor import acting_as
from tests.support import cast


def test_every_publishable_item_is_an_item_of_the_case_under_its_own_name() -> None:
    items = {one.name: one.label for one in items_of(Case)}
    assert {code.value: code.label for code in PUBLISHABLE} == {
        name: items[name] for name in PUBLISHABLE.values
    }


@pytest.mark.parametrize(
    ("published", "withheld", "expected"),
    [
        (None, None, None),
        (("sex",), None, True),
        (None, ("sex",), False),
        # What contradicts itself is not published.
        (("sex",), ("sex",), False),
        (("age_group",), ("residence",), None),
    ],
)
def test_an_item_is_published_only_when_somebody_said_so(
    published: tuple[str, ...] | None, withheld: tuple[str, ...] | None, expected: bool | None
) -> None:
    case = Case(published_items=published, withheld_items=withheld)
    assert may_publish(case, "sex") is expected


def test_further_decisions_change_their_items_alone() -> None:
    case = Case(published_items=("sex", "age_group"), withheld_items=("residence",))
    assert decided(case, {"residence": True, "age_group": False, "sex": None}) == {
        "published_items": ("residence",),
        "withheld_items": ("age_group",),
    }
    assert decided(case, {}) == {
        "published_items": ("age_group", "sex"),
        "withheld_items": ("residence",),
    }


def test_an_item_on_both_lists_is_a_contradiction() -> None:
    case = Case(published_items=("sex",), withheld_items=("sex",))
    assert "withheld_items" in contradictions(case)
    assert "withheld_items" not in contradictions(Case(published_items=("sex",)))


@pytest.mark.one_database
def test_the_case_shows_what_may_be_published_and_its_history_keeps_it(app: Flask) -> None:
    with app.app_context(), acting_as(cast.actor("aoki")):
        key = cast.own_episode().case
        case = db.session.get_one(Case, key)
        with transaction():
            for name, value in decided(case, {"sex": True, "residence": False}).items():
                setattr(case, name, value)
        entry = db.session.scalars(
            select(HistoryEntry).order_by(HistoryEntry.id.desc()).limit(1)
        ).one()
        assert set(entry.changes) == {"published_items", "withheld_items"}
    page = cast.sign_in(app.test_client(), "aoki").get(f"/cases/show/{key}").text
    assert "公表不可の項目" in page
    assert "居住地（公表用）" in page
