import pytest
from flask import Flask
from tests.support import cast


@pytest.mark.one_database
@pytest.mark.parametrize("who", ["baba", "goto", "fujii", "doi"])
def test_smoke(app: Flask, who: str, frozen_clock) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = True
    client = cast.sign_in(app.test_client(), who)
    with app.app_context():
        own, foreign = cast.own_episode(), cast.foreign_episode()
    for url in [
        "/",
        "/cases/list/",
        f"/cases/show/{own.case}",
        f"/cases/show/{own.case}?tab=contacts",
        f"/cases/show/{own.case}?tab=observations",
        f"/cases/{own.case}/symptoms",
        f"/contacts/{own.contact}/symptoms",
        "/contacts/list/",
        f"/contacts/show/{own.contact}",
        f"/contacts/show/{own.contact}?tab=exposures",
        f"/contacts/show/{own.contact}?tab=observations",
        f"/contacts/edit/{own.contact}",
        f"/contacts/add?case_id={own.case}",
        f"/contacts/convert/{own.contact}",
        f"/exposures/add?contact_id={own.contact}",
        f"/exposures/show/{own.exposure}",
        f"/exposures/edit/{own.exposure}",
        "/observations/list/",
        f"/observations/add?case_id={own.case}",
        f"/observations/add?contact_id={own.contact}",
        f"/observations/show/{own.observation}",
        f"/observations/edit/{own.observation}",
        f"/cases/{foreign.case}/symptoms",
        f"/contacts/show/{foreign.contact}",
        f"/contacts/convert/{foreign.contact}",
        f"/observations/add?contact_id={foreign.contact}",
        "/dictionary/",
    ]:
        try:
            r = client.get(url)
        except Exception as e:
            import traceback

            print(who, url, "EXC", "".join(traceback.format_exception(e)[-4:])[-1500:])
            continue
        print(who, url, r.status_code)
