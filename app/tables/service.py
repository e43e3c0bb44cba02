"""A table from upload to its destination: kept, mapped, corrected, saved under a name, begun."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import IO, TypeVar, cast

from flask_babel import lazy_gettext as _l
from sqlalchemy import Table, select, update

from app.audit.signing import signature_of
from app.core import clock
from app.core.db import db, new_token
from app.core.errors import InvalidInput, InvalidState, NotVisible
from app.core.transaction import transaction
from app.security.actor import Actor
from app.security.rights import require
from app.tables import store
from app.tables.cells import UnreadableTable
from app.tables.destinations import Destination, destination
from app.tables.layout import Layout, layout_of
from app.tables.mapping import REASONS, Mapping, Proposal, propose
from app.tables.models import SavedMapping, TableFile
from app.tables.reading import OpenedTable, open_table
from app.tables.targets import Target

MAX_FILE = 60 * 1024 * 1024
"""Bytes: some 200,000 rows of fifty columns as text, a million as a workbook."""
KEPT = timedelta(days=31)
NAME_LENGTH = 80
_LEFT_OPEN = timedelta(hours=12)
_FILE = cast(Table, TableFile.__table__)
M = TypeVar("M", TableFile, SavedMapping)


def keep_table(
    stream: IO[bytes], *, source: str, destination_name: str, by: Actor, sheet: str | None = None
) -> TableFile:
    """Read the beginning of a table, propose its mapping and keep the file sealed.

    Raises:
        NotAllowed: the role brings no data.
        UnreadableTable: says why the file cannot be read; nothing is kept.
    """
    require(by, "add", "table")
    goal = destination(destination_name, by)
    token = new_token()
    with store.received(stream, MAX_FILE) as path:
        if path is None:
            sentence = _l(
                "The file is too large: at most %(limit)s MB.", limit=MAX_FILE // 1024 // 1024
            )
            raise UnreadableTable("too_large", sentence)
        layout = layout_of(open_table(path, source, sheet=sheet))
        store.keep(path, token)
    saved = recognised(layout, goal)
    try:
        with transaction() as session:
            file = TableFile(
                institution_id=by.institution_id,
                user_id=by.user_id,
                user_name=by.name,
                token=token,
                source=source[:200],
                destination=goal.name,
                layout=layout.as_json(),
                mapping=_first_mapping(layout, goal, saved, by).as_json(),
                saved_mapping_id=None if saved is None else saved.id,
            )
            session.add(file)
    except BaseException:
        store.remove(token)
        raise
    return file


def choose_sheet(file: TableFile, sheet: str, *, by: Actor) -> None:
    """Read another sheet of the workbook instead; its mapping begins anew.

    Raises:
        UnreadableTable: it has no headings, or does not exist.
        InvalidState: the table went on already, or is no longer kept.
    """
    require(by, "edit", "table")
    _still_open(file)
    with plain_file(file) as path:
        layout = layout_of(open_table(path, file.source, sheet=sheet))
    goal = destination(file.destination, by)
    saved = recognised(layout, goal)
    with transaction():
        file.layout = layout.as_json()
        file.mapping = _first_mapping(layout, goal, saved, by).as_json()
        file.saved_mapping_id = None if saved is None else saved.id


def correct(file: TableFile, mapping: Mapping, *, by: Actor) -> None:
    """Keep the mapping as it was corrected on the screen. Raises InvalidState."""
    require(by, "edit", "table")
    _still_open(file)
    if Mapping.from_json(file.mapping or {}) != mapping:
        with transaction():
            file.mapping = mapping.as_json()


def save_mapping(file: TableFile, name: str, *, by: Actor) -> SavedMapping:
    """Keep the mapping of a table under a name; one of the same name is replaced.

    Raises:
        InvalidInput: ``name`` is blank or too long.
    """
    require(by, "edit", "table")
    plain = name.strip()
    if not plain or len(plain) > NAME_LENGTH:
        sentence = _l("Give the mapping a name of at most %(limit)s characters.", limit=NAME_LENGTH)
        raise InvalidInput({"name": [sentence]})
    layout = layout_of_file(file)
    with transaction() as session:
        saved = session.scalars(
            select(SavedMapping).where(
                SavedMapping.name == plain, SavedMapping.destination == file.destination
            )
        ).first()
        if saved is None:
            saved = SavedMapping(
                institution_id=by.institution_id, name=plain, destination=file.destination
            )
            session.add(saved)
        saved.fingerprint, saved.mapping = layout.fingerprint, dict(file.mapping or {})
        saved.saved_at, saved.saved_by = clock.now(), signature_of(by)[:128]
        session.flush()
        file.saved_mapping_id = saved.id
    return saved


def forget_mapping(saved: SavedMapping, *, by: Actor) -> None:
    """Delete a saved mapping; tables that were read with it keep theirs."""
    require(by, "edit", "table")
    with transaction() as session:
        session.delete(saved)


def begin(file: TableFile, *, by: Actor) -> str:
    """Hand the table over to its destination; the address of what it became.

    Asked again it gives the same address: nothing is begun twice.

    Raises:
        InvalidInput: an item that is needed has no column.
        InvalidState: the file is no longer kept.
    """
    require(by, "edit", "table")
    if file.started_url is not None:
        return file.started_url
    _still_open(file)
    goal = destination(file.destination, by)
    mapping = Mapping.from_json(file.mapping or {})
    missing = mapping.missing(goal.targets(by))
    if missing:
        names = "、".join(str(one.label) for one in missing)
        sentence = _l("These items need a column: %(names)s", names=names)
        raise InvalidInput({"": [sentence]})
    with transaction() as session:
        # Of two presses of the button one finds the table gone on.
        waiting = update(_FILE).where(_FILE.c.id == file.id, _FILE.c.started_url.is_(None))
        if not session.connection().execute(waiting.values(started_url="－")).rowcount:
            raise InvalidState(_l("This table went on already; its mapping stays as it is."))
        url = goal.start(by=by, file=file, mapping=mapping)
        file.started_url = url[:200]
    return url


def recognised(layout: Layout, goal: Destination) -> SavedMapping | None:
    """The mapping saved last for a file with the same headings; None when there is none."""
    statement = (
        select(SavedMapping)
        .where(
            SavedMapping.destination == goal.name, SavedMapping.fingerprint == layout.fingerprint
        )
        .order_by(SavedMapping.saved_at.desc(), SavedMapping.id.desc())
    )
    return db.session.scalars(statement.limit(1)).first()


def shown_mapping(file: TableFile, goal: Destination, *, by: Actor) -> Mapping:
    """The mapping of a table with the reason for each column, where there still is one."""
    layout, mapping = layout_of_file(file), Mapping.from_json(file.mapping or {})
    targets = goal.targets(by)
    mapping = mapping.only(layout.headings, targets)
    proposed = _proposed(layout, targets)
    reasons = {
        heading: one
        for heading, one in proposed.proposals.items()
        if proposed.targets.get(heading) == mapping.targets.get(heading)
        and proposed.publishable.get(heading) == mapping.publishable.get(heading)
    }
    if file.saved_mapping_id is not None:
        told = Proposal(1, "saved", REASONS["saved"])
        reasons = dict.fromkeys((*mapping.targets, *mapping.publishable), told) | reasons
    return Mapping(mapping.targets, mapping.values, mapping.publishable, reasons)


def layout_of_file(file: TableFile) -> Layout:
    """What is known of the table. Raises InvalidState once it is no longer kept."""
    if file.layout is None:
        raise InvalidState(_GONE)
    return Layout.from_json(file.layout)


@contextmanager
def open_file(file: TableFile) -> Iterator[OpenedTable]:
    """The table, opened for reading its rows; nothing of it stays open afterwards.

    Raises:
        InvalidState: it is no longer kept.
        UnreadableTable: it cannot be read.
    """
    layout = layout_of_file(file)
    with plain_file(file) as path:
        yield open_table(path, file.source, sheet=layout.sheet or None)


def file_by_id(key: int) -> TableFile:
    """The table. Raises NotVisible when it does not exist for the actor."""
    return _one(TableFile, key)


def mapping_by_id(key: int) -> SavedMapping:
    """The saved mapping. Raises NotVisible when it does not exist for the actor."""
    return _one(SavedMapping, key)


def latest_files(most: int) -> Sequence[TableFile]:
    """The tables sent last."""
    return db.session.scalars(select(TableFile).order_by(TableFile.id.desc()).limit(most)).all()


def saved_mappings(most: int) -> Sequence[SavedMapping]:
    """The saved mappings by name."""
    statement = select(SavedMapping).order_by(SavedMapping.name, SavedMapping.id)
    return db.session.scalars(statement.limit(most)).all()


def forget_tables() -> int:
    """Remove the files and samples older than ``KEPT``; how many."""
    store.remove_left_open((clock.now() - _LEFT_OPEN).timestamp())
    with transaction() as session:
        old = select(TableFile).where(
            TableFile.uploaded_at < clock.now() - KEPT, TableFile.removed_at.is_(None)
        )
        files = session.scalars(old).all()
        for file in files:
            store.remove(file.token)
            file.layout, file.mapping, file.source = None, None, "－"
            file.removed_at = clock.now()
        return len(files)


def _first_mapping(
    layout: Layout, goal: Destination, saved: SavedMapping | None, by: Actor
) -> Mapping:
    targets = goal.targets(by)
    if saved is not None:
        # Written in another width, a heading is still the same column.
        return Mapping.from_json(saved.mapping).for_headings(layout.headings, targets)
    return _proposed(layout, targets)


def _proposed(layout: Layout, targets: Sequence[Target]) -> Mapping:
    rows = [row.cells for row in layout.sample]
    return propose(layout.headings, rows, targets, words=layout.words)


def _still_open(file: TableFile) -> None:
    if file.started_url is not None:
        raise InvalidState(_l("This table went on already; its mapping stays as it is."))
    if file.layout is None:
        raise InvalidState(_GONE)


@contextmanager
def plain_file(file: TableFile) -> Iterator[Path]:
    """A path at which the file can be read as it was sent. Raises InvalidState."""
    try:
        with store.opened(file.token) as path:
            yield path
    except store.Gone:
        raise InvalidState(_GONE) from None


def _one(model: type[M], key: int) -> M:
    found = db.session.scalars(select(model).where(model.id == key)).first()
    if found is None:
        raise NotVisible
    return found


_GONE = _l("The file is no longer kept. Send it again.")
