"""Each dashboard, and the national table, at growing numbers of cases.

    python -m bench.dashboards [100000 1000000]

The sums of invented cases are written into a portal as ``bench.figures`` does it, without a case;
then the dashboards of the country, a prefecture, an authority and a health centre are asked over
the wire, of 56 days and of 22 months, in turn with the national table. Medians of interleaved
rounds; the ratio of the largest to the smallest number of cases is what counts (at most 1.2).
DuckDB is needed here alone and is no requirement of the portal.
"""

import statistics
import sys
from collections import defaultdict
from datetime import date, timedelta

from app import create_app
from app.core import clock
from app.core.db import db
from app.security.actor import acting_as, system_actor
from bench.figures import made, write_sums
from bench.portal import ROOT, Site
from config import DemoSettings

ROUNDS, WISH = 7, 1.2
LONG = 669
"""Days of the long period: 22 months."""
WHO = ("ministry", "prefecture", "authority", "clerk")


def fill(site: Site, cases: int, last: date) -> None:
    """Write the sums of so many cases."""
    app = create_app(DemoSettings({"DATA_DIR": str(site.directory)}))
    with app.app_context(), acting_as(system_actor("rollup rebuild")):
        places = db.session.execute(
            db.text(
                "SELECT id, authority_id, prefecture_code FROM institution"
                " WHERE kind = 'health_centre' AND authority_id IS NOT NULL ORDER BY id"
            )
        ).all()
        disease = db.session.execute(
            db.text("SELECT id FROM disease WHERE code = 'covid_19'")
        ).scalar_one()
        db.session.rollback()
    raw = made(cases, [tuple(place) for place in places], last)
    write_sums(raw, site.directory / "portal.sqlite3", disease)


def ask(site: Site, last: date) -> dict[str, float]:
    """Page → median milliseconds over the wire."""
    times: dict[str, list[float]] = defaultdict(list)
    begin = last - timedelta(days=LONG)
    long = f"/dashboards/?from={begin.isoformat()}&to={last.isoformat()}"
    with site.running() as port:
        browsers = {who: site.sign_in(port, who) for who in WHO}
        pages = [
            *((f"{who}: 56 days", browser, "/dashboards/") for who, browser in browsers.items()),
            *((f"{who}: 22 months", browser, long) for who, browser in browsers.items()),
            ("national table", browsers["ministry"], "/statistics/"),
        ]
        for turn in range(ROUNDS + 1):
            for name, browser, address in pages:
                answer = browser.get(address)
                assert answer.status == 200, f"{name}: {answer.status}"
                if turn:
                    times[name].append(answer.seconds * 1000)
    return {name: statistics.median(values) for name, values in times.items()}


def main(sizes: list[int]) -> None:
    """Print the medians, and the growth from the first size to the last."""
    folder = ROOT / "var" / "bench" / "dashboards"
    site = Site("dashboards", 300, folder, f"sqlite:///{folder / 'portal.sqlite3'}")
    site.prepare()
    last = clock.today()
    medians = []
    for size in sizes:
        fill(site, size, last)
        medians.append(ask(site, last))
    print(f"\ngrowth from {sizes[0]:,} to {sizes[-1]:,} cases (wish: at most {WISH} times)")
    for name, first in medians[0].items():
        then = medians[-1][name]
        print(f"  {name:<24} {first:8.1f} ms → {then:8.1f} ms  {then / first:5.2f} times")


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]] or [100_000, 1_000_000])
