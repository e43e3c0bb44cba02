"""Dates as Japanese offices write them, read in any form and shown in one.

Read (full-width signs, surrounding blanks and every kind of hyphen accepted):

=====================  ==========================================================
Western                ``2020/4/30`` ``2020-04-30`` ``2020.4.30`` ``20200430``
                       ``2020年4月30日``
Japanese era           ``R2.4.30`` ``r2/4/30`` ``R2-4-30`` ``R020430`` ``令2.4.30``
                       ``令和2年4月30日`` ``令和元年5月1日`` ``㍻31.4.30``
=====================  ==========================================================
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo

from app.core.clock import TOKYO, in_japan
from app.core.japanese import hyphenated
from app.core.labels import Label, current_language
from app.core.problems import InputProblem

EARLIEST = date(1873, 1, 1)
"""Japan counts by the Gregorian calendar since this day."""
LATEST = date(2100, 12, 31)


@dataclass(frozen=True, slots=True)
class Era:
    """A Japanese era. ``ends_on`` is the last day that may be written in it.

    The days on which 明治 and 大正 ended belong to both eras.
    """

    name: str
    letter: str
    english: str
    begins_on: date
    ends_on: date | None

    def year_of(self, day: date) -> int:
        """The year of this era in which ``day`` lies; 1 is 元年."""
        return day.year - self.begins_on.year + 1


ERAS = (
    Era("明治", "M", "Meiji", date(1868, 1, 25), date(1912, 7, 30)),
    Era("大正", "T", "Taisho", date(1912, 7, 30), date(1926, 12, 25)),
    Era("昭和", "S", "Showa", date(1926, 12, 25), date(1989, 1, 7)),
    Era("平成", "H", "Heisei", date(1989, 1, 8), date(2019, 4, 30)),
    Era("令和", "R", "Reiwa", date(2019, 5, 1), None),
)
_BY_INITIAL = {initial: era for era in ERAS for initial in (era.letter, era.name[0])}

_WESTERN = re.compile(
    r"(?P<y>[0-9]{4})(?:年(?P<m>[0-9]{1,2})月(?P<d>[0-9]{1,2})日"
    r"|(?P<s>[-./])(?P<m2>[0-9]{1,2})(?P=s)(?P<d2>[0-9]{1,2})"
    r"|(?P<m3>[0-9]{2})(?P<d3>[0-9]{2}))"
)
_ERA = re.compile(
    r"(?P<era>明治|大正|昭和|平成|令和|[MTSHR明大昭平令])"
    r"(?:(?P<y>元|[0-9]{1,2})(?:年(?P<m>[0-9]{1,2})月(?P<d>[0-9]{1,2})日"
    r"|(?P<s>[-./])(?P<m2>[0-9]{1,2})(?P=s)(?P<d2>[0-9]{1,2}))"
    r"|(?P<y3>[0-9]{2})(?P<m3>[0-9]{2})(?P<d3>[0-9]{2}))"
)
_WITH_TIME = re.compile(
    r"(?P<day>.+?)(?:T|\s+)(?P<h>[0-9]{1,2}):(?P<min>[0-9]{2})"
    r"(?::(?P<sec>[0-9]{2})(?:\.[0-9]+)?)?\s*(?P<zone>Z|[-+][0-9]{2}:?[0-9]{2})?",
    re.IGNORECASE,
)
_LONGEST = 60


class DateProblem(InputProblem):
    """Not a date. ``code``: ``empty`` ``format`` ``no_such_day`` ``era_ended``
    ``era_not_begun`` ``out_of_range`` ``time``."""


def parse_date(text: str) -> date:
    """The calendar date written in ``text``, in one of the forms of this module.

    Raises:
        DateProblem: with a sentence for the reader.
    """
    if len(text) > _LONGEST:
        raise DateProblem("format", FORMAT)
    plain = re.sub(r"\s+", "", hyphenated(text)).upper()
    if not plain:
        raise DateProblem("empty", EMPTY)
    if western := _WESTERN.fullmatch(plain):
        return _in_range(_day(int(western["y"]), *_month_day(western)))
    if written := _ERA.fullmatch(plain):
        return _era_date(written)
    raise DateProblem("format", FORMAT)


def parse_date_or_datetime(text: str) -> date:
    """As :func:`parse_date`, but a time of day may follow; the date in Japan is meant.

    For imported files, where ``2020-04-30 00:00:00`` stands in date columns.
    """
    if _with_time(text) is None:
        return parse_date(text)
    return in_japan(parse_instant(text)).date()


def parse_instant(text: str) -> datetime:
    """A date with a time of day, aware UTC; without an offset the clock is Japan's.

    Reads every date form followed by ``T`` or a blank and ``9:05``, ``09:05:30``,
    ``09:05:30Z`` or ``09:05+09:00``.

    Raises:
        DateProblem: ``time`` when there is no readable time, else as :func:`parse_date`.
    """
    match = _with_time(text)
    if match is None:
        parse_date(text)
        raise DateProblem("time", TIME)
    day = parse_date(match["day"])
    try:
        clock = time(int(match["h"]), int(match["min"]), int(match["sec"] or 0))
        return datetime.combine(day, clock, tzinfo=_zone(match["zone"])).astimezone(UTC)
    except ValueError as error:
        raise DateProblem("time", TIME) from error


def format_date(day: date | None) -> str:
    """A date on a page: ``2020/04/30`` in Japanese, ``2020-04-30`` in English; None is empty."""
    if day is None:
        return ""
    return day.isoformat() if current_language() == "en" else day.isoformat().replace("-", "/")


def format_instant(instant: datetime | None) -> str:
    """An instant on a Japanese clock: ``2020/04/30 09:05`` (English ``2020-04-30 09:05``)."""
    if instant is None:
        return ""
    local = in_japan(instant)
    return f"{format_date(local.date())} {local:%H:%M}"


EMPTY = Label("日付を入力してください。", "Enter a date.")
FORMAT = Label(
    "日付として読み取れません。「2020/4/30」「R2.4.30」「令和2年4月30日」のように入力してください。",
    "This cannot be read as a date. Write it like 2020/4/30, R2.4.30 or 令和2年4月30日.",
)
NO_SUCH_DAY = Label(
    "存在しない日付です。月と日を確認してください。",
    "There is no such day. Check the month and the day.",
)
OUT_OF_RANGE = Label(
    "1873年1月1日から2100年12月31日までの日付を入力してください。",
    "Enter a date from 1873-01-01 to 2100-12-31.",
)
TIME = Label(
    "日時として読み取れません。「2020/4/30 9:05」のように入力してください。",
    "This cannot be read as a date and time. Write it like 2020/4/30 9:05.",
)


def _era_date(match: re.Match[str]) -> date:
    era = _BY_INITIAL[match["era"][0]]
    written = match["y"] or match["y3"]
    year = 1 if written == "元" else int(written)
    if year == 0:
        raise DateProblem("no_such_day", NO_SUCH_DAY)
    western_year = era.begins_on.year + year - 1
    # A year after the era's end is the era's mistake, whatever its month and day are.
    if era.ends_on is not None and western_year > era.ends_on.year:
        raise DateProblem("era_ended", _ended(era, era.ends_on))
    day = _day(western_year, *_month_day(match))
    if day < era.begins_on:
        raise DateProblem("era_not_begun", _not_begun(era))
    if era.ends_on is not None and day > era.ends_on:
        raise DateProblem("era_ended", _ended(era, era.ends_on))
    return _in_range(day)


def _month_day(match: re.Match[str]) -> tuple[int, int]:
    return int(match["m"] or match["m2"] or match["m3"]), int(
        match["d"] or match["d2"] or match["d3"]
    )


def _day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError as error:
        raise DateProblem("no_such_day", NO_SUCH_DAY) from error


def _in_range(day: date) -> date:
    if not EARLIEST <= day <= LATEST:
        raise DateProblem("out_of_range", OUT_OF_RANGE)
    return day


def _ended(era: Era, last: date) -> Label:
    year = _year_word(era.year_of(last))
    return Label(
        f"{era.name}は{era.name}{year}年{last.month}月{last.day}日までです。元号を確認してください。",
        f"{era.english} ended on {last.isoformat()} ({era.letter}{era.year_of(last)}). "
        "Check the era.",
    )


def _not_begun(era: Era) -> Label:
    first = era.begins_on
    return Label(
        f"{era.name}は{era.name}元年{first.month}月{first.day}日からです。元号を確認してください。",
        f"{era.english} began on {first.isoformat()}. Check the era.",
    )


def _year_word(year: int) -> str:
    return "元" if year == 1 else str(year)


def _with_time(text: str) -> re.Match[str] | None:
    return None if len(text) > _LONGEST else _WITH_TIME.fullmatch(hyphenated(text).strip())


def _zone(written: str | None) -> tzinfo:
    if written is None:
        return TOKYO
    if written in "Zz":
        return UTC
    hours, minutes = int(written[1:3]), int(written[-2:])
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if written[0] == "-" else offset)
