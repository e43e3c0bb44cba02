"""Pages as a browser reads them: which elements there are, and what a form would send."""

from html.parser import HTMLParser


class Page(HTMLParser):
    """The elements of a page, and the fields of its forms as they would be sent unchanged."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: set[str] = set()
        self.attributes: set[str] = set()
        self.fields: list[tuple[str, str]] = []
        self.names: set[str] = set()
        self._select = ""
        self._chosen: str | None = None
        self._area: str | None = None
        self._text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.elements.add(tag)
        self.attributes |= given.keys()
        name = given.get("name", "")
        if tag in {"input", "select", "textarea"} and name:
            self.names.add(name)
        if tag == "input" and name and "disabled" not in given:
            self._input(name, given)
        elif tag == "select":
            self._select, self._chosen = name, None
        elif tag == "option" and self._select:
            if "selected" in given or self._chosen is None:
                self._chosen = given.get("value", "")
        elif tag == "textarea":
            self._area, self._text = name, ""

    def _input(self, name: str, given: dict[str, str]) -> None:
        kind = given.get("type", "text")
        if kind in {"file", "submit", "button", "image"}:
            return
        if kind in {"radio", "checkbox"} and "checked" not in given:
            return
        self.fields.append((name, given.get("value", "on" if kind == "checkbox" else "")))

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "select" and self._select:
            self.fields.append((self._select, self._chosen or ""))
            self._select = ""
        elif tag == "textarea" and self._area:
            self.fields.append((self._area, self._text.removeprefix("\n")))
            self._area = None
