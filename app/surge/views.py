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

    @expose("/", methods=["GET"])
    @has_access
    @permission_name("show")
    def page(self) -> ResponseReturnValue:
        """The mode in force; turned here by those who may."""
        only_known(request.args, ())
        return _page(SwitchForm(data={"mode": service.mode()}))

    @expose("/turn", methods=["POST"])
    @has_access
    @permission_name("edit")
    def turn(self) -> ResponseReturnValue:
        """Set the mode, with the reason."""
        only_known(request.args, ())
        form = SwitchForm()
        if form.validate():
            try:
                service.turn(form.mode.data or "", form.reason.data or "", by=signed_in())
            except InvalidInput as refused:
                forms.show_problems(form, refused.problems)
            else:
                flash(_("The mode was changed. It takes effect within seconds."), "success")
                return redirect(url_for("SurgeView.page"), 303)
        return _page(form), 422


def _page(form: SwitchForm) -> str:
    found = service.switch()
    return render_template(
        "surge/switch.html",
        title=_("Notifications first"),
        form=form,
        mode=MODES.label(service.mode()),
        reason=reason_in_force(),
        until=service.help_until(found),
        can_turn=may("edit", "surge"),
        turn_url=url_for("SurgeView.turn"),
    )
