"""A list can be narrowed by a reference, chosen from suggestions or typed as text alone."""

from flask import Flask

from tests.support import cast


def test_institutions_of_a_prefecture_are_found_by_key_and_by_text(app: Flask) -> None:
    client = cast.sign_in(app.test_client(), "aoki")
    by_key = client.get("/institutions/list/?prefecture_code=27&prefecture_code_text=大阪府")
    by_text = client.get("/institutions/list/?prefecture_code=&prefecture_code_text=大阪府")
    for answer in (by_key, by_text):
        assert answer.status_code == 200
        assert "梅田内科" in answer.text
        assert "新宿総合病院" not in answer.text


def test_an_unknown_prefecture_is_named_as_the_mistake(app: Flask) -> None:
    client = cast.sign_in(app.test_client(), "aoki")
    answer = client.get("/institutions/list/?prefecture_code=&prefecture_code_text=江戸")
    assert answer.status_code == 422
    assert "該当する" in answer.text or "ありません" in answer.text
