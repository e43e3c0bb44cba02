"""What every template keeps: the strict policy, drawings that exist, labels that lead somewhere."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask import Flask, render_template
from flask_babel import Babel
from flask_wtf.csrf import CSRFProtect

from app.core.static_files import version_static_files
from app.devtools.gallery import gallery_context

APP = Path(__file__).resolve().parents[2] / "app"
TEMPLATES = sorted(APP.rglob("templates/**/*.html"))
SHEETS = sorted((APP / "static").rglob("*.[cj]s*"))


class _Page(HTMLParser):
    """Collects ids and what points at them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.pointers: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            self.attributes.append((name, value or ""))
            if name == "id":
                self.ids.append(value or "")
            elif name in ("for", "aria-describedby", "aria-labelledby", "form"):
                self.pointers += (value or "").split()


def _render(template: str, page: str | None = None) -> _Page:
    app = Flask("app", root_path=str(APP))
    app.config.update(SECRET_KEY="gallery", APP_NAME="HER-SYS Portal", DEMO=True)
    Babel(app)
    CSRFProtect(app)
    version_static_files(app)
    with app.test_request_context("/gallery"):
        context = gallery_context()
        if page:
            context = {"page": context[page]}
        return _Page(render_template(template, **context))


PAGES = [
    ("gallery.html", None),
    ("generated/list.html", "list_page"),
    ("generated/form.html", "form_page"),
]


@pytest.mark.parametrize(("template", "page"), PAGES)
def test_every_label_hint_and_error_belongs_to_an_element_of_the_page(
    template: str, page: str | None
) -> None:
    rendered = _render(template, page)
    assert set(rendered.pointers) <= set(rendered.ids)
    assert len(rendered.pointers) > 2


@pytest.mark.parametrize(("template", "page"), PAGES)
def test_no_id_stands_twice_on_a_page(template: str, page: str | None) -> None:
    ids = _render(template, page).ids
    assert sorted(ids) == sorted(set(ids))


@pytest.mark.parametrize(("template", "page"), PAGES)
def test_a_page_carries_no_inline_style_or_handler(template: str, page: str | None) -> None:
    names = {name for name, _ in _render(template, page).attributes}
    assert not {name for name in names if name == "style" or name.startswith("on")}


@pytest.mark.parametrize("path", TEMPLATES + SHEETS, ids=lambda path: path.name)
def test_nothing_is_fetched_from_the_internet(path: Path) -> None:
    addresses = re.findall(
        r"""(?:src|href|url|import|from)\s*[=(]?\s*["']?https?:""", path.read_text()
    )
    assert addresses == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_every_icon_named_in_a_template_is_drawn(path: Path) -> None:
    drawn = set(re.findall(r'<symbol id="([^"]+)"', (APP / "static/icons.svg").read_text()))
    assert set(re.findall(r'\bicon\("([a-z-]+)"[,)]', path.read_text())) <= drawn
