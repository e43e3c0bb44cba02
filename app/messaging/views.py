"""The queue of messages, and the texts they are made from."""

from typing import Any

from flask import flash, render_template, request, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import NotFound
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from app.core import forms
from app.core.errors import InvalidInput, InvalidState
from app.core.fields import LongTextField, NormalisedStringField, Required
from app.core.forms import ItemForm
from app.core.pages import Crumb
from app.generated.arguments import one_of, only_known, pack_cursor, read_cursor, record_key
from app.generated.hooks import may, signed_in
from app.messaging import queries, service, texts
from app.messaging.codes import CHANNEL, MESSAGE_STATE, PURPOSE
from app.messaging.languages import LANGUAGES
from app.messaging.rules import NEEDED, PLACEHOLDERS, problems_of_text, sms_parts
from app.messaging.wording import rows_of
from app.security.actor import Actor

ORDER = "messages:-"
SAMPLE = {
    "link": "https://portal.example/p/4f.mzxw6ytboi4dqmbrgq2tmnzy",
    "phone": "03-0000-0000",
    "number": "12345678",
    "hours": "24",
}
"""What a preview puts in the place of the placeholders."""


class TemplateForm(ItemForm):
    """The wording of one message."""

    subject = NormalisedStringField(_l("Subject"), max_length=100)
    body = LongTextField(_l("Text"), [Required()], max_length=1500, rows=6)


class MessageView(BaseView):
    """``/messages``: what waits, what went wrong, what it cost."""

    route_base = "/messages"
    class_permission_name = "message"
    default_view = "list"

    @expose("/", methods=["GET"])
    @has_access
    @permission_name("list")
    def list(self) -> str:
        """The queue of the own institution with states and costs."""
        actor = signed_in()
        only_known(request.args, {"show", "after"})
        shown = one_of(request.args, "show", queries.SHOWN)
        cursor = read_cursor(request.args, ORDER, None)
        found = queries.messages_of(actor, shown, cursor)
        page = found[: queries.PAGE]
        older = None
        if len(found) > queries.PAGE:
            after = pack_cursor(ORDER, None, page[-1].id)
            older = url_for(".list", after=after, show=shown)
        counts = queries.counts_by_state(actor)
        states = [
            (state, MESSAGE_STATE.label(state), MESSAGE_STATE.tones.get(state), counts[state])
            for state in MESSAGE_STATE.values
            if state in counts
        ]
        return render_template(
            "messaging/list.html",
            title=_("Messages"),
            rows=rows_of(page),
            shown=shown,
            tabs=_tabs(counts),
            older=older,
            states=states,
            costs=[(cost, CHANNEL.label(cost.channel)) for cost in queries.costs(actor)],
            may_send=may("send", "message"),
            trail=(Crumb(_("Messages")),),
        )

    @expose("/<pk>/again", methods=["POST"])
    @has_access
    @permission_name("send")
    def again(self, pk: str) -> Response:
        """Send a failed message once more."""
        try:
            service.send_again(record_key(pk), by=signed_in())
            flash(_("The message was put back into the queue."), "success")
        except InvalidState as refused:
            flash(str(refused.message), "warning")
        return redirect(url_for(".list", show="waiting"), 303)


def _tabs(counts: dict[str, int]) -> list[tuple[str | None, str, int]]:
    words = {"waiting": _("Waiting"), "problems": _("Problems"), "sent": _("Sent")}
    tabs: list[tuple[str | None, str, int]] = [(None, _("All"), sum(counts.values()))]
    for key, states in queries.SHOWN.items():
        tabs.append((key, words[key], sum(counts.get(state, 0) for state in states)))
    return tabs


class TemplateView(BaseView):
    """``/message-templates``: the texts, per purpose, way and language."""

    route_base = "/message-templates"
    class_permission_name = "message_template"
    default_view = "list"

    @expose("/", methods=["GET"])
    @has_access
    @permission_name("list")
    def list(self) -> str:
        """Every text in one language; which of them the institution worded itself."""
        actor = signed_in()
        only_known(request.args, {"language"})
        language = one_of(request.args, "language", LANGUAGES) or "ja"
        own = queries.own_templates(actor)
        rows = [
            (
                purpose,
                PURPOSE.label(purpose),
                channel,
                CHANNEL.label(channel),
                (purpose, channel, language) in own,
            )
            for purpose in PURPOSE.values
            for channel in CHANNEL.values
        ]
        return render_template(
            "messaging/templates.html",
            title=_("Texts of messages"),
            rows=rows,
            language=language,
            languages=LANGUAGES,
            changed={lang: sum(one[2] == lang for one in own) for lang in LANGUAGES},
            trail=(Crumb(_("Messages"), url_for("MessageView.list")), Crumb(_("Texts"))),
        )

    @expose("/<purpose>/<channel>/<language>", methods=["GET", "POST"])
    @has_access
    @permission_name("edit")
    def edit(self, purpose: str, channel: str, language: str) -> Response | str | tuple[str, int]:
        """Change one text, with a preview of what arrives."""
        actor = signed_in()
        only_known(request.args, {"parked"})
        if purpose not in PURPOSE or channel not in CHANNEL or language not in LANGUAGES:
            raise NotFound
        at = (purpose, channel, language)
        present = texts.wording(_institution(actor), *at)
        form = TemplateForm(obj=present)
        if request.method == "GET" or not form.validate():
            return _edit_page(form, present, at), 422 if form.errors else 200
        if request.form.get("step") == "preview":
            return _edit_page(form, present, at)
        try:
            _keep(form, at, actor)
        except InvalidInput as refused:
            forms.show_problems(form, refused.problems)
            return _edit_page(form, present, at), 422
        flash(_("The text was saved."), "success")
        return redirect(url_for(".list", language=language), 303)

    @expose("/<purpose>/<channel>/<language>/drop", methods=["POST"])
    @has_access
    @permission_name("edit")
    def drop(self, purpose: str, channel: str, language: str) -> Response:
        """Go back to the portal's own text."""
        actor = signed_in()
        found = texts.template_of(_institution(actor), purpose, channel, language)
        if found is not None:
            service.drop_template(found, by=actor)
        flash(_("The portal's own text is used again."), "success")
        return redirect(url_for(".list", language=language), 303)


def _institution(actor: Actor) -> int:
    assert actor.institution_id is not None
    return actor.institution_id


def _keep(form: Any, at: tuple[str, str, str], actor: Actor) -> None:
    purpose, channel, language = at
    service.keep_template(
        texts.template_of(_institution(actor), *at),
        purpose=purpose,
        channel=channel,
        language=language,
        subject=form.subject.data or None,
        body=form.body.data,
        by=actor,
    )


def _edit_page(form: Any, present: texts.Wording, at: tuple[str, str, str]) -> str:
    purpose, channel, language = at
    body = form.body.data or ""
    readable = not problems_of_text(purpose, channel, body)
    preview = texts.composed(texts.Wording(form.subject.data or "", body), SAMPLE)
    title = f"{PURPOSE.label(purpose)}（{CHANNEL.label(channel)}・{LANGUAGES[language]}）"
    return render_template(
        "messaging/template.html",
        title=title,
        form=form,
        own=present.own,
        channel=channel,
        language=language,
        preview=preview if readable else None,
        parts=sms_parts(preview[1]) if readable and channel == "sms" else None,
        placeholders=sorted(PLACEHOLDERS[purpose]),
        needed=sorted(NEEDED[purpose]),
        meanings=_meanings(),
        drop_url=url_for(".drop", purpose=purpose, channel=channel, language=language),
        cancel_url=url_for(".list", language=language),
        trail=(
            Crumb(_("Messages"), url_for("MessageView.list")),
            Crumb(_("Texts"), url_for(".list", language=language)),
            Crumb(title),
        ),
    )


def _meanings() -> dict[str, str]:
    return {
        "link": _("the address of the reporting page"),
        "phone": _("the telephone number of the health centre"),
        "number": _("the processing number"),
        "hours": _("how many hours the number is valid"),
    }
