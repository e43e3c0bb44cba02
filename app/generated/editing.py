"""Adding and editing: nothing typed is lost, nothing saved is overwritten, nothing twice."""

from collections.abc import Callable
from typing import Any, cast

from flask import flash, jsonify, render_template, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import inspect
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.utils import redirect
from werkzeug.wrappers import Response
from wtforms import HiddenField

from app.core import forms
from app.core.db import db
from app.core.errors import DomainError, InvalidInput, NotAllowed, NotVisible
from app.core.items import item_of
from app.core.pages import ConflictLine, Crumb, FormPage
from app.core.remembering import remembered
from app.core.transaction import transaction
from app.generated import references
from app.generated.arguments import BadArgument, only_known, record_key
from app.generated.conflicts import (
    base_values,
    conflict_lines,
    merges_by_itself,
    rebase,
    typed_lines,
)
from app.generated.hooks import ViewHooks, signed_in
from app.generated.presence import done_editing, others_editing
from app.generated.refusals import refuse_closed, refuse_read_only, show_problem
from app.generated.submissions import submit_once
from app.security.actor import Actor
from app.security.fields import may_read, may_write

Refill = Callable[[str], Any]
_refill: list[Refill] = []
MOST_TRIES = 3
"""How often a save that is overtaken at the last instant is merged anew."""


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
        names = self.add_names(actor, presets)
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
        if request.method == "POST":
            return self._save(pk, actor)
        record = self.record_to_change(pk, actor)
        form = self._form(self.form_names(actor), record)
        self.looked_at(record, actor)
        refuse_read_only()
        others = others_editing(self.class_permission_name, record.id, by=actor)
        return self._form_page(form, record, {}, others=others)

    @expose("/edit/<pk>/open", methods=["POST"])
    @has_access
    @permission_name("edit")
    def still_editing(self, pk: str) -> Response:
        """The form is still in view: who else has it open?"""
        actor = signed_in()
        only_known(request.args, ())
        record = self.record_to_change(pk, actor)
        others = others_editing(self.class_permission_name, record.id, by=actor)
        return jsonify({"others": others})

    def _save(self, pk: str, actor: Actor, tries: int = 1) -> Response | tuple[str, int]:
        record = self._record_or_none(pk, actor)
        if record is None:
            return self._gone_page(actor), 404
        names = self.form_names(actor)
        form = self._form(names, record)
        if not form.validate():
            return self._form_page(form, record, {}), 422
        taken: tuple[str, ...] = ()
        if form.row_version_.data != record.row_version:
            if tries == MOST_TRIES or not merges_by_itself(record, names, form):
                return self._conflict_page(form, record), 409
            taken = rebase(record, names, form)
        try:
            with transaction():
                forms.apply(form, record)
                self.refuse_contradictions(record)
                self.save_changes(record, actor)
                done_editing(self.class_permission_name, record.id, by=actor)
        except StaleDataError:
            # Overtaken between reading and writing: judged anew against what is there now.
            return self._save(pk, actor, tries + 1)
        except (DomainError, IntegrityError) as error:
            show_problem(form, error)
            return self._form_page(form, self.record_or_404(pk), {}), 422
        self._tell_of_the_others(taken)
        return redirect(self.url_after_save(record), 303)

    def _record_or_none(self, pk: str, actor: Actor) -> Any:
        try:
            return self.record_to_change(pk, actor)
        except NotVisible:
            return None

    def _gone_page(self, actor: Actor) -> str:
        """The record is not there any more, or not for the actor; what was typed is."""
        form = self._form(self.form_names(actor), None)
        title = _("This record is not here any more")
        return render_template(
            "generated/gone.html",
            title=title,
            lines=typed_lines(form, self.model),
            crumbs=(Crumb(title),),
        )

    def _tell_of_the_others(self, names: tuple[str, ...]) -> None:
        flash(_("Saved."), "success")
        if names:
            labels = "、".join(str(item_of(self.model, name).label) for name in names)
            told = _("Somebody else changed %(items)s meanwhile. Both changes were kept.")
            flash(told % {"items": labels}, "info")

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
            InvalidState: nobody changes it any more.
        """
        record = self.record_or_404(pk)
        refuse_closed(record)
        if not self.may_change(record, actor):
            raise NotAllowed(_l("Your institution may not change this record."))
        return record

    def add_names(self, actor: Actor, presets: dict[str, Any]) -> tuple[str, ...]:
        """The items of the form of a new record."""
        return tuple(n for n in self.form_names(actor) if n not in presets)

    def edit_form_class(self, actor: Actor) -> type[forms.ItemForm]:
        """The form of a record, for whoever fills it in: a person or a program."""
        return _form_class(self.model, self.form_names(actor))

    def add_form_class(self, actor: Actor, presets: dict[str, Any]) -> type[forms.ItemForm]:
        """The form of a new record; a feature may ask for several records at once."""
        return _form_class(self.model, self.add_names(actor, presets))

    def create(self, form: Any, presets: dict[str, Any], actor: Actor) -> Any:
        """Store what a valid form of a new record says; gives the record.

        Raises:
            InvalidInput: its items contradict each other.
        """
        record = self.model(**presets)
        forms.apply(form, record)
        self.refuse_contradictions(record)
        return self.save_new(record, actor)

    def _create(self, form: Any, presets: dict[str, Any], actor: Actor) -> str:
        stored = self.create(form, presets, actor)
        flash(_("Saved."), "success")
        return self.url_after_save(stored)

    def refuse_contradictions(self, record: Any) -> None:
        """Raises InvalidInput when the record's items contradict each other."""
        problems = self.problems_with(record)
        if problems:
            raise InvalidInput(problems)

    def _presets(self) -> dict[str, Any]:
        """Foreign keys named by the address, each checked to exist for the actor."""
        named = {n: request.args[n] for n in self.preset_items if request.args.get(n)}
        found = self.checked_presets({name: record_key(text) for name, text in named.items()})
        if not found and not self.can_add_alone:
            raise BadArgument(_l("Open this form from the record it belongs to."))
        return found

    def checked_presets(self, keys: dict[str, int]) -> dict[str, Any]:
        """The same keys.

        Raises:
            NotVisible: a record does not exist for the actor.
            InvalidState: nothing is added to it any more.
        """
        for name, key in keys.items():
            column = inspect(self.model).columns[name]
            relation = getattr(self.model, name.removesuffix("_id"))
            found = db.session.get(relation.property.mapper, key) if column.foreign_keys else None
            if found is None:
                raise NotVisible(_l("There is no such record."), field=name)
            refuse_closed(found)
        return keys

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
        # Saving again is then a decision taken with both sides in view.
        rebase(record, names, form)
        return self._form_page(form, record, {}, lines)

    def _form_page(
        self,
        form: Any,
        record: Any,
        presets: dict[str, Any],
        conflict: tuple[ConflictLine, ...] = (),
        others: tuple[str, ...] = (),
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
            others=others,
            others_url=None if adding else url_for(f"{self.endpoint}.still_editing", pk=record.id),
        )
        return render_template("generated/form.html", page=page, view=self)
