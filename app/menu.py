"""The menu: what stands where. Screens are in ``screens.py``, what is shown in ``menu_bar.py``."""

from collections.abc import Callable
from dataclasses import dataclass

from app.analysis.words import TITLE as FREE_ANALYSIS
from app.breakglass.queries import waiting_count
from app.chains.views import TITLE as CHAINS
from app.coordination.codes import COORDINATION
from app.coordination.queries import to_do_count
from app.core.labels import Label
from app.institutions.tree_views import BRANCH
from app.laboratory import screens as laboratory
from app.looks.queries import unusual_count
from app.portal.queries import to_be_noted
from app.portal.rule_views import RULES
from app.publication.asof_views import AS_KNOWN
from app.publication.views import PUBLICATIONS
from app.quality.codes import INDICATORS, MONTHLY, QUALITY, QUESTIONS, QUEUE
from app.quality.queries import questions_waiting
from app.quarantine import screens as quarantine
from app.security.actor import Actor


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
                Label("紙資料の入力", "Paper to be typed in"),
                "BundleDeskView.list",
                "paper_bundle",
                icon="inbox",
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
            Entry(
                COORDINATION,
                "CoordinationView.board",
                "placement_request",
                icon="bed",
                count=to_do_count,
            ),
            Entry(Label("病床の申告", "Declared beds"), "BedReportView.list", "bed_report"),
            Entry(Label("部屋の使用状況", "Who is where"), "RoomView.rooms", "hotel_room", "edit"),
        ),
    ),
    Group(
        Label("健康観察・接触者", "Follow-up"),
        (
            Entry(
                Label("今日の健康観察", "Health observation today"),
                "BoardView.list",
                "board",
                icon="heart",
            ),
            Entry(
                Label("健康観察の状況（機関別）", "Health observation by institution"),
                "BoardView.overview",
                "board",
                "overview",
                "chart",
            ),
            Entry(
                Label("健康観察", "Health observations"),
                "ObservationView.list",
                "observation",
                icon="heart",
            ),
            Entry(Label("接触者一覧", "Contacts"), "ContactView.list", "contact", icon="people"),
            Entry(
                Label("入国者の引継ぎ", "New returnees"),
                "TakingOverView.list",
                "returnee",
                "take",
                "inbox",
                quarantine.new_count,
            ),
            Entry(
                Label("担当未定の入国者", "Returnees, unassigned"),
                "UnassignedView.list",
                "returnee",
                "assign",
                "inbox",
                quarantine.new_count,
            ),
            Entry(
                Label("検疫所の名簿", "Lists of returnees"),
                "ReturneeListView.list",
                "returnee_list",
                icon="document",
            ),
            Entry(
                Label("同一人の確認（名寄せ）", "One person once"),
                "MatchView.list",
                "match_pair",
                icon="people",
            ),
            Entry(
                Label("本人入力ページ", "Reporting pages"),
                "PatientLinkView.list",
                "patient_link",
                icon="person",
                count=to_be_noted,
            ),
            Entry(
                Label("自動架電", "Automatic calls"),
                "VoiceCallView.list",
                "voice_call",
                icon="phone",
            ),
            Entry(Label("メッセージ", "Messages"), "MessageView.list", "message", icon="inbox"),
            Entry(CHAINS, "ChainView.page", "chain", "show", "chart"),
            Entry(
                Label("共通の場所", "Shared places"),
                "SharedPlaceView.places",
                "chain",
                "places",
                "search",
            ),
            Entry(
                Label("クラスター一覧", "Clusters"), "ClusterView.list", "cluster", icon="people"
            ),
        ),
    ),
    Group(
        Label("統計", "Statistics"),
        (
            Entry(Label("集計", "Figures"), "StatisticsView.page", "statistics", "show", "chart"),
            Entry(FREE_ANALYSIS, "AnalysisView.page", "analysis", "show", "chart"),
            Entry(AS_KNOWN, "AsKnownView.page", "statistics", "show", "history"),
            Entry(PUBLICATIONS, "PublicationView.list", "publication", icon="document"),
            Entry(Label("検査・相談の件数", "Tests and calls"), "AreaCountView.list", "area_count"),
        ),
    ),
    Group(
        QUALITY,
        (
            Entry(QUEUE, "QualityView.list", "quality_finding", icon="check"),
            Entry(
                QUESTIONS,
                "QualityQuestionView.list",
                "quality_question",
                icon="inbox",
                count=questions_waiting,
            ),
            Entry(
                INDICATORS, "QualityIndicatorView.page", "quality_indicator", "show", icon="chart"
            ),
            Entry(MONTHLY, "QualitySheetView.page", "quality_sheet", "show", icon="document"),
        ),
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
            Entry(RULES, "PatientPageRuleView.list", "patient_page_rule", icon="person"),
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
        Label("保存期限", "Retention"),
        (
            Entry(
                Label("匿名化予定一覧", "Preview of anonymisation"),
                "RetentionEntryView.list",
                "retention_entry",
                icon="clock",
            ),
            Entry(Label("保存の保留", "Legal holds"), "RetentionHoldView.list", "retention_hold"),
            Entry(
                Label("保存期限", "Retention periods"), "RetentionRuleView.list", "retention_rule"
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
            Entry(
                Label("表データの取込", "Tables from outside"),
                "TableView.list",
                "table",
                icon="upload",
            ),
            Entry(
                Label("ファイル取込", "Import of files"),
                "ImportView.list",
                "import_batch",
                icon="upload",
            ),
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
