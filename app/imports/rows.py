"""A row of a file to plain values, with everything that is wrong with it. Asks no database."""

from datetime import date, datetime

from app.cases.date_order import DAY_ORDER
from app.cases.publication import PUBLISHABLE
from app.cases.rules import age_at
from app.imports.columns import taker
from app.imports.mapped import permission
from app.imports.mapping import Mapping
from app.imports.master import Masters
from app.imports.readings import Fault, ReadRow
from app.imports.sentences import (
    AGE,
    BORN_LATER,
    FAULTY_CELL,
    FUTURE,
    NO_CENTRE,
    NO_DISEASE,
    NO_KEY,
    OUTSIDE_SCOPE,
    RAGGED,
    UNKNOWN_DISEASE,
)
from app.imports.targets import ACCEPTED_BY, DISEASE, HOME, KEY, TARGETS
from app.tables.reading import FaultyCell, RawRow
from app.tables.values import BadCell


class RowReader:
    """Reads the rows of one file for one health centre; made once, asked a million times."""

    def __init__(
        self, mapping: Mapping, width: int, masters: Masters, centre_id: int | None, today: date
    ) -> None:
        self.mapping = mapping
        self.width = width
        self.masters = masters
        self.centre_id = centre_id
        self.today = today
        self._columns = [
            (position, item, taker(item, position, mapping, masters))
            for position, item in mapping.columns.items()
        ]

    def read(self, row: RawRow) -> ReadRow:
        """Every cell by its column, then what cells say about each other."""
        found = ReadRow(row.number)
        cells, there = row.cells, len(row.cells)
        for position, item, take in self._columns:
            cell = cells[position] if position < there else None
            if cell is None:
                continue
            try:
                if isinstance(cell, FaultyCell):
                    raise BadCell("faulty_cell", FAULTY_CELL)
                take(found, cell)
            except BadCell as bad:
                found.refuse(bad.kind, bad.label, item=item, column=position)
        self._permit(found, row)
        if there > self.width and any(cell is not None for cell in cells[self.width :]):
            found.refuse("ragged", RAGGED, item=KEY)
        self._identify(found)
        self._name_disease(found)
        self._place(found)
        if not found.faults:
            found.faults += _contradictions(found, self.today)
        return found

    def _permit(self, found: ReadRow, row: RawRow) -> None:
        """What may be published and what must not, from the 公表の可否 columns."""
        if not self.mapping.flags:
            return
        said: dict[str, bool] = {}
        for position, item in self.mapping.flags.items():
            cell = row.cells[position] if position < len(row.cells) else None
            try:
                answer = permission(cell)
            except BadCell as bad:
                found.refuse(bad.kind, bad.label, item="case.published_items", column=position)
                continue
            if answer is not None:
                said[item] = answer
        for name, wanted in (("case.published_items", True), ("case.withheld_items", False)):
            chosen = [one for one in PUBLISHABLE.values if said.get(one) is wanted]
            if chosen:
                found.values[name] = chosen

    def _identify(self, found: ReadRow) -> None:
        named = any(fault.item == KEY and fault.column is not None for fault in found.faults)
        if found.key is None and found.case_number is None and not named:
            found.refuse("no_key", NO_KEY, item=KEY, column=self._column(KEY))

    def _name_disease(self, found: ReadRow) -> None:
        column = self._column(DISEASE)
        found.counted_on = _day(found, "case.diagnosed_on") or _day(found, "case.reported_on")
        name = self.mapping.disease or found.disease
        if name is None:
            found.refuse("no_disease", NO_DISEASE, item=DISEASE, column=column)
            return
        key = self.masters.disease_on(name, found.counted_on or self.today)
        if key is None:
            found.refuse("unknown_disease", UNKNOWN_DISEASE, item=DISEASE, column=column)
            return
        found.disease_id = found.values[DISEASE] = key

    def _place(self, found: ReadRow) -> None:
        faulty = any(fault.item in (HOME, ACCEPTED_BY) for fault in found.faults)
        home = found.values.get(HOME)
        found.centre_id = home if home is not None else found.values.get(ACCEPTED_BY)
        item = HOME if home is not None or ACCEPTED_BY not in found.values else ACCEPTED_BY
        column = self._column(item)
        own = self.mapping.on_screen and not faulty
        if found.centre_id is None and (found.case_number is not None or own):
            # The portal's own case, or the office's own sheet.
            found.centre_id = self.centre_id
        elif found.centre_id is None:
            if not faulty:
                found.refuse("no_centre", NO_CENTRE, item=HOME, column=column)
        elif found.centre_id != self.centre_id:
            found.refuse("outside_scope", OUTSIDE_SCOPE, item=item, column=column)

    def _column(self, item: str) -> int | None:
        return next((at for at, name in self.mapping.columns.items() if name == item), None)


def _contradictions(found: ReadRow, today: date) -> list[Fault]:
    """Days that lie the wrong way round, ahead, or against the age."""
    values = found.values
    days = {
        attribute: date.fromisoformat(values[name])
        for attribute, name in _DAYS.items()
        if name in values
    }
    faults = [
        Fault(None, _DAYS[name], "future_date", FUTURE) for name, day in days.items() if day > today
    ]
    born = days.get("birth_on")
    faults += [
        Fault(None, _DAYS[order.earlier], "day_order", order.sentence)
        for order in _DAY_ORDER
        if order.broken(days)
    ]
    diagnosed = days.get("diagnosed_on")
    if born is not None and diagnosed is not None:
        years = found.values.get("case.age_years")
        if born > diagnosed:
            faults.append(Fault(None, "person.birth_on", "birth_after_diagnosis", BORN_LATER))
        elif years is not None and abs(age_at(born, diagnosed)[0] - years) > 1:
            faults.append(Fault(None, "case.age_years", "age_disagrees", AGE))
    accepted = found.values.get("case.accepted_at")
    if accepted is not None and datetime.fromisoformat(accepted).date() > today:
        faults.append(Fault(None, "case.accepted_at", "future_date", FUTURE))
    return faults


def _day(found: ReadRow, item: str) -> date | None:
    text = found.values.get(item)
    return None if text is None else date.fromisoformat(text)


_DAYS = {target.attribute: name for name, target in TARGETS.items() if target.kind == "date"}
_DAY_ORDER = tuple(one for one in DAY_ORDER if {one.earlier, one.later} <= _DAYS.keys())
