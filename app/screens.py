"""Every screen, one line each: its routes, its API, its list in exports."""

from typing import Any

from flask import current_app
from flask_appbuilder import AppBuilder

from app.accounts.own_views import OwnAccountView
from app.accounts.review_views import AccountReviewView
from app.analysis.views import AnalysisView
from app.api.key_views import ApiKeyView
from app.api.reference_views import OpenApiView, ReferenceView
from app.api.resource_views import apis_of
from app.api.returnee_views import ReturneeListApi
from app.api.token_views import TokenApi
from app.breakglass.views import BreakGlassView
from app.bundles import screens as bundles
from app.cases.activity_views import ActivitySheetView
from app.cases.hospital_views import HospitalCourseView
from app.cases.lab_test_views import LabTestView
from app.cases.sharing_views import CaseAccessView, CaseSharingView
from app.cases.views import (
    ActivityView,
    CaseView,
    StayView,
    TreatmentView,
)
from app.chains.cluster_views import ClusterCurveView, ClusterMemberView, ClusterView
from app.chains.place_views import SharedPlaceView
from app.chains.views import ChainView
from app.contacts.exposure_views import ExposureView
from app.contacts.grid_views import ContactGridView
from app.contacts.household_views import HouseholdView
from app.contacts.linking_views import CaseSourceView
from app.contacts.views import ContactView
from app.coordination.meeting_views import MeetingView
from app.coordination.room_views import RoomView
from app.coordination.step_views import CoordinationView
from app.coordination.views import (
    BedReportView,
    HotelRoomView,
    PlacementOfferView,
    PlacementRequestView,
)
from app.dailyreports.views import DailyReportView
from app.dashboards.views import DashboardView
from app.exports.lists import register_lists
from app.exports.views import ExportView
from app.followup.board_views import BoardView
from app.followup.graph_files import SymptomFileView
from app.followup.plan_views import PlanView
from app.followup.staff_views import BoardStaffView
from app.followup.views import CaseSymptomsView, ContactSymptomsView, ObservationView
from app.generated.dictionary import DictionaryView
from app.generated.views import GeneratedView, register
from app.imports.views import ImportView
from app.institutions.lists import DiseaseOptionView, DiseaseView, InstitutionView
from app.institutions.references import register_references
from app.institutions.steps import CentreAreaView, InstitutionStepsView
from app.institutions.tree_views import InstitutionTreeView
from app.institutions.variant_views import VariantView
from app.institutions.views import LookupView
from app.intake.views import PaperScanView
from app.issuing.bulk_views import BulkView, LetterView
from app.issuing.views import AccountView
from app.jobs.views import JobView
from app.laboratory import screens as laboratory
from app.looks.person_views import PersonLookView
from app.looks.unusual_views import UnusualView
from app.looks.views import LookView
from app.matching.case_views import CaseMergeView
from app.matching.household_views import HouseholdSuggestionView
from app.matching.merge_views import MergeView
from app.matching.views import MatchView
from app.messaging.views import MessageView, TemplateView
from app.messaging.webhook import DeliveryView
from app.notifications.views import NotificationView
from app.persons.views import PersonView
from app.planning import screens as planning
from app.populations.views import PopulationView
from app.portal.rule_views import PatientPageRuleView
from app.portal.staff_views import PatientLinkView, ReportingView
from app.portal.views import PatientView
from app.processing.views import ProcessingNumberView, VerificationView
from app.publication.asof_views import AsKnownView
from app.publication.count_views import AreaCountView
from app.publication.open_views import OpenView
from app.publication.views import PublicationView
from app.quality.checking_views import QualityCheckView
from app.quality.indicator_views import QualityIndicatorView
from app.quality.monthly_views import QualitySheetView
from app.quality.question_views import QualityQuestionView
from app.quality.views import QualityView
from app.quarantine import screens as quarantine
from app.reports import screens as reports
from app.reports.schedules.views import ReportScheduleView
from app.retention.views import RetentionEntryView, RetentionHoldView, RetentionRuleView
from app.sheets.views import BookView
from app.statistics.definition_views import DefinitionsView
from app.statistics.views import StatisticsView
from app.surge.views import SurgeView
from app.tables.views import TableView
from app.voice.views import VoiceCallView
from app.voice.webhook import VoiceView

SCREENS: tuple[type[Any], ...] = (
    CaseView,
    PersonView,
    LabTestView,
    StayView,
    TreatmentView,
    ActivityView,
    ActivitySheetView,
    CaseAccessView,
    CaseSharingView,
    HospitalCourseView,
    PlacementRequestView,
    PlacementOfferView,
    CoordinationView,
    BedReportView,
    HotelRoomView,
    RoomView,
    MeetingView,
    ContactView,
    ExposureView,
    ContactGridView,
    HouseholdView,
    CaseSourceView,
    MatchView,
    MergeView,
    CaseMergeView,
    HouseholdSuggestionView,
    ChainView,
    SharedPlaceView,
    ClusterView,
    ClusterMemberView,
    ClusterCurveView,
    ObservationView,
    BoardView,
    BoardStaffView,
    PlanView,
    SymptomFileView,
    CaseSymptomsView,
    ContactSymptomsView,
    NotificationView,
    PaperScanView,
    *quarantine.SCREENS,
    *bundles.SCREENS,
    BookView,
    TableView,
    ImportView,
    *laboratory.SCREENS,
    InstitutionView,
    PopulationView,
    InstitutionTreeView,
    InstitutionStepsView,
    CentreAreaView,
    DiseaseView,
    DiseaseOptionView,
    VariantView,
    DailyReportView,
    LookupView,
    DashboardView,
    StatisticsView,
    DefinitionsView,
    AnalysisView,
    *planning.SCREENS,
    AsKnownView,
    PublicationView,
    AreaCountView,
    OpenView,
    *reports.SCREENS,
    AccountView,
    BulkView,
    LetterView,
    JobView,
    DictionaryView,
    ExportView,
    ApiKeyView,
    TokenApi,
    ReturneeListApi,
    OpenApiView,
    ReferenceView,
    BreakGlassView,
    LookView,
    PersonLookView,
    UnusualView,
    RetentionRuleView,
    RetentionEntryView,
    RetentionHoldView,
    OwnAccountView,
    AccountReviewView,
    QualityView,
    QualityCheckView,
    QualityQuestionView,
    QualityIndicatorView,
    QualitySheetView,
    ReportScheduleView,
    SurgeView,
    MessageView,
    TemplateView,
    DeliveryView,
    ReportingView,
    PatientLinkView,
    PatientPageRuleView,
    PatientView,
    ProcessingNumberView,
    VerificationView,
    VoiceCallView,
    VoiceView,
)


def register_screens(appbuilder: AppBuilder) -> None:
    """Give every screen its routes and let generated views find each other."""
    register_references()
    for screen in (*SCREENS, *apis_of(SCREENS)):
        view = appbuilder.add_view_no_menu(screen)
        if isinstance(view, GeneratedView):
            register(view)
        if getattr(view, "without_form_token", False):
            current_app.extensions["csrf"].exempt(view.blueprint)
    register_lists()
