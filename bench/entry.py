"""What one 発生届 costs a clinic: keys, questions, bytes of the page.

A scripted clerk without a mouse logs in to a running portal, notifies a confirmed case and then
somebody of the same household, in real Chromium, on the day of the journeys (20 August 2021). Keys
of free text (names, addresses, telephone numbers: somebody has to type them anywhere) are counted
apart from all others.

    make bench-entry
"""

import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ["PORTAL_MODE"] = "demo"

from flask import Flask
from playwright.sync_api import Page, Request, expect, sync_playwright

from app import create_app
from config import TestSettings
from tests.journeys.steps import Portal, Window, confirms_the_authenticator, one_time_password
from tests.support import cast
from tests.support.browser import ARGUMENTS, find_chromium
from tests.support.database import migrate

LIMITS = {
    "keys besides free text, from login to submitted": 180,
    "keys besides free text, somebody of the household": 60,
    "mandatory answers of an adult": 20,
    "kilobytes of the form with everything it loads": 150,
}
FREE_TEXT = frozenset({"name", "kana", "address", "mobile_phone", "doctor_name", "username"})
MOST_STEPS = 60
ADULT = {
    "doctor_name": "遠藤 五月",
    "diagnosis_type": "confirmed",
    "name": "佐藤　健一",
    "kana": "さとう けんいち",
    "sex": "male",
    "birth_on": "S60.5.1",
    "postal_code": "1600023",
    "address": "2-8-1",
    "mobile_phone": "09012345678",
    "symptoms": "fever cough",
    "diagnosis_methods": "nucleic_acid",
    "test_nucleic_acid_specimen": "saliva",
    "test_nucleic_acid_collected_on": "8/18",
    "test_nucleic_acid_result": "positive",
    "first_visit_on": "8/18",
    "diagnosed_on": "t",
    "onset_on": "8/16",
    "infection_route": "droplet",
    "route_certainty": "presumed",
    "infection_area": "domestic",
    "area_certainty": "presumed",
    "area_prefecture_code": "13",
    "hospitalised_at_notification": "no",
}
SPOUSE = {
    "name": "佐藤　美咲",
    "kana": "さとう みさき",
    "sex": "female",
    "birth_on": "S62.5.1",
    "onset_on": "8/17",
}
"""What differs in the second notification; the rest is answered as in the first, or stands there."""


_ANSWERED = """name => [...document.querySelectorAll(`#entry [name='${name}']`)].some(one =>
    /^(radio|checkbox)$/.test(one.type) ? one.checked && one.value : one.value.trim())"""
_MARKED = """name => !!document.querySelector(`#entry [name='${name}']`)
    .closest('.form-field').querySelector('.stage-mark')"""


class Clerk:
    """Somebody at a keyboard; every key counts, and there is nothing else to press."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.keys = 0
        self.free_keys = 0
        self.answered: list[str] = []
        self.mandatory = 0
        self.waits = _waits_of(page)

    def press(self, key: str, times: int = 1) -> None:
        for _one in range(times):
            self.page.keyboard.press(key)
        self.keys += times

    def leave_by(self, key: str) -> None:
        """A key after which another page stands there."""
        with self.page.expect_navigation():
            self.press(key)

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)
        if self.here() in FREE_TEXT:
            self.free_keys += len(text)
        else:
            self.keys += len(text)

    def here(self) -> str:
        """The name of the field the keyboard is in; "" on anything else."""
        return str(self.page.evaluate("document.activeElement.name ?? ''"))

    def tab_to(self, selector: str) -> None:
        for _one in range(MOST_STEPS):
            if self.page.evaluate("css => document.activeElement.matches(css)", selector):
                return
            self.press("Tab")
        raise LookupError(f"no way to {selector}")

    def skip_to(self, selector: str) -> None:
        """Over the header by its first link, then on."""
        self.press("Tab")
        self.press("Enter")
        self.tab_to(selector)

    def fill_in(self, values: Mapping[str, str]) -> None:
        """Answer the questions in their order: by Enter to mandatory ones, by Tab to others."""
        for name, wanted in values.items():
            if self.page.evaluate(_ANSWERED, name) and not self._goes_on(name):
                continue
            if self.page.evaluate(_MARKED, name) and self.here() != name and name != "address":
                self.press("Enter")
            self.tab_to(f'[name="{name}"]')
            self.answer(name, wanted)
            if name == "postal_code":
                expect(self.page.locator('[name="address"]')).not_to_have_value("")
        self.press("Enter")
        assert self.here() == "step", f"still asked for {self.here()}"

    def _goes_on(self, name: str) -> bool:
        """The postal code wrote the address as far as it knows it."""
        return name == "address" and self.answered[-1:] == ["postal_code"]

    def answer(self, name: str, wanted: str) -> None:
        kind = self.page.evaluate("document.activeElement.type")
        self.answered.append(name)
        self.mandatory += bool(self.page.evaluate(_MARKED, name))
        if kind in ("radio", "checkbox"):
            for value in wanted.split():
                find = "value => [...document.querySelectorAll(`[name='${document.activeElement.name}']`)]"
                find += ".find(one => one.value === value).closest('.choice').dataset.key"
                self.press(str(self.page.evaluate(find, value)))
        elif kind == "select-one":
            if wanted.isdecimal():
                self.type(wanted)  # Numbered lines are found by their number.
            else:
                find = "value => [...document.activeElement.options].findIndex(one => one.value === value)"
                self.press("ArrowDown", self.page.evaluate(find, wanted))
        elif name == "address":
            self.page.keyboard.press("End")
            self.type(wanted)
        else:
            self.type(wanted)


def main() -> int:
    with tempfile.TemporaryDirectory() as directory, _portal(Path(directory)) as portal:
        window = portal.window()
        clerk = Clerk(window.page)
        figures = _first_case(window, clerk) | _household(window, clerk)
    for name, figure in figures.items():
        limit = LIMITS.get(name)
        print(f"{figure:>8,}  {name}" + (f"  (limit {limit})" if limit else ""))
    return 1 if any(figures[name] > limit for name, limit in LIMITS.items()) else 0


@contextmanager
def _portal(directory: Path) -> Iterator[Portal]:
    app: Flask = create_app(
        TestSettings(f"sqlite:///{directory / 'portal.sqlite3'}", DATA_DIR=str(directory))
    )
    with app.app_context():
        migrate()
    cast.fill(app)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=[*ARGUMENTS])
        portal = Portal(app, browser)
        with portal.running():
            yield portal
        browser.close()


def _first_case(window: Window, clerk: Clerk) -> dict[str, int]:
    secret = _enrol(window)
    window.portal.pass_time(minutes=1)
    window.open("/login/")
    clerk.tab_to('[name="username"]')
    clerk.type("endo")
    clerk.press("Tab")
    clerk.type(cast.PASSWORD)
    clerk.leave_by("Enter")
    clerk.tab_to('[name="code"]')
    clerk.type(one_time_password(secret, window.portal))
    clerk.leave_by("Enter")
    loaded = _bytes_of(window.page)
    clerk.skip_to("#main a[href='/notifications/new']")
    clerk.leave_by("Enter")
    kilobytes = sum(loaded) // 1000
    clerk.fill_in(ADULT)
    clerk.leave_by("Enter")
    window.sees("受理待ち")
    return {
        "keys besides free text, from login to submitted": clerk.keys,
        "keys of free text": clerk.free_keys,
        "answers of an adult": len(clerk.answered),
        "mandatory answers of an adult": clerk.mandatory,
        "kilobytes of the form with everything it loads": kilobytes,
    }


def _household(window: Window, clerk: Clerk) -> dict[str, int]:
    clerk.keys, clerk.free_keys, clerk.answered = 0, 0, []
    clerk.skip_to("#main a[href*='family=']")
    clerk.leave_by("Enter")
    clerk.fill_in({name: text for name, text in (ADULT | SPOUSE).items() if name != "mobile_phone"})
    clerk.leave_by("Enter")
    window.sees("受理待ち", "佐藤 美咲")
    opening = clerk.waits["GET /notifications/new"]
    sending = [wait for asked, wait in clerk.waits.items() if asked.startswith("POST /notif")][-1]
    return {
        "keys besides free text, somebody of the household": clerk.keys,
        "keys of free text, somebody of the household": clerk.free_keys,
        "answers, somebody of the household": len(clerk.answered),
        "percent of the time of opening the form, to submit it": round(100 * sending / opening),
    }


def _enrol(window: Window) -> str:
    """The authenticator is set up on another day; it is no part of a notification."""
    window.open("/login/")
    window.type(username="endo", password=cast.PASSWORD)
    window.press("次へ")
    secret, _codes = confirms_the_authenticator(window)
    window.arrive_by(window.page.get_by_role("button", name="ログアウト").first)
    return secret


def _waits_of(page: Page) -> dict[str, float]:
    """Milliseconds to the first byte of each document, by method and path; the last counts."""
    found: dict[str, float] = {}

    def note(asked: Request) -> None:
        if asked.resource_type == "document":
            path = asked.url.split("/", 3)[3].split("?")[0]
            found[f"{asked.method} /{path}"] = asked.timing["responseStart"]

    page.on("requestfinished", note)
    return found


def _bytes_of(page: Page) -> list[int]:
    """Grows by the body of everything the page loads from now on."""
    found: list[int] = []
    page.on("requestfinished", lambda asked: found.append(asked.sizes()["responseBodySize"]))
    return found


if __name__ == "__main__":
    sys.exit(main())
