"""``/open/``: everybody, no cookie, nothing that nobody signed off."""

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.cases.models import Case
from app.core.db import db
from app.core.transaction import transaction
from app.publication import service
from app.publication.files import COUNT_FILES, PATIENT_COLUMNS
from app.publication.models import AreaCount, Publication
from app.security.actor import acting_as
from tests.publication.conftest import add_case, as_system, at, day, publish
from tests.support import cast
from tests.support.pages import statements

pytestmark = pytest.mark.one_database

PATIENTS = "130001_tokyo_covid19_patients.csv"
JSON_FILE = "130001_tokyo_covid19_figures.json"


@pytest.fixture
def published(emptied: Flask) -> Flask:
    """Two days of 東京都 given out, and a third that waits for its signature."""
    with as_system(emptied):
        with at(5):
            for _ in range(6):
                add_case(sex="female", age_group="30s", municipality_code="13104")
            publish(day(5))
        with at(6):
            for _ in range(5):
                add_case(reported_on=day(6), sex="male", age_group="40s")
            publish(day(6))
        with at(7):
            add_case(reported_on=day(7), sex="other", age_group="90_or_over")
            doi = cast.actor("doi")
            with acting_as(doi):
                service.prepare(day(7), "reported", by=doi)
    return emptied


def keys() -> list[int]:
    return [one.id for one in db.session.scalars(select(Publication).order_by(Publication.id))]


def test_it_is_read_without_signing_in_in_two_languages(published: Flask) -> None:
    client = published.test_client()
    answer = client.get("/open/", follow_redirects=True)
    assert answer.status_code == 200
    assert "東京都" in answer.text
    page = client.get("/open/ja/area/130001/")
    assert 'lang="ja"' in page.text
    assert "新規陽性者数" in page.text
    assert "<svg" in page.text
    assert "<script" not in page.text
    english = client.get("/open/en/area/130001/").text
    assert 'lang="en"' in english
    assert "New cases" in english
    assert "<h1>Tokyo: figures of" in english
    assert "Shinjuku City" in english
    assert "30–39" in english
    assert not re.search("東京都|新宿区|男性|10代", english.split("<h1>")[1].split("Download")[0])
    assert "東京都" not in client.get("/open/en/").text.split("</nav>")[1]


ADDRESSES = (
    "/open/ja/",
    "/open/ja/about/",
    "/open/ja/area/130001/",
    f"/open/latest/{PATIENTS}",
    f"/open/latest/{JSON_FILE}",
)


@pytest.mark.parametrize("address", ADDRESSES)
def test_caches_may_keep_it_and_ask_whether_it_changed(published: Flask, address: str) -> None:
    client = published.test_client()
    first = client.get(address)
    assert first.status_code == 200
    assert "Set-Cookie" not in first.headers
    assert "Cookie" not in first.headers.get("Vary", "")
    assert first.headers["Cache-Control"].startswith("public, max-age=")
    again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    if "Last-Modified" in first.headers:
        since = {"If-Modified-Since": first.headers["Last-Modified"]}
        assert client.get(address, headers=since).status_code == 304


def test_nobody_is_known_there_not_even_who_is_signed_in(published: Flask) -> None:
    stranger = published.test_client().get("/open/ja/area/130001/")
    client = cast.sign_in(published.test_client(), "doi")
    mine = client.get("/open/ja/area/130001/")
    assert mine.data == stranger.data
    assert mine.headers["ETag"] == stranger.headers["ETag"]
    assert "Set-Cookie" not in mine.headers
    # And the session outside lives on.
    assert client.get("/publications/").status_code == 200


def test_nothing_of_unsigned_figures_is_reachable(published: Flask) -> None:
    """Every address there is, with every key, name and trick: never the 7th, never its case."""
    with as_system(published):
        *signed, waiting = keys()
    client = published.test_client()
    names = [f"130001_tokyo_covid19_{one.ending}.csv" for one in COUNT_FILES]
    tried = [f"/open/file/{waiting}/{name}" for name in (PATIENTS, JSON_FILE, *names)]
    tried += [f"/open/{language}/publication/{waiting}/" for language in ("ja", "en")]
    tried += [
        f"/open/file/0{waiting}/{PATIENTS}",
        f"/open/file/{waiting}%20/{PATIENTS}",
        f"/open/file/{signed[0]},{waiting}/{PATIENTS}",
        f"/open/file/-{waiting}/{PATIENTS}",
        f"/open/ja/area/130001/?pk={waiting}",
        "/open/ja/area/130001/?state=prepared",
        f"/open/latest/{PATIENTS}?pk={waiting}",
        f"/publications/{waiting}",
        f"/publications/{waiting}/compare?with={signed[0]}",
        f"/open/../publications/{waiting}",
    ]
    for address in tried:
        answer = client.get(address)
        assert answer.status_code in {303, 308, 400, 404}, (address, answer.status_code)
        assert "2021-08-07" not in answer.text, address
        assert "2021/08/07" not in answer.text, address
    pages = [*ADDRESSES, "/open/en/"]
    pages += [f"/open/ja/publication/{key}/" for key in signed]
    pages += [f"/open/file/{key}/{name}" for key in signed for name in (PATIENTS, JSON_FILE)]
    for address in pages:
        text = client.get(address).get_data(as_text=True)
        assert client.get(address).status_code == 200, address
        assert "2021-08-07" not in text, address
        assert "2021/08/07" not in text, address
        assert "90歳以上" not in text.replace('"90歳以上"', "") or address.endswith("/"), address


def test_forged_headers_and_methods_open_nothing(published: Flask) -> None:
    with as_system(published):
        waiting = keys()[-1]
    client = published.test_client()
    for header in ("X-Original-URL", "X-Rewrite-URL", "X-Forwarded-Prefix"):
        answer = client.get("/open/ja/", headers={header: f"/publications/{waiting}"})
        assert "2021/08/07" not in answer.text
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        assert client.open("/open/ja/area/130001/", method=method).status_code in {400, 404, 405}


def test_a_page_never_reads_what_is_not_given_out(published: Flask) -> None:
    with statements(published) as sent:
        published.test_client().get("/open/ja/area/130001/")
    assert len(sent) <= 5
    for statement in sent:
        assert "case_record" not in statement
        assert "publication.content" not in statement
        assert "daily_count" not in statement


def test_taken_down_files_are_gone_with_the_reason(published: Flask) -> None:
    with as_system(published), at(8):
        doi = cast.actor("doi")
        two = db.session.get_one(Publication, keys()[1])
        with acting_as(doi):
            service.withdraw(two, "記載に誤り", take_down=True, by=doi)
        key = two.id
    client = published.test_client()
    assert client.get(f"/open/file/{key}/{PATIENTS}").status_code == 410
    page = client.get(f"/open/ja/publication/{key}/")
    assert page.status_code == 410
    assert "記載に誤り" in page.text
    # The day before is the latest in force again.
    assert "2021/08/05" in client.get("/open/ja/area/130001/").text


@pytest.mark.parametrize(
    "address",
    ["/open/fr/", "/open/ja/area/999999/", "/open/latest/x.csv", "/open/latest/130001_x.csv",
     "/open/file/1/..%2f..%2fconfig.py", "/open/ja/publication/99999/"],
)  # fmt: skip
def test_what_is_not_there_is_not_there(published: Flask, address: str) -> None:
    assert published.test_client().get(address).status_code == 404


def patients(client: FlaskClient) -> list[list[str]]:
    body = client.get(f"/open/latest/{PATIENTS}").data
    assert body.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))


def test_the_files_have_the_names_and_columns_of_the_standard(published: Flask) -> None:
    heading, *lines = patients(published.test_client())
    assert tuple(heading) == PATIENT_COLUMNS
    assert len(lines) == 11
    assert lines[0] == ["1", "130001", "東京都", "", "2021-08-05", "", "新宿区", "30代", "女性",
                        *[""] * 6]  # fmt: skip


def test_entered_counts_make_the_other_four_files_and_without_them_there_are_none(
    published: Flask,
) -> None:
    name = "130001_tokyo_covid19_{}.csv"
    client = published.test_client()
    for one in COUNT_FILES:
        assert client.get(f"/open/latest/{name.format(one.ending)}").status_code == 404
    with as_system(published), at(9):
        with transaction() as session:
            for number in range(3, 10):
                session.add(
                    AreaCount(
                        prefecture_code="13",
                        counted_on=day(number),
                        people_tested=100,
                        tests=120,
                        positives=number,
                        negatives=100 - number,
                        cleared=3,
                        calls=1500,
                    )
                )
        publish(day(9))
    expected = {
        "test_people": ("実施_年月日", "検査実施_人数", "100"),
        "test_count": ("実施_年月日", "検査実施_件数", "120"),
        "confirm_negative": ("完了_年月日", "陰性確認_件数", "3"),
        "call_center": ("受付_年月日", "相談件数", "1500"),
    }
    for ending, (first, heading, value) in expected.items():
        body = client.get(f"/open/latest/{name.format(ending)}").data.decode("utf-8-sig")
        lines = list(csv.reader(io.StringIO(body)))
        place = ["全国地方公共団体コード", "都道府県名", "市区町村名"]
        assert lines[0] == [first, *place, heading, "備考"]
        assert lines[1] == ["2021-08-03", "130001", "東京都", "", value, ""]
        assert len(lines) == 8
    shown = json.loads(client.get(f"/open/latest/{JSON_FILE}").data)
    positivity = next(one for one in shown["figures"] if one["key"] == "positivity")
    assert positivity["value"] == 6.0  # (3 + … + 9) ÷ 700


def test_the_json_says_what_every_number_means_and_names_nobody(published: Flask) -> None:
    answer = published.test_client().get(f"/open/latest/{JSON_FILE}")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    shown = json.loads(answer.data)
    assert "patients" not in shown
    assert shown["figures_on"] == "2021-08-06"
    for one in shown["figures"]:
        assert set(one["label"]) == set(one["sentence"]) == {"ja", "en"}
        assert one["formula"]
        assert one["source"]
    assert shown["series"]["reported"] == {"first": "2021-08-05", "new": [6, 5]}


def test_our_own_import_reads_our_list_back(
    published: Flask, tmp_path: Path, frozen_clock: object
) -> None:
    body = published.test_client().get(f"/open/latest/{PATIENTS}").data
    path = tmp_path / PATIENTS
    path.write_bytes(body)
    invoke: Callable[..., Result] = published.test_cli_runner().invoke
    done = invoke(args=["import", "open-data", str(path)])
    assert done.exit_code == 0, done.output
    with published.app_context(), as_system(published):
        found = db.session.scalars(
            select(Case).where(Case.source_system == "open-data:130001").order_by(Case.id)
        ).all()
        said: list[tuple[Any, ...]] = [
            (c.source_key, c.published_on, c.age_group, c.sex, c.municipality_code) for c in found
        ]
    assert len(said) == 11
    assert said[0] == ("1", day(5), "30s", "female", "13104")
    assert said[-1] == ("11", day(6), "40s", "male", None)
    again = invoke(args=["import", "open-data", str(path)])
    assert again.exit_code == 0
    with as_system(published):
        assert len(db.session.scalars(select(Case)).all()) == len(found) + 14
