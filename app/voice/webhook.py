"""The doors of the voice provider: somebody answered, pressed keys, hung up.

Each webhook is signed (``gateway.signature``); an address holds the token of one try and nothing
else. What was pressed comes in the body, which is in no log.
"""

from flask import current_app, request
from flask_appbuilder import BaseView, expose
from werkzeug.exceptions import Forbidden, NotFound
from werkzeug.wrappers import Response

from app.security.open_doors import open_door
from app.voice import conversation
from app.voice.document import Reply, document
from app.voice.gateway import SIGNATURE, is_genuine

MOST_KEYS = 8
LONGEST_KEY = 64


class VoiceView(BaseView):
    """``/voice``: where the provider asks what to say."""

    route_base = "/voice"
    class_permission_name = "voice_call"
    default_view = "begin"
    without_form_token = True
    """The signature of the sender stands in its place."""

    @expose("/<token>/begin", methods=["POST"])
    def begin(self, token: str) -> Response:
        """The call was answered, by a person or a machine."""
        key = _proved()
        answered_by = request.form.get("AnsweredBy", "human")
        machine = answered_by.startswith(("machine", "fax"))
        return _said(token, conversation.begin(token, key, machine=machine))

    @expose("/<token>/keys/<int:turn>", methods=["POST"])
    def keys(self, token: str, turn: int) -> Response:
        """Keys were pressed, or none for a while."""
        key = _proved()
        digits = request.form.get("Digits", "")[:MOST_KEYS]
        return _said(token, conversation.hear(token, key, turn, digits))

    @expose("/<token>/status", methods=["POST"])
    def status(self, token: str) -> Response:
        """The call ended; a call nobody knows is as good as ended."""
        conversation.ended(token, _proved(), request.form.get("CallStatus", ""))
        return Response(status=204)


def _proved() -> str:
    """The provider's key of the call, of a webhook that is genuine.

    Raises:
        Forbidden: not signed with the secret. NotFound: it names no call.
    """
    address = f"{current_app.config['PORTAL_URL'].rstrip('/')}{request.path}"
    form = request.form.items(multi=True)
    if not is_genuine(address, form, request.headers.get(SIGNATURE, "")):
        raise Forbidden
    key = request.form.get("CallSid", "")
    if not key or len(key) > LONGEST_KEY:
        raise NotFound
    return key


def _said(token: str, reply: Reply | None) -> Response:
    if reply is None:
        raise NotFound
    site = current_app.config["PORTAL_URL"].rstrip("/")
    text = document(reply, lambda turn: f"{site}/voice/{token}/keys/{turn}")
    return Response(text, 200, mimetype="text/xml")


for _name in ("begin", "keys", "status"):
    open_door(f"VoiceView.{_name}", "the voice provider asks what to say, signed")
