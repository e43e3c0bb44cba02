"""What is done with clusters: reported by a health centre, cases put into them by number."""

import re
from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.cases.models import Case
from app.chains.models import Cluster, ClusterMember
from app.core.constraints import explain
from app.core.db import db
from app.core.errors import InvalidInput
from app.core.japanese import digits
from app.core.transaction import transaction
from app.institutions.diseases import Disease
from app.security.actor import Actor
from app.security.rights import require

MOST_NUMBERS = 500
_BETWEEN = re.compile(r"[\s、，,;；]+")

explain(
    "uq_cluster_member_cluster_id_case_id",
    field="numbers",
    message=_l("This case belongs to the cluster already."),
)


def report_cluster(cluster: Cluster, *, by: Actor) -> Cluster:
    """Store a new cluster; the centre of the actor looks into it."""
    require(by, "add", "cluster")
    with transaction() as session:
        cluster.responsible_centre_id = by.institution_id
        cluster.authority_id = by.authority_id
        cluster.prefecture_code = by.prefecture_code
        session.add(cluster)
        session.flush()
    return cluster


def add_members(cluster: Cluster, numbers: str, role: str, *, by: Actor) -> int:
    """Put the cases with these numbers into the cluster; gives how many are new in it.

    Cases that belong to it already are passed over. A number nobody of the centre meets is
    answered as one that does not exist.

    Raises:
        InvalidInput: naming every number that cannot be taken; nothing is stored then.
    """
    require(by, "add", "cluster_member")
    wanted = _read(numbers)
    found = {str(case.number): case for case in _cases(wanted)}
    family = _family(cluster.disease_id)
    missing = [number for number in wanted if number not in found]
    others = [n for n, case in found.items() if _family(case.disease_id) != family]
    problems: list[object] = []
    if missing:
        problems.append(_l("There is no such case: %(numbers)s", numbers="、".join(missing)))
    if others:
        problems.append(_l("Another disease: %(numbers)s", numbers="、".join(others)))
    if problems:
        raise InvalidInput({"numbers": problems})
    held = set(
        db.session.scalars(
            select(ClusterMember.case_id).where(ClusterMember.cluster_id == cluster.id)
        )
    )
    new = [case for case in found.values() if case.id not in held]
    with transaction() as session:
        session.add_all(
            ClusterMember(cluster_id=cluster.id, case_id=case.id, role=role) for case in new
        )
        session.flush()
    return len(new)


def _read(text: str) -> list[str]:
    words = [word for word in _BETWEEN.split(text) if word]
    if not words:
        raise InvalidInput({"numbers": [_l("Enter the numbers of the cases.")]})
    if len(words) > MOST_NUMBERS:
        raise InvalidInput({"numbers": [_l("At most %(count)s at once.", count=MOST_NUMBERS)]})
    wrong = [word for word in words if len(digits(word)) != 8]
    if wrong:
        sentence = _l("Case numbers have eight digits: %(numbers)s", numbers="、".join(wrong)[:200])
        raise InvalidInput({"numbers": [sentence]})
    return list(dict.fromkeys(digits(word) for word in words))


def _cases(numbers: Sequence[str]) -> Sequence[Case]:
    return db.session.scalars(select(Case).where(Case.number.in_(numbers))).all()


def _family(disease_id: int) -> str | None:
    disease = db.session.get(Disease, disease_id)
    return None if disease is None else disease.family
