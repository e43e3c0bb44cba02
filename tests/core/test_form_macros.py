"""The design's field macro draws every item field as what it is."""

from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, render_template_string
from flask_babel import Babel

import app as portal
from app.core.static_files import version_static_files
from tests.core.test_forms import NAMES, VisitForm

PAGE = (
    '{% from "macros/forms.html" import hidden_fields, render_field %}'
    "{{ hidden_fields(form, post=false) }}{% for f in fields %}{{ render_field(f) }}{% endfor %}"
)


class Attributes(HTMLParser):
    """Collects (tag, attribute names, attributes) of each element."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, list[str], dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, [name for name, _ in attrs], dict(attrs)))


@pytest.fixture(name="drawn")
def _drawn() -> Any:
    """Draws the fields of a posted, refused form."""
    flask_app = Flask(__name__, template_folder=str(Path(portal.__file__).parent / "templates"))
    flask_app.config.update(SECRET_KEY="x" * 32, WTF_CSRF_ENABLED=False)
    Babel(flask_app)
    version_static_files(flask_app)

    def draw(**posted: str) -> Attributes:
        with flask_app.test_request_context(method="POST", data=posted):
            form = VisitForm()
            form.validate()
            fields = [form[name] for name in NAMES]
            page = Attributes()
            page.feed(render_template_string(PAGE, form=form, fields=fields))
            return page

    return draw


def test_no_attribute_stands_twice_and_no_id_either(drawn: Any) -> None:
    page = drawn(onset_on="x", temperature="x", centre_id="99", name="\x00")
    for _tag, names, _attributes in page.found:
        assert len(names) == len(set(names))
    ids = [attributes["id"] for _, _, attributes in page.found if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_each_field_is_drawn_as_what_it_is(drawn: Any) -> None:
    page = drawn(name="山田", travelled="unknown", symptoms="cough", note="一行")
    types = {
        (attributes.get("name"), attributes.get("type") or tag)
        for tag, _, attributes in page.found
        if attributes.get("name")
    }
    assert types == {
        ("row_version_", "hidden"),
        ("form_token_", "hidden"),
        ("travelled", "radio"),
        ("kind", "select"),
        ("symptoms", "checkbox"),
        ("urgent", "checkbox"),
        ("alive", "radio"),
        ("note", "textarea"),
        ("seen_at", "datetime-local"),
        ("centre_id", "hidden"),
        ("centre_id_text", "text"),
        *((name, "text") for name in (
            "name", "kana", "onset_on", "temperature", "spo2", "contacts",
        )),
    }  # fmt: skip
    checked = {attributes["value"] for _, _, attributes in page.found if "checked" in attributes}
    assert checked == {"unknown", "cough", ""}


def test_the_lookup_finds_its_text_and_its_key(drawn: Any) -> None:
    [(_, _, text)] = [one for one in drawn().found if "data-lookup-url" in one[2]]
    [(_, _, key)] = [one for one in drawn().found if "data-lookup-key" in one[2]]
    assert text["name"] == "centre_id_text"
    assert key["name"] == "centre_id"
