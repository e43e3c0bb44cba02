"""A page asks the database a fixed number of times, whether one row stands on it or sixty."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.cases.models import LabTest
from app.core.transaction import transaction
from app.security.actor import acting_as, system_actor
from tests.generated.test_paging import sixty_cases
from tests.support import cast
from tests.support.pages import statements
from tests.support.reading import form_of

Visit = Callable[[str], FlaskClient]
LIMITS = {"list": 8, "show": 15, "tab": 15, "edit": 15, "add": 15, "save": 15, "save new": 15}


def _sixty_tests(case_id: int) -> None:
    with acting_as(system_actor("test")), transaction() as session:
        session.add_all(LabTest(case_id=case_id, result="negative") for _ in range(60))


@pytest.mark.parametrize("who", ["aoki", "fujii", "doi"])
def test_the_number_of_statements_does_not_grow_with_the_rows(
    app: Flask, visit: Visit, who: str, record_property: Callable[[str, Any], None]
) -> None:
    client = visit(who)
    with app.app_context():
        own = cast.own_episode()
    few = _counted(app, client, own.case, own.lab_test)
    with app.app_context():
        sixty_cases()
        _sixty_tests(own.case)
    many = _counted(app, client, own.case, own.lab_test)
    # A list that fits on one page is counted already and saves the statement of the count.
    assert {
        at: number + (at[1] in {"list", "tab"} and number < many[at]) for at, number in few.items()
    } == many
    for (page, door), number in many.items():
        assert number <= LIMITS[door], (who, page, door, number)
    record_property("statement_counts", {f"{who} {p} {d}": n for (p, d), n in many.items()})


def _counted(app: Flask, client: FlaskClient, case: int, test: int) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}

    def count(page: str, door: str, ask: Callable[[], Any]) -> Any:
        ask()  # what is remembered for good is remembered now
        with statements(app) as sent:
            answer = ask()
        if answer.status_code in {200, 303}:
            found[page, door] = len(sent)
        return answer

    for page, base, key in (("case", "/cases", case), ("lab_test", "/lab-tests", test)):
        count(page, "list", lambda base=base: client.get(f"{base}/list/"))
        count(page, "show", lambda base=base, key=key: client.get(f"{base}/show/{key}"))
        edit = f"{base}/edit/{key}"
        opened = count(page, "edit", lambda edit=edit: client.get(edit))
        if opened.status_code == 200:
            _count_save(app, client, edit, found, page)
    count("case", "tab", lambda: client.get(f"/cases/show/{case}?tab=tests"))
    add = f"/lab-tests/add?case_id={case}"
    if count("lab_test", "add", lambda: client.get(add)).status_code == 200:
        form = form_of(client.get(add).text) | {"result": "positive"}
        with statements(app) as sent:
            assert client.post(add, data=form).status_code == 303
        found["lab_test", "save new"] = len(sent)
    return found


def _count_save(
    app: Flask, client: FlaskClient, url: str, found: dict[tuple[str, str], int], page: str
) -> None:
    item = "travel_country" if page == "case" else "laboratory"
    for words in ("一", "二"):
        form = form_of(client.get(url).text) | {item: words}
        with statements(app) as sent:
            assert client.post(url, data=form).status_code == 303
        found[page, "save"] = len(sent)
