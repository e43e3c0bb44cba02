"""The periods in force, read once for a run: which one a record stands under."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.core.db import db
from app.institutions.models import Institution
from app.retention.models import RetentionRule
from app.retention.rules import Period, latest_event, rule_for


@dataclass(frozen=True, slots=True)
class Centre:
    """A health centre (or headquarters, a quarantine station alone) and those above it, the nearest first."""

    id: int
    authority_id: int | None
    prefecture_code: str | None
    owners: tuple[int, ...]


class RuleBook:
    """Every period, and who stands above which health centre. Small: rules are few."""

    def __init__(self) -> None:
        rules = db.session.scalars(select(RetentionRule).order_by(RetentionRule.id)).all()
        self.words = {rule.id: rule.words for rule in rules}
        self._periods = tuple(
            Period(
                rule.id,
                rule.row_version,
                rule.kind,
                rule.event,
                rule.amount,
                rule.unit,
                rule.disease_id,
                rule.institution_id,
            )
            for rule in rules
        )
        self._centres = _centres() if rules else {}

    def centre(self, centre_id: int | None) -> Centre | None:
        """A health centre; None for none, and while no period is given at all."""
        return None if centre_id is None else self._centres.get(centre_id)

    def period(self, kind: str, disease_id: int, centre_id: int | None) -> Period | None:
        """The period of a record; None: nobody decided one, so it is kept."""
        centre = self.centre(centre_id)
        if centre is None:
            return None
        return rule_for(self._periods, kind, disease_id, centre.owners)

    def scans(self, kind: str, today: date) -> Iterator[tuple[int, str, date]]:
        """(health centre, event, latest day) in which records of the kind may be due."""
        for centre in self._centres.values():
            latest: dict[str, date] = {}
            for period in self._periods:
                if period.kind == kind and period.institution_id in centre.owners:
                    day = latest_event(today, period)
                    latest[period.event] = max(day, latest.get(period.event, day))
            for event, day in latest.items():
                yield centre.id, event, day


def _centres() -> dict[int, Centre]:
    columns = (Institution.id, Institution.authority_id, Institution.prefecture_code)
    headquarters = dict(
        db.session.execute(
            select(Institution.prefecture_code, Institution.id).where(
                Institution.kind == "prefecture_hq"
            )
        ).all()
    )
    found = db.session.execute(select(*columns).where(Institution.kind == "health_centre"))
    # Whom no health centre has been found for stands with the headquarters of the prefecture;
    # of whom not even that is known, with the quarantine station.
    alone = {
        key: Centre(key, None, prefecture_code, (key,))
        for prefecture_code, key in headquarters.items()
    }
    stations = select(Institution.id).where(Institution.kind == "quarantine_station")
    alone |= {key: Centre(key, None, None, (key,)) for key in db.session.scalars(stations)}
    return alone | {
        key: Centre(
            key,
            authority_id,
            prefecture_code,
            tuple(
                owner
                for owner in (key, authority_id, headquarters.get(prefecture_code))
                if owner is not None
            ),
        )
        for key, authority_id, prefecture_code in found
    }
