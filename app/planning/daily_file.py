"""The daily figures of prefectures as a file gives them: totals of each day, with its gaps.

Columns: ``year,month,date,prefectureNameJ,testedPositive`` and others that are not read. Totals
may be missing, and lower than the day before (a correction).
"""

import csv
import re
from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from app.core.errors import InvalidInput
from app.planning.backtest import Course, mended

COLUMNS = ("year", "month", "date", "prefectureNameJ", "testedPositive")
_TOTAL = re.compile(r"[0-9]{1,10}(\.0+)?")


def courses_of(lines: Iterable[str]) -> list[Course]:
    """A series per prefecture, all up to the file's last day.

    Raises:
        InvalidInput: a column is missing, a line has no readable day, place or total, or two
            lines are of one place and day.
    """
    reader = csv.DictReader(lines)
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        raise InvalidInput({"file": [f"columns are missing: {', '.join(missing)}"]})
    totals: dict[str, dict[date, int | None]] = defaultdict(dict)
    for number, line in enumerate(reader, start=2):
        place, day, total = _read(line, number)
        if day in totals[place]:
            raise InvalidInput({"file": [f"line {number}: {day} stands there twice"]})
        totals[place][day] = total
    last = max((day for days in totals.values() for day in days), default=None)
    found = (mended(place, days, last) for place, days in totals.items())
    return [course for course in found if course is not None]


def _read(line: dict[str, str], number: int) -> tuple[str, date, int | None]:
    place = (line["prefectureNameJ"] or "").strip()
    text = (line["testedPositive"] or "").strip()
    try:
        day = date(int(line["year"]), int(line["month"]), int(line["date"]))
    except (TypeError, ValueError):
        raise InvalidInput({"file": [f"line {number}: there is no such day"]}) from None
    if not place or (text and not _TOTAL.fullmatch(text)):
        raise InvalidInput({"file": [f"line {number}: place or total cannot be read"]})
    return place, day, int(float(text)) if text else None
