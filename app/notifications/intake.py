"""The health centre's intake: duplicates decided, forwarded, returned; and withdrawal."""

from typing import Any

from flask import flash, render_template, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from app.audit.reads import people_beside
from app.cases.models import Case
from app.core import forms
from app.core.db import db
from app.core.errors import InvalidInput, InvalidState, NotVisible
from app.core.fields import LongTextField, ReferenceField, Required
from app.core.forms import ItemForm
from app.core.pages import Crumb
from app.generated.arguments import only_known, record_key
from app.generated.hooks import ViewHooks, signed_in
from app.institutions.models import Institution
from app.institutions.references import institutions_of_kind
from app.notifications import duplicates, service
from app.notifications.comparing import compared
from app.notifications.forwarding import forward
from app.notifications.models import Notification
from app.notifications.steps import require_addressee, standing

Page = Response | str | tuple[str, int]


class ReasonForm(ItemForm):
    """Why a notification is returned or withdrawn."""

    reason = LongTextField(_l("Reason"), [Required()], max_length=2000)


class ForwardForm(ItemForm):
    """Where a notification goes on to, and why."""

    centre_id = ReferenceField(
        _l("Health centre in charge"), [Required()], source=institutions_of_kind("health_centre")
    )
    reason = LongTextField(_l("Reason"), [Required()], max_length=2000)


class IntakeDoors(ViewHooks):
    """What is decided about a notification besides its acceptance."""

    @expose("/duplicates/<pk>", methods=["GET", "POST"])
    @has_access
    @permission_name("accept")
    def duplicates(self, pk: str) -> Page:
        """The notification beside each case of perhaps the same person; POST says which."""
        actor = signed_in()
        only_known(request.args, ())
        record = self.record_or_404(pk)
        require_addressee(record, actor)
        if request.method == "POST":
            return self._decided(record)
        found = duplicates.candidates(record)
        if not found:
            return redirect(self.url_of(record), 303)
        with people_beside({case.person_id for case in found if case.person_id is not None}):
            self.looked_at(record, actor)
        title = _("Possible duplicates")
        crumbs = (*self.crumbs_for(record), Crumb(self.title_of(record), self.url_of(record)))
        return render_template(
            "notifications/duplicates.html",
            title=title,
            subject=self.title_of(record),
            sheets=[compared(record, case) for case in found],
            form=ItemForm(),
            cancel_url=self.url_of(record),
            trail=(*crumbs, Crumb(title)),
        )

    def _decided(self, record: Notification) -> Response:
        actor = signed_in()
        chosen = request.form.get("case", "")
        try:
            if chosen:
                case = db.session.get(Case, record_key(chosen))
                if case is None:
                    raise NotVisible(_l("There is no such record."))
                duplicates.join(record, case, by=actor)
                flash(_("The notification was joined to case %(number)s.", number=case), "success")
            else:
                duplicates.keep_apart(record, by=actor)
                flash(_("Kept apart: the notification can be accepted now."), "success")
        except InvalidState as late:
            flash(str(late.message), "warning")
        return redirect(self.url_of(record), 303)

    @expose("/forward/<pk>", methods=["GET", "POST"])
    @has_access
    @permission_name("forward")
    def forward(self, pk: str) -> Page:
        """Asks for the health centre and the reason, then hands the notification on."""
        actor = signed_in()
        record = self.record_or_404(pk)
        require_addressee(record, actor)
        if record.state != "submitted":
            flash(str(standing(record)), "warning")
            return redirect(self.url_of(record), 303)

        def send(form: Any) -> None:
            centre = db.session.get(Institution, form.centre_id.data)
            if centre is None:
                raise InvalidInput({"centre_id": [_l("There is no such health centre.")]})
            forward(record, centre, form.reason.data, by=actor)

        return self._asked(record, ForwardForm(), send, _("Forward"), url_for(".list"))

    @expose("/return/<pk>", methods=["GET", "POST"])
    @has_access
    @permission_name("return")
    def send_back(self, pk: str) -> Page:
        """Asks for the reason, then returns the notification to its sender."""
        return self._with_reason(pk, service.return_to_sender, _("Return to sender"))

    @expose("/withdraw/<pk>", methods=["GET", "POST"])
    @has_access
    @permission_name("edit")
    def withdraw(self, pk: str) -> Page:
        """Asks for the reason, then takes the notification back."""
        return self._with_reason(pk, service.withdraw, _("Withdraw"))

    def _with_reason(self, pk: str, step: Any, title: str) -> Page:
        record = self.record_or_404(pk)

        def take(form: Any) -> None:
            step(record, form.reason.data, by=signed_in())

        return self._asked(record, ReasonForm(), take, title, self.url_of(record))

    def _asked(self, record: Notification, form: Any, step: Any, title: str, after: str) -> Page:
        only_known(request.args, {"parked"})
        subject, url, header = self.title_of(record), self.url_of(record), self.header_for(record)
        crumbs = self.crumbs_for(record)
        status = 200
        if request.method == "POST":
            status = 422
            if form.validate():
                try:
                    step(form)
                except InvalidState as late:
                    flash(str(late.message), "warning")
                    return redirect(url, 303)
                except InvalidInput as refused:
                    forms.show_problems(form, refused.problems)
                else:
                    flash(_("Done."), "success")
                    return redirect(after, 303)
        else:
            self.looked_at(record, signed_in())
        page = render_template(
            "notifications/reason.html",
            form=form,
            title=title,
            subject=subject,
            header=header,
            cancel_url=url,
            trail=(*crumbs, Crumb(subject, url), Crumb(title)),
        )
        return page, status
