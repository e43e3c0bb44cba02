"""The workbook of COVID-19: the columns of its forms until today, each row by that of its day."""

from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask

from app.core import clock
from app.notifications.layout import LINES
from app.security.actor import acting_as
from tests.sheets.test_diseases import offered, sent, sheet_of
from tests.sheets.test_workbook import blank, kept, submitted
from tests.sheets.workbooks import SOUND, columns, filled, person
from tests.support import cast

pytestmark = pytest.mark.usefixtures("frozen_clock")

LATER = datetime(2022, 10, 3, 3, tzinfo=UTC)
NEW = {"grounds", "treatment_needed", "oxygen_needed"}


def of_day(day: str, **changes: Any) -> dict[str, Any]:
    days = dict.fromkeys(("first_visit_on", "diagnosed_on", "test_nucleic_acid_collected_on"), day)
    return SOUND | days | {"onset_on": None, "reported_on": None} | changes


@pytest.fixture(autouse=True)
def _inside(app: Flask) -> object:
    with app.test_request_context():
        yield


@pytest.mark.one_database
def test_the_columns_are_those_of_the_forms_until_today() -> None:
    by = cast.actor("endo")
    assert NEW.isdisjoint(columns(sheet_of(blank(by))))
    for at in (LATER, datetime(2026, 11, 21, 3, tzinfo=UTC)):
        with clock.frozen_at(at):
            content = blank(by)
        keys = set(columns(sheet_of(content)))
        assert NEW | {"severity", "hospitalised_at_notification"} <= keys
        assert {"specimens", "test_sample_result"}.isdisjoint(keys)
        assert offered(content, "grounds")[0] == "①65歳以上"


def test_each_row_is_judged_by_the_form_of_its_own_day() -> None:
    by = cast.actor("endo")
    third = "③重症化リスクがあり、かつ治療薬投与又は新たに酸素投与が必要"
    group = {"grounds": third, "treatment_needed": "有", "oxygen_needed": "無"}
    onset = {"onset_on": "2021/1/1"}
    rows = [
        of_day("2021/2/9", severity="軽症", **onset),
        of_day("2021/2/10", severity="軽症", **onset),
        of_day("2022/9/25", **onset),
        of_day("2022/9/25", **onset, **group),
        of_day("2022/9/26", **onset),
        of_day("2022/9/26", **onset, **group),
        of_day("2022/9/26", **onset, **group | {"grounds": "なし"}),
        of_day("2022/9/26", **onset, **group | {"grounds": "②、③"}),
    ]
    with clock.frozen_at(LATER):
        rows = [row | person(n) for n, row in enumerate(rows)]
        book = kept(by, filled(blank(by), rows))
        with acting_as(by):
            told = [
                (one["outcome"], sorted(one["problems"]), [a["code"] for a in one["asked"]])
                for one in book.outcomes
            ]
        assert told == [
            ("question", [], ["left_out:severity"]),
            ("ready", [], []),
            ("ready", [], []),
            ("question", [], [f"left_out:{n}" for n in _in_order(rows[3])]),
            ("refused", sorted(NEW), []),
            ("ready", [], []),
            ("refused", ["grounds"], []),
            ("ready", [], []),
        ]
        assert submitted(by, book, 4).counts == {"submitted": 5, "question": 1, "refused": 2}
        with acting_as(by):
            versions = [one.form_version for one in sent()]
            grounds = [one.grounds for one in sent()]
    assert versions == ["2020-02", "2021-02", "2021-02", "2022-09", "2022-09"]
    assert grounds[-1] == ("needs_admission", "risk_and_treatment")


def _in_order(row: dict[str, Any]) -> list[str]:
    return [name for name in LINES if name in NEW and row.get(name)]
