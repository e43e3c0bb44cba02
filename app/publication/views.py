"""Publications on the screen: list, preview, sign-off, withdrawal, comparison."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.core import clock, forms
from app.core.dates import format_instant
from app.core.errors import DomainError, InvalidInput
from app.core.labels import Label, current_language
from app.core.pages import Action, Crumb
from app.core.transaction import transaction
from app.generated.arguments import only_known, record_key
from app.generated.hooks import may, signed_in
from app.generated.submissions import submit_once
from app.publication import queries, service
from app.publication.codes import STATES
from app.publication.forms import CorrectionForm, PrepareForm, StepForm, WithdrawForm
from app.publication.models import Publication
from app.publication.showing import number, shown_content, shown_difference
from app.security.actor import Actor

PUBLICATIONS = Label("公表", "Publications")


class PublicationView(BaseView):
    """Figures frozen, looked at, signed off by a person, and given out."""

    route_base = "/publications"
    class_permission_name = "publication"
    default_view = "list"

    @expose("/")
    @has_access
    @permission_name("list")
    def list(self) -> ResponseReturnValue:
        """The latest, page by page."""
        only_known(request.args, {"before"})
        before = request.args.get("before")
        found = queries.latest(before=record_key(before) if before else None)
        shown = found[: queries.PAGE]
        older = url_for(".list", before=shown[-1].id) if len(found) > queries.PAGE else None
        actions = (
            (Action(_("Prepare figures"), url_for(".prepare"), style="primary"),)
            if may("add", "publication")
            else ()
        )
        return render_template(
            "publication/list.html",
            title=str(PUBLICATIONS),
            lines=shown,
            older=older,
            actions=actions,
            states=STATES,
            format_instant=format_instant,
        )

    @expose("/<pk>")
    @has_access
    @permission_name("show")
    def show(self, pk: str) -> ResponseReturnValue:
        """What is (or would be) given out, the difference to the last one, and the steps."""
        only_known(request.args, ())
        actor = signed_in()
        one = queries.publication_or_404(pk)
        return render_template(
            "publication/show.html",
            title=_title(one),
            one=one,
            state=STATES,
            versions=queries.versions_of(one),
            comparable=queries.comparable(one),
            actions=_actions(one, actor),
            trail=_trail(Crumb(_title(one))),
            second_person=service.needs_second_person(),
            format_instant=format_instant,
            **shown_content(one),
            **shown_difference(one, actor),
        )

    @expose("/prepare", methods=["GET", "POST"])
    @has_access
    @permission_name("add")
    def prepare(self) -> ResponseReturnValue:
        """Freeze the figures of a day; ``of`` names the publication to be corrected."""
        only_known(request.args, {"parked", "of"})
        actor = signed_in()
        known = {}
        if "of" in request.args:
            wrong = queries.publication_or_404(request.args["of"])
            known = {"figures_on": wrong.figures_on, "basis": wrong.basis}
        form = CorrectionForm(data=known) if known else PrepareForm()
        if request.method == "POST" and form.validate():

            def save() -> str:
                work = service.ask(
                    form.figures_on.data or clock.today(),
                    form.basis.data or "",
                    reason=form.reason.data or "",
                    by=actor,
                )
                return url_for("JobView.show", job_id=work.id)

            answer = _tried(form, lambda: submit_once(form.form_token_.data, actor, save))
            if answer is not None:
                return answer
        if form.reason.errors:  # a day that turned out to be published already
            form.reason.flags.required = True
        title = _("Prepare a correction") if known else _("Prepare figures")
        hint = _(
            "The figures are frozen as they are known now. You see them before anybody else does; "
            "nothing is given out until they are signed off."
        )
        return _step(title, form, url_for(".list"), hint, ())

    @expose("/<pk>/sign-off", methods=["GET", "POST"])
    @has_access
    @permission_name("sign")
    def sign_off(self, pk: str) -> ResponseReturnValue:
        """Give the figures out."""
        hint = _(
            "From then on everybody can read these figures and files, and they never change any "
            "more. A mistake is corrected by a new version."
        )
        return _verb(
            pk,
            _("Sign off and publish"),
            StepForm(),
            hint,
            lambda one, _form, by: service.sign_off(one, by=by),
            _("The figures are published."),
        )

    @expose("/<pk>/withdraw", methods=["GET", "POST"])
    @has_access
    @permission_name("withdraw")
    def withdraw(self, pk: str) -> ResponseReturnValue:
        """End a publication."""
        hint = _(
            "To correct figures prepare the day again: the new version takes the place of this "
            "one. Withdraw only what must not stand without a correction."
        )
        return _verb(
            pk,
            _("Withdraw"),
            WithdrawForm(),
            hint,
            lambda one, form, by: service.withdraw(
                one, form.reason.data or "", take_down=bool(form.take_down.data), by=by
            ),
            _("The figures are withdrawn."),
        )

    @expose("/<pk>/discard", methods=["GET", "POST"])
    @has_access
    @permission_name("add")
    def discard(self, pk: str) -> ResponseReturnValue:
        """Drop what was prepared."""
        return _verb(
            pk,
            _("Discard"),
            StepForm(),
            _("The prepared figures are given out to nobody."),
            lambda one, _form, by: service.discard(one, by=by),
            _("The figures were discarded."),
        )

    @expose("/<pk>/compare")
    @has_access
    @permission_name("show")
    def compare(self, pk: str) -> ResponseReturnValue:
        """Two publications of one area, figure by figure."""
        only_known(request.args, {"with"})
        one = queries.publication_or_404(pk)
        other = queries.publication_or_404(request.args.get("with", ""))
        earlier, later = sorted((one, other), key=lambda each: (each.figures_on, each.version))
        title = _("Comparison")
        return render_template(
            "publication/compare.html",
            title=title,
            names=[_title(earlier), _title(later)],
            differences=queries.differences(earlier, later),
            trail=_trail(Crumb(_title(one), url_for(".show", pk=one.id)), Crumb(title)),
            same_definitions=earlier.definitions == later.definitions,
            number=number,
            same_area=earlier.area_code == later.area_code,
        )


def _verb(
    pk: str,
    title: str,
    form: Any,
    hint: str,
    do: Callable[[Publication, Any, Actor], None],
    done: str,
) -> ResponseReturnValue:
    """A page that asks, and does it once asked for."""
    only_known(request.args, {"parked"})
    one = queries.publication_or_404(pk)
    url = url_for("PublicationView.show", pk=one.id)
    if request.method == "POST" and form.validate():

        def act() -> Response:
            with transaction():
                do(one, form, signed_in())
            flash(done, "success")
            return redirect(url, 303)

        answer = _tried(form, act)
        if answer is not None:
            return answer
    return _step(title, form, url, hint, (Crumb(_title(one), url),))


def _tried(form: Any, do: Callable[[], Response]) -> Response | None:
    """The answer, or None with the refusal shown in the form."""
    try:
        return do()
    except InvalidInput as refused:
        forms.show_problems(form, refused.problems)
    except DomainError as refused:
        if refused.status not in (403, 409):
            raise
        form.form_errors.append(refused.message)
    return None


def _step(
    title: str, form: Any, cancel_url: str, hint: str, crumbs: tuple[Crumb, ...]
) -> tuple[str, int]:
    page = render_template(
        "publication/step.html",
        title=title,
        form=form,
        hint=hint,
        cancel_url=cancel_url,
        trail=_trail(*crumbs, Crumb(title)),
    )
    return page, 422 if form.errors or form.form_errors else 200


def _trail(*crumbs: Crumb) -> tuple[Crumb, ...]:
    return (Crumb(str(PUBLICATIONS), url_for("PublicationView.list")), *crumbs)


def _title(one: Publication) -> str:
    return _(
        "%(area)s, %(day)s, version %(version)s",
        area=one.area_name,
        day=one.figures_on.strftime("%Y/%m/%d"),
        version=one.version,
    )


def _actions(one: Publication, actor: Actor) -> tuple[Action, ...]:
    """The steps the reader may take now."""
    found = []
    own = service.is_own(one, actor)
    if own and one.state == "prepared" and may("sign", "publication"):
        found.append(
            Action(
                _("Sign off and publish"),
                url_for("PublicationView.sign_off", pk=one.id),
                style="primary",
            )
        )
        found.append(Action(_("Discard"), url_for("PublicationView.discard", pk=one.id)))
    if own and one.state == "signed_off" and may("add", "publication"):
        url = url_for("PublicationView.prepare", of=one.id)
        found.append(Action(_("Prepare a correction"), url))
    if own and one.state == "signed_off" and may("withdraw", "publication"):
        found.append(Action(_("Withdraw"), url_for("PublicationView.withdraw", pk=one.id)))
    if one.state in ("signed_off", "withdrawn") and not one.taken_down:
        url = url_for("OpenView.version", language=current_language(), pk=one.id)
        found.append(Action(_("Public page"), url, icon="search"))
    return tuple(found)
