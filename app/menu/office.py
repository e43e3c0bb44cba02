"""Figures, oversight, master data and accounts: the work behind the work."""

from app.analysis.words import TITLE as FREE_ANALYSIS
from app.breakglass.queries import waiting_count
from app.core.labels import Label
from app.dashboards.views import DASHBOARD
from app.institutions.tree_views import BRANCH
from app.looks.queries import unusual_count
from app.menu.entries import Entry, Group
from app.planning.words import BED_PLAN, CLUSTERS, DELAYS, OUTLOOK
from app.populations.views import POPULATIONS
from app.portal.rule_views import RULES
from app.publication.asof_views import AS_KNOWN
from app.publication.views import PUBLICATIONS
from app.quality.codes import INDICATORS, MONTHLY, QUALITY, QUESTIONS, QUEUE
from app.quality.queries import questions_waiting
from app.reports.schedules.views import SCHEDULED
from app.reports.views import REPORTS
from app.statistics.definition_views import DEFINITIONS

OFFICE = (
    Group(
        Label("統計", "Statistics"),
        (
            Entry(DASHBOARD, "DashboardView.page", "statistics", "show", "chart"),
            Entry(Label("集計", "Figures"), "StatisticsView.page", "statistics", "show", "chart"),
            Entry(FREE_ANALYSIS, "AnalysisView.page", "analysis", "show", "chart"),
            Entry(CLUSTERS, "ClusterSumsView.page", "planning", "show", "chart"),
            Entry(DELAYS, "DelayView.page", "planning", "show", "clock"),
            Entry(OUTLOOK, "PlanningView.page", "planning", "show", "chart"),
            Entry(BED_PLAN, "BedPlanView.page", "planning", "show", "chart"),
            Entry(DEFINITIONS, "DefinitionsView.page", "statistics", "show", "book"),
        ),
    ),
    Group(
        Label("報告・公表", "Reports and publication"),
        (
            Entry(
                REPORTS,
                "ReportView.list",
                "report",
                icon="download",
                also=("ReportLayoutView", "CareSurveyView"),
            ),
            Entry(SCHEDULED, "ReportScheduleView.list", "report", icon="calendar"),
            Entry(PUBLICATIONS, "PublicationView.list", "publication", icon="document"),
            Entry(AS_KNOWN, "AsKnownView.page", "statistics", "show", "history"),
            Entry(Label("検査・相談の件数", "Tests and calls"), "AreaCountView.list", "area_count"),
        ),
    ),
    Group(
        QUALITY,
        (
            Entry(
                QUEUE,
                "QualityView.list",
                "quality_finding",
                icon="check",
                also=("QualityCheckView",),
            ),
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
            Entry(POPULATIONS, "PopulationView.page", "population", "show", "chart"),
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
