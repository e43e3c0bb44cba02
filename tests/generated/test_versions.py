"""Two people, one record: nothing saved is overwritten unseen, nothing typed is lost."""

import threading
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm.exc import StaleDataError

from app.cases.models import Case
from app.core.db import db
from app.core.transaction import transaction
from app.security.actor import acting_as, system_actor
from tests.support import cast
from tests.support.reading import form_of

Visit = Callable[[str], FlaskClient]


def stored(app: Flask) -> Case:
    with app.app_context():
        key = cast.own_episode().case
        db.session.remove()
        with acting_as(system_actor("test")):
            case = db.session.get(Case, key)
            assert case is not None
            return case


def edit_url(app: Flask) -> str:
    return f"/cases/edit/{stored(app).id}"


def test_the_second_of_two_sees_both_sides_and_keeps_what_was_typed(
    app: Flask, visit: Visit
) -> None:
    aoki, baba, url = visit("aoki"), visit("baba"), edit_url(app)
    mine, theirs = form_of(aoki.get(url).text), form_of(baba.get(url).text)
    assert (
        baba.post(url, data=theirs | {"remarks": "馬場が書いた", "sex": "male"}).status_code == 303
    )
    answer = aoki.post(url, data=mine | {"remarks": "青木が書いた", "travel_country": "タイ"})
    assert answer.status_code == 409
    for side in ("山田 花子について", "青木が書いた", "馬場が書いた"):
        assert side in answer.text
    again = form_of(answer.text)
    assert (again["remarks"], again["travel_country"]) == ("青木が書いた", "タイ")
    assert stored(app).remarks == "馬場が書いた"
    assert aoki.post(url, data=again).status_code == 303
    after = stored(app)
    assert (after.remarks, after.travel_country) == ("青木が書いた", "タイ")


def test_what_two_people_changed_apart_is_kept_of_both(app: Flask, visit: Visit) -> None:
    aoki, baba, url = visit("aoki"), visit("baba"), edit_url(app)
    mine, theirs = form_of(aoki.get(url).text), form_of(baba.get(url).text)
    changed = {"sex": "male", "onset_on": "2021/08/09", "travel_country": "米国"}
    assert baba.post(url, data=theirs | changed).status_code == 303
    answer = aoki.post(url, data=mine | {"remarks": "青木が書いた"}, follow_redirects=True)
    assert "どちらの変更も残っています" in answer.text
    after = stored(app)
    assert (after.remarks, after.sex) == ("青木が書いた", "male")
    assert (str(after.onset_on), after.travel_country) == ("2021-08-09", "米国")


def test_an_item_both_changed_brings_the_others_back_as_saved(app: Flask, visit: Visit) -> None:
    aoki, baba, url = visit("aoki"), visit("baba"), edit_url(app)
    mine, theirs = form_of(aoki.get(url).text), form_of(baba.get(url).text)
    baba.post(url, data=theirs | {"travel_country": "米国", "remarks": "馬場が書いた"})
    answer = aoki.post(url, data=mine | {"remarks": "青木が書いた"})
    assert answer.status_code == 409
    table = answer.text[answer.text.index("conflict-table") :].split("</table>")[0]
    assert table.count("<tr") == 3
    assert "新宿区保健所" not in table
    assert aoki.post(url, data=form_of(answer.text)).status_code == 303
    assert (stored(app).remarks, stored(app).travel_country) == ("青木が書いた", "米国")


def test_what_fits_apart_but_not_together_is_told_and_kept(app: Flask, visit: Visit) -> None:
    aoki, baba, url = visit("aoki"), visit("baba"), edit_url(app)
    mine, theirs = form_of(aoki.get(url).text), form_of(baba.get(url).text)
    baba.post(url, data=theirs | {"discharged_on": "2021/08/15"})
    answer = aoki.post(url, data=mine | {"outcome": "died", "died_on": "2021/08/14"})
    assert answer.status_code == 422
    again = form_of(answer.text)
    assert (again["died_on"], again["discharged_on"]) == ("2021/08/14", "2021/08/15")
    assert stored(app).died_on is None


def test_a_part_of_a_case_is_merged_like_the_case(app: Flask, visit: Visit) -> None:
    with app.app_context():
        key = cast.own_episode().lab_test
    aoki, baba, url = visit("aoki"), visit("baba"), f"/lab-tests/edit/{key}"
    mine, theirs = form_of(aoki.get(url).text), form_of(baba.get(url).text)
    assert baba.post(url, data=theirs | {"laboratory": "衛生研究所"}).status_code == 303
    assert aoki.post(url, data=mine | {"result": "negative"}).status_code == 303
    again = form_of(aoki.get(url).text)
    assert (again["laboratory"], again["result"]) == ("衛生研究所", "negative")


def test_what_was_typed_into_a_deleted_record_can_be_copied(app: Flask, visit: Visit) -> None:
    with app.app_context():
        key = cast.own_episode().observation
    aoki, baba, url = visit("aoki"), visit("baba"), f"/observations/edit/{key}"
    mine = form_of(aoki.get(url).text) | {"remarks": "午後に電話した", "temperature": "37.9"}
    assert baba.post(f"/observations/delete/{key}").status_code == 303
    answer = aoki.post(url, data=mine)
    assert answer.status_code == 404
    for words in ("この記録はもうありません", "午後に電話した", "37.9"):
        assert words in answer.text


@pytest.mark.parametrize("version", ["0", "-1", "999", "", "abc", "1e3", "９", "1; DROP TABLE x"])
def test_a_forged_version_saves_nothing(app: Flask, visit: Visit, version: str) -> None:
    aoki, url = visit("aoki"), edit_url(app)
    form = form_of(aoki.get(url).text) | {"remarks": "forged", "row_version_": version}
    assert aoki.post(url, data=form).status_code == 409
    del form["row_version_"]
    assert aoki.post(url, data=form).status_code == 409
    assert stored(app).remarks == "山田 花子について"


@pytest.mark.parametrize("base", ["", "{", "[]", "[" * 50_000, '{"remarks": {"a": 1}}'])
def test_a_forged_base_of_a_form_crashes_nothing(app: Flask, visit: Visit, base: str) -> None:
    aoki, url = visit("aoki"), edit_url(app)
    sent = form_of(aoki.get(url).text) | {"row_version_": "0", "base_": base, "remarks": "x"}
    assert aoki.post(url, data=sent).status_code == 409


def test_of_two_saves_at_the_same_instant_one_is_refused(app: Flask) -> None:
    key = stored(app).id
    both_have_read, results = threading.Barrier(2), []

    def save(words: str) -> None:
        with app.app_context():
            try:
                with acting_as(cast.actor("aoki")), transaction() as session:
                    case = session.get(Case, key)
                    assert case is not None
                    # Reading ends before the writing begins, as in the page itself.
                    session.connection().connection.rollback()
                    both_have_read.wait(20)
                    case.remarks = words
                results.append("saved")
            except StaleDataError:
                results.append("stale")

    threads = [threading.Thread(target=save, args=(w,)) for w in ("一", "二")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(results) == ["saved", "stale"]
    assert stored(app).remarks in {"一", "二"}


def test_two_posts_at_the_same_instant_lose_neither_entry(app: Flask, visit: Visit) -> None:
    url = edit_url(app)
    clients = [visit("aoki"), visit("baba")]
    forms = [form_of(client.get(url).text) for client in clients]
    answers: list[int] = []
    start = threading.Barrier(2)

    def send(number: int) -> None:
        start.wait(20)
        data = forms[number] | {"remarks": f"版{number}"}
        answers.append(clients[number].post(url, data=data).status_code)

    threads = [threading.Thread(target=send, args=(n,)) for n in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(answers) == [303, 409]


def test_two_who_delete_the_same_record_get_an_answer_each(app: Flask, visit: Visit) -> None:
    with app.app_context():
        key = cast.own_episode().observation
    aoki, baba = visit("aoki"), visit("baba")
    url = f"/observations/delete/{key}"
    assert aoki.get(url).status_code == 200
    assert baba.post(url).status_code == 303
    assert aoki.post(url).status_code == 404
