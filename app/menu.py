"""Every screen, one line each, in menu order."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask, g, request, url_for
from flask_appbuilder import AppBuilder

from app.accounts.own_views import OwnAccountView
from app.accounts.review_views import AccountReviewView
from app.api.key_views import ApiKeyView
from app.api.reference_views import OpenApiView, ReferenceView
from app.api.resource_views import apis_of
from app.api.token_views import TokenApi
from app.audit.reads import look_of_page
from app.breakglass import notices as _break_glass_notices  # noqa: F401  # registers itself
from app.breakglass.queries import waiting_count
from app.breakglass.views import BreakGlassView
from app.cases.sharing_views import CaseAccessView, CaseSharingView
from app.cases.views import (
    ActivityView,
    CaseView,
    LabTestView,
    StayView,
    TreatmentView,
)
from app.contacts.exposure_views import ExposureView
from app.contacts.views import ContactView
from app.core.labels import Label
from app.dailyreports.views import DailyReportView
from app.exports.lists import register_lists
from app.exports.views import ExportView
from app.followup.views import CaseSymptomsView, ContactSymptomsView, ObservationView
from app.generated.dictionary import DictionaryView
from app.generated.notices import page_notices
from app.generated.views import GeneratedView, register
from app.institutions.lists import DiseaseOptionView, DiseaseView, InstitutionView
from app.institutions.references import register_references
from app.institutions.steps import CentreAreaView, InstitutionStepsView
from app.institutions.tree_views import BRANCH, InstitutionTreeView
from app.institutions.views import LookupView
from app.intake.views import PaperScanView
from app.issuing.bulk_views import BulkView, LetterView
from app.issuing.views import AccountView
from app.jobs.views import JobView
from app.laboratory import screens as laboratory
from app.looks.person_views import PersonLookView
from app.looks.queries import unusual_count
from app.looks.unusual_views import UnusualView
from app.looks.views import LookView
from app.notifications.views import NotificationView
from app.persons.views import PersonView
from app.security.actor import Actor, current_actor
from app.security.rights import holds
from app.sheets.views import BookView
from app.statistics.views import StatisticsView
from app.surge.views import SurgeView


@dataclass(frozen=True, slots=True)
class Entry:
    """A menu entry: shown to roles that hold ``action`` on ``resource``; ``count`` of what waits
    there stands beside it."""

    label: Label
    endpoint: str
    resource: str
    action: str = "list"
    icon: str = ""
    count: Callable[[Actor], int] | None = None


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
            Entry(
                Label("FAX受信", "FAX received"), "PaperScanView.list", "paper_scan", icon="inbox"
            ),
            Entry(
                Label("ワークブックで届出", "By workbook"),
                "BookView.start",
                "notification",
                "add",
                "upload",
            ),
            Entry(
                Label("陽性・未届", "Positive, not notified"),
                "PositiveView.list",
                "notification",
                "add",
                "flask",
                laboratory.positive_count,
            ),
            Entry(
                Label("日次報告", "Daily reports"),
                "DailyReportView.list",
                "daily_report",
                icon="document",
            ),
        ),
    ),
    Group(
        Label("患者", "Cases"),
        (
            Entry(Label("患者一覧", "Cases"), "CaseView.list", "case", icon="people"),
            Entry(
                Label("検査待ち一覧", "Waiting tests"),
                "WorklistView.list",
                "lab_result",
                icon="flask",
                count=laboratory.waiting_count,
            ),
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
            Entry(BRANCH, "InstitutionTreeView.tree", "institution_tree", "show", "institution"),
            Entry(Label("対象疾病一覧", "Diseases"), "DiseaseView.list", "disease", icon="book"),
        ),
    ),
    Group(
        Label("閲覧の点検", "Oversight"),
        (
            Entry(
                Label("緊急閲覧（担当症例）", "Break-glass access"),
                "BreakGlassView.list",
                "break_glass",
                icon="bell",
                count=waiting_count,
            ),
            Entry(
                Label("緊急閲覧を行う", "Open a case (break-glass)"),
                "BreakGlassView.open",
                "break_glass",
                "open",
                "key",
            ),
            Entry(Label("閲覧記録", "Record of looks"), "LookView.list", "look", icon="history"),
            Entry(
                Label("本人ごとの閲覧・変更", "Who saw and changed"),
                "PersonLookView.search",
                "look",
                "person",
                "person",
            ),
            Entry(
                Label("確認が必要な閲覧", "Looks to be checked"),
                "UnusualView.list",
                "look",
                "unusual",
                "warning",
                unusual_count,
            ),
        ),
    ),
    Group(
        Label("アカウント", "Accounts"),
        (
            Entry(Label("アカウント管理", "Accounts"), "AccountView.list", "account", icon="key"),
            Entry(
                Label("一括発行", "Issue in bulk"), "BulkView.start", "account", "import", "upload"
            ),
            Entry(
                Label("アカウント棚卸", "Account review"),
                "AccountReviewView.sheet",
                "account_review",
                icon="check",
            ),
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
            Entry(Label("API仕様", "API reference"), "ReferenceView.page", "dictionary", "show"),
            Entry(Label("APIキー", "API keys"), "ApiKeyView.list", "api_key"),
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
    PaperScanView,
    BookView,
    *laboratory.SCREENS,
    InstitutionView,
    InstitutionTreeView,
    InstitutionStepsView,
    CentreAreaView,
    DiseaseView,
    DiseaseOptionView,
    DailyReportView,
    LookupView,
    StatisticsView,
    AccountView,
    BulkView,
    LetterView,
    JobView,
    DictionaryView,
    ExportView,
    ApiKeyView,
    TokenApi,
    OpenApiView,
    ReferenceView,
    BreakGlassView,
    LookView,
    PersonLookView,
    UnusualView,
    OwnAccountView,
    AccountReviewView,
    SurgeView,
)


def register_screens(appbuilder: AppBuilder) -> None:
    """Give every screen its routes and let generated views find each other."""
    register_references()
    for screen in (*SCREENS, *apis_of(SCREENS)):
        view = appbuilder.add_view_no_menu(screen)
        if isinstance(view, GeneratedView):
            register(view)
    register_lists()


def install_menu(app: Flask) -> None:
    """Give the base template its menu."""
    app.context_processor(
        lambda: {
            "menu_groups": menu_groups,
            "page_notices": page_notices,
            "page_look": look_of_page,
        }
    )


def menu_groups() -> list[dict[str, Any]]:
    """The menu of the signed-in role; an entry it may not open is not there."""
    actor = current_actor()
    if actor is None:
        return []
    groups = []
    for group in MENU:
        entries = [one for one in group.entries if holds(actor, one.action, one.resource)]
        items = [_shown(entry, actor) for entry in entries]
        if items:
            groups.append({"label": str(group.label), "items": items})
    return groups


def _shown(entry: Entry, actor: Actor) -> dict[str, Any]:
    return {
        "count": 0 if entry.count is None or g.get("failed") else entry.count(actor),
        "label": str(entry.label),
        "url": url_for(entry.endpoint),
        "icon": entry.icon,
        "active": request.endpoint is not None
        and request.endpoint.partition(".")[0] == entry.endpoint.partition(".")[0],
    }
