"""What the address of the chains page asks for, read and checked."""

from datetime import date, timedelta
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict

from app.cases.header import case_or_404
from app.cases.models import Case
from app.chains.queries import Asked
from app.core import clock
from app.core.dates import format_date
from app.core.fields import EraDateField, ReferenceField
from app.core.items import item_of
from app.generated.arguments import only_known, record_key
from app.generated.references import source_of

DEFAULT_DAYS = 28
LONGEST_DAYS = 366
AREAS = ("municipality_code", "responsible_centre_id", "disease_id")
PARAMETERS = frozenset({"from", "to", "case", "page", *AREAS, *(f"{name}_text" for name in AREAS)})


def read(arguments: MultiDict[str, str]) -> tuple[FlaskForm, Asked | None]:
    """The bound form, and the question; None when the form says what is wrong with it.

    Raises:
        BadArgument: parameters no form sends.
        NotVisible: the case named does not exist for the actor.
    """
    only_known(arguments, PARAMETERS)
    today = clock.today()
    given = MultiDict(arguments)
    if not given.get("from") and not given.get("to"):
        given["from"] = format_date(today - timedelta(days=DEFAULT_DAYS - 1))
        given["to"] = format_date(today)
    form: FlaskForm = _form_class()(formdata=given, meta={"csrf": False})
    case_id = None
    if given.get("case"):
        case_id = case_or_404(record_key(given["case"])).id
    if not form.validate():
        return form, None
    first, last = form["from"].data, form["to"].data
    last = last or today
    first = first or last - timedelta(days=DEFAULT_DAYS - 1)
    problem = _problem(first, last)
    if problem is not None:
        form["to"].errors = [problem]
        return form, None
    area = {name: form[name].data for name in AREAS}
    return form, Asked(first, last, case_id=case_id, **area)


def address(asked: Asked, endpoint: str = "ChainView.page", **changes: Any) -> str:
    """The address of a question; None leaves a parameter out."""
    values: dict[str, Any] = {name: getattr(asked, name) for name in AREAS}
    values |= {"from": asked.first.isoformat(), "to": asked.last.isoformat()}
    values |= {"case": asked.case_id} | changes
    return url_for(endpoint, **{k: v for k, v in values.items() if v is not None})


def conditions(form: FlaskForm, asked: Asked, number: str = "") -> list[tuple[str, str]]:
    """The question in words."""
    if asked.case_id is not None:
        return [(_("Chain of case"), number)]
    period = f"{format_date(asked.first)}–{format_date(asked.last)}"
    chosen = [(str(form[name].label.text), form[name].shown_text()) for name in AREAS]
    return [(_("Period"), period), *((label, text) for label, text in chosen if text)]


def _problem(first: date, last: date) -> object | None:
    if last < first:
        return _l("The last day lies before the first.")
    if (last - first).days >= LONGEST_DAYS:
        return _l("Choose at most %(days)s days.", days=LONGEST_DAYS)
    return None


def _form_class() -> type[FlaskForm]:
    fields: dict[str, Any] = {
        "from": EraDateField(_l("Onset from")),
        "to": EraDateField(_l("Onset to")),
    }
    for name in AREAS:
        item = item_of(Case, name)
        fields[name] = ReferenceField(item.label, source=source_of(item))
    return type("ChainForm", (FlaskForm,), fields)
