"""Notifications, cases and those who are followed: the work of every day."""

from app.chains.views import TITLE as CHAINS
from app.coordination.codes import COORDINATION
from app.coordination.queries import to_do_count
from app.core.labels import Label
from app.laboratory import screens as laboratory
from app.menu.entries import Entry, Group
from app.portal.queries import to_be_noted
from app.quarantine import screens as quarantine

PEOPLE = (
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
)
