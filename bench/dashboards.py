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
from contextlib import ExitStack
from datetime import date, timedelta
from pathlib import Path
from shutil import copytree

from app import create_app
from app.core import clock
from app.security.actor import acting_as, system_actor
from bench.figures import centres_and_disease, made, write_sums
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
        places, disease = centres_and_disease()
    raw = made(cases, places, last)
    write_sums(raw, site.directory / "portal.sqlite3", disease)


def ask(sites: dict[int, Site], last: date) -> dict[int, dict[str, float]]:
    """Cases → page → median milliseconds over the wire; both servers are asked in turn."""
    times: dict[int, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    begin = last - timedelta(days=LONG)
    long = f"/dashboards/?from={begin.isoformat()}&to={last.isoformat()}"
    with ExitStack() as stack:
        ports = {size: stack.enter_context(site.running()) for size, site in sites.items()}
        signed = {
            (size, who): site.sign_in(ports[size], who)
            for size, site in sites.items()
            for who in WHO
        }
        pages = [(f"{who}: 56 days", who, "/dashboards/") for who in WHO]
        pages += [(f"{who}: 22 months", who, long) for who in WHO]
        pages.append(("national table", "ministry", "/statistics/"))
        for turn in range(ROUNDS + 1):
            for name, who, address in pages:
                for size in sites:
                    # A connection of its own: the server closes those that wait long.
                    answer = signed[size, who].another(ports[size]).get(address)
                    assert answer.status == 200, f"{name}: {answer.status}"
                    if turn:
                        times[size][name].append(answer.seconds * 1000)
    return {
        size: {name: statistics.median(values) for name, values in found.items()}
        for size, found in times.items()
    }


def main(sizes: list[int]) -> None:
    """Print the medians, and the growth from the first size to the last."""
    folder = ROOT / "var" / "bench" / "dashboards"
    plain = _site(folder / "plain")
    plain.prepare()
    last, sites = clock.today(), {}
    for size in sizes:
        sites[size] = _site(folder / str(size))
        copytree(plain.directory, sites[size].directory, dirs_exist_ok=True)
        fill(sites[size], size, last)
    medians = ask(sites, last)
    print(f"\ngrowth from {sizes[0]:,} to {sizes[-1]:,} cases (wish: at most {WISH} times)")
    for name, first in medians[sizes[0]].items():
        then = medians[sizes[-1]][name]
        print(f"  {name:<24} {first:8.1f} ms → {then:8.1f} ms  {then / first:5.2f} times")


def _site(folder: Path) -> Site:
    return Site("dashboards", 300, folder, f"sqlite:///{folder / 'portal.sqlite3'}")


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]] or [100_000, 1_000_000])
