"""A browser small enough not to be what is measured: one connection, cookies, forms, links."""

import time
from dataclasses import dataclass
from html.parser import HTMLParser
from http.client import HTTPConnection
from urllib.parse import urlencode


@dataclass
class Answer:
    """A page with the seconds it took and the statements the server counted."""

    status: int
    location: str
    text: str
    seconds: float
    statements: int


class Browser:
    """One person's session over one kept connection."""

    def __init__(self, port: int) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=120)
        self._cookies: dict[str, str] = {}
        self._port = port

    def another(self, port: int) -> "Browser":
        """The same session over a connection of its own."""
        made = Browser(port)
        made._cookies = dict(self._cookies)
        return made

    def keep(self, name: str, cookie: str) -> None:
        """Have a cookie that was given elsewhere."""
        self._cookies[name] = cookie

    def get(self, path: str) -> Answer:
        return self._ask("GET", path, None)

    def post(self, path: str, fields: dict[str, str] | list[tuple[str, str]]) -> Answer:
        return self._ask("POST", path, urlencode(fields))

    def _ask(self, method: str, path: str, body: str | None) -> Answer:
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self._cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            headers["Referer"] = f"http://127.0.0.1:{self._port}{path}"
        begun = time.perf_counter()
        self._connection.request(method, path, body, headers)
        response = self._connection.getresponse()
        text = response.read().decode()
        seconds = time.perf_counter() - begun
        for cookie in response.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.partition(";")[0].partition("=")
            self._cookies[name] = value
        location = (response.headers.get("Location") or "").removeprefix(
            f"http://127.0.0.1:{self._port}"
        )
        statements = int(response.headers.get("X-Statements") or 0)
        return Answer(response.status, location, text, seconds, statements)


class Page(HTMLParser):
    """The fields of every form (by the form's action) and all links of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.forms: list[tuple[str, list[tuple[str, str]]]] = []
        self._area: tuple[str, list[str]] | None = None
        self._select: str | None = None
        self.feed(text)

    def form_with(self, name: str) -> list[tuple[str, str]]:
        """The fields of the form that has a field called ``name`` (or ending in it)."""
        for _action, fields in self.forms:
            if any(field == name or field.endswith(f"__{name}") for field, _value in fields):
                return list(fields)
        raise LookupError(f"no form has a field {name}")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif tag == "form":
            self.forms.append((given.get("action", ""), []))
        elif self.forms:
            self._control(tag, given)

    def _control(self, tag: str, given: dict[str, str]) -> None:
        name = given.get("name", "")
        if tag == "input" and name:
            ticked = given.get("type") not in ("checkbox", "radio") or "checked" in given
            if ticked and given.get("type") != "submit":
                self.forms[-1][1].append((name, given.get("value", "")))
        elif tag == "textarea" and name:
            self._area = (name, [])
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in given:
            self.forms[-1][1].append((self._select, given.get("value", "")))

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._area[1].append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._area is not None:
            self.forms[-1][1].append((self._area[0], "".join(self._area[1]).removeprefix("\n")))
            self._area = None
        elif tag == "select":
            self._select = None
