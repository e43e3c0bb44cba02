"""The generated view: list, show, add, edit, delete and bulk actions of one model.

A subclass names items and verbs; everything else is read from the declarations. The framework
gives the menu, the routes and the names of permissions; its stock reads and writes are closed
(see :mod:`app.generated.interface`).
"""

from collections.abc import Collection, Sequence
from functools import partial
from typing import Any

from flask import current_app, flash, render_template, request, url_for
from flask_appbuilder import ModelView, expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.datastructures import MultiDict
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from app.audit.reads import is_read_only, people_beside
from app.core.anonymity import MARK
from app.core.errors import Conflict, InvalidState, NotVisible
from app.core.items import items_of
from app.core.pages import Action, Crumb, ShowPage, Tab
from app.core.transaction import transaction
from app.generated import listpages
from app.generated.arguments import only_known
from app.generated.extensions import added_actions
from app.generated.history_pages import HistoryMixin
from app.generated.hooks import may, signed_in
from app.generated.paths import paths_of
from app.generated.refusals import closed
from app.generated.registry import VIEWS
from app.generated.searching import Search
from app.generated.showing import COUNT_LIMIT, RelatedTab, cards_of, related_counts
from app.security.fields import may_read
from app.security.rates import spend
from app.security.roles import ROLES

__all__ = ["VIEWS", "GeneratedView", "register"]


class GeneratedView(HistoryMixin, ModelView):
    """One model on the screen. ``class_permission_name`` is the resource of the access matrix."""

    exclude_route_methods = frozenset({"download"})
    """Besides these, a door no role of the access matrix may open is not built at all."""
    include_route_methods = None

    # -- what the framework builds from guesses, we build from declarations -------------------

    def _init_properties(self) -> None:
        self.model: type[Any] = self.datamodel.obj
        self.exclude_route_methods = self.exclude_route_methods | self._doors_for_nobody()
        for name in ("label_columns", "formatters_columns"):
            setattr(self, name, {})
        for name in ("base_filters", "related_views", "_related_views", "search_columns"):
            setattr(self, name, [])
        self.listed = paths_of(self.model, self.list_items)
        self.listed_under = paths_of(self.model, self.under_items or self.list_items)
        self.shown = paths_of(self.model, self.show_items or _all_items(self.model))
        self.search = Search(self.model, self.search_items)
        self.page_size = int(current_app.config["LIST_PAGE_SIZE"])
        self.list_title = self.add_title = self.edit_title = self.show_title = ""

    def _doors_for_nobody(self) -> frozenset[str]:
        resource = self.class_permission_name
        held = {action for role in ROLES.values() for action in role.doors.get(resource, ())}
        unused = {"list", "show", "add", "edit", "delete", "history", "revert"} - held
        if "edit" in unused:
            unused.add("still_editing")
        if "history" in unused:
            unused.add("history_print")
        acts = any(hasattr(getattr(type(self), name), "_action") for name in dir(type(self)))
        return frozenset(unused if acts else unused | {"action", "action_post"})

    def _init_forms(self) -> None:
        names = self.form_items or tuple(i.name for i in items_of(self.model) if i.editable)
        self.form_items = names

    def _init_titles(self) -> None:
        """Titles are worded per request, in the reader's language."""

    # -- doors --------------------------------------------------------------------------------

    @expose("/list/", methods=["GET", "POST"])
    @has_access
    def list(self) -> Response | tuple[str, int]:
        """The list. Searches that name a person arrive by POST and stay out of the address."""
        actor = signed_in()
        paging = {"sort", "direction", "after", "before"}
        readable = partial(may_read, actor=actor)
        if request.method == "POST":
            only_known(request.args, {*paging, "without"})
            terms = self.search.parameters(personal=True, readable=readable)
            only_known(_without_csrf(request.form), terms)
            arguments = listpages.posted_arguments()
            if not listpages.names_a_person(self.search, arguments):
                kept: dict[str, Any] = {k: v for k, v in arguments.items() if v}
                return redirect(url_for(f"{self.endpoint}.list", **kept), 303)
            spend("search", str(actor.user_id))
        else:
            terms = self.search.parameters(personal=False, readable=readable)
            only_known(request.args, paging | terms)
            arguments = request.args
        page = listpages.build(self, arguments, actor)
        wrong = page.search_form is not None and page.search_form.errors
        return self._page("generated/list.html", page), 422 if wrong else 200

    @expose("/show/<pk>", methods=["GET"])
    @has_access
    def show(self, pk: str) -> Response | str:
        """A record: its cards, or the related list of the tab that is open."""
        actor = signed_in()
        only_known(request.args, {"tab", "after", "before"})
        record = self.record_or_404(pk)
        open_tab = self._open_tab(request.args.get("tab"))
        related = None
        beside: Collection[int] = ()
        if open_tab is not None:
            related, beside = listpages.related(VIEWS[open_tab.resource], open_tab, record, actor)
        with people_beside(beside):
            self.looked_at(record, actor)
        page = ShowPage(
            title=self.title_of(record),
            cards=cards_of(record, self.shown, self.stage_of(record)) if open_tab is None else (),
            header=self.header_for(record),
            tabs=self.tabs_of(record, open_tab.key if open_tab else ""),
            related=related,
            actions=self._show_actions(record),
            crumbs=(*self.crumbs_for(record), Crumb(self.title_of(record))),
        )
        return self._page("generated/show.html", page)

    @expose("/delete/<pk>", methods=["GET", "POST"])
    @has_access
    def delete(self, pk: str) -> Response | str:
        """Asks first; deletes on POST. History keeps what was there."""
        only_known(request.args, ())
        record = self.record_to_change(pk, signed_in())
        back = self.url_of(record)
        if request.method == "GET":
            self.looked_at(record, signed_in())
            return render_template(
                "generated/confirm.html",
                title=_("Delete"),
                question=_("Delete %(record)s?", record=self.title_of(record)),
                action=Action(_("Delete"), request.path, "post", "danger"),
                cancel_url=back,
                header=self.header_for(record),
                crumbs=self.crumbs_for(record),
            )
        after = self.url_after_delete(record)
        try:
            with transaction() as session:
                session.delete(record)
        except StaleDataError:
            raise Conflict(_l("Somebody else changed this record just now.")) from None
        except IntegrityError:
            raise InvalidState(_l("Other records belong to this one.")) from None
        flash(_("Deleted."), "success")
        return redirect(after, 303)

    # An action is a right of its own, so these two ask for the action's name (see _act).
    @expose("/action/<string:name>/<pk>", methods=["POST"])
    def action(self, name: str, pk: str) -> Response:
        """An action on one record, under the same law as opening it."""
        only_known(request.args, ())
        return self._act(name, [pk])

    @expose("/action_post", methods=["POST"])
    def action_post(self) -> Response:
        """An action on the ticked rows of a list."""
        only_known(request.args, {"name"})
        return self._act(request.args.get("name", ""), request.form.getlist("keys"))

    # -- parts --------------------------------------------------------------------------------

    def tabs_of(self, record: Any, active: str) -> tuple[Tab, ...]:
        """The tabs above a record's pages; ``active`` is the key of the open one, empty for
        the overview."""
        tabs = self.visible_tabs()
        lists = tuple(tab for tab in tabs if isinstance(tab, RelatedTab))
        counts = related_counts(lists, record.id)
        first = Tab("", _("Overview"), self.url_of(record), active=not active)
        rest = []
        for tab in tabs:
            count = None
            if isinstance(tab, RelatedTab):
                url = url_for(f"{self.endpoint}.show", pk=record.id, tab=tab.key)
                count = min(counts[tab.key], COUNT_LIMIT + 1)
            else:
                url = tab.url(record)
            rest.append(Tab(tab.key, str(tab.label), url, count, tab.key == active))
        return (first, *rest) if tabs else ()

    def _open_tab(self, key: str | None) -> RelatedTab | None:
        if not key:
            return None
        for tab in self.visible_tabs():
            if isinstance(tab, RelatedTab) and tab.key == key:
                return tab
        raise NotVisible(_l("There is no such page."))

    def _show_actions(self, record: Any) -> tuple[Action, ...]:
        if is_read_only():
            return ()
        resource = self.class_permission_name
        changeable = self.may_change(record, signed_in()) and closed(record) is None
        actions = [*added_actions(type(self), record), *self.show_actions(record)]
        if changeable and may("edit", resource):
            url = url_for(f"{self.endpoint}.edit", pk=record.id)
            actions.append(Action(_("Edit"), url, style="primary", icon="edit"))
        if changeable and may("delete", resource):
            url = url_for(f"{self.endpoint}.delete", pk=record.id)
            actions.append(Action(_("Delete"), url, style="danger", icon="delete"))
        return tuple(actions)

    def _act(self, name: str, pks: Sequence[str]) -> Response:
        action = self.actions.get(name)
        if action is None or not may(name, self.class_permission_name):
            raise NotVisible(_l("There is no such page."))
        records = [self.record_or_404(pk) for pk in pks]
        answer: Response = action.func(records)
        return answer

    def _page(self, template: str, page: object) -> str:
        return render_template(template, page=page, view=self)


def _without_csrf(arguments: MultiDict[str, str]) -> MultiDict[str, str]:
    return MultiDict([(k, v) for k, v in arguments.items(multi=True) if k != "csrf_token"])


def _all_items(model: type[Any]) -> tuple[str, ...]:
    # The mark of anonymity is told above the page, and only where there is one.
    return tuple(item.name for item in items_of(model) if item.name != MARK)


def register(view: GeneratedView) -> None:
    """Let other views find the one that draws this resource."""
    VIEWS[view.class_permission_name] = view
