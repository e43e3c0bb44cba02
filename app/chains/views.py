"""``/chains/``: who infected whom, drawn over time, listed beneath, taken out as a file."""

import io
from dataclasses import dataclass
from typing import Any

from flask import render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from app.audit.reads import record_export, record_list
from app.audit.signing import maker_of
from app.cases.codes import CASE_STATUS, SEX
from app.cases.header import CASES
from app.cases.models import Case
from app.cases.views import CaseView
from app.chains import asking, files
from app.chains.picture import Drawing, Words, arrange, draw
from app.chains.queries import Asked, Node, chains, names_of
from app.chains.rules import Place
from app.contacts.codes import EXPOSURE_SETTING
from app.core.db import db
from app.core.labels import Label
from app.core.pages import Action, Crumb
from app.core.transaction import transaction
from app.generated.arguments import BadArgument, one_of
from app.generated.extensions import add_tab
from app.generated.hooks import may, signed_in
from app.generated.showing import PageTab
from app.persons.scope import IDENTITY_ROLES
from app.security.actor import Actor
from app.surge.gate import may_wait

PAGE = 100
"""Rows of the table on one page."""
TITLE = Label("感染経路図", "Chains of infection")


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the table beneath the picture."""

    number: str
    url: str
    name: str
    day: str
    generation: str
    sources: str
    setting: str
    person: str
    status: str
    tone: str
    municipality: str
    chain: int


class ChainView(BaseView):
    """Chains of infection: by number for roles without identity, by name for health centres."""

    route_base = "/chains"
    class_permission_name = "chain"
    default_view = "page"

    @expose("/")
    @has_access
    @permission_name("show")
    @may_wait
    def page(self) -> ResponseReturnValue:
        """The picture and the table of a period and area, or of one case's chain."""
        actor = signed_in()
        form, asked = asking.read(request.args)
        if asked is None:
            return _answer(form), 422
        drawing = arrange(chains(asked, actor))
        number = _page_number(request.args, len(drawing.layout.places))
        shown = files.in_order(drawing)[(number - 1) * PAGE : number * PAGE]
        names = _names(shown, drawing, actor)
        record_list(actor, door="chain.show", people=names, filters=_recorded(request.args))
        return _answer(form, **_contents(form, asked, drawing, shown, names, number))

    @expose("/download")
    @has_access
    @permission_name("export")
    @may_wait
    def download(self) -> ResponseReturnValue:
        """The same as ``format=svg``, ``png``, ``pdf`` or ``xlsx``; recorded with who is in it."""
        actor = signed_in()
        rest = MultiDict((k, v) for k, v in request.args.items(multi=True) if k != "format")
        form, asked = asking.read(rest)
        ending = one_of(request.args, "format", files.FORMATS)
        if asked is None or ending is None:
            raise BadArgument(_l("This address is not complete or has a mistake in it."))
        drawing = arrange(chains(asked, actor))
        lines = asking.conditions(form, asked, _number(asked))
        by = maker_of(actor)
        content = files.made(drawing, ending, lines=lines, by=by)
        drawn = [drawing.found.nodes[key] for key in drawing.layout.places]
        with transaction():
            record_export(
                actor,
                door="chain.export",
                count=len(drawn),
                filters=_recorded(request.args),
                people={node.person_id for node in drawn if node.person_id is not None},
            )
        return send_file(
            io.BytesIO(content),
            mimetype=files.MIMETYPES[ending],
            as_attachment=True,
            download_name=f"{TITLE}_{asked.first:%Y%m%d}-{asked.last:%Y%m%d}.{ending}",
            max_age=0,
        )


def _answer(form: Any, **contents: Any) -> str:
    return render_template("chains/chains.html", title=str(TITLE), form=form, **contents)


def _contents(
    form: Any,
    asked: Asked,
    drawing: Drawing,
    shown: list[Place],
    names: dict[int, str],
    number: int,
) -> dict[str, Any]:
    """Everything below the form."""
    layout = drawing.layout
    pages = max(1, -(-len(layout.places) // PAGE))
    own = _number(asked)
    words = Words()
    trail: tuple[Crumb, ...] = (Crumb(str(CASES), url_for("CaseView.list")),)
    if asked.case_id is not None:
        trail = (*trail, Crumb(own, url_for("CaseView.show", pk=asked.case_id)))
    return {
        "asked": asked,
        "crumbs": (*trail, Crumb(str(TITLE))),
        "conditions": asking.conditions(form, asked, own),
        "drawing": drawing,
        "chart": draw(drawing, key="chains", url_of=_case_url) if layout.places else None,
        "lines": [_line(place, drawing, names, words) for place in shown],
        "named": bool(names),
        "number": number,
        "pages": pages,
        "before": asking.address(asked, page=number - 1) if number > 1 else None,
        "after": asking.address(asked, page=number + 1) if number < pages else None,
        "all_of_period": asking.address(asked, case=None) if asked.case_id else None,
        "actions": _downloads(asked) if layout.places else (),
    }


def _line(place: Place, drawing: Drawing, names: dict[int, str], words: Words) -> Line:
    node = drawing.found.nodes[place.key]
    setting = drawing.setting_of(place)
    status = node.status or ""
    return Line(
        number=node.number,
        url=_case_url(node.id),
        name=names.get(node.person_id or 0, ""),
        day=words.day(node),
        generation=words.generation(place),
        sources="、".join(files.sources_of(drawing, place.key)),
        setting="" if setting is None else EXPOSURE_SETTING.label(setting),
        person=_person(node),
        status=CASE_STATUS.label(status),
        tone=CASE_STATUS.tones.get(status, "neutral"),
        municipality=node.municipality or "",
        chain=place.chain + 1,
    )


def _person(node: Node) -> str:
    age = "" if node.age_years is None else _("aged %(age)s", age=node.age_years)
    return " ".join(part for part in (SEX.label(node.sex or ""), age) if part)


def _names(shown: list[Place], drawing: Drawing, actor: Actor) -> dict[int, str]:
    """The names on this page of the table, for roles to whom people exist."""
    if actor.role not in IDENTITY_ROLES:
        return {}
    nodes = (drawing.found.nodes[place.key] for place in shown)
    return dict(names_of({node.person_id for node in nodes if node.person_id is not None}))


def _number(asked: Asked) -> str:
    case = None if asked.case_id is None else db.session.get(Case, asked.case_id)
    return "" if case is None else str(case)


def _case_url(key: int) -> str:
    return f"/cases/show/{key}"


def _page_number(arguments: MultiDict[str, str], rows: int) -> int:
    text = arguments.get("page", "1")
    if not (text.isascii() and text.isdigit() and len(text) < 5 and int(text) > 0):
        raise BadArgument(_l("This address is not complete or has a mistake in it."))
    return min(int(text), max(1, -(-rows // PAGE)))


def _downloads(asked: Asked) -> tuple[Action, ...]:
    if not may("export", "chain"):
        return ()
    words = {"xlsx": "Excel", "pdf": "PDF", "png": "PNG", "svg": "SVG"}
    return tuple(
        Action(word, asking.address(asked, "ChainView.download", format=ending), icon="download")
        for ending, word in words.items()
    )


def _recorded(arguments: MultiDict[str, str]) -> dict[str, str]:
    kept = (asking.PARAMETERS | {"format"}) - {f"{name}_text" for name in asking.AREAS}
    return {name: arguments[name] for name in kept if arguments.get(name)}


add_tab(
    CaseView,
    PageTab(
        "chain",
        TITLE,
        "chain",
        "show",
        lambda case: url_for("ChainView.page", case=case.id),
    ),
    before="accesses",
)
