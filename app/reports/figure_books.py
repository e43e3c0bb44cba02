"""The workbooks of supervisors: by day, by week, by month. Figures, and nobody in them."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from flask_babel import lazy_gettext as _l

from app.audit.signing import maker_of
from app.core import clock
from app.core.errors import InvalidState
from app.core.labels import Label
from app.reports.book import Front, ReportBook
from app.reports.declared_tables import beds, tests
from app.reports.figure_tables import (
    PLACES,
    Table,
    asked_of,
    by_place,
    curve,
    recent_by_place,
    status,
    summary,
)
from app.reports.followed_table import followed
from app.reports.kind import Made, Making, ReportKind
from app.reports.profile_table import ages
from app.reports.wording import conditions_of
from app.statistics.areas import Area, Level, standing_of
from app.statistics.definitions import NOTES

DAILY_CURVE, WEEKLY_CURVE = 28, 56
NOT_DECLARED = Label(
    "病床・検査の表は、申告・入力された値があり、あなたの役割で閲覧できる場合にだけ含まれる。",
    "Tables of beds and tests are there where values were declared and your role may see them.",
)


def build(making: Making) -> Made:
    """Write the tables of the kind; sums that do not agree throw the file away."""
    tables = list(_TABLES[making.kind.key](making))
    made = Made(expected=sum(len(one.rows) for one in tables), tables=len(tables))
    making.progress(0, len(tables))
    with ReportBook(making.path, title=str(making.kind.label), place=making.place) as book:
        for number, one in enumerate(tables, start=1):
            _check(one)
            write_table(book, one)
            making.progress(number, len(tables))
        book.finish_front(
            Front(
                f"{making.kind.label}　{making.place}",
                maker_of(making.by),
                clock.now(),
                conditions_of(making),
                [str(note) for note in (*NOTES, NOT_DECLARED)],
            )
        )
        made.rows, made.shortened = book.rows, book.shortened
    return made


def write_table(book: ReportBook, one: Table) -> None:
    """A table, and its charts on the page behind it."""
    table = book.report_table(
        one.name, one.title, one.columns, one.rows, lines=one.lines, widths=one.widths
    )
    if one.charts and one.rows:
        book.charts_of(table, one.charts)


def _check(one: Table) -> None:
    if one.control is not None and one.control[0] != one.control[1]:
        raise InvalidState(_l("The figures of a table did not add up. Please try again."))


def _daily(making: Making) -> Iterator[Table]:
    wanted = making.wanted
    asked, area, on = asked_of(wanted), wanted.area, wanted.last
    yield summary(asked, _population(making), name="主要指標", title="主要指標（当日・前日）")
    for level in levels_below(area):
        words = str(PLACES[level])
        yield recent_by_place(asked, level, name=f"{words}別", title=f"{words}別 新規陽性者数")
    yield curve(asked, days=DAILY_CURVE, title="日別の推移（直近28日間）")
    for level in levels_below(area)[:1]:
        words = str(PLACES[level])
        yield status(asked, level, name=f"療養状況（{words}別）", title=f"療養状況（{words}別）")
    yield from _declared(making, on - timedelta(days=DAILY_CURVE - 1))
    if on == clock.today():
        yield followed(area, by=making.by, name="健康観察", title="健康観察の状況（作成時点）")


def _weekly(making: Making) -> Iterator[Table]:
    wanted = making.wanted
    asked, area = asked_of(wanted), wanted.area
    yield summary(asked, _population(making), name="主要指標", title="主要指標（今回・前回）")
    yield curve(asked, days=WEEKLY_CURVE, title="流行曲線（日別）")
    for level in levels_below(area):
        words = str(PLACES[level])
        yield by_place(asked, level, name=f"{words}別", title=f"{words}別の患者数")
    yield ages(asked, name="年代・性別", title="年代・性別の新規陽性者数")
    for level in levels_below(area):
        words = str(PLACES[level])
        yield status(asked, level, name=f"療養状況（{words}別）", title=f"療養状況（{words}別）")
    yield from _declared(making, asked.first)


def _declared(making: Making, first: date) -> Iterator[Table]:
    wanted = making.wanted
    for one in (
        beds(wanted.area, wanted.last, name="病床", title="病床の確保・使用状況"),
        tests(wanted.area, first, wanted.last, name="検査", title="検査・相談の件数"),
    ):
        if one is not None:
            yield one


def levels_below(area: Area) -> Sequence[Level]:
    """Into what an area is broken down, coarsest first."""
    if area.centre_id is not None:
        return ("centre",)
    if area.authority_id is not None:
        return ("centre",)
    return ("authority", "centre") if area.prefecture_code else ("prefecture", "authority")


def _population(making: Making) -> int | None:
    return standing_of(making.wanted.area).population


_TABLES = {"daily": _daily, "weekly": _weekly, "monthly": _weekly}
_TABLE_NAMES = (
    Label("主要指標", "Main indicators"),
    Label("流行曲線（日別）", "Epidemic curve by day"),
    Label("地域・機関別の患者数", "Cases by place"),
    Label("療養状況", "Places of care"),
    Label("病床", "Beds"),
    Label("検査・相談", "Tests and calls"),
)
_FOLLOWED = Label("健康観察（当日のみ）", "Followed, for today only")
_AGES = Label("年代・性別", "Age group and sex")
DAILY = ReportKind(
    "daily",
    Label("日報", "Daily workbook"),
    Label(
        "その日の新規陽性者数、療養状況、病床、検査を地域・機関別にまとめた監督者向けのブック。",
        "New cases, places of care, beds and tests of a day by place, for supervisors.",
    ),
    "day",
    holds_people=False,
    contents=(*_TABLE_NAMES, _FOLLOWED),
    build=build,
)
WEEKLY = ReportKind(
    "weekly",
    Label("週報", "Weekly workbook"),
    Label(
        "1週間（月曜～日曜）の患者数と週末現在の療養状況をまとめた監督者向けのブック。",
        "Cases of a week (Monday to Sunday) and places of care at its end, for supervisors.",
    ),
    "week",
    holds_people=False,
    contents=(*_TABLE_NAMES, _AGES),
    build=build,
)
MONTHLY = ReportKind(
    "monthly",
    Label("月報", "Monthly workbook"),
    Label(
        "1か月の患者数と月末現在の療養状況をまとめたブック。",
        "Cases of a month and places of care at its end.",
    ),
    "month",
    holds_people=False,
    contents=(*_TABLE_NAMES, _AGES),
    build=build,
)
