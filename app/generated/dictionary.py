"""The data dictionary: every declared item, in the order of 別紙3, readable and printable."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import render_template, request
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _

from app.core.items import Item, Section, items_of
from app.core.labels import Label
from app.core.pages import Crumb
from app.generated.arguments import only_known
from app.generated.views import VIEWS

KINDS = {
    "text": Label("文字", "Text"),
    "long_text": Label("文章", "Long text"),
    "date": Label("年月日", "Date"),
    "instant": Label("日時", "Date and time"),
    "integer": Label("整数", "Whole number"),
    "decimal": Label("小数", "Decimal"),
    "boolean": Label("はい・いいえ", "Yes or no"),
    "code": Label("選択（一つ）", "One choice"),
    "codes": Label("選択（複数）", "Several choices"),
    "reference": Label("参照", "Reference"),
}


@dataclass(frozen=True, slots=True)
class DictionarySection:
    """A section of the dictionary with its items, model by model."""

    section: Section
    items: tuple[Item, ...]


def dictionary() -> tuple[DictionarySection, ...]:
    """Every item of every generated view, by section, in the order of declaration."""
    by_section: dict[Section, list[Item]] = {}
    for item in _all_items():
        by_section.setdefault(item.section, []).append(item)
    ordered = sorted(by_section.items(), key=lambda pair: pair[0].order)
    return tuple(DictionarySection(section, tuple(items)) for section, items in ordered)


class DictionaryView(BaseView):
    """``/dictionary/``: what each item means, who enters it, how personal it is."""

    route_base = "/dictionary"
    class_permission_name = "dictionary"
    default_view = "page"

    @expose("/", methods=["GET"])
    @has_access
    @permission_name("show")
    def page(self) -> str:
        """The whole dictionary on one page."""
        only_known(request.args, ())
        title = _("Data dictionary")
        return render_template(
            "generated/dictionary.html",
            title=title,
            sections=dictionary(),
            kinds=KINDS,
            crumbs=(Crumb(title),),
        )


def _all_items() -> Iterator[Item]:
    seen = set()
    for view in VIEWS.values():
        if view.model not in seen:
            seen.add(view.model)
            yield from items_of(view.model)
