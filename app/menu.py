"""Every screen, one line each, in menu order."""

from dataclasses import dataclass
from typing import Any

from flask import Flask, request, url_for
from flask_appbuilder import AppBuilder

from app.cases.sharing_views import CaseSharingView
from app.cases.views import (
    ActivityView,
    CaseAccessView,
    CaseView,
    LabTestView,
    StayView,
    TreatmentView,
)
from app.contacts.exposure_views import ExposureView
from app.contacts.views import ContactView
from app.core.labels import Label
from app.exports.lists import register_lists
from app.exports.views import ExportView
from app.followup.views import CaseSymptomsView, ContactSymptomsView, ObservationView
from app.generated.dictionary import DictionaryView
from app.generated.rest import RestView
from app.generated.views import GeneratedView, register
from app.institutions.lists import DiseaseView, InstitutionView
from app.institutions.references import register_references
from app.institutions.views import LookupView
from app.jobs.views import JobView
from app.notifications.views import NotificationView
from app.persons.views import PersonView
from app.security.actor import current_actor
from app.security.roles import role_of
from app.statistics.views import StatisticsView
from app.surge.views import SurgeView


@dataclass(frozen=True, slots=True)
class Entry:
    """A menu entry: shown to roles that hold ``action`` on ``resource``."""

    label: Label
    endpoint: str
    resource: str
    action: str = "list"
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """A heading of the menu with its entries."""

    label: Label
    entries: tuple[Entry, ...]


MENU = (
    Group(
        Label("ホーム", "Home"),
        (Entry(Label("ホーム", "Home"), "HomeView.index", "home", "show", "home"),),
    ),
    Group(
        Label("発生届", "Notifications"),
        (
            Entry(
                Label("発生届の入力", "New notification"),
                "NotificationView.add",
                "notification",
                "add",
            ),
            Entry(
                Label("発生届一覧", "Notifications"),
                "NotificationView.list",
                "notification",
                icon="document",
            ),
            Entry(
                Label("下書き", "Drafts"), "NotificationView.drafts", "notification", "add", "edit"
            ),
        ),
    ),
    Group(
        Label("患者", "Cases"),
        (
            Entry(Label("患者一覧", "Cases"), "CaseView.list", "case", icon="people"),
            Entry(Label("検査記録", "Tests"), "LabTestView.list", "lab_test", icon="flask"),
            Entry(Label("入院・療養先", "Places of care"), "StayView.list", "stay", icon="bed"),
        ),
    ),
    Group(
        Label("健康観察・接触者", "Follow-up"),
        (
            Entry(
                Label("健康観察", "Health observations"),
                "ObservationView.list",
                "observation",
                icon="heart",
            ),
            Entry(Label("接触者一覧", "Contacts"), "ContactView.list", "contact", icon="people"),
        ),
    ),
    Group(
        Label("統計", "Statistics"),
        (Entry(Label("集計", "Figures"), "StatisticsView.page", "statistics", "show", "chart"),),
    ),
    Group(
        Label("マスタ", "Master data"),
        (
            Entry(
                Label("機関一覧", "Institutions"),
                "InstitutionView.list",
                "institution",
                icon="institution",
            ),
            Entry(Label("対象疾病一覧", "Diseases"), "DiseaseView.list", "disease", icon="book"),
        ),
    ),
    Group(
        Label("作業", "Work"),
        (
            Entry(Label("処理状況", "Jobs"), "JobView.list", "job", icon="job"),
            Entry(
                Label("届出優先モード", "Notifications first"),
                "SurgeView.page",
                "surge",
                "show",
                "warning",
            ),
            Entry(
                Label("データ項目一覧", "Data dictionary"),
                "DictionaryView.page",
                "dictionary",
                "show",
            ),
        ),
    ),
)

SCREENS: tuple[type[Any], ...] = (
    CaseView,
    PersonView,
    LabTestView,
    StayView,
    TreatmentView,
    ActivityView,
    CaseAccessView,
    CaseSharingView,
    ContactView,
    ExposureView,
    ObservationView,
    CaseSymptomsView,
    ContactSymptomsView,
    NotificationView,
    InstitutionView,
    DiseaseView,
    LookupView,
    StatisticsView,
    JobView,
    DictionaryView,
    RestView,
    ExportView,
    SurgeView,
)


def register_screens(appbuilder: AppBuilder) -> None:
    """Give every screen its routes and let generated views find each other."""
    register_references()
    for screen in SCREENS:
        view = appbuilder.add_view_no_menu(screen)
        if isinstance(view, GeneratedView):
            register(view)
    register_lists()


def install_menu(app: Flask) -> None:
    """Give the base template its menu."""
    app.context_processor(lambda: {"menu_groups": menu_groups})


def menu_groups() -> list[dict[str, Any]]:
    """The menu of the signed-in role; an entry it may not open is not there."""
    actor = current_actor()
    if actor is None:
        return []
    role = role_of(actor.role)
    groups = []
    for group in MENU:
        items = [_shown(entry) for entry in group.entries if role.may(entry.action, entry.resource)]
        if items:
            groups.append({"label": str(group.label), "items": items})
    return groups


def _shown(entry: Entry) -> dict[str, Any]:
    return {
        "label": str(entry.label),
        "url": url_for(entry.endpoint),
        "icon": entry.icon,
        "active": request.endpoint is not None
        and request.endpoint.partition(".")[0] == entry.endpoint.partition(".")[0],
    }
