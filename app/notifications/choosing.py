"""Which disease is notified: the usual one at once, any other by its short name."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

from flask import render_template, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core import clock
from app.core.errors import NotVisible
from app.core.fields import CodeField, Required
from app.core.forms import ItemForm
from app.core.items import item_of
from app.core.japanese import normalise, to_katakana
from app.core.labels import CodeList
from app.core.pages import Crumb
from app.generated.arguments import only_known
from app.generated.hooks import ViewHooks, signed_in
from app.institutions.diseases import CATEGORIES, NOTIFICATION_TIMINGS, Disease
from app.institutions.queries import disease_in_force
from app.notifications.entry_form import EntryForm, entry_form_class
from app.notifications.layout import COVID_19
from app.notifications.models import Notification
from app.notifications.queries import families_used_by, form_options, notifiable_diseases
from app.security.actor import Actor
from app.security.roles import HEALTH_CENTRE_ROLES


@dataclass(frozen=True, slots=True)
class Choice:
    """A disease to notify and the form it leads to."""

    name: str
    url: str
    timing: str


@dataclass(frozen=True, slots=True)
class ChoiceGroup:
    """Diseases under one heading."""

    title: str
    choices: tuple[Choice, ...]


class ChoosingDoors(ViewHooks):
    """The way to the form of another disease than the usual one."""

    @expose("/diseases", methods=["GET"])
    @has_access
    @permission_name("add")
    def diseases(self) -> str:
        """All diseases of which every case is notified; ``q`` narrows them by name."""
        actor = signed_in()
        only_known(request.args, {"q"})
        typed = request.args.get("q", "")[:60]
        found = [one for one in notifiable_diseases(clock.today()) if _fits(one, typed)]
        title = _("Choose the disease")
        return render_template(
            "notifications/diseases.html",
            title=title,
            typed=typed,
            groups=_grouped(found, families_used_by(actor)),
            found=len(found),
            trail=(Crumb(_("Notifications"), url_for("NotificationView.list")), Crumb(title)),
        )


def form_class_of(actor: Actor, family: str) -> type[EntryForm]:
    """The form of a disease with the options registered today."""
    options = form_options(family, clock.today())
    by_proxy = actor.role in HEALTH_CENTRE_ROLES
    return entry_form_class(options, by_proxy=by_proxy, family=family)


def usual_family(actor: Actor) -> str:
    """What this institution notifies most; COVID-19 until it has notified anything."""
    used = families_used_by(actor)
    return used[0] if used else COVID_19


def diseases_with_form() -> tuple[tuple[str, str], ...]:
    """(family, short name) of every disease that has a form today, COVID-19 first."""
    today = clock.today()
    covid = disease_in_force(COVID_19, on=today)
    others = (one for one in notifiable_diseases(today) if one.family != COVID_19)
    found = [*([] if covid is None else [covid]), *others]
    return tuple((one.family, one.short_name) for one in found)


@lru_cache(maxsize=8)
def disease_field(diseases: tuple[tuple[str, str], ...]) -> Any:
    """A drop-down of diseases by family, not bound to a form yet."""
    codes = CodeList("disease_with_form", *((family, name, name) for family, name in diseases))
    label = item_of(Notification, "disease_id").label
    return CodeField(label, [Required()], codes=codes, blank=False, radio=False)


@lru_cache(maxsize=8)
def disease_form_class(diseases: tuple[tuple[str, str], ...]) -> type[ItemForm]:
    """The choice of a ``disease`` alone; ``diseases`` as of :func:`diseases_with_form`."""
    fields = {"disease": disease_field(diseases)}
    return cast("type[ItemForm]", type("DiseaseForm", (ItemForm,), fields))


def disease_of_form(family: str) -> Disease:
    """The disease a form is opened for.

    Raises:
        NotVisible: there is none of this code, or it is not notified case by case. COVID-19
            keeps its form: its periods decide by the day of the report.
    """
    disease = disease_in_force(family, on=clock.today())
    if disease is None or (disease.surveillance != "all_cases" and family != COVID_19):
        raise NotVisible(_l("There is no such page."))
    return disease


def _fits(disease: Disease, typed: str) -> bool:
    words = normalise(typed).casefold()
    names = f"{normalise(disease.short_name)} {normalise(disease.name)}".casefold()
    return not words or words in names or to_katakana(words) in names


def _grouped(found: Sequence[Disease], used: Sequence[str]) -> tuple[ChoiceGroup, ...]:
    """Those the institution notified lately first, the others by category of the law."""
    by_family = {disease.family: disease for disease in found}
    usual = [by_family[family] for family in used if family in by_family]
    groups = [ChoiceGroup(_("Notified lately"), tuple(map(_choice, usual)))]
    for category in CATEGORIES:
        held = [one for one in found if one.category == category.value]
        groups.append(ChoiceGroup(str(category.label), tuple(map(_choice, held))))
    return tuple(group for group in groups if group.choices)


def _choice(disease: Disease) -> Choice:
    url = url_for("NotificationView.add_of", disease=disease.family)
    timing = NOTIFICATION_TIMINGS.label(disease.notification_timing)
    return Choice(disease.short_name, url, timing)
