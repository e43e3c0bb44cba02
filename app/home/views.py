"""The front page of each role: counts that lead to their lists."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import redirect, render_template, request, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _
from sqlalchemy import Select, select
from werkzeug.wrappers import Response

from app.accounts.dormancy import soon_dormant
from app.accounts.models import Account
from app.accounts.reviews import awaiting_review, overdue_accounts
from app.cases.models import Case
from app.contacts.models import Contact
from app.coordination.models import PlacementRequest
from app.core.labels import Label
from app.generated.arguments import only_known
from app.generated.hooks import may, signed_in
from app.generated.listing import capped_count, capped_counts
from app.intake.models import PaperScan
from app.notifications.models import Notification
from app.quality.queries import imported_statement, open_statement
from app.security.roles import role_of

COUNT_LIMIT = 999


@dataclass(frozen=True)
class Tile:
    """A count on the front page and the list it leads to."""

    resource: str
    label: Label
    statement: Callable[[], Select[Any]]
    endpoint: str
    filters: dict[str, Any]
    tone: str = "info"
    besides: tuple[Callable[[str], str], Callable[[], Select[Any]]] | None = None
    """What the count leaves out: its sentence, made with the number, and its statement."""


@dataclass(frozen=True, slots=True)
class ShownTile:
    """A tile as the page draws it; ``count`` is cut off at 999. ``note``: what it leaves out."""

    label: str
    count: int
    capped: bool
    url: str
    tone: str
    note: str = ""


TILES = (
    Tile(
        "notification",
        Label("受理待ちの発生届", "Notifications awaiting acceptance"),
        lambda: select(Notification).where(Notification.state == "submitted"),
        "NotificationView.list",
        {"state": "submitted"},
        "warning",
    ),
    Tile(
        "paper_scan",
        Label("入力待ちのFAX", "Faxes waiting to be typed"),
        lambda: select(PaperScan).where(PaperScan.state == "received"),
        "PaperScanView.list",
        {},
        "warning",
    ),
    Tile(
        "notification",
        Label("差し戻された発生届", "Returned notifications"),
        lambda: select(Notification).where(Notification.state == "returned"),
        "NotificationView.list",
        {"state": "returned"},
        "danger",
    ),
    Tile(
        "case",
        Label("入院・療養先調整中", "Waiting for a place of care"),
        lambda: select(Case).where(Case.status == "waiting"),
        "CaseView.list",
        {"status": "waiting"},
        "warning",
    ),
    Tile(
        "placement_request",
        Label("回答待ちの打診", "Places asked, no answer yet"),
        lambda: select(PlacementRequest).where(PlacementRequest.state == "offered"),
        "CoordinationView.board",
        {"state": "offered"},
        "warning",
    ),
    Tile(
        "placement_request",
        Label("受入決定（搬送前）", "Accepted, not yet on the way"),
        lambda: select(PlacementRequest).where(PlacementRequest.state == "accepted"),
        "CoordinationView.board",
        {"state": "accepted"},
    ),
    Tile(
        "case",
        Label("入院中（重症）", "In hospital (severe)"),
        lambda: select(Case).where(Case.status == "hospitalised_severe"),
        "CaseView.list",
        {"status": "hospitalised_severe"},
        "danger",
    ),
    Tile(
        "case",
        Label("自宅療養中", "At home"),
        lambda: select(Case).where(Case.status == "home"),
        "CaseView.list",
        {"status": "home"},
    ),
    Tile(
        "contact",
        Label("健康観察中の接触者", "Contacts under observation"),
        lambda: select(Contact).where(Contact.status == "under_observation"),
        "ContactView.list",
        {"status": "under_observation"},
    ),
    Tile(
        "quality_finding",
        Label("精度管理の未処理", "Data quality: to be checked"),
        open_statement,
        "QualityView.list",
        {},
        "warning",
        (lambda number: _("Besides, from imports: %(number)s", number=number), imported_statement),
    ),
    Tile(
        "account_review",
        Label("期限を過ぎた棚卸（未確認のアカウント）", "Accounts whose review is overdue"),
        overdue_accounts,
        "AccountReviewView.sheet",
        {},
        "danger",
    ),
    Tile(
        "account_review",
        Label("今期の棚卸が済んでいないアカウント", "Accounts not reviewed in this quarter"),
        lambda: select(Account).where(awaiting_review()),
        "AccountReviewView.sheet",
        {},
        "warning",
    ),
    Tile(
        "account_review",
        Label(
            "長期間使われず、まもなく停止されるアカウント",
            "Accounts soon suspended for not being used",
        ),
        lambda: select(Account).where(soon_dormant()),
        "AccountReviewView.sheet",
        {},
        "warning",
    ),
)


class HomeView(BaseView):
    """``/``: counts for those who work with cases, the figures for those who read them."""

    route_base = ""
    class_permission_name = "home"
    default_view = "index"

    @expose("/")
    def index(self) -> Response | str:
        """The front page."""
        actor = signed_in()
        only_known(request.args, ())
        tiles = tuple(_shown(tile) for tile in TILES if may("list", tile.resource))
        if not tiles and may("show", "statistics"):
            return redirect(url_for("StatisticsView.page"), 303)
        return render_template(
            "home/home.html",
            title=_("Today"),
            tiles=tiles,
            can_notify=may("add", "notification"),
            has_figures=may("show", "statistics"),
            role=role_of(actor.role).label,
        )


def _shown(tile: Tile) -> ShownTile:
    url, note = url_for(tile.endpoint, **tile.filters), ""
    if tile.besides is None:
        count, capped = capped_count(tile.statement(), COUNT_LIMIT)
    else:
        said, others = tile.besides
        (count, capped), left_out = capped_counts([tile.statement(), others()], COUNT_LIMIT)
        if left_out[0]:
            note = said(f"{left_out[0]}+" if left_out[1] else str(left_out[0]))
    return ShownTile(str(tile.label), count, capped, url, tile.tone, note)
