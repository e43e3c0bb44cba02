"""The verbs of publication: prepare, sign off, withdraw, discard."""

import gzip
import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from app.audit.reads import record_export
from app.audit.signing import signature_of
from app.core import clock
from app.core.db import db
from app.core.errors import Conflict, InvalidInput, InvalidState, NotAllowed
from app.core.labels import Label
from app.core.transaction import transaction
from app.jobs.models import JobRun
from app.jobs.service import enqueue
from app.publication import content as counting
from app.publication.areas import PublishedArea, area_of
from app.publication.files import made_from
from app.publication.models import Publication, PublicationFile
from app.security.actor import Actor, acting_as, system_actor
from app.security.rights import holds, require
from app.statistics.measures import BASIS

_COUNTER = system_actor("publication")
REASON_LENGTH = 400
JOB = "publication"
PREPARING = Label("公表数値の作成", "Preparing figures")


def ask(figures_on: date, basis: str, *, reason: str = "", by: Actor) -> JobRun:
    """Have the figures of a day counted and frozen in the background.

    Raises as :func:`prepare` does, before any work is begun, and InvalidState when too much of the
    actor's work waits already.
    """
    _check(area_of(by) if holds(by, "add", "publication") else None, figures_on, basis, reason)
    title = f"{PREPARING.ja} {figures_on:%Y/%m/%d}"
    parameters = {
        "figures_on": figures_on.isoformat(),
        "basis": basis,
        "reason": reason,
        "asked_at": clock.now().isoformat(),
    }
    return enqueue(JOB, parameters, by=by, title=title)


def prepare(
    figures_on: date,
    basis: str,
    *,
    reason: str = "",
    by: Actor,
    heard: Callable[[int, int], None] = lambda _done, _all: None,
) -> Publication:
    """Count and freeze the figures of the actor's area; nothing is given out yet.

    A day that was published already needs the ``reason`` of the correction, which is published.
    Counting writes nothing: what is stopped on the way leaves no publication and no number.

    Raises:
        NotAllowed: the role publishes nothing.
        InvalidInput: a day to come, an unknown date basis, or no reason.
        Conflict: somebody prepared figures of the area in the same moment.
    """
    require(by, "add", "publication")
    area = area_of(by)
    _check(area, figures_on, basis, reason)
    with acting_as(_COUNTER):
        smallest = current_app.config["PUBLICATION_SMALLEST_CELL"]
        found, listed = counting.counted(area, figures_on, basis, smallest=smallest, heard=heard)
    try:
        with transaction() as session:
            last = _latest_version(area.prefecture_code, area.authority_id, figures_on)
            with acting_as(_COUNTER):
                found["patients"] = counting.listed_in(area, listed)
            made = Publication(
                figures_on=figures_on,
                version=last + 1,
                state="prepared",
                prefecture_code=area.prefecture_code,
                authority_id=area.authority_id,
                area_name=area.name,
                area_code=area.code,
                basis=basis,
                data_at=clock.now(),
                definitions=found["definitions"],
                content=found,
                digest=digest_of(found),
                correction_reason=reason.strip() or None,
                prepared_by=signature_of(by)[:200],
                prepared_by_id=by.user_id,
            )
            session.add(made)
            session.flush()
            record_export(
                by,
                door="publication.prepare",
                count=len(found["patients"]),
                filters={"figures_on": figures_on.isoformat(), "basis": basis},
            )
    except IntegrityError:
        raise Conflict(
            _l("Somebody else prepared figures of this area in the same moment. Try again.")
        ) from None
    return made


def prepared_since(asked_at: datetime, figures_on: date, basis: str, *, by: Actor) -> int | None:
    """The key of what the actor had prepared since then: work begun anew finds it made."""
    return db.session.scalar(
        select(func.max(Publication.id)).where(
            Publication.prepared_by_id == by.user_id,
            Publication.figures_on == figures_on,
            Publication.basis == basis,
            Publication.data_at >= asked_at,
        )
    )


def _check(area: PublishedArea | None, figures_on: date, basis: str, reason: str) -> None:
    if area is None:
        raise NotAllowed(_l("Your role may not do this."))
    if figures_on > clock.today():
        raise InvalidInput({"figures_on": [_l("This day lies in the future.")]})
    if basis not in BASIS:
        raise InvalidInput({"basis": [_l("There is no such date.")]})
    published = _signed_off(area.prefecture_code, area.authority_id, figures_on)
    if published is not None and not reason.strip():
        raise InvalidInput({"reason": [_l("Please say why this day is corrected.")]})


def sign_off(one: Publication, *, by: Actor) -> None:
    """Give the figures out, as they were frozen. An earlier version of the day is withdrawn.

    Raises:
        NotAllowed: another area, or one's own work where a second person is required.
        InvalidState: not waiting for it, or overtaken by a later version.
    """
    require(by, "sign", "publication")
    _own(one, by)
    _waiting(one)
    if needs_second_person() and one.prepared_by_id == by.user_id:
        raise NotAllowed(_l("A second person has to sign these figures off."))
    if digest_of(one.content) != one.digest:
        raise InvalidState(_l("The figures are not those that were prepared."))
    with transaction() as session:
        before = _signed_off(one.prefecture_code, one.authority_id, one.figures_on)
        if before is not None and before.version > one.version:
            raise InvalidState(_l("A later version of this day is published already."))
        if before is not None:
            _end(before, one.correction_reason or "", by)
        one.state = "signed_off"
        one.signed_off_at, one.signed_off_by = clock.now(), signature_of(by)[:200]
        session.flush()
        rows = [
            {
                "publication_id": one.id,
                "name": made.name,
                "body": gzip.compress(made.body, mtime=0),
                "size": len(made.body),
                "digest": made.digest,
                "released_at": one.signed_off_at,
            }
            for made in made_from(one.content)
        ]
        with acting_as(_COUNTER):
            session.connection().execute(insert(PublicationFile.__table__), rows)


def withdraw(one: Publication, reason: str, *, take_down: bool, by: Actor) -> None:
    """End a publication with a reason that everybody reads.

    ``take_down``: its files are given out no longer, because they gave somebody away.

    Raises:
        NotAllowed: another area.
        InvalidState: not published.
        InvalidInput: no reason.
    """
    require(by, "withdraw", "publication")
    _own(one, by)
    if one.state not in ("signed_off", "withdrawn") or (one.state == "withdrawn" and not take_down):
        raise InvalidState(_l("These figures are not published."))
    if not reason.strip():
        raise InvalidInput({"reason": [_l("Please give the reason.")]})
    with transaction() as session:
        _end(one, reason.strip(), by)
        one.taken_down = one.taken_down or take_down
        session.flush()


def discard(one: Publication, *, by: Actor) -> None:
    """Drop prepared figures that nobody will sign; they stay in the list.

    Raises:
        NotAllowed: another area.
        InvalidState: already published or dropped.
    """
    require(by, "add", "publication")
    _own(one, by)
    _waiting(one)
    with transaction() as session:
        one.state = "discarded"
        session.flush()


def needs_second_person() -> bool:
    """True where whoever prepared figures may not sign them off."""
    return bool(current_app.config["PUBLICATION_SECOND_PERSON"])


def is_own(one: Publication, actor: Actor) -> bool:
    """True when the actor publishes for this area."""
    try:
        area = area_of(actor)
    except (NotAllowed, InvalidState):
        return False
    return (one.prefecture_code, one.authority_id) == (area.prefecture_code, area.authority_id)


def digest_of(content: Mapping[str, Any]) -> str:
    """SHA-256 over the content, whatever order a database keeps it in."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _end(one: Publication, reason: str, by: Actor) -> None:
    one.state = "withdrawn"
    one.withdrawn_at, one.withdrawn_by = clock.now(), signature_of(by)[:200]
    one.withdrawn_reason = reason


def _own(one: Publication, by: Actor) -> None:
    if not is_own(one, by):
        raise NotAllowed(_l("These figures are of another area."))


def _waiting(one: Publication) -> None:
    if one.state != "prepared":
        raise InvalidState(_l("These figures are not waiting to be signed off."))


def _latest_version(prefecture_code: str, authority_id: int, on: date) -> int:
    found = db.session.scalar(
        select(func.max(Publication.version)).where(
            Publication.prefecture_code == prefecture_code,
            Publication.authority_id == authority_id,
            Publication.figures_on == on,
        )
    )
    return found or 0


def _signed_off(prefecture_code: str, authority_id: int, on: date) -> Publication | None:
    return db.session.scalar(
        select(Publication).where(
            Publication.prefecture_code == prefecture_code,
            Publication.authority_id == authority_id,
            Publication.figures_on == on,
            Publication.state == "signed_off",
        )
    )
