"""One call of the API, from the credential to the answer."""

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import current_app, jsonify, make_response, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response

from app.accounts.programs import credential
from app.api.documents import as_json
from app.audit.causes import reason
from app.audit.history import because
from app.audit.reads import coming_through
from app.core.constraints import as_input_error
from app.core.db import metadata, new_token
from app.core.error_pages import error_response
from app.core.errors import DomainError, InvalidInput, NotAllowed
from app.core.labels import Label
from app.generated.arguments import BadArgument
from app.generated.hooks import signed_in
from app.generated.views import VIEWS, GeneratedView
from app.security.actor import Actor
from app.security.rights import require

THROUGH_API = reason("api", Label("APIによる変更", "Change through the API"))
_VERSION = re.compile(r'"([0-9]{1,9})"', re.ASCII)
_IDEMPOTENCY = re.compile(r"[A-Za-z0-9_-]{16,64}", re.ASCII)


class VersionRequired(DomainError):
    """A change that does not say which version it is based on."""

    status = 428


def begin(resource: str, action: str) -> tuple[GeneratedView, Actor]:
    """The view behind a call and who calls.

    Raises:
        NotAllowed: the role or the key may not, or a browser session tries to write.
    """
    actor = signed_in()
    if request.method not in {"GET", "HEAD"} and credential() is None:
        raise NotAllowed(_l("A session of the browser only reads here. Use a token or a key."))
    require(actor, action, resource)
    return VIEWS[resource], actor


@contextmanager
def as_api() -> Iterator[None]:
    """Looks and changes inside are recorded as coming through the API.

    Raises:
        InvalidInput: a constraint of the database, in words, or an address the form refuses.
    """
    try:
        with coming_through("api"), because(THROUGH_API()):
            yield
    except IntegrityError as error:
        explained = as_input_error(error, dict(metadata.tables))
        if explained is None:
            raise
        raise explained from None
    except BadArgument as error:
        raise InvalidInput({}, error.message) from None


def named_version() -> str:
    """The version in If-Match, the one a change is based on.

    Raises:
        VersionRequired: none is named, or any is said to do.
    """
    named = _VERSION.fullmatch(request.headers.get("If-Match", "").strip())
    if named is None:
        raise VersionRequired
    return named.group(1)


def changed_meanwhile(record: Any) -> Response:
    """412 with the version as it is now."""
    response = error_response(412)
    response.set_etag(str(record.row_version))
    return response


def answer(record: Any, status: int = 200) -> Response:
    """The record with its version as ETag."""
    response = make_response(jsonify({"result": as_json(record)}), status)
    response.set_etag(str(getattr(record, "row_version", 1)))
    return response


def submission_token(data: bytes) -> tuple[str, str]:
    """The token under which this creation is made once, and the print of what was sent.

    The caller's own Idempotency-Key counts for the caller alone.

    Raises:
        InvalidInput: the key cannot be read.
    """
    fingerprint = hashlib.sha256(data).hexdigest()[:16]
    named = request.headers.get("Idempotency-Key")
    if named is None:
        return new_token(), fingerprint
    if not _IDEMPOTENCY.fullmatch(named):
        told = _("16 to 64 letters, digits, hyphens and underscores.")
        raise InvalidInput({"Idempotency-Key": [told]})
    whose = f"{current_user.username}\n{current_app.config['APP_NAME']}\n{request.path}\n{named}"
    return hashlib.sha256(whose.encode()).hexdigest()[:32], fingerprint
