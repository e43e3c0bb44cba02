"""The operator's screen: which mode holds, why, and the switch."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _

from app.core import forms
from app.core.errors import InvalidInput
from app.generated.arguments import only_known
from app.generated.hooks import may, signed_in
from app.surge import service
from app.surge.forms import SwitchForm
from app.surge.gate import reason_in_force
from app.surge.rules import MODES


class SurgeView(BaseView):
    """Notifications first: what goes on, what waits, and who decides."""

    route_base = "/surge"
    class_permission_name = "surge"
    default_view = "page"

    @expose("/", methods=["GET", "POST"])
    @has_access
    @permission_name("show")
    def page(self) -> ResponseReturnValue:
        """The mode in force; turned here by those who may."""
        only_known(request.args, ())
        found = service.switch()
        mode = "auto" if found is None else found.mode
        form = SwitchForm(data={"mode": mode}) if request.method == "GET" else SwitchForm()
        if request.method == "POST" and form.validate():
            try:
                service.turn(form.mode.data or "", form.reason.data or "", by=signed_in())
            except InvalidInput as refused:
                forms.show_problems(form, refused.problems)
            else:
                flash(_("The mode was changed. It takes effect within seconds."), "success")
                return redirect(url_for("SurgeView.page"), 303)
        html = render_template(
            "surge/switch.html",
            title=_("Notifications first"),
            form=form,
            mode=MODES.label(mode),
            reason=reason_in_force(),
            until=service.help_until(found),
            can_turn=may("edit", "surge"),
        )
        return html, 422 if request.method == "POST" else 200
