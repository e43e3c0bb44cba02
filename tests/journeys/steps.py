"""What the people of the journeys do: sign in, open, read, type, choose, press.

The server runs on the journey's own clock, so that a session ends when the story says so.
Set ``SCREENSHOTS`` to a directory to keep a picture of every screen a journey looks at.
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyotp
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from app.core import clock
from tests.support import cast
from tests.support.browser import DESKTOP, PHONE, served
from tests.support.clock import NOON

# Long, for busy machines: a page that is right is there at once, so only failures cost it.
PATIENCE_MS = 30_000
expect.set_options(timeout=PATIENCE_MS)
SERIOUS = frozenset({"serious", "critical"})
_AXE = Axe()


class Portal:
    """The running portal, its clock and everybody's windows on it."""

    def __init__(self, app: Flask, browser: Browser) -> None:
        self.app = app
        self.browser = browser
        self.now = NOON
        self.address = ""
        self.problems: list[str] = []
        self._contexts: list[BrowserContext] = []

    @contextmanager
    def running(self) -> Iterator[None]:
        """Serve until the end of the block."""

        def portal(environ: Any, start_response: Any) -> Any:
            with clock.frozen_at(self.now):
                return self.app(environ, start_response)

        with served(portal) as self.address:  # type: ignore[arg-type]
            yield
            for context in self._contexts:
                context.close()

    def pass_time(self, **span: float) -> None:
        """Move the clock of the portal forward."""
        self.now += timedelta(**span)

    def window(self, *, phone: bool = False) -> "Window":
        """A browser of its own, not signed in."""
        context = self.browser.new_context(
            locale="ja-JP", timezone_id="Asia/Tokyo", viewport=PHONE if phone else DESKTOP
        )
        context.set_default_timeout(PATIENCE_MS)
        self._contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: self.problems.append(f"{page.url}: {error}"))
        page.on("console", lambda line: self._note(page, line.type, line.text))
        page.on("response", lambda answer: self._note_status(answer.url, answer.status))
        return Window(self, page)

    def signed_in(self, username: str, *, phone: bool = False) -> "Window":
        """A window of a member of the cast, with the cookie the login would give."""
        window = self.window(phone=phone)
        with clock.frozen_at(self.now):
            client = cast.sign_in(self.app.test_client(), username)
        cookie = client.get_cookie("hersys")
        assert cookie is not None
        window.page.context.add_cookies(
            [{"name": "hersys", "value": cookie.value, "url": self.address}]
        )
        return window

    def assert_no_page_had_a_problem(self) -> None:
        """No script failed, the CSP refused nothing, the server answered everything."""
        assert not self.problems, self.problems

    def _note(self, page: Page, kind: str, text: str) -> None:
        # Chromium reports every answer above 399 as an error; those are judged by the story.
        if kind == "error" and "Failed to load resource" not in text:
            self.problems.append(f"{page.url}: {text}")

    def _note_status(self, url: str, status: int) -> None:
        if status >= 500:
            self.problems.append(f"{url}: {status}")


class Window:
    """One person's browser window."""

    def __init__(self, portal: Portal, page: Page) -> None:
        self.portal = portal
        self.page = page

    # -- going ------------------------------------------------------------------------------

    def open(self, path: str) -> int:
        """Go to an address of the portal; the status of the answer."""
        answer = self.page.goto(f"{self.portal.address}{path}")
        assert answer is not None
        return answer.status

    def follow(self, link: str | re.Pattern[str]) -> None:
        """Follow the first link of the page's body that says so."""
        body = self.page.locator("#main, .crumbs")
        self.arrive_by(body.get_by_role("link", name=link, exact=True).first)

    def press(self, button: str) -> None:
        """Press the first button of the page's body that says so."""
        body = self.page.locator("#main")
        self.arrive_by(body.get_by_role("button", name=button, exact=True).first)

    def arrive_by(self, link_or_button: Locator) -> None:
        """Click what leads to another page, and wait until that page is there.

        A click alone returns while the old page still stands, and on a busy machine the next
        line would read that one, or none.
        """
        with self.page.expect_navigation():
            link_or_button.click()

    # -- reading ----------------------------------------------------------------------------

    def sees(self, *sentences: str) -> None:
        """Every sentence stands on the page (waits for it)."""
        for sentence in sentences:
            expect(self.page.locator("body")).to_contain_text(sentence)

    def sees_nothing_of(self, *sentences: str) -> None:
        """None of the sentences stands anywhere in the page's source."""
        source = self.page.content()
        assert [sentence for sentence in sentences if sentence in source] == []

    def sees_no_link(self, name: str) -> None:
        """No link of the page says so."""
        expect(self.page.get_by_role("link", name=name)).to_have_count(0)

    def field(self, name: str) -> Locator:
        """The control of an item by its name in the form."""
        return self.page.locator(f'#main [name="{name}"]').first

    def has_in(self, name: str, text: str) -> None:
        """The field holds the text (waits for it)."""
        expect(self.field(name)).to_have_value(re.compile(re.escape(text)))

    # -- typing -----------------------------------------------------------------------------

    def type(self, **values: str) -> None:
        """Type into fields."""
        for name, text in values.items():
            self.field(name).fill(text)

    def choose(self, **values: str | tuple[str, ...]) -> None:
        """Tick circles, boxes and choices of drop-downs by their stored words."""
        for name, wanted in values.items():
            for value in (wanted,) if isinstance(wanted, str) else wanted:
                control = self.page.locator(f'#main [name="{name}"]').first
                if control.evaluate("one => one.tagName") == "SELECT":
                    control.select_option(value)
                else:
                    self.page.locator(f'#main [name="{name}"][value="{value}"]').check()

    def pick(self, name: str, typed: str, choice: str) -> None:
        """Type into a field with suggestions and take one."""
        box = self.field(f"{name}_text")
        box.click()
        box.press_sequentially(typed)
        self.page.get_by_role("option", name=choice).first.click()

    # -- judging ----------------------------------------------------------------------------

    def looks_right(self, picture: str = "") -> None:
        """One heading, a title, nothing sideways; keeps a picture where pictures are kept."""
        page = self.page
        self._keep(picture)
        where = page.url
        expect(page.locator("h1"), where).to_have_count(1)
        assert page.title().strip(" |"), where
        widths = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert widths[0] <= widths[1], (where, widths)

    def is_accessible(self) -> None:
        """axe finds nothing serious or critical."""
        results = _AXE.run(self.page).response
        found = [
            (one["id"], [node["target"] for node in one["nodes"][:3]])
            for one in results["violations"]
            if one["impact"] in SERIOUS
        ]
        assert found == [], self.page.url

    def _keep(self, picture: str) -> None:
        directory = os.environ.get("SCREENSHOTS")
        if directory and picture:
            width = self.page.viewport_size["width"]  # type: ignore[index]
            path = Path(directory) / f"{picture}-{width}.png"
            self.page.screenshot(path=path, full_page=True)


def one_time_password(secret: str, portal: Portal) -> str:
    """What the authenticator shows at the portal's present."""
    return pyotp.TOTP(secret).at(portal.now)


def confirms_the_authenticator(window: Window) -> tuple[str, list[str]]:
    """The second step of the first login: the secret of the page and the codes shown once."""
    secret = window.page.locator(".secret").inner_text().replace(" ", "")
    window.looks_right("login-enrol")
    window.type(code=one_time_password(secret, window.portal))
    window.press("設定する")
    grid = window.page.locator(".codes-grid li")
    expect(grid).to_have_count(10)
    codes = grid.all_inner_texts()
    assert len(set(codes)) == 10
    window.looks_right("login-recovery-codes")
    window.follow(re.compile("保管しました"))
    return secret, codes
