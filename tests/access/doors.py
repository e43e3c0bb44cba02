"""Every door of the portal, one line each. A route that is not here fails the walk.

``resource:action`` is the right the door asks for; ``record`` names which key of an episode
its address takes. Generated views open the doors the access matrix gives to somebody.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from app.api.codes import WRITABLE
from app.security.roles import ROLES


@dataclass(frozen=True)
class Door:
    """A route: the right it asks for, the records it opens, the parameters it is tried with."""

    resource: str
    action: str
    record: str | None = None
    parameter: str = "pk"
    query: dict[str, str] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)
    party_only: bool = False
    """Of those who see the record, only its own party passes; the others are told so (403)."""

    bearer: bool = False
    """Tried by a program with a credential of the same person: a session only reads there."""

    @property
    def is_open(self) -> bool:
        """True for doors that people who are not signed in may use."""
        return self.resource == "open"


def _generated(view: str, resource: str, record: str, **preset: str) -> Iterator[tuple[str, Door]]:
    doors = {
        "list": Door(resource, "list"),
        "show": Door(resource, "show", record),
        "add": Door(resource, "add", *_preset(preset)),
        "edit": Door(resource, "edit", record),
        "still_editing": Door(resource, "edit", record),
        "delete": Door(resource, "delete", record),
        "history": Door(resource, "history", record),
        "history_print": Door(resource, "history", record),
        # Which entry and item is a question of its own, see tests/audit/test_revert.py.
        "revert": Door(resource, "revert", "none", values={"entry": "1", "name": "remarks"}),
    }
    # A door that no role may open is not built.
    held = {action for role in ROLES.values() for action in role.doors.get(resource, ())}
    opened = {name: door for name, door in doors.items() if door.action in held}
    return ((f"{view}.{name}", door) for name, door in opened.items())


def _program(view: str, resource: str, record: str = "") -> Iterator[tuple[str, Door]]:
    """The doors of a resource in the API; creating needs no address of a record."""
    key = record or resource
    doors = {
        "list": Door(resource, "list", bearer=True),
        "search": Door(resource, "list", bearer=True),
        "show": Door(resource, "show", key, bearer=True),
        "add": Door(resource, "add", bearer=True),
        "edit": Door(resource, "edit", key, bearer=True),
        "delete": Door(resource, "delete", key, bearer=True),
    }
    held = {action for role in ROLES.values() for action in role.doors.get(resource, ())}
    if resource not in WRITABLE:
        held &= {"list", "show"}
    if resource == "case":
        held -= {"add"}  # A case comes from a notification or from a contact.
    found = {name: door for name, door in doors.items() if door.action in held}
    return ((f"{view}.{name}", door) for name, door in found.items())


def _preset(preset: dict[str, str]) -> tuple[str | None, str]:
    for parameter, record in preset.items():
        return record, f"?{parameter}"
    return None, "pk"


DOORS: dict[str, Door] = {
    "static": Door("open", "", values={"filename": "css/base.css"}),
    "LocaleView.index": Door("open", "", values={"locale": "ja"}),
    "AuthView.login": Door("open", ""),
    "AuthView.one_time_password": Door("open", ""),
    "AuthView.enrol": Door("open", ""),
    "AuthView.recovery": Door("open", ""),
    "AuthView.logout": Door("open", ""),
    "ActivationView.begin": Door("open", ""),
    "ActivationView.password": Door("open", ""),
    "HomeView.index": Door("home", "show"),
    "OwnAccountView.show": Door("own_account", "show"),
    "OwnAccountView.events": Door("own_account", "show"),
    "OwnAccountView.password": Door("own_account", "edit"),
    "OwnAccountView.authenticator": Door("own_account", "edit"),
    "OwnAccountView.new_authenticator": Door("own_account", "edit"),
    "OwnAccountView.recovery_codes": Door("own_account", "edit"),
    "OwnAccountView.end_session": Door("own_account", "edit", "none", "session_id"),
    "OwnAccountView.end_others": Door("own_account", "edit"),
    "OwnAccountView.confirm_device": Door("own_account", "edit", "none", "device_id"),
    "OwnAccountView.reject_device": Door("own_account", "edit", "none", "device_id"),
    "AccountReviewView.sheet": Door("account_review", "list"),
    "AccountReviewView.confirm": Door("account_review", "edit", "none", "user_id"),
    "AccountReviewView.close": Door("account_review", "edit", "none", "user_id"),
    "LookupView.institutions": Door("lookup", "show"),
    "LookupView.municipalities": Door("lookup", "show"),
    "LookupView.prefectures": Door("lookup", "show"),
    "LookupView.diseases": Door("lookup", "show"),
    "LookupView.postal": Door("lookup", "show"),
    "DictionaryView.page": Door("dictionary", "show"),
    "OpenApiView.openapi": Door("dictionary", "show"),
    "ReferenceView.page": Door("dictionary", "show"),
    "TokenApi.issue": Door("open", ""),
    "TokenApi.give_back": Door("home", "show", bearer=True),
    "ReturneeListApi.add": Door("returnee_list", "add", bearer=True),
    **dict(_program("CaseApi", "case")),
    **dict(_program("PersonApi", "person")),
    **dict(_program("LabTestApi", "lab_test")),
    "LabTestApi.edit": Door("lab_test", "edit", "lab_test", party_only=True, bearer=True),
    **dict(_program("StayApi", "stay")),
    **dict(_program("TreatmentApi", "treatment")),
    **dict(_program("ActivityApi", "activity")),
    **dict(_program("CaseAccessApi", "case_access")),
    **dict(_program("ContactApi", "contact")),
    **dict(_program("ExposureApi", "exposure")),
    **dict(_program("ObservationApi", "observation")),
    **dict(_program("NotificationApi", "notification")),
    **dict(_program("InstitutionApi", "institution", record="none")),
    **dict(_program("DiseaseApi", "disease", record="none")),
    **dict(_generated("ApiKeyView", "api_key", "none")),
    "ApiKeyView.revoke": Door("api_key", "revoke", "none"),
    "ExportView.ask": Door("case", "export", values={"resource": "case"}),
    "AccountView.list": Door("account", "list"),
    "AccountView.below": Door("account", "list"),
    "AccountView.show": Door("account", "show", "none"),
    "AccountView.add": Door("account", "add"),
    "AccountView.edit": Door("account", "edit", "none"),
    "AccountView.step": Door("account", "edit", "none", values={"step": "lock"}),
    "BulkView.start": Door("account", "import"),
    "BulkView.template": Door("account", "import"),
    "BulkView.show": Door("account", "import", "none"),
    "BulkView.apply": Door("account", "import", "none"),
    "BulkView.letters": Door("account", "print", "none"),
    "LetterView.letters": Door("account", "print"),
    "LetterView.mails": Door("account", "print"),
    "JobView.list": Door("job", "list"),
    "JobView.show": Door("job", "show", "none", "job_id"),
    "JobView.state": Door("job", "show", "none", "job_id"),
    "JobView.cancel": Door("job", "show", "none", "job_id"),
    "JobView.download": Door("job", "download", "none", "job_id"),
    **dict(_generated("InstitutionView", "institution", "none")),
    "InstitutionTreeView.tree": Door("institution_tree", "show"),
    "InstitutionTreeView.node": Door("institution_tree", "show", "none"),
    "InstitutionStepsView.use": Door("institution", "switch", "none"),
    "InstitutionStepsView.move": Door("institution", "move", "none"),
    "InstitutionStepsView.close": Door("institution", "close", "none"),
    "CentreAreaView.area": Door("centre_area", "show", "none"),
    "CentreAreaView.add": Door("centre_area", "edit", "none"),
    **dict(_generated("DiseaseView", "disease", "none")),
    **dict(_generated("DiseaseOptionView", "disease_option", "none")),
    **dict(_generated("DailyReportView", "daily_report", "none")),
    **dict(_generated("CaseView", "case", "case")),
    "CaseSharingView.related": Door("case", "relate", "case"),
    "HospitalCourseView.edit": Door(
        "hospital_course", "edit", "case", values={"admission": "latest"}
    ),
    "CaseSharingView.end": Door("case", "relate", "none", values={"access": "1"}),
    "NotificationView.list": Door("notification", "list"),
    "NotificationView.show": Door("notification", "show", "notification"),
    "NotificationView.add": Door("notification", "add"),
    "NotificationView.history": Door("notification", "history", "notification"),
    "NotificationView.history_print": Door("notification", "history", "notification"),
    "NotificationView.edit": Door("notification", "edit", "notification", party_only=True),
    "NotificationView.still_editing": Door("notification", "edit", "notification"),
    "NotificationView.correct": Door("notification", "edit", "notification", party_only=True),
    "NotificationView.withdraw": Door("notification", "edit", "notification", party_only=True),
    "NotificationView.discard": Door("notification", "edit", "notification", party_only=True),
    "NotificationView.autosave": Door("notification", "add"),
    "NotificationView.autosave_draft": Door(
        "notification", "edit", "notification", party_only=True
    ),
    "WorklistView.list": Door("lab_result", "list"),
    "WorklistView.save": Door("lab_result", "edit"),
    "WorklistView.workbook": Door("lab_result", "list"),
    "WorklistView.file": Door("lab_result", "edit"),
    "WorklistView.outcome": Door("lab_result", "list", "none"),
    "WorklistView.marked": Door("lab_result", "list", "none"),
    "PositiveView.list": Door("notification", "add"),
    "PositiveView.notify": Door("notification", "add", "lab_test"),
    "SuspicionView.clear": Door("suspicion", "clear", "case"),
    "BookView.start": Door("notification", "add"),
    "BookView.template": Door("notification", "add"),
    "BookView.show": Door("notification", "add", "none"),
    "BookView.state": Door("notification", "add", "none"),
    "BookView.submit": Door("notification", "add", "none"),
    "BookView.marked": Door("notification", "add", "none"),
    "TableView.list": Door("table", "list"),
    "TableView.upload": Door("table", "add"),
    "TableView.show": Door("table", "list", "none"),
    "TableView.correct": Door("table", "edit", "none"),
    "TableView.sheet": Door("table", "edit", "none"),
    "TableView.forget": Door("table", "edit", "none"),
    "NotificationView.drafts": Door("notification", "add"),
    "NotificationView.pdf": Door("notification", "show", "notification"),
    "NotificationView.blank": Door("notification", "add"),
    "NotificationView.blank_pdf": Door("notification", "add"),
    "NotificationView.add_of": Door("notification", "add", values={"disease": "measles"}),
    "NotificationView.diseases": Door("notification", "add"),
    "NotificationView.duplicates": Door("notification", "accept", "notification"),
    "NotificationView.forward": Door("notification", "forward", "notification"),
    "NotificationView.accept": Door("notification", "accept", "notification"),
    "NotificationView.send_back": Door("notification", "return", "notification"),
    "NotificationView.action": Door(
        "notification", "no_such_action", "notification", values={"name": "forged"}
    ),
    "NotificationView.action_post": Door(
        "notification", "no_such_action", query={"name": "forged"}
    ),
    "PaperScanView.list": Door("paper_scan", "list"),
    "PaperScanView.add": Door("paper_scan", "add"),
    "PaperScanView.show": Door("paper_scan", "show", "none"),
    "PaperScanView.page": Door("paper_scan", "show", "none", values={"number": "1"}),
    "PaperScanView.claim": Door("paper_scan", "edit", "none"),
    "PaperScanView.release": Door("paper_scan", "edit", "none"),
    "PaperScanView.match": Door("paper_scan", "edit", "none"),
    "PaperScanView.attach": Door("paper_scan", "edit", "none"),
    "PaperScanView.discard": Door("paper_scan", "edit", "none"),
    "PaperScanView.check": Door("paper_scan", "check", "none"),
    "BundleDeskView.list": Door("paper_bundle", "list"),
    "BundleDeskView.workbook": Door("paper_bundle", "list"),
    "BundleDeskView.show": Door("paper_bundle", "show", "none"),
    "BundleDeskView.label": Door("paper_bundle", "show", "none"),
    "BundleDeskView.begin": Door("paper_bundle", "type", "none"),
    "BundleDeskView.scans": Door("paper_bundle", "type", "none"),
    "BundleDeskView.follow_up": Door("paper_bundle", "type", "none"),
    "BundleDeskView.leave_out": Door("paper_bundle", "type", "none", values={"number": "1"}),
    "BundleDeskView.sample": Door("paper_bundle", "check", "none"),
    "BundleDeskView.look": Door("paper_bundle", "check", "none", values={"number": "1"}),
    "BundleDeskView.finish": Door("paper_bundle", "check", "none"),
    "BundleDeskView.back": Door("paper_bundle", "check", "none"),
    **dict(_generated("PaperBundleView", "paper_bundle", "none")),
    "ReturneeListView.list": Door("returnee_list", "list"),
    "ReturneeListView.add": Door("returnee_list", "add"),
    "ReturneeListView.template": Door("returnee_list", "add"),
    "ReturneeListView.show": Door("returnee_list", "list", "none"),
    "ReturneeListView.apply": Door("returnee_list", "add", "none"),
    "ReturneeListView.discard": Door("returnee_list", "add", "none"),
    "ReturneeListView.marked": Door("returnee_list", "list", "none"),
    **dict(_generated("ReturneeView", "returnee", "none")),
    "TakingOverView.list": Door("returnee", "take"),
    "TakingOverView.all": Door("returnee", "take"),
    "TakingOverView.take": Door("returnee", "take", "none"),
    "TakingOverView.close": Door("returnee", "take", "none"),
    "TakingOverView.back": Door("returnee", "take", "none"),
    "UnassignedView.list": Door("returnee", "assign"),
    "UnassignedView.assign": Door("returnee", "assign", "none"),
    **dict(_generated("PersonView", "person", "person")),
    **dict(_generated("LabTestView", "lab_test", "lab_test", case_id="case")),
    # Only the institution that entered a test changes it.
    "LabTestView.edit": Door("lab_test", "edit", "lab_test", party_only=True),
    "LabTestView.still_editing": Door("lab_test", "edit", "lab_test", party_only=True),
    **dict(_generated("StayView", "stay", "stay", case_id="case")),
    **dict(_generated("TreatmentView", "treatment", "treatment", case_id="case")),
    **dict(_generated("ActivityView", "activity", "activity", case_id="case")),
    **dict(_generated("CaseAccessView", "case_access", "case_access")),
    # The cast has no request yet: who meets one is told in tests/coordination.
    **dict(_generated("PlacementRequestView", "placement_request", "none", case_id="case")),
    **dict(_generated("PlacementOfferView", "placement_offer", "none")),
    "CoordinationView.board": Door("placement_request", "list"),
    "CoordinationView.offer": Door("placement_request", "offer", "none"),
    "CoordinationView.accept": Door("placement_request", "accept", "none"),
    "CoordinationView.refuse": Door("placement_request", "refuse", "none"),
    "CoordinationView.withdraw": Door("placement_request", "withdraw", "none"),
    "CoordinationView.transport": Door("placement_request", "transport", "none"),
    "CoordinationView.arrive": Door("placement_request", "arrive", "none"),
    "CoordinationView.cancel": Door("placement_request", "cancel", "none"),
    **dict(_generated("BedReportView", "bed_report", "none")),
    **dict(_generated("HotelRoomView", "hotel_room", "none")),
    "RoomView.rooms": Door("hotel_room", "edit"),
    "RoomView.assign": Door("hotel_room", "edit", "none"),
    "RoomView.move": Door("hotel_room", "edit", "none"),
    "RoomView.leave": Door("hotel_room", "edit", "none"),
    # Without a meeting server whoever sees the case is told so (409).
    "MeetingView.of_case": Door("meeting", "open", "case"),
    "MeetingView.of_placement": Door("meeting", "open", "none"),
    **dict(_generated("ContactView", "contact", "contact", case_id="case")),
    **dict(_generated("ExposureView", "exposure", "exposure", contact_id="contact")),
    **dict(_generated("ObservationView", "observation", "observation", case_id="case")),
    "ActivitySheetView.days": Door("activity", "edit", "case"),
    "SharedPlaceView.places": Door("chain", "places"),
    "ContactGridView.grid": Door("contact", "add", "case", "?case_id"),
    "HouseholdView.household": Door("contact", "add", "case", "?case_id"),
    "CaseSourceView.source": Door("exposure", "add", "case"),
    "ChainView.page": Door("chain", "show"),
    "ChainView.download": Door("chain", "export", query={"format": "svg"}),
    **dict(_generated("ClusterView", "cluster", "none")),
    **dict(_generated("ClusterMemberView", "cluster_member", "none")),
    "ClusterCurveView.curve": Door("cluster", "show", "none"),
    "ContactView.notify": Door("contact", "notify", "contact"),
    "ContactView.convert": Door("contact", "convert", "contact"),
    "BoardView.list": Door("board", "list"),
    "BoardView.pulse": Door("board", "list"),
    "BoardView.next": Door("board", "call"),
    "BoardView.call": Door("board", "call", "observation_plan"),
    "BoardView.overview": Door("board", "overview"),
    "BoardStaffView.load": Door("board", "assign"),
    "BoardStaffView.assign": Door("board", "assign"),
    "BoardStaffView.balance": Door("board", "assign"),
    **dict(_generated("PlanView", "observation_plan", "observation_plan")),
    "PlanView.of_case": Door("observation_plan", "show", "case"),
    "PlanView.of_contact": Door("observation_plan", "show", "contact"),
    "PlanView.hand_over": Door("observation_plan", "hand_over", "observation_plan"),
    "SymptomFileView.case": Door("observation", "show", "case"),
    "SymptomFileView.contact": Door("observation", "show", "contact"),
    "CaseSymptomsView.symptoms": Door("observation", "show", "case"),
    "ContactSymptomsView.symptoms": Door("observation", "show", "contact"),
    "BreakGlassView.open": Door("break_glass", "open"),
    "BreakGlassView.end": Door("break_glass", "open", "none"),
    "BreakGlassView.list": Door("break_glass", "list"),
    "BreakGlassView.show": Door("break_glass", "acknowledge", "none"),
    # The cast's cases have no finding and no question: who meets one is told in tests/quality.
    "QualityView.list": Door("quality_finding", "list"),
    "QualityView.next": Door("quality_finding", "list"),
    "QualityView.show": Door("quality_finding", "list", "none"),
    "QualityView.fix": Door("quality_finding", "edit", "none"),
    "QualityView.check": Door("quality_finding", "check", "none"),
    "QualityView.case": Door("quality_finding", "list", "case"),
    "QualityQuestionView.list": Door("quality_question", "list"),
    "QualityQuestionView.ask": Door("quality_question", "add", "case", "?case_id"),
    "QualityQuestionView.show": Door("quality_question", "answer", "none"),
    "QualityQuestionView.close": Door("quality_question", "close", "none"),
    "QualityIndicatorView.page": Door("quality_indicator", "show"),
    "QualityIndicatorView.download": Door("quality_indicator", "download"),
    "QualitySheetView.page": Door("quality_sheet", "show"),
    "QualitySheetView.make": Door("quality_sheet", "make"),
    "QualitySheetView.own": Door("quality_sheet", "download"),
    "LookView.list": Door("look", "list"),
    "LookView.number": Door("look", "number"),
    "LookView.export": Door("look", "export"),
    "LookView.printed": Door("home", "show"),
    "PersonLookView.search": Door("look", "person"),
    "PersonLookView.show": Door("look", "person", "person"),
    "PersonLookView.export": Door("look", "person", "person"),
    "UnusualView.list": Door("look", "unusual"),
    "UnusualView.show": Door("look", "unusual", "none"),
    **dict(_generated("RetentionRuleView", "retention_rule", "none")),
    **dict(_generated("RetentionEntryView", "retention_entry", "none")),
    **dict(_generated("RetentionHoldView", "retention_hold", "none", case_id="case")),
    "RetentionHoldView.release": Door("retention_hold", "release", "none"),
    "MessageView.list": Door("message", "list"),
    "MessageView.again": Door("message", "send", "none"),
    "TemplateView.list": Door("message_template", "list"),
    "TemplateView.edit": Door(
        "message_template",
        "edit",
        values={"purpose": "reminder", "channel": "sms", "language": "ja"},
    ),
    "TemplateView.drop": Door(
        "message_template",
        "edit",
        values={"purpose": "reminder", "channel": "sms", "language": "ja"},
    ),
    "ReportingView.case": Door("patient_link", "show", "case"),
    "ReportingView.invite_case": Door("patient_link", "edit", "case"),
    "ReportingView.contact": Door("patient_link", "show", "contact"),
    "ReportingView.invite_contact": Door("patient_link", "edit", "contact"),
    "PatientLinkView.list": Door("patient_link", "list"),
    "PatientLinkView.close": Door("patient_link", "edit", "none"),
    "PatientLinkView.note": Door("patient_link", "edit", "none"),
    "PatientLinkView.letter": Door("patient_link", "edit", "none"),
    **dict(_generated("PatientPageRuleView", "patient_page_rule", "none")),
    "PatientView.begin": Door("open", "", values={"token": "1.forged"}),
    "PatientView.today": Door("open", ""),
    "PatientView.member": Door("open", "", values={"place": "0"}),
    "PatientView.thanks": Door("open", ""),
    "PatientView.past": Door("open", ""),
    "PatientView.graph": Door("open", "", values={"place": "0"}),
    "PatientView.finish": Door("open", ""),
    "PatientView.stop": Door("open", ""),
    "VoiceCallView.list": Door("voice_call", "list"),
    "VoiceCallView.case": Door("voice_call", "show", "case"),
    "VoiceCallView.contact": Door("voice_call", "show", "contact"),
    "VoiceView.begin": Door("open", "", values={"token": "forged"}),
    "VoiceView.keys": Door("open", "", values={"token": "forged", "turn": "0"}),
    "VoiceView.status": Door("open", "", values={"token": "forged"}),
    "ProcessingNumberView.issue": Door("processing_number", "issue", "case"),
    "VerificationView.verify": Door("open", ""),
    "DeliveryView.report": Door("open", ""),
    "StatisticsView.page": Door("statistics", "show"),
    "SurgeView.page": Door("surge", "show"),
    "SurgeView.turn": Door("surge", "edit"),
    "StatisticsView.download": Door("statistics", "download"),
    "AnalysisView.page": Door("analysis", "show"),
    "AnalysisView.download": Door("analysis", "download"),
    "AnalysisView.compute": Door("analysis", "show"),
    "AnalysisView.save": Door("analysis", "save"),
    "AnalysisView.saved": Door("analysis", "show", "none"),
    "AnalysisView.remove": Door("analysis", "save", "none"),
}
