"""Cases that can be counted by hand, at the cast's health centres, in August 2021."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from app.cases.models import Case, CaseAccess
from app.core.transaction import transaction
from tests.statistics.conftest import add_case, as_system, centre, day, emptied
from tests.support import cast

__all__ = ["add_case", "as_system", "day", "emptied"]
AUGUST = {"from": "2021-08-01", "to": "2021-08-31", "basis": "reported_on"}
Get = Callable[..., Any]


@pytest.fixture
def crossed(emptied: Flask) -> Flask:
    """新宿: 12 men and 3 women in their 30s, 11 women in their 40s (1 died); 大阪: 2 men.

    One of the men of 新宿 has no age. A suspected case is counted nowhere.
    """
    with as_system(emptied):
        for number in range(12):
            add_case(sex="male", age_years=30 + number % 5 if number else None)
        for number in range(3):
            add_case(sex="female", age_years=35, onset_on=day(2 + number))
        for number in range(11):
            add_case(sex="female", age_years=41, died_on=None if number else day(20))
        for _number in range(2):
            meet(add_case("osaka", sex="male", age_years=50), "osaka")
        add_case(sex="male", age_years=33, diagnosis_type="suspected")
    return emptied


def meet(case: Case, place: str) -> None:
    """A health centre meets the case as its responsible one."""
    with transaction() as session:
        access = CaseAccess(case_id=case.id, institution_id=centre(place).id, role="responsible")
        session.add(access)


def ask(app: Flask, who: str, **question: Any) -> Any:
    """The answer of the page to somebody of the cast; August by report date unless said."""
    given = {"row1": "age_group", **AUGUST} | question
    client = cast.sign_in(app.test_client(), who)
    return client.get("/analysis/", query_string={k: v for k, v in given.items() if v is not None})
