"""What a browser reads from a page of the portal: its forms, links and rows."""

import re
from html import unescape
from html.parser import HTMLParser


class _Fields(HTMLParser):
    """The successful controls of the main form (search forms send GET or have their own role)."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self._inside = False
        self._area: str | None = None
        self._select: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = "form-sections" in given.get("class", "")
        if not self._inside:
            return
        name = given.get("name", "")
        if tag == "textarea":
            self._area = name
            self.values[name] = ""
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in given:
            self.values[self._select] = given.get("value", "")
        elif tag == "input" and name:
            ticked = given.get("type") not in {"radio", "checkbox"} or "checked" in given
            if ticked:
                self.values[name] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        elif tag == "textarea":
            self._area = None
        elif tag == "select":
            self._select = None

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self.values[self._area] += data


def form_of(html: str) -> dict[str, str]:
    """What the form of an add or edit page would send as it stands."""
    parser = _Fields()
    parser.feed(html)
    # A browser leaves out the line break after the opening tag.
    return {name: value.removeprefix("\n") for name, value in parser.values.items()}


def links_of(html: str) -> list[str]:
    """Every address of the page, unescaped."""
    return [unescape(found) for found in re.findall(r'(?:href|action|formaction)="([^"]*)"', html)]
