"""Choice lists, registering institutions and the areas of health centres."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from urllib.parse import parse_qsl

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from app.core import clock
from app.core.errors import InvalidInput, NotAllowed
from app.core.transaction import transaction
from app.institutions import queries, views
from app.institutions.models import Institution
from app.institutions.queries import search_institutions, search_municipalities
from app.institutions.service import assign_area, register_institution
from app.notifications.queries import form_options
from app.security.actor import Actor, system_actor
from app.security.roles import RoleName

SYSTEM = system_actor("test")


@pytest.fixture
def centre(master_data: None) -> Institution:
    known = queries.institution_by_code("TEST-HC")
    return known or register_institution(
        by=SYSTEM,
        kind="health_centre",
        code="TEST-HC",
        name="試験区保健所",
        kana="しけんくほけんじょ",
        parent=queries.institution_by_code("authority_13104"),
    )


def names(found: Iterable[object]) -> list[str]:
    return [str(one) for one in found]


@pytest.mark.parametrize("term", ["試験", "しけん", "シケン", "ｼｹﾝ", "ＴＥＳＴ"])
def test_an_institution_is_found_by_the_start_of_name_kana_or_code(
    centre: Institution, term: str
) -> None:
    assert names(search_institutions(term, kinds=["health_centre"])) == ["試験区保健所"]


def test_kind_and_prefecture_narrow_the_choices(centre: Institution) -> None:
    assert names(search_institutions("", kinds=["authority"], prefecture_code="47")) == [
        "沖縄県",
        "那覇市",
    ]
    assert names(search_institutions("試験", prefecture_code="27")) == []


def test_choices_are_capped(master_data: None) -> None:
    assert len(search_institutions("")) == 20


@pytest.mark.parametrize("term", ["%", "_", "\\"])
def test_a_wildcard_is_only_a_character(master_data: None, term: str) -> None:
    assert names(search_institutions(term)) == []


def test_a_closed_institution_is_no_choice(centre: Institution) -> None:
    with transaction():
        centre.closed_on = date(2020, 4, 1)
    try:
        with clock.frozen_at(datetime(2020, 3, 31, 14, 59, tzinfo=UTC)):
            assert names(search_institutions("試験")) == ["試験区保健所"]
        with clock.frozen_at(datetime(2020, 3, 31, 15, 0, tzinfo=UTC)):
            assert names(search_institutions("試験")) == []
            assert not centre.active
    finally:
        with transaction():
            centre.closed_on = None


def test_a_municipality_is_found_inside_its_name_and_by_code(master_data: None) -> None:
    assert names(search_municipalities("新宿")) == ["新宿区"]
    assert names(search_municipalities("13104")) == ["新宿区"]
    assert "石狩郡当別町" in names(search_municipalities("当別"))
    assert names(search_municipalities("府中", prefecture_code="13")) == ["府中市"]


def test_a_prefecture_is_found_by_name_reading_romaji_and_code(master_data: None) -> None:
    for term in ("東京", "とうきょう", "toky", "13", "１３"):
        assert names(queries.search_prefectures(term)) == ["東京都"], term
    assert len(queries.search_prefectures("")) == 47


def test_a_disease_is_found_in_either_width(master_data: None) -> None:
    assert names(queries.search_diseases("E型")) == ["Ｅ型肝炎", "ウイルス性肝炎"]
    assert names(queries.search_diseases("Ｅ型")) == ["Ｅ型肝炎", "ウイルス性肝炎"]
    assert len(queries.search_diseases("新型コロナ")) == 3


def test_an_institution_inherits_authority_and_prefecture(centre: Institution) -> None:
    assert centre.authority is not None
    assert centre.authority.code == "authority_13104"
    assert centre.prefecture_code == "13"
    assert centre.kana == "シケンクホケンジョ"


def test_an_institution_is_refused_in_the_wrong_place_or_with_a_taken_code(
    centre: Institution,
) -> None:
    with pytest.raises(InvalidInput) as refused:
        register_institution(
            by=SYSTEM, kind="health_centre", code="TEST-HC", name="二つ目", parent=centre
        )
    assert set(refused.value.problems) == {"parent_id", "code"}


def test_a_clinic_may_not_register_institutions(centre: Institution) -> None:
    clinic = Actor(user_id=1, name="遠藤", role=RoleName.CLINIC)
    with pytest.raises(NotAllowed):
        register_institution(by=clinic, kind="clinic", code="X", name="X", parent=centre)


def test_a_municipality_has_the_centre_it_was_given(centre: Institution) -> None:
    assert queries.default_centre_for("13105") is None
    assign_area(by=SYSTEM, municipality_code="13104", centre_code="TEST-HC")
    assign_area(by=SYSTEM, municipality_code="13104", centre_code="TEST-HC")
    assert queries.default_centre_for("13104") is centre


@pytest.mark.parametrize(
    ("municipality", "code", "field"),
    [
        ("99999", "TEST-HC", "municipality_code"),
        ("13104", "nowhere", "centre_id"),
        ("13104", "authority_13104", "centre_id"),
    ],
)
def test_an_area_needs_a_municipality_and_a_health_centre(
    centre: Institution, municipality: str, code: str, field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        assign_area(by=SYSTEM, municipality_code=municipality, centre_code=code)
    assert set(refused.value.problems) == {field}


def test_a_clinic_is_registered_by_command_once(empty_app: Flask, master_data: None) -> None:
    runner = empty_app.test_cli_runner()
    arguments = ["master", "institution", "--kind", "clinic", "--code", "NEW", "--name", "駅前内科"]
    registered = runner.invoke(args=[*arguments, "--parent", "authority_13104"])
    assert registered.output == "NEW: 駅前内科\n"
    again = runner.invoke(args=[*arguments, "--parent", "authority_13104"])
    assert again.exit_code == 1
    assert runner.invoke(args=[*arguments, "--parent", "nowhere"]).exit_code == 1


def test_the_area_command_says_what_is_wrong(empty_app: Flask, master_data: None) -> None:
    runner = empty_app.test_cli_runner()
    arguments = ["master", "area", "--municipality", "13104", "--centre", "nowhere"]
    result = runner.invoke(args=arguments)
    assert result.exit_code == 1
    assert "該当する保健所がありません。" in result.output


@pytest.mark.parametrize(
    ("day", "code"),
    [
        (date(2020, 1, 31), None),
        (date(2020, 2, 1), "covid_19"),
        (date(2021, 2, 12), "covid_19"),
        (date(2021, 2, 13), "covid_19_novel_influenza_etc"),
        (date(2023, 5, 8), "covid_19_category_5"),
    ],
)
def test_covid_19_has_the_category_of_the_day(
    master_data: None, day: date, code: str | None
) -> None:
    found = queries.disease_in_force("covid_19", on=day)
    assert (found.code if found else None) == code


def test_specimens_depend_on_the_method(master_data: None) -> None:
    offered = form_options("covid_19", date(2020, 4, 30))
    by_method = {
        wanted: [value for kind, method, value in offered if (kind, method) == ("specimen", wanted)]
        for wanted in ("nucleic_acid", "antigen_qualitative", "antigen_quantitative")
    }
    assert len(by_method["nucleic_acid"]) == 11
    assert by_method["antigen_qualitative"] == ["nasal_swab", "nasopharyngeal_swab"]
    assert by_method["antigen_quantitative"] == ["nasal_swab", "nasopharyngeal_swab", "saliva"]
    assert len([value for kind, _, value in offered if kind == "symptom"]) == 15


def test_a_choice_carries_value_label_and_hint(empty_app: Flask, centre: Institution) -> None:
    with empty_app.test_request_context():
        answer = views.institution_choices(MultiDict({"q": "しけん"}), ["health_centre"])
        place = views.municipality_choices(MultiDict({"q": "13104"}))
    assert answer == {
        "results": [{"value": str(centre.id), "label": "試験区保健所", "hint": "保健所 TEST-HC"}]
    }
    assert place == {"results": [{"value": "13104", "label": "新宿区", "hint": "東京都 13104"}]}


@pytest.mark.parametrize(
    "query",
    [
        "/lookup/institutions?kind=bakery",
        "/lookup/institutions?q=" + "あ" * 51,
        "/lookup/institutions?q=%00",
        "/lookup/municipalities?q=%1b",
        "/lookup/prefectures?q=%1b",
        "/lookup/diseases?q=%1b",
        "/lookup/institutions?prefecture=abc",
        "/lookup/institutions?prefecture=１３",
        "/lookup/municipalities?prefecture=1",
        "/lookup/postal?code=abc",
        "/lookup/postal",
    ],
)
def test_a_malformed_question_is_a_bad_request(
    empty_app: Flask, master_data: None, query: str
) -> None:
    assert status(empty_app, query) == 400


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("/lookup/institutions?q=東京", 200),
        ("/lookup/municipalities?q=新宿", 200),
        ("/lookup/prefectures?q=tokyo", 200),
        ("/lookup/diseases?q=コロナ", 200),
        ("/lookup/postal?code=100-0001", 200),
        ("/lookup/postal?code=000-0000", 404),
    ],
)
def test_a_proper_question_is_answered(
    empty_app: Flask, master_data: None, query: str, expected: int
) -> None:
    assert status(empty_app, query) == expected


def status(app: Flask, query: str) -> int:
    """The answer behind the door; the door itself is proved with the application's own roles."""
    path, _, arguments = query.partition("?")
    posted = path == "/lookup/postal"
    asked = {"path": path, "method": "POST" if posted else "GET"}
    asked |= {"data" if posted else "query_string": dict(parse_qsl(arguments))}
    with app.test_request_context(**asked):
        view = views.LookupView.__new__(views.LookupView)
        method = getattr(views.LookupView, path.removeprefix("/lookup/"))
        return int(method.__wrapped__(view).status_code)
