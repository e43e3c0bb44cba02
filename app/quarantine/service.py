"""A list arrives, is looked through, and is applied: people go to their health centres."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from app.audit.causes import reason
from app.audit.history import because
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidInput, InvalidState, NotVisible
from app.core.japanese import normalise
from app.core.labels import Label
from app.core.problems import InputProblem
from app.core.transaction import transaction
from app.core.workbooks.reading import SheetRow
from app.quarantine.codes import DELIVERY_STATE
from app.quarantine.models import Returnee, ReturneeDelivery, ReturneeList
from app.quarantine.residence import Gazetteer, Residence, gazetteer
from app.quarantine.rules import changes, judge, key_of
from app.security.actor import Actor
from app.security.rights import require

KEPT: Final = timedelta(days=31)
"""How long the rows of a file are kept as sent, for the marked workbook."""
ARRIVED = reason("returnee_list", Label("検疫所の名簿", "List of the quarantine station"))
_STAYS = ("prefecture", "municipality")
"""Columns that say where: kept as codes."""


def receive(rows: Sequence[SheetRow], *, number: str, source: str, by: Actor) -> ReturneeDelivery:
    """Look through the rows of a list; nothing is changed yet.

    Args:
        number: the list's number, the station's own.
        source: name of the file, or how else it came.

    Raises:
        NotAllowed: the role sends no lists.
        InvalidInput: no number, or a longer one than 40 signs.
    """
    require(by, "add", "returnee_list")
    named = _list_number(number)
    planned = _plan(rows, named, gazetteer())
    with transaction() as session:
        delivery = ReturneeDelivery(
            institution_id=by.institution_id,
            number=named,
            state="review",
            source=source[:200],
            received_by=by.name,
            counts=_counts(planned),
            rows=planned,
        )
        session.add(delivery)
        session.flush()
    return delivery


def apply(delivery: ReturneeDelivery, *, by: Actor) -> Mapping[str, int]:
    """Do what the delivery proposes, judged anew; rejected rows are left out.

    Applied again, or sent again, it changes nothing: people are known by list and number.

    Raises:
        InvalidState: it was applied or discarded before, or its rows are no longer kept.
    """
    require(by, "add", "returnee_list")
    if delivery.state != "review" or delivery.rows is None:
        raise InvalidState(_standing(delivery))
    places = gazetteer()
    rows = [SheetRow(one["row"], one["texts"]) for one in delivery.rows]
    try:
        with because(ARRIVED(delivery.number)), transaction() as session:
            planned = _plan(rows, delivery.number, places)
            listed = _list_of(delivery.number, by)
            known = _known(listed.id)
            for place, one in enumerate(planned, start=1):
                if one["outcome"] in ("new", "changed"):
                    _put_down(one, place, listed, known, places)
            delivery.rows, delivery.counts = planned, _counts(planned)
            delivery.state, delivery.applied_at = "applied", clock.now()
            delivery.applied_by = by.name
            session.flush()
    except StaleDataError:
        db.session.refresh(delivery)
        raise InvalidState(_standing(delivery)) from None
    except IntegrityError:
        raise InvalidState(
            _l("The same list was being applied. Please look at it again.")
        ) from None
    return delivery.counts


def discard(delivery: ReturneeDelivery, *, by: Actor) -> None:
    """Take a proposal back before it is applied. Raises InvalidState."""
    require(by, "add", "returnee_list")
    if delivery.state != "review":
        raise InvalidState(_standing(delivery))
    with transaction():
        delivery.state, delivery.rows = "discarded", None


def change_address(returnee: Returnee, *, by: Actor) -> None:
    """A corrected municipality decides the health centre anew, until somebody took over.

    Raises:
        InvalidState: the health centre has taken over.
    """
    require(by, "edit", "returnee")
    if returnee.state in ("followed", "closed"):
        raise InvalidState(_l("The health centre has taken this person over."))
    code = returnee.municipality_code
    if code is not None:
        returnee.prefecture_code = code[:2]
    _assign(returnee, gazetteer().centres.get(code or ""))


def assign(returnee: Returnee, centre_id: int, *, by: Actor) -> None:
    """The prefecture says which of its health centres follows somebody.

    Raises:
        InvalidState: somebody is assigned already.
    """
    require(by, "assign", "returnee")
    if returnee.state != "unassigned":
        raise InvalidState(_l("A health centre has been found meanwhile."))
    with transaction():
        _assign(returnee, centre_id)


def forget_rows() -> int:
    """Empty the rows of deliveries older than ``KEPT``; how many."""
    with transaction() as session:
        old = select(ReturneeDelivery).where(
            ReturneeDelivery.received_at < clock.now() - KEPT, ReturneeDelivery.rows.is_not(None)
        )
        deliveries = session.scalars(old).all()
        for delivery in deliveries:
            delivery.rows, delivery.source = None, "－"
            if delivery.state == "review":
                delivery.state = "discarded"
        return len(deliveries)


def _plan(rows: Sequence[SheetRow], number: str, places: Gazetteer) -> list[dict[str, Any]]:
    """Every row with its outcome; a number or questionnaire twice in a file is a fault."""
    listed = db.session.scalars(
        select(ReturneeList).where(ReturneeList.number == number)
    ).one_or_none()
    known = {} if listed is None else _known(listed.id)
    seen: dict[Any, int] = {}
    planned = []
    for place, row in enumerate(rows, start=1):
        values, found = judge(row.texts, ordinal=place, today=clock.today())
        problems = {name: str(label) for name, label in found.items()}
        for name in ("line", "questionnaire_id"):
            key = (name, values[name])
            if values[name] is not None and seen.setdefault(key, row.number) != row.number:
                problems[name] = _("The same stands in row %(number)s.", number=seen[key])
        outcome = "rejected" if problems else _outcome(values, row.texts, known, places)
        planned.append(
            {
                "row": row.number,
                "texts": dict(row.texts),
                "outcome": outcome,
                "problems": problems,
                "centre": None if problems else places.centres.get(_code(row.texts, places)),
            }
        )
    return planned


def _outcome(
    values: Mapping[str, Any],
    texts: Mapping[str, str],
    known: Mapping[Any, Returnee],
    places: Gazetteer,
) -> str:
    before = _same(values, known)
    if before is None:
        return "new"
    after = _columns(values, _where(texts, places))
    kept = {name: getattr(before, name) for name in after}
    # A municipality found by hand is not lost to a row that did not name it.
    for name in ("prefecture_code", "municipality_code"):
        if after[name] is None:
            after[name] = kept[name]
    if not changes(kept, after):
        return "same"
    return "changed" if before.state in ("unassigned", "assigned") else "conflict"


def _put_down(
    one: Mapping[str, Any],
    place: int,
    listed: ReturneeList,
    known: Mapping[Any, Returnee],
    places: Gazetteer,
) -> None:
    values, _problems = judge(one["texts"], ordinal=place, today=clock.today())
    columns = _columns(values, _where(one["texts"], places))
    before = _same(values, known)
    if before is None:
        before = Returnee(
            of_list=listed,
            institution_id=listed.institution_id,
            list_number=listed.number,
            line=values["line"],
            key=key_of(values),
            questionnaire_id=values["questionnaire_id"],
        )
        db.session.add(before)
        _change(before, columns)
        _assign(before, places.centres.get(before.municipality_code or ""))
        return
    moved = columns["municipality_code"] not in (None, before.municipality_code)
    _change(before, columns)
    if moved:
        _assign(before, places.centres.get(before.municipality_code or ""))


def _change(returnee: Returnee, columns: Mapping[str, Any]) -> None:
    for name, value in columns.items():
        if value is not None or name not in ("prefecture_code", "municipality_code"):
            setattr(returnee, name, value)


def _assign(returnee: Returnee, centre_id: int | None) -> None:
    returnee.centre_id = centre_id
    returnee.state = "unassigned" if centre_id is None else "assigned"
    returnee.assigned_at = None if centre_id is None else clock.now()


def _columns(values: Mapping[str, Any], where: Residence) -> dict[str, Any]:
    kept = {
        name: value
        for name, value in values.items()
        if name not in ("line", "questionnaire_id", *_STAYS)
    }
    return kept | {
        "prefecture_code": where.prefecture_code,
        "municipality_code": where.municipality_code,
        "municipality_as_written": values["municipality"],
    }


def _where(texts: Mapping[str, str], places: Gazetteer) -> Residence:
    try:
        return places.residence(*(texts.get(name, "") for name in (*_STAYS, "address")))
    except InputProblem:
        return Residence()


def _code(texts: Mapping[str, str], places: Gazetteer) -> str:
    return _where(texts, places).municipality_code or ""


def _same(values: Mapping[str, Any], known: Mapping[Any, Returnee]) -> Returnee | None:
    """The questionnaire decides where there is one, else the number in the list."""
    questionnaire = values["questionnaire_id"]
    if questionnaire is not None and ("q", questionnaire) in known:
        return known["q", questionnaire]
    found = known.get(("line", values["line"]))
    if found is None or (questionnaire and found.questionnaire_id):
        return None  # Rows move when a list is sent again: another questionnaire is somebody else.
    return found


def _known(list_id: int | None) -> dict[Any, Returnee]:
    if list_id is None:
        return {}
    people = db.session.scalars(select(Returnee).where(Returnee.list_id == list_id)).all()
    by_line: dict[Any, Returnee] = {("line", one.line): one for one in people}
    return by_line | {("q", p.questionnaire_id): p for p in people if p.questionnaire_id}


def _list_of(number: str, by: Actor) -> ReturneeList:
    found = db.session.scalars(
        select(ReturneeList).where(ReturneeList.number == number)
    ).one_or_none()
    if found is None:
        found = ReturneeList(institution_id=by.institution_id, number=number)
        db.session.add(found)
        db.session.flush()
    return found


def _list_number(text: str) -> str:
    try:
        number = normalise(text)
    except InputProblem:
        number = ""
    if not 0 < len(number) <= 40:
        raise InvalidInput({"number": [_l("1 to %(limit)s characters.", limit=40)]})
    return number


def _counts(planned: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    counts = Counter(one["outcome"] for one in planned)
    away = sum(1 for one in planned if one["outcome"] != "rejected" and one["centre"] is None)
    return {**counts, "without_centre": away}


def _standing(delivery: ReturneeDelivery) -> object:
    return _l("This file is: %(state)s.", state=DELIVERY_STATE.label(delivery.state))


def delivery_by_id(key: int) -> ReturneeDelivery:
    """The delivery. Raises NotVisible when it does not exist for the actor."""
    found = db.session.scalars(
        select(ReturneeDelivery).where(ReturneeDelivery.id == key)
    ).one_or_none()
    if found is None:
        raise NotVisible
    return found
