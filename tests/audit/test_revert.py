"""One item is put back with a reason, by the ordinary save; the history says that too."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.audit.models import HistoryEntry
from app.audit.verifying import verify_history
from app.cases.models import Case
from app.core.db import db
from app.core.transaction import transaction
from app.security.actor import acting_as, system_actor
from tests.support import cast
from tests.support.pages import send

Visit = Callable[[str], FlaskClient]


@pytest.fixture
def visit(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Visit:
    """Sign somebody of the cast in; forms need no token of the session."""
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", True)
    return lambda who: cast.sign_in(app.test_client(), who)


def edit(case_id: int, who: str = "aoki", **values: Any) -> int:
    """Save the case; the key of the entry."""
    with acting_as(cast.actor(who)), transaction() as session:
        case = session.get(Case, case_id)
        assert case is not None
        for name, value in values.items():
            setattr(case, name, value)
    with acting_as(system_actor("test")):
        of_cases = select(HistoryEntry.id).where(HistoryEntry.record_type == "case")
        newest = of_cases.order_by(HistoryEntry.id.desc()).limit(1)
        return int(db.session.scalar(newest) or 0)


def of_case(case_id: int, name: str) -> Any:
    db.session.remove()
    with acting_as(system_actor("test")):
        return getattr(db.session.get(Case, case_id), name)


def test_an_item_is_put_back_and_the_history_says_so(app: Flask, visit: Visit) -> None:
    with app.app_context():
        own = cast.own_episode()
        entry = edit(own.case, sex="male", onset_on=date(2021, 8, 9))
    client = visit("baba")
    shown = client.get(f"/cases/history/{own.case}").text
    url = f"/cases/history/{own.case}/revert/{entry}/onset_on"
    assert url in shown
    assert "「2021/08/10」を「2021/08/09」に変更" in client.get(url).text
    assert send(client, url, reason="入力誤り").status_code == 303
    with app.app_context():
        assert (of_case(own.case, "onset_on"), of_case(own.case, "sex")) == (
            date(2021, 8, 10),
            "male",
        )
        with acting_as(system_actor("test")):
            last = db.session.scalars(
                select(HistoryEntry)
                .where(HistoryEntry.record_type == "case")
                .order_by(HistoryEntry.id.desc())
            ).first()
            assert last is not None
            assert last.changes == {"onset_on": ["2021-08-09", "2021-08-10"]}
            assert (last.reason, last.user_name) == ("reverted: 入力誤り", "baba")
            assert verify_history(db.session()).broken == 0
    assert "理由：変更の取消し：入力誤り" in client.get(f"/cases/history/{own.case}").text


def test_nothing_is_put_back_without_a_reason(app: Flask, visit: Visit) -> None:
    with app.app_context():
        own = cast.own_episode()
        entry = edit(own.case, sex="male")
    url = f"/cases/history/{own.case}/revert/{entry}/sex"
    assert send(visit("aoki"), url, reason=" ").status_code == 422
    with app.app_context():
        assert of_case(own.case, "sex") == "male"


def test_what_was_changed_again_since_is_not_put_back(app: Flask, visit: Visit) -> None:
    with app.app_context():
        own = cast.own_episode()
        first = edit(own.case, sex="male")
        edit(own.case, sex="unknown")
    client, url = visit("aoki"), f"/cases/history/{own.case}/revert/{first}/sex"
    assert url not in client.get(f"/cases/history/{own.case}").text
    asked = client.get(url).text
    assert "その後さらに変更されています" in asked
    assert 'name="reason"' not in asked
    answer = send(client, url, reason="試し")
    assert answer.status_code == 422
    assert "その後さらに変更されています" in answer.text
    with app.app_context():
        assert of_case(own.case, "sex") == "unknown"


def test_the_rules_of_the_form_hold_for_what_is_put_back(app: Flask, visit: Visit) -> None:
    with app.app_context():
        own = cast.own_episode()
        edit(own.case, died_on=None, discharged_on=date(2021, 8, 18))
        entry = edit(own.case, discharged_on=None)
        edit(own.case, died_on=date(2021, 8, 15), outcome="died")
    url = f"/cases/history/{own.case}/revert/{entry}/discharged_on"
    answer = send(visit("aoki"), url, reason="試し")
    assert answer.status_code == 422
    assert re.search(r"error-summary", answer.text)
    with app.app_context():
        assert of_case(own.case, "discharged_on") is None


@pytest.mark.parametrize("who", ["doi", "endo", "goto", "saito"])
def test_who_may_not_change_a_case_puts_nothing_back(app: Flask, visit: Visit, who: str) -> None:
    with app.app_context():
        own = cast.own_episode()
        entry = edit(own.case, sex="male")
    url = f"/cases/history/{own.case}/revert/{entry}/sex"
    assert send(visit(who), url, reason="試し").status_code in {403, 404}
    with app.app_context():
        assert of_case(own.case, "sex") == "male"


def test_a_forged_address_puts_nothing_back(app: Flask, visit: Visit) -> None:
    with app.app_context():
        own, foreign = cast.own_episode(), cast.foreign_episode()
        with acting_as(system_actor("test")):
            of_foreign = select(HistoryEntry.id).where(
                HistoryEntry.record_type == "case", HistoryEntry.record_id == foreign.case
            )
            stranger = db.session.scalars(of_foreign.order_by(HistoryEntry.id.desc())).first()
        entry = edit(own.case, sex="male")
    client, start = visit("aoki"), f"/cases/history/{own.case}/revert"
    for rest in (f"{stranger}/status", f"{entry}/number", f"{entry}/row_version", "9999999/sex"):
        assert send(client, f"{start}/{rest}", reason="試し").status_code == 404, rest
    assert send(client, f"{start}/x/sex", reason="試し").status_code == 400
    assert (
        send(
            client, f"/cases/history/{foreign.case}/revert/{stranger}/sex", reason="試し"
        ).status_code
        == 404
    )
