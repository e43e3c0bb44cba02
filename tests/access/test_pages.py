import pytest
from flask import Flask
from tests.support import cast


@pytest.mark.parametrize("who", ["aoki", "endo", "doi", "goto", "oka"])
def test_smoke(app: Flask, who: str) -> None:
    client = cast.sign_in(app.test_client(), who)
    with app.app_context():
        own, foreign = cast.own_episode(), cast.foreign_episode()
    for url in [
        "/",
        "/cases/list/",
        f"/cases/show/{own.case}",
        f"/cases/show/{foreign.case}",
        f"/cases/edit/{own.case}",
        f"/cases/show/{own.case}?tab=tests",
        f"/lab-tests/add?case_id={own.case}",
        f"/lab-tests/add?case_id={foreign.case}",
        "/dictionary/",
        "/api/v1/case",
        f"/api/v1/case/{own.case}",
        "/api/v1/openapi.json",
        f"/persons/edit/{own.person}",
    ]:
        r = client.get(url)
        t = r.get_data(as_text=True)
        print(
            who,
            url,
            r.status_code,
            "LEAK" if "外山" in t else "",
            "own" if "山田" in t else "",
            len(t),
        )
