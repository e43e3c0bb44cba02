"""The supervisors' workbooks: the figures of the portal, added up twice."""

import pytest
from flask import Flask

from app.reports.kind import Wanted
from app.statistics.areas import Area
from tests.reports.conftest import add_case, asked_and_made, book_of, content_of, day

TOKYO = Area(prefecture_code="13")


@pytest.mark.one_database
def test_the_daily_book_counts_each_place_and_the_whole(counting: Flask) -> None:
    for on in (4, 5, 5):
        add_case(reported_on=day(on))
    add_case("chiyoda", reported_on=day(5))
    add_case("osaka", reported_on=day(5))

    job = asked_and_made("doi", Wanted("daily", TOKYO, day(5), day(5)))

    book = book_of(content_of(job))
    centres = {row[0]: row[2:6] for row in book["保健所別"][3:]}
    assert centres["合計"] == (3, 1, 4, 0)
    assert job.result["name"] == "日報_東京都_20210805.xlsx"
