"""How fast the pages are, and whether they stay so with a hundred times the cases.

Two sites of one database run side by side and are asked in turn, so that a busy machine slows
both alike: read the ratios, not the milliseconds.
"""

import argparse
import statistics
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.portal import REDIRECTS, ROOT, Site
from bench.tasks import tasks
from tests.support.postgres import PostgresMissing, running_server

Times = dict[str, dict[str, list[float]]]


def main() -> int:
    options = _options()
    for kind in options.databases.split(","):
        try:
            with _sites(kind, options.sizes, options.directory) as sites:
                _measure(kind, sites, options.requests)
        except PostgresMissing as reason:
            print(f"{kind}: left out, {reason}")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--databases", default="sqlite,postgresql")
    parser.add_argument("--sizes", type=_sizes, default="10000,1000000", help="cases, two numbers")
    parser.add_argument("--requests", type=int, default=15, help="per page and size")
    parser.add_argument("--directory", type=Path, default=ROOT / "var" / "bench")
    return parser.parse_args()


def _sizes(text: str) -> tuple[int, ...]:
    return tuple(sorted(int(part) for part in text.split(",")))


@contextmanager
def _sites(kind: str, sizes: tuple[int, ...], directory: Path) -> Iterator[list[Site]]:
    """SQLite files are kept for the next run; the PostgreSQL server is made for this one."""
    with ExitStack() as stack:
        server = stack.enter_context(running_server()) if kind == "postgresql" else None
        sites = []
        for cases in sizes:
            folder = directory / f"{kind}-{cases}"
            url = f"sqlite:///{folder / 'portal.sqlite3'}"
            if server is not None:
                server.create(f"bench_{cases}")
                url = server.url(f"bench_{cases}")
            site = Site(f"{kind}, {cases:,} cases", cases, folder, url)
            site.prepare()
            sites.append(site)
        yield sites


def _measure(kind: str, sites: list[Site], requests: int) -> None:
    times: Times = defaultdict(lambda: defaultdict(list))
    statements: dict[str, dict[str, int]] = defaultdict(dict)
    with ExitStack() as stack:
        asked = []
        for site in sites:
            port = stack.enter_context(site.running())
            clerk, prefecture = (site.sign_in(port, name) for name in ("clerk", "prefecture"))
            asked.append((site, tasks(clerk, prefecture)))
        for turn in range(requests + 1):
            for number in range(len(asked[0][1])):
                for site, mine in asked if turn % 2 else reversed(asked):
                    task = mine[number]
                    answer = task.ask()
                    assert answer.status in (200, *REDIRECTS), f"{task.name}: {answer.status}"
                    statements[task.name][site.label] = answer.statements
                    if turn:  # the first round warms caches
                        times[task.name][site.label].append(answer.seconds * 1000)
    _print(kind, [site.label for site in sites], times, statements)


def _print(
    kind: str, labels: list[str], times: Times, statements: dict[str, dict[str, int]]
) -> None:
    print(f"\n{kind}: median milliseconds (SQL statements)")
    print(f"{'page':26}" + "".join(f"{label:>28}" for label in labels) + f"{'ratio':>8}")
    for name, by_site in times.items():
        medians = [statistics.median(by_site[label]) for label in labels]
        cells = [
            f"{median:18.1f} ({statements[name][label]:>3})".rjust(28)
            for median, label in zip(medians, labels, strict=True)
        ]
        print(f"{name:26}{''.join(cells)}{medians[-1] / medians[0]:8.2f}")
    print()


if __name__ == "__main__":
    sys.exit(main())
