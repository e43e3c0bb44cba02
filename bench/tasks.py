"""What people do all day, as requests."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from bench.browser import Answer, Browser, Page
from bench.portal import REDIRECTS

LIST = "/cases/list/"
DEEP = 40
"""Pages walked, by the list's own links, to the page timed as "deep"."""
KANA = "サトウ ハナ"

Ask = Callable[[], Answer]


@dataclass
class Task:
    """A name for the table and how to do it once."""

    name: str
    ask: Ask


def tasks(clerk: Browser, prefecture: Browser) -> list[Task]:
    """Every task with its page looked up beforehand, so that only the page itself is timed."""
    listed = clerk.get(LIST)
    case = _first_case(listed.text)
    deep = _deep(clerk)
    number = re.search(r">\s*(\d{8})\s*<", listed.text)
    assert number is not None
    return [
        Task("list, health centre", lambda: clerk.get(LIST)),
        Task("list, prefecture", lambda: prefecture.get(LIST)),
        Task("search by kana", lambda: _search(clerk, listed.text, "kana", KANA)),
        Task("search by number", lambda: _search(clerk, listed.text, "number", number[1])),
        Task(f"list, page {DEEP}", lambda: clerk.get(deep)),
        Task("show a case", lambda: clerk.get(f"/cases/show/{case}")),
        Task("open the form", lambda: clerk.get(f"/cases/edit/{case}")),
        Task("save", _save(clerk, case)),
        Task("roll-up of a prefecture", lambda: prefecture.get("/statistics/")),
    ]


def _first_case(text: str) -> str:
    found = re.search(r"/cases/show/(\d+)", text)
    assert found is not None, "the list is empty"
    return found[1]


def _deep(browser: Browser) -> str:
    path = LIST
    for _page in range(DEEP):
        links = [link for link in Page(browser.get(path).text).links if "after=" in link]
        if not links:
            break
        path = links[-1]
    return path


def _search(browser: Browser, text: str, name: str, value: str) -> Answer:
    fields = Page(text).form_with(name)
    filled = [(n, value if n == name or n.endswith(f"__{name}") else v) for n, v in fields]
    answer = browser.post(LIST, filled)
    if answer.status not in REDIRECTS:
        return answer
    # A search that names nobody goes on to an address; both requests are the search.
    found = browser.get(answer.location)
    found.seconds += answer.seconds
    found.statements += answer.statements
    return found


def _save(browser: Browser, case: str) -> Ask:
    """Each save changes the remarks of the newest version of the case."""
    turn = iter(range(1_000_000))

    def save() -> Answer:
        path = f"/cases/edit/{case}"
        fields = [(n, v) for n, v in Page(browser.get(path).text).form_with("remarks")]
        changed = [(n, f"bench {next(turn)}" if n == "remarks" else v) for n, v in fields]
        answer = browser.post(path, changed)
        assert answer.status in REDIRECTS, f"the save was answered with {answer.status}"
        return answer

    return save
