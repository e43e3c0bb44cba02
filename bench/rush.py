"""The worst day: figures are asked for by far more people than can be served; do clinics get in?

Readers of figures ask without a pause, several times as many as the server has threads, while
clinics open the form and submit. The portal has to notice by itself, put the figures off with an
honest page, and refuse no notification.

    make bench-rush
"""

import argparse
import statistics
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from app.core import clock
from bench.browser import Browser, Page
from bench.portal import REDIRECTS, ROOT, Site
from tests.notifications.samples import SOUND

SEE_OTHER = 303
PUT_OFF = 503


@dataclass
class Seen:
    """What everybody was answered, with seconds since the beginning."""

    notified: list[tuple[float, float, int]] = field(default_factory=list)
    figures: list[tuple[float, int]] = field(default_factory=list)


def main() -> int:
    options = _options()
    site = Site("rush", 10_000, ROOT / "var" / "bench" / "rush", "")
    site = Site(
        site.label, site.cases, site.directory, f"sqlite:///{site.directory}/portal.sqlite3"
    )
    site.prepare()
    with site.running("run.py") as port:
        reader, clinic = (site.sign_in(port, name) for name in ("prefecture", "clinic"))
        quiet = _rush(port, reader, clinic, readers=0, clinics=2, seconds=options.seconds / 3)
        busy = _rush(
            port, reader, clinic, readers=options.readers, clinics=2, seconds=options.seconds
        )
    return _report(quiet, busy)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readers", type=int, default=40)
    parser.add_argument("--seconds", type=float, default=45.0)
    return parser.parse_args()


def _rush(
    port: int, reader: Browser, clinic: Browser, *, readers: int, clinics: int, seconds: float
) -> Seen:
    """Everybody at once, until the time is over."""
    seen, begun = Seen(), time.perf_counter()
    over = threading.Event()

    def read() -> None:
        mine = reader.another(port)
        while not over.is_set():
            status = mine.get("/statistics/").status
            seen.figures.append((time.perf_counter() - begun, status))
            if status == PUT_OFF:
                over.wait(1.0)  # People read the page before they ask again.

    def notify(number: int) -> None:
        mine, count = clinic.another(port), 0
        while not over.is_set():
            count += 1
            asked = time.perf_counter()
            status = _notify(mine, int(begun) * 100_000 + number * 10_000 + count)
            seen.notified.append((asked - begun, time.perf_counter() - asked, status))

    people = [threading.Thread(target=read) for _one in range(readers)]
    people += [threading.Thread(target=notify, args=(number,)) for number in range(clinics)]
    for person in people:
        person.start()
    over.wait(seconds)
    over.set()
    for person in people:
        person.join()
    return seen


def _notify(clinic: Browser, person: int) -> int:
    """Open the form, answer it for a person nobody else is, submit it; the last status."""
    page = clinic.get("/notifications/new")
    if page.status != 200:
        return page.status
    today = clock.today()
    days = {
        "reported_on": today,
        "diagnosed_on": today,
        "first_visit_on": today,
        "test_nucleic_acid_collected_on": today - timedelta(days=1),
        "onset_on": today - timedelta(days=2),
    }
    values = SOUND | {one: day.isoformat() for one, day in days.items()}
    values |= {"grounds": ["needs_admission"], "name": f"見本 {person}", "birth_on": "S40.5.1"}
    values |= {"kana": "みほん " + "".join("あかさたなはまやらわ"[int(one)] for one in str(person))}
    values |= {"mobile_phone": f"090{person % 10**8:08d}"}
    values |= {"treatment_needed": "no", "oxygen_needed": "no", "step": "submit"}
    tokens = {"csrf_token", "form_token_"}
    fields = [pair for pair in Page(page.text).form_with("doctor_name") if pair[0] in tokens]
    for one, value in values.items():
        fields += [(one, part) for part in (value if isinstance(value, list) else [value])]
    return clinic.post("/notifications/new", fields).status


def _report(quiet: Seen, busy: Seen) -> int:
    put_off = [at for at, status in busy.figures if status == PUT_OFF]
    statuses = Counter(status for _at, _took, status in (*quiet.notified, *busy.notified))
    calm = statistics.median(took for _at, took, _status in quiet.notified)
    rush = [took for at, took, _status in busy.notified if put_off and at > put_off[0]]
    print(f"notifications submitted: {statuses[SEE_OTHER]}, answered otherwise: ", end="")
    print({status: count for status, count in statuses.items() if status not in REDIRECTS} or 0)
    print(f"figures: {Counter(status for _at, status in busy.figures)}")
    if put_off and rush:
        print(f"notifications first after {put_off[0]:.0f} s; form and submission then take")
        print(f"{statistics.median(rush) / calm:.1f} times as long as on a quiet day (median)")
    return 0 if put_off and set(statuses) <= set(REDIRECTS) else 1


if __name__ == "__main__":
    sys.exit(main())
