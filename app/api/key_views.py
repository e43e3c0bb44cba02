"""Keys on the screen of the ID administrator: issued, shown once, revoked."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import flash, render_template, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from app.api import service
from app.api.codes import KEY_ROLES, SCOPES
from app.api.models import ApiKey, ApiKeySecret
from app.api.rules import beyond_role
from app.core import clock
from app.core.dates import format_instant
from app.core.db import db
from app.core.errors import DomainError, InvalidState
from app.core.labels import CodeList, Label
from app.core.pages import Action, Cell, Crumb, FormSection
from app.generated.arguments import only_known
from app.generated.extensions import ComputedColumn
from app.generated.hooks import may, signed_in
from app.generated.interface import PortalInterface
from app.generated.refusals import show_problem
from app.generated.submissions import submit_once
from app.generated.views import GeneratedView
from app.institutions.models import Institution
from app.institutions.rules import may_carry
from app.security.actor import Actor
from app.security.roles import RoleName

KEYS = Label("APIキー", "API keys")


def last_uses(records: Sequence[ApiKey]) -> Mapping[int, Cell]:
    """When each key was last used."""
    mine = ApiKeySecret.key_id.in_([record.id for record in records])
    rows = db.session.execute(select(ApiKeySecret.key_id, ApiKeySecret.used_at).where(mine))
    return {
        row.key_id: Cell(format_instant(row.used_at) if row.used_at else _("Not used yet"))
        for row in rows
    }


def states(records: Sequence[ApiKey]) -> Mapping[int, Cell]:
    """In force, past its day, or revoked."""
    return {record.id: _state(record) for record in records}


def _state(key: ApiKey) -> Cell:
    if key.revoked_at is not None:
        return Cell(_("Revoked"), "code", tone="neutral")
    if key.expires_on < clock.today():
        return Cell(_("Expired"), "code", tone="warning")
    return Cell(_("In force"), "code", tone="success")


class ApiKeyView(GeneratedView):
    """API keys of the own institution."""

    datamodel = PortalInterface(ApiKey)
    class_permission_name = "api_key"
    route_base = "/api-keys"
    title_label = KEYS
    record_label = Label("APIキー", "API key")
    list_items = ("name", "role", "expires_on", "ending")
    computed_columns = (
        ComputedColumn("state", Label("状態", "State"), states, "code", after=1),
        ComputedColumn("used", Label("最終使用", "Last use"), last_uses),
    )
    empty_hint = _l("No key has been issued. Systems need one to call the API.")

    def show_actions(self, record: ApiKey) -> tuple[Action, ...]:
        """Revoking, while there is something to revoke."""
        if record.revoked_at is not None or not may("revoke", "api_key"):
            return ()
        return (Action(_("Revoke"), url_for(".revoke", pk=record.id), style="danger"),)

    def problems_with(self, record: ApiKey) -> dict[str, list[object]]:
        """Never more than the institution and the role may."""
        return service.key_problems(record, by=signed_in())

    def form_sections(self, form: Any) -> tuple[FormSection, ...]:
        """The roles this institution has, and what they may do at all."""
        own = db.session.get(Institution, signed_in().institution_id)
        roles = [c for c in KEY_ROLES if own is not None and may_carry(own.kind, c.value)]
        form.role.codes = CodeList(
            KEY_ROLES.name, *((c.value, c.label.ja, c.label.en) for c in roles)
        )
        possible = [
            c
            for c in SCOPES
            if any(not beyond_role(RoleName(role.value), (c.value,)) for role in roles)
        ]
        form.scopes.codes = CodeList(
            SCOPES.name, *((c.value, c.label.ja, c.label.en) for c in possible)
        )
        return super().form_sections(form)

    # -- doors --------------------------------------------------------------------------------

    @expose("/add", methods=["GET", "POST"])
    @has_access
    def add(self) -> Response | tuple[str, int] | str:
        """A new key. The page that answers the form is the only one that ever shows it."""
        actor = signed_in()
        only_known(request.args, {"parked"})
        form = self._form(self.form_names(actor), None)
        if request.method == "POST" and form.validate():
            try:
                return self._issued(form, actor)
            except (DomainError, IntegrityError) as error:
                show_problem(form, error)
        return self._form_page(form, None, {}), 200 if request.method == "GET" else 422

    def _issued(self, form: Any, actor: Actor) -> Response | str:
        secrets: list[tuple[ApiKey, str]] = []

        def save() -> str:
            key = ApiKey(**{name: form[name].data for name in self.form_items})
            self.refuse_contradictions(key)
            secrets.append((key, service.issue_key(key, by=actor)))
            return self.url_of(key)

        again = submit_once(form.form_token_.data, actor, save)
        if not secrets:
            return again
        key, secret = secrets[0]
        title = _("The key was issued")
        return render_template(
            "api/key_issued.html",
            title=title,
            key=key,
            secret=secret,
            continue_url=self.url_of(key),
            trail=(*self.crumbs_for(key), Crumb(title)),
        )

    @expose("/revoke/<pk>", methods=["GET", "POST"])
    @has_access
    @permission_name("revoke")
    def revoke(self, pk: str) -> Response | str:
        """Asks first; the key is dead at the next call."""
        actor = signed_in()
        only_known(request.args, ())
        key = self.record_or_404(pk)
        if request.method == "POST":
            service.revoke_key(key, by=actor)
            flash(_("The key was revoked."), "success")
            return redirect(self.url_of(key), 303)
        if key.revoked_at is not None:
            raise InvalidState(_l("This key is revoked already."))
        return render_template(
            "generated/confirm.html",
            title=_("Revoke the key"),
            question=_("Revoke “%(name)s”? Systems that use it stop at once.", name=key.name),
            action=Action(_("Revoke"), request.path, "post", "danger"),
            cancel_url=self.url_of(key),
            crumbs=(*self.crumbs_for(key), Crumb(key.name, self.url_of(key))),
        )
