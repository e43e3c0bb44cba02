"""An address with a mistake in it is answered with 400 or 404: never 500, never ignored."""

import base64
import json
from collections.abc import Callable
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.generated.views import VIEWS
from app.security.roles import ROLES, RoleName
from tests.support import cast
from tests.support.reading import form_of

pytestmark = pytest.mark.one_database
Visit = Callable[[str], FlaskClient]
CLERK = ROLES[RoleName.HEALTH_CENTRE_CLERK]


def _packed(*parts: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


LIST = (
    "page=abc",
    "page_size=1000",
    "unknown=1",
    "_flt_0_name=x",
    "_oc_CaseView=remarks",
    "sort=person.name",
    "sort=remarks",
    "sort=id;DROP",
    "sort=number%00",
    "direction=sideways",
    "after=garbage",
    "after=%00",
    "after=" + "A" * 399,
    "after=" + "A" * 10_000,
    "after=" + _packed("2021-08-10", 1),
    "after=" + _packed("Other.id::-", None, 1),
    "after=" + _packed("Case.id::-", None, 10**30),
    "after=" + _packed("Case.id::-", None, True),
    "after=" + _packed("Case.id::-", None, -1),
    "after=" + _packed("Case.id::-", "x", 1),
    "after=" + _packed("CaseAccess.case_id::-", "x", 1),
    "after=" + _packed(*([[]] * 40)),
    "after=" + quote("[" * 300),
    "after=é",
    f"after={_packed('CaseAccess.case_id::-', None, 5)}&before={_packed('x', None, 5)}",
    "sort=onset_on&sort=reported_on",
    "q=" + "x" * 10_000,
)
KEYS = ("-1", "0", "abc", "1e9", "1.5", "９", "%00", "1%00", "99999999999999999999", "1 OR 1=1")


def _resources() -> list[str]:
    return sorted(VIEWS)


def test_no_mistake_in_the_address_of_a_list_is_ignored(app: Flask, visit: Visit) -> None:
    aoki, tried = visit("aoki"), 0
    for resource in _resources():
        if not CLERK.may("list", resource):
            continue
        base = VIEWS[resource].route_base
        assert aoki.get(f"{base}/list/").status_code == 200, resource
        for query in LIST:
            answer = aoki.get(f"{base}/list/?{query}")
            assert answer.status_code == 400, (resource, query[:60], answer.status_code)
            tried += 1
    assert tried >= len(LIST)


@pytest.mark.parametrize("door", ["show", "edit", "delete"])
def test_a_key_that_is_none_opens_nothing(app: Flask, visit: Visit, door: str) -> None:
    aoki = visit("aoki")
    for resource in _resources():
        if not CLERK.may(door, resource):
            continue
        base = VIEWS[resource].route_base
        for key in KEYS:
            for answer in (aoki.get(f"{base}/{door}/{key}"), aoki.post(f"{base}/{door}/{key}")):
                assert answer.status_code in {400, 404, 405}, (resource, door, key)
        for key in ("1000000000", "2147483647"):
            assert aoki.get(f"{base}/{door}/{key}").status_code == 404


def test_parameters_of_other_pages_are_refused(app: Flask, visit: Visit) -> None:
    aoki = visit("aoki")
    with app.app_context():
        own = cast.own_episode()
    for url in (
        f"/cases/show/{own.case}?tab=nothing",
        f"/cases/show/{own.case}?unknown=1",
        f"/cases/show/{own.case}?tab=tests&after=garbage",
        f"/cases/show/{own.case}?tab=tests&tab=stays",
        f"/cases/edit/{own.case}?next=https://example.org",
        f"/observations/delete/{own.observation}?force=1",
        "/lab-tests/add",
        "/lab-tests/add?case_id=abc",
        f"/lab-tests/add?case_id={own.case}&x=1",
        f"/lab-tests/add?case_id={own.case}&case_id={own.case}",
    ):
        assert aoki.get(url).status_code in {400, 404}, url
    for url in (
        f"/cases/edit/{own.case}?after=1",
        f"/lab-tests/add?case_id={own.case}&sort=result",
        "/cases/list/?number=1",
        "/cases/list/?status=discharged",
        f"/observations/delete/{own.observation}?x=1",
        "/cases/action_post?name=nothing",
        f"/cases/action/nothing/{own.case}?x=1",
    ):
        assert aoki.post(url, data={}).status_code in {400, 404}, url
    assert aoki.post("/cases/list/", data={"sort": "onset_on"}).status_code == 400
    assert aoki.post("/cases/list/", data={"remarks": "x"}).status_code == 400
    assert aoki.post(f"/cases/show/{own.case}").status_code == 405


def test_what_names_a_person_is_not_asked_for_in_an_address(visit: Visit) -> None:
    aoki = visit("aoki")
    for resource in _resources():
        view = VIEWS[resource]
        personal = view.search.parameters(personal=True) - view.search.parameters(personal=False)
        for name in personal if CLERK.may("list", resource) else ():
            answer = aoki.get(f"{view.route_base}/list/?{name}=x")
            assert answer.status_code == 400, (resource, name)


def test_a_condition_that_cannot_be_read_says_so(visit: Visit) -> None:
    aoki = visit("aoki")
    for query in ("onset_on_from=abc", "onset_on_to=2021-13-45", "status=nonsense"):
        answer = aoki.get(f"/cases/list/?{query}")
        assert answer.status_code == 422, query
        assert "form-field__error" in answer.text, query
        assert query.partition("=")[2] in answer.text or "status" in query
    posted = aoki.post("/cases/list/", data={"person__kana": "ア", "onset_on_from": "abc"})
    assert posted.status_code == 422


def test_what_the_role_cannot_read_cannot_be_asked_for(visit: Visit) -> None:
    goto = visit("goto")
    assert goto.get("/cases/list/?severity=severe").status_code == 400
    assert goto.get("/cases/list/?status=discharged").status_code == 200


@pytest.mark.parametrize("query", ["after=garbage", "before=1", "page=1", "after=" + _packed(1, 2)])
def test_the_interface_for_programs_is_as_strict(visit: Visit, query: str) -> None:
    assert visit("aoki").get(f"/api/v1/case?{query}").status_code == 422
    assert visit("aoki").get("/api/v1/case/abc").status_code == 404
    assert visit("aoki").get("/api/v1/nothing").status_code == 404


def test_a_value_of_ten_thousand_signs_is_refused_and_kept(app: Flask, visit: Visit) -> None:
    aoki = visit("aoki")
    with app.app_context():
        url = f"/cases/edit/{cast.own_episode().case}"
    form = form_of(aoki.get(url).text)
    answer = aoki.post(url, data=form | {"travel_country": "あ" * 10_000})
    assert answer.status_code == 422
    assert "あ" * 10_000 in answer.text
    assert aoki.post(url, data=form | {"travel_country": "a\x00b"}).status_code in {303, 422}
    assert aoki.post(url, data=form | {"sex": "neither"}).status_code == 422
    assert aoki.post(url, data=form | {"disease_id": "-1"}).status_code == 422
    assert aoki.post(url, data=form | {"age_years": "9" * 400}).status_code == 422
