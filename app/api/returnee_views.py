"""``/api/v1/returnee_list``: a quarantine station's list, sent by its own system (R106, R149)."""

from typing import Any

from flask import jsonify, make_response
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.accounts.programs import API, credential
from app.api.bodies import read_object
from app.api.calls import as_api
from app.core.errors import InvalidInput, NotAllowed
from app.core.workbooks.reading import SheetRow
from app.generated.hooks import signed_in
from app.quarantine import service
from app.quarantine.models import ReturneeDelivery
from app.quarantine.rules import KEYS, MOST_ROWS
from app.security.rights import require

LONGEST = 2_000


class ReturneeListApi(BaseView):
    """A list as JSON: looked through, and with ``apply`` handed over at once.

    Sent again under its number it changes nothing, so a call may be repeated without a key.
    """

    route_base = f"{API}returnee_list"
    class_permission_name = "returnee_list"
    default_view = "add"

    @expose("", methods=["POST"])
    def add(self) -> Response:
        """What would become, or became, of every row."""
        actor = signed_in()
        if credential() is None:
            raise NotAllowed(_l("A session of the browser only reads here. Use a token or a key."))
        require(actor, "add", "returnee_list")
        body = read_object()
        rows, number = _rows_of(body), body.get("number")
        with as_api():
            delivery = service.receive(
                rows, number=number if isinstance(number, str) else "", source="API", by=actor
            )
            if body.get("apply") is True:
                service.apply(delivery, by=actor)
        return make_response(jsonify({"result": _answer(delivery)}), 201)


def _rows_of(body: dict[str, Any]) -> list[SheetRow]:
    """The people of the body as rows. Raises InvalidInput with the place of each fault."""
    problems: dict[str, list[object]] = {
        name: [_("There is no such item, or it is not editable.")]
        for name in body
        if name not in ("number", "apply", "people")
    }
    codes = dict.fromkeys(problems, "unknown_field")
    if not isinstance(body.get("apply", False), bool):
        problems["apply"], codes["apply"] = [_("true or false.")], "wrong_type"
    people = body.get("people")
    if not isinstance(people, list) or not 0 < len(people) <= MOST_ROWS:
        problems["people"] = [_("A list of 1 to %(limit)s people.", limit=f"{MOST_ROWS:,}")]
        codes["people"] = "invalid"
        people = []
    for place, person in enumerate(people, start=1):
        if not _is_person(person):
            name = f"people[{place}]"
            problems[name] = [_("An object of texts, with the names of the columns.")]
            codes[name] = "wrong_type"
    if problems:
        raise InvalidInput(problems, codes=codes)
    return [
        SheetRow(place, {key: text for key, text in person.items() if text})
        for place, person in enumerate(people, start=1)
    ]


def _is_person(person: Any) -> bool:
    return (
        isinstance(person, dict)
        and set(person) <= set(KEYS)
        and all(text is None or _is_text(text) for text in person.values())
    )


def _is_text(text: Any) -> bool:
    return (
        isinstance(text, str)
        and len(text) <= LONGEST
        and not any(sign == "\x00" or 0xD800 <= ord(sign) <= 0xDFFF for sign in text)
    )


def _answer(delivery: ReturneeDelivery) -> dict[str, Any]:
    return {
        "id": delivery.id,
        "number": delivery.number,
        "state": delivery.state,
        "counts": dict(delivery.counts),
        "rows": [
            {
                "row": one["row"],
                "outcome": one["outcome"],
                "errors": [
                    {"field": name, "message": told} for name, told in one["problems"].items()
                ],
            }
            for one in delivery.rows or ()
        ],
    }
