import pytest
from flask import Flask
from playwright.sync_api import Error, Page

from tests.support.browser import served

pytestmark = pytest.mark.browser


def test_the_browser_reads_a_japanese_page(page: Page) -> None:
    site = Flask("site")
    site.add_url_rule("/", view_func=lambda: "<!doctype html><h1>発生届</h1>")
    with served(site) as address:
        page.goto(address)
        assert page.locator("h1").inner_text() == "発生届"


def test_the_browser_reaches_no_other_machine(page: Page) -> None:
    with pytest.raises(Error, match=r"ERR_NAME_NOT_RESOLVED|ERR_INTERNET|ERR_ADDRESS"):
        page.goto("http://portal.example/")


def test_the_portal_answers_in_the_browser(live_server: str, page: Page) -> None:
    answer = page.goto(f"{live_server}/static/absent")
    assert answer is not None
    assert answer.status == 404
