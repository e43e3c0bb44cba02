"""Adding and editing: nothing typed is lost, nothing saved is overwritten, nothing twice."""

from collections.abc import Callable
from typing import Any, cast

from flask import flash, render_template, request
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import inspect
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.utils import redirect
from werkzeug.wrappers import Response
from wtforms import HiddenField

from app.audit.reads import is_read_only
from app.core import forms
from app.core.constraints import as_input_error
from app.core.db import db, metadata
from app.core.errors import DomainError, InvalidInput, NotAllowed, NotVisible
from app.core.items import item_of
from app.core.pages import ConflictLine, Crumb, FormPage
from app.core.remembering import remembered
from app.core.transaction import transaction
from app.generated import references
from app.generated.arguments import BadArgument, only_known, record_key
from app.generated.conflicts import base_values, conflict_lines, take_over_untouched
from app.generated.hooks import ViewHooks, signed_in
from app.generated.submissions import submit_once
from app.security.actor import Actor
from app.security.fields import may_read, may_write

Refill = Callable[[str], Any]
_refill: list[Refill] = []


def refill_from(source: Refill) -> None:
    """Tell where a form typed before the session ended is kept (the accounts package does)."""
    _refill[:] = [source]


class GeneratedForm(forms.ItemForm):
    """Carries what the form showed when it was opened, to tell mine from theirs."""

    base_ = HiddenField()


@remembered
def _form_class(model: type[Any], names: tuple[str, ...]) -> type[GeneratedForm]:
    """One class per model and set of items: roles differ in what they may write."""
    sources = references.sources_of(model, names)
    made = forms.form_for(model, names, references=sources, base=GeneratedForm)
    return cast("type[GeneratedForm]", made)


class EditingMixin(ViewHooks):
    """The add and edit doors of a generated view."""

    # -- doors --------------------------------------------------------------------------------

    @expose("/add", methods=["GET", "POST"])
    @has_access
    def add(self) -> Response | tuple[str, int] | str:
        """A new record, perhaps under the one its address names."""
        actor = signed_in()
        only_known(request.args, {*self.preset_items, "parked"})
        presets = self._presets()
        names = tuple(n for n in self.form_names(actor) if n not in presets)
        form = self._form(names, None, self.new_values(presets, actor))
        if request.method == "POST" and form.validate():
            try:
                return submit_once(
                    form.form_token_.data, actor, lambda: self._create(form, presets, actor)
                )
            except (DomainError, IntegrityError) as error:
                show_problem(form, error)
        if request.method == "GET" and presets:
            self.looked_at(self.model(**presets), actor)
            refuse_read_only()
        status = 200 if request.method == "GET" else 422
        return self._form_page(form, None, presets), status

    @expose("/edit/<pk>", methods=["GET", "POST"])
    @has_access
    def edit(self, pk: str) -> Response | tuple[str, int] | str:
        """A record's form. A save based on an older copy shows both sides instead."""
        actor = signed_in()
        only_known(request.args, {"parked"})
        record = self.record_to_change(pk, actor)
        form = self._form(self.form_names(actor), record)
        if request.method == "GET":
            self.looked_at(record, actor)
            refuse_read_only()
            return self._form_page(form, record, {})
        if not form.validate():
            return self._form_page(form, record, {}), 422
        if form.row_version_.data != record.row_version:
            return self._conflict_page(form, record), 409
        try:
            with transaction():
                forms.apply(form, record)
                self._refuse_contradictions(record)
                self.save_changes(record, actor)
        except StaleDataError:
            return self._conflict_page(form, self.record_or_404(pk)), 409
        except (DomainError, IntegrityError) as error:
            show_problem(form, error)
            record = self.record_or_404(pk)
            return self._form_page(form, record, {}), 422
        flash(_("Saved."), "success")
        return redirect(self.url_after_save(record), 303)

    # -- parts --------------------------------------------------------------------------------

    def form_names(self, actor: Actor) -> tuple[str, ...]:
        """The items of the form this actor may both read and write."""
        items = (item_of(self.model, name) for name in self.form_items)
        return tuple(i.name for i in items if may_read(i, actor) and may_write(i, actor))

    def record_to_change(self, pk: str, actor: Actor) -> Any:
        """The record, unless this actor may only look at it.

        Raises:
            NotVisible: it does not exist for this actor.
            NotAllowed: it does, but it is another's to change.
        """
        record = self.record_or_404(pk)
        if not self.may_change(record, actor):
            raise NotAllowed(_l("Your institution may not change this record."))
        return record

    def _create(self, form: Any, presets: dict[str, Any], actor: Actor) -> str:
        record = self.model(**presets)
        forms.apply(form, record)
        self._refuse_contradictions(record)
        stored = self.save_new(record, actor)
        flash(_("Saved."), "success")
        return self.url_after_save(stored)

    def _refuse_contradictions(self, record: Any) -> None:
        problems = self.problems_with(record)
        if problems:
            raise InvalidInput(problems)

    def _presets(self) -> dict[str, Any]:
        """Foreign keys named by the address, each checked to exist for the actor."""
        found = {}
        for name in self.preset_items:
            text = request.args.get(name)
            if not text:
                continue
            key = record_key(text)
            column = inspect(self.model).columns[name]
            relation = getattr(self.model, name.removesuffix("_id"))
            if not column.foreign_keys or db.session.get(relation.property.mapper, key) is None:
                raise NotVisible(_l("There is no such record."))
            found[name] = key
        if not found and not self.can_add_alone:
            raise BadArgument(_l("Open this form from the record it belongs to."))
        return found

    def _form(
        self, names: tuple[str, ...], record: Any, starts: dict[str, Any] | None = None
    ) -> Any:
        form_class = _form_class(self.model, names)
        if request.method == "POST":
            return form_class(obj=record)
        typed = _refill[0](request.path) if _refill and "parked" in request.args else None
        form = form_class(formdata=typed, obj=record, **(starts or {}))
        if typed is None and record is not None:
            form.base_.data = base_values(record, names)
        return form

    def _conflict_page(self, form: Any, record: Any) -> str:
        names, base = tuple(forms.values(form)), form.base_.data or ""
        lines = conflict_lines(record, names, form, base)
        take_over_untouched(record, names, form, base)
        form.base_.data = base_values(record, names)
        # Saving again is then a decision taken with both sides in view.
        form.row_version_.data = record.row_version
        return self._form_page(form, record, {}, lines)

    def _form_page(
        self,
        form: Any,
        record: Any,
        presets: dict[str, Any],
        conflict: tuple[ConflictLine, ...] = (),
    ) -> str:
        label = str(self.record_label or self.title_label)
        adding = record is None
        subject = self.model(**presets) if adding else record
        title = _("Add: %(what)s", what=label) if adding else _("Edit: %(what)s", what=label)
        crumbs = self.crumbs_for(subject)
        if not adding:
            crumbs = (*crumbs, Crumb(self.title_of(record), self.url_of(record)))
        page = FormPage(
            title=title,
            form=form,
            sections=self.form_sections(form),
            cancel_url=(crumbs[-1].url or "/") if adding else self.url_of(record),
            submit_label=_("Save"),
            header=self.header_for(subject),
            conflict=conflict,
            crumbs=(*crumbs, Crumb(title)),
        )
        return render_template("generated/form.html", page=page, view=self)


def refuse_read_only() -> None:
    """Stop a form on a page that stands open by break-glass access alone.

    Raises:
        NotAllowed: the access is for reading.
    """
    if is_read_only():
        raise NotAllowed(_l("Break-glass access is for reading only."))


def show_problem(form: Any, error: DomainError | IntegrityError) -> None:
    """Put a refusal beside its item, or above the form when no item is to blame.

    Raises:
        IntegrityError: a constraint nobody explained; the neutral error page answers.
    """
    if isinstance(error, IntegrityError):
        explained = as_input_error(error, dict(metadata.tables))
        if explained is None:
            raise error
        error = explained
    if isinstance(error, InvalidInput):
        form.form_errors.extend(forms.show_problems(form, error.problems))
        return
    if error.status == 404:
        raise error
    problems = {error.field or "": [error.message]}
    form.form_errors.extend(forms.show_problems(form, problems))
