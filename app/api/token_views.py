"""``/api/v1/token``: a person's token for password and one-time password."""

from typing import Any

from flask import jsonify, make_response
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.wrappers import Response

from app.api.bearer import token_of_call
from app.api.bodies import read_object
from app.api.service import issue_token, revoke_token
from app.core.error_pages import error_response
from app.core.errors import InvalidInput, NotAllowed
from app.generated.hooks import signed_in
from app.security.open_doors import open_door

_ASKED = {"username": 64, "password": 256, "one_time_password": 20}


class TokenApi(BaseView):
    """A token is short-lived, ends with the sessions of its owner, and can be given back."""

    route_base = "/api/v1/token"
    class_permission_name = "login"
    default_view = "issue"

    @expose("", methods=["POST"])
    def issue(self) -> Response:
        """A token for user name, password and one-time password; every refusal is the same."""
        asked = _read()
        issued = issue_token(asked["username"], asked["password"], asked["one_time_password"])
        if issued is None:
            return error_response(401, _refusal())
        body = {
            "access_token": issued.token,
            "token_type": "Bearer",
            "expires_in": issued.seconds,
        }
        return make_response(jsonify(body), 201)

    @expose("", methods=["DELETE"])
    def give_back(self) -> Response:
        """End the token this call came with."""
        signed_in()
        token_id = token_of_call()
        if token_id is None:
            raise NotAllowed(_l("A key is revoked by the ID administrator."))
        revoke_token(token_id, user_id=current_user.id)
        return Response(status=204)


def _read() -> dict[str, str]:
    body: dict[str, Any] = read_object()
    problems: dict[str, list[object]] = {
        name: [_("There is no such item, or it is not editable.")]
        for name in body
        if name not in _ASKED
    }
    codes = dict.fromkeys(problems, "unknown_field")
    for name, longest in _ASKED.items():
        text = body.get(name)
        if not isinstance(text, str) or not 0 < len(text) <= longest or not _is_storable(text):
            problems[name] = [_("1 to %(limit)s characters.", limit=longest)]
            codes[name] = "required" if name not in body else "invalid"
    if problems:
        raise InvalidInput(problems, codes=codes)
    return {name: body[name] for name in _ASKED}


def _is_storable(text: str) -> bool:
    return not any(sign == "\x00" or 0xD800 <= ord(sign) <= 0xDFFF for sign in text)


def _refusal() -> str:
    sentence: str = _(
        "User name, password or one-time password is not correct, or the account is locked."
    )
    return sentence


open_door("TokenApi.issue", "a token for a program, for password and one-time password")
