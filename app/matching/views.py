"""``/matching``: the review list of probable pairs, two persons side by side, the decision."""

from typing import Any

from flask import flash, render_template, request, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup, escape
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

import app.matching.entering  # noqa: F401  # answers the forms that enter people
from app.audit.reads import people_beside, record_list, record_look
from app.cases.views import CaseView
from app.contacts.views import ContactView
from app.core.errors import DomainError
from app.core.fields import BooleanItemField, LongTextField
from app.core.forms import ItemForm
from app.core.labels import Label
from app.core.pages import Action, Crumb
from app.generated.arguments import one_of, only_known, record_key
from app.generated.extensions import add_show_action
from app.generated.hooks import may, signed_in
from app.generated.refusals import closed, refuse_closed, refuse_read_only, show_problem
from app.generated.submissions import submit_once
from app.matching import merging, pages, pairs
from app.matching.codes import STATE
from app.matching.episodes import doubles_of
from app.matching.finding import alike, decided_others, judged, values_of
from app.matching.listing import (
    LISTED_BY,
    PairSearchForm,
    counted_states,
    page_of_pairs,
    read_narrowed,
)
from app.matching.models import MatchPair
from app.matching.queries import (
    belongings,
    merge_of,
    pair_or_404,
    person_or_404,
)
from app.matching.rules import CERTAIN, PROBABLE
from app.persons.models import Person
from app.persons.views import PersonView
from app.security.actor import Actor

TITLE = Label("同一人の確認（名寄せ）", "One person once")
Page = Response | str | tuple[str, int]


class DecisionForm(ItemForm):
    """What somebody says of two persons, and why."""

    note = LongTextField(
        _l("Reason"),
        description=_l("How you know: family register, telephone call … (kept in the history)"),
        rows=2,
        max_length=340,
    )
    in_spite = BooleanItemField(_l("I have looked into what speaks against it"))


class MatchView(BaseView):
    """Pairs of persons who are probably one."""

    route_base = "/matching"
    class_permission_name = "match_pair"
    default_view = "list"

    @expose("/", methods=["GET"])
    @has_access
    @permission_name("list")
    def list(self) -> str:
        """The pairs in one state, the most probable first."""
        actor = signed_in()
        only_known(request.args, LISTED_BY)
        state = one_of(request.args, "state", STATE.values) or "open"
        form = PairSearchForm()
        narrowed = read_narrowed(form, state)
        page, pager = page_of_pairs(narrowed)
        people = {key for pair in page.records for key in (pair.first_id, pair.second_id)}
        record_list(actor, door="match_pair.list", people=people, filters=narrowed.arguments())
        return render_template(
            "matching/list.html",
            title=str(TITLE),
            state=state,
            states=counted_states(),
            lines=[pages.pair_line(pair) for pair in page.records],
            pager=pager,
            form=form,
            narrowed=any((narrowed.score, narrowed.work, narrowed.since)),
            rules=[str(rule.label) for rule in CERTAIN],
            probable=PROBABLE,
        )

    @expose("/show/<pk>", methods=["GET"])
    @has_access
    @permission_name("show")
    def show(self, pk: str) -> Page:
        """Two persons side by side, with all their cases and contacts."""
        only_known(request.args, ())
        return _pair_page(pair_or_404(record_key(pk)), DecisionForm(), signed_in())

    @expose("/decide/<pk>", methods=["POST"])
    @has_access
    @permission_name("decide")
    def decide(self, pk: str) -> Page:
        """Other people, or later."""
        actor, pair, form = signed_in(), pair_or_404(record_key(pk)), DecisionForm()
        state = request.form.get("state", "")

        def said() -> str:
            pairs.decide(pair, state, form.note.data or "", by=actor)
            flash(_("Noted: %(state)s.", state=STATE.label(pair.state)), "success")
            return url_for(".list")

        return _answered(pair, form, actor, said)

    @expose("/merge/<pk>", methods=["POST"])
    @has_access
    @permission_name("merge")
    def merge(self, pk: str) -> Page:
        """Make the two one; the value of each item is the one that was chosen."""
        actor, pair, form = signed_in(), pair_or_404(record_key(pk)), DecisionForm()
        names = {item.name for item in merging.merged_items()}
        take = {name for name in names if request.form.get(f"take_{name}") == "second"}

        def done() -> str:
            merged = merging.merge(
                pair.first,
                pair.second,
                take=take,
                why=form.note.data or "",
                in_spite=bool(form.in_spite.data),
                by=actor,
            )
            flash(_("The two are one now. It can be taken back on the list of merges."), "success")
            _say_doubles(merged.winner_id)
            return url_for("PersonView.show", pk=merged.winner_id)

        return _answered(pair, form, actor, done)

    @expose("/of/<pk>", methods=["GET"])
    @has_access
    @permission_name("list")
    def of(self, pk: str) -> Page:
        """Who is probably the same as this person, asked now."""
        actor = signed_in()
        only_known(request.args, ())
        person = person_or_404(record_key(pk))
        refuse_closed(person)
        found = alike(
            values_of(person), own_id=person.id, leave_out=decided_others(person.id), vetoed=True
        )
        with people_beside({one.person_id for one in found}):
            record_look(actor, door="match_pair.of", person_id=person.id)
        refuse_read_only()
        doubles = doubles_of(person.id)
        title = _("Probably the same person")
        return render_template(
            "matching/alike.html",
            title=title,
            person=pages.side_of(person),
            lines=[pages.alike_line(one) for one in found],
            form=ItemForm(),
            may_compare=may("decide", "match_pair"),
            doubles=None if doubles is None else url_for("CaseMergeView.of", pk=doubles[0].id),
            trail=(_crumb(), Crumb(title)),
        )

    @expose("/compare/<pk>", methods=["POST"])
    @has_access
    @permission_name("decide")
    def compare(self, pk: str) -> Page:
        """Put the two on the list and side by side."""
        actor = signed_in()
        person, chosen = person_or_404(record_key(pk)), request.form.get("other", "")
        if not chosen:
            flash(_("Choose one."), "warning")
            return redirect(url_for(".of", pk=person.id), 303)
        other = person_or_404(record_key(chosen))
        pair = pairs.propose(*sorted((person, other), key=lambda one: one.id), by=actor)
        return redirect(url_for(".show", pk=pair.id), 303)


def _answered(pair: MatchPair, form: Any, actor: Actor, step: Any) -> Page:
    """Take the step once; a refusal comes back with everything chosen in its place."""
    if form.validate():
        try:
            if request.form.get("versions") != _versions(pair):
                flash(
                    _("Somebody changed one of the two meanwhile. Compare them again."), "warning"
                )
                return redirect(url_for("MatchView.show", pk=pair.id), 303)
            return submit_once(form.form_token_.data, actor, step)
        except DomainError as error:
            show_problem(form, error)
    return _pair_page(pair_or_404(pair.id), form, actor), 422


def _pair_page(pair: MatchPair, form: Any, actor: Actor) -> str:
    first, second = pair.first, pair.second
    merged = merge_of(pair)
    judgement = judged(first, second)
    codes = (*judgement.reasons, *judgement.vetoes) if merged is None else pair.reasons
    with people_beside({second.id}):
        record_look(actor, door="match_pair.show", person_id=first.id)
    owned = belongings((first.id, second.id))
    asked = request.form if request.method == "POST" else {}
    title = _("Pair %(number)s", number=str(pair))
    return render_template(
        "matching/pair.html",
        title=title,
        trail=(_crumb(), Crumb(title)),
        line=pages.pair_line(pair),
        score=judgement.score if merged is None else pair.score,
        tone=pages.score_tone(judgement.score, judgement.vetoes),
        reasons=pages.reasons_of(codes),
        vetoes=pages.reasons_of(judgement.vetoes) if merged is None else (),
        sides=[(pages.side_of(one), pages.record_lines(owned[one.id])) for one in (first, second)],
        items=pages.item_lines(first, second),
        chosen=lambda line: asked.get(
            f"take_{line.name}", "second" if line.take_second else "first"
        ),
        form=form,
        versions=_versions(pair),
        pair=pair,
        merged=None if merged is None else pages.merge_line(merged),
        may_merge=may("merge", "match_pair"),
        may_decide=may("decide", "match_pair"),
        may_undo=may("undo", "match_pair"),
    )


def _say_doubles(person_id: int) -> None:
    """Two cases now of one person: the next step, as a link."""
    doubles = doubles_of(person_id)
    if doubles is not None:
        address = url_for("CaseMergeView.of", pk=doubles[0].id, other=doubles[1].id)
        link = Markup('<a href="{}">{}</a>').format(address, _("Compare the cases"))
        flash(
            escape(_("Two cases of this person are perhaps one episode.")) + " " + link, "warning"
        )


def _versions(pair: MatchPair) -> str:
    return f"{pair.first.row_version}:{pair.second.row_version}"


def _crumb() -> Crumb:
    return Crumb(str(TITLE), url_for("MatchView.list"))


def _search(person_id: int | None, record: Any) -> Action | None:
    if person_id is None or closed(record) is not None or not may("list", "match_pair"):
        return None
    return Action(_("Same person?"), url_for("MatchView.of", pk=person_id), icon="people")


def _of_person(person: Person) -> Action | None:
    return _search(person.id, person)


add_show_action(CaseView, lambda case: _search(case.person_id, case))
add_show_action(ContactView, lambda contact: _search(contact.person_id, contact))
add_show_action(PersonView, _of_person)
