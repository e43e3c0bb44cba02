"""Who is probably the same: what a look-up costs, and how often it is right.

    python -m bench.matching --people 50000

Makes that many invented people with a case each at one health centre (seed fixed), and second
records of some of them with realistic errors. Each second record is looked up as a clerk does at
entry, and, for a few, compared with everybody. Times are those of the processor, as the machine
may be busy with other things; read the ratio, not the milliseconds. Precision
and recall are over the pairs whose truth is known: whoever is found and is not the one is wrong.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import func, insert, select

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from app import create_app
from app.cases.models import Case, CaseAccess
from app.core.db import db
from app.core.transaction import transaction
from app.matching.facts import identity_of
from app.matching.finding import alike
from app.matching.rules import judge
from app.persons.blocks import COMPARED
from app.persons.models import Person
from app.persons.search_keys import write_search_keys
from app.security.actor import acting_as, system_actor
from bench.people import SEED, Made, again, population
from config import TestSettings
from tests.support import cast
from tests.support.database import migrate
from tests.support.pages import statements

PIECE = 2_000
SYSTEM = system_actor("bench")


def main() -> int:
    options = _options()
    dice = Random(SEED)
    with tempfile.TemporaryDirectory(dir=options.directory) as directory:
        app = create_app(TestSettings(f"sqlite:///{directory}/bench.sqlite3", DATA_DIR=directory))
        with app.app_context():
            migrate()
        cast.fill(app)
        began = time.process_time()
        with app.app_context(), acting_as(SYSTEM):
            first = int(db.session.scalar(select(func.max(Person.id))) or 0) + 1
            people = _fill(options.people, first, dice)
            db.session.remove()
        print(f"{options.people:,} people made in {time.process_time() - began:.0f} s")
        chosen = dice.sample(sorted(people), options.pairs)
        second = {key: again(people[key], dice) for key in chosen}
        with app.app_context():
            for who in ("aoki", None):
                with acting_as(SYSTEM if who is None else cast.actor(who)):
                    _measure(app, second, who or "the nightly comparison", options.brute)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=50_000)
    parser.add_argument("--pairs", type=int, default=1_000, help="second records looked up")
    parser.add_argument("--brute", type=int, default=2, help="of them compared with everybody")
    parser.add_argument("--directory", help="where the database is made")
    return parser.parse_args()


def _fill(count: int, first: int, dice: Random) -> dict[int, Made]:
    """A person, a case and the access of our health centre each, as the demo fills them."""
    cases, accesses = Case.__table__, CaseAccess.__table__
    like = (
        db.session.execute(select(cases).where(cases.c.id == cast.own_episode().case))
        .mappings()
        .one()
    )
    access = (
        db.session.execute(
            select(accesses).where(
                accesses.c.case_id == like["id"], accesses.c.role == "responsible"
            )
        )
        .mappings()
        .one()
    )
    start = int(db.session.scalar(select(func.max(cases.c.id))) or 0) + 1
    made = dict(enumerate(population(count, dice), start=first))
    db.session.rollback()
    for piece in _pieces(made):
        with transaction() as session:
            connection = session.connection()
            rows = [{"id": key, "row_version": 1, **_items(one)} for key, one in piece]
            connection.execute(insert(Person.__table__), rows)
            write_search_keys(connection, rows, to_compare=False)
            records = [(key, one, start + key - first) for key, one in piece]
            connection.execute(
                insert(cases),
                [
                    {**like, "id": case, "number": f"9{case:07d}", "person_id": key, "sex": one.sex}
                    for key, one, case in records
                ],
            )
            connection.execute(
                insert(accesses),
                [
                    {**{n: v for n, v in access.items() if n != "id"}, "case_id": case}
                    for _k, _o, case in records
                ],
            )
    return made


def _pieces(made: Mapping[int, Made]) -> Sequence[Sequence[tuple[int, Made]]]:
    items = list(made.items())
    return [items[n : n + PIECE] for n in range(0, len(items), PIECE)]


def _items(one: Made) -> dict[str, Any]:
    return {
        name: getattr(one, name)
        for name in ("name", "kana", "birth_on", "address", "mobile_phone", "home_phone")
    }


def _measure(
    app: Any, second: Mapping[int, tuple[Made, tuple[str, ...]]], who: str, brute: int
) -> None:
    took, right, wrong, missed, of_kind, lost = [], 0, 0, 0, Counter(), Counter()
    for key, (one, kinds) in second.items():
        began = time.process_time()
        found = alike({**_items(one), "sex": one.sex})
        took.append((time.process_time() - began) * 1_000)
        hit = any(other.person_id == key for other in found)
        right, missed = right + hit, missed + (not hit)
        wrong += sum(other.person_id != key for other in found)
        of_kind.update(kinds)
        lost.update(() if hit else kinds)
    new = list(population(len(second), Random(SEED + 1)))
    unknown = sorted(_time_of(made) for made in new)
    with statements(app) as sent:
        alike({**_items(new[0]), "sex": new[0].sex})
    slow = (
        statistics.median(_brute(made) for made, _kinds in list(second.values())[:brute])
        if brute
        else 0
    )
    median = statistics.median(took)
    print(f"\n{who}: {len(took)} look-ups")
    print(
        f"  of somebody new: median {statistics.median(unknown):.2f} ms, "
        f"95 % below {unknown[len(unknown) * 95 // 100]:.2f} ms, {len(sent)} statements"
    )
    print(
        f"  of somebody there: median {median:.2f} ms, 95 % below {sorted(took)[len(took) * 95 // 100]:.2f} ms"
    )
    if brute:
        print(
            f"  everybody compared one by one: {slow:,.0f} ms, {slow / median:,.0f} times as long"
        )
    print(
        f"  precision {right / max(1, right + wrong):.4f}  recall {right / (right + missed):.4f}  ({right} right, {wrong} wrong, {missed} missed)"
    )
    for kind, count in sorted(of_kind.items()):
        print(f"    {kind:32} {count - lost[kind]:4} of {count:4}")


def _time_of(one: Made) -> float:
    began = time.process_time()
    alike({**_items(one), "sex": one.sex})
    return (time.process_time() - began) * 1_000


def _brute(one: Made) -> float:
    began = time.process_time()
    own = identity_of({**_items(one), "sex": one.sex})
    columns = [getattr(Person, name) for name in COMPARED]
    for row in db.session.execute(select(Person.id, *columns)).mappings():
        judge(own, identity_of(row))
    return (time.process_time() - began) * 1_000


if __name__ == "__main__":
    sys.exit(main())
