"""What an institution does with its daily report: enter it, and correct it until the next day."""

from flask_babel import lazy_gettext as _l

from app.core import clock
from app.core.constraints import explain
from app.core.db import db
from app.core.errors import InvalidInput, InvalidState, NotAllowed
from app.core.transaction import transaction
from app.dailyreports.models import DailyReport
from app.dailyreports.rules import FIRST_DAY, NAMES, is_open, is_reported, total_of
from app.institutions.models import Institution
from app.security.actor import Actor
from app.security.rights import require

explain(
    "uq_daily_report_institution_id_reported_on",
    field="reported_on",
    message=_l("This day was reported already. Open the report to correct it."),
)


def report_day(report: DailyReport, *, by: Actor) -> DailyReport:
    """Store the counts of a day for the actor's institution.

    Raises:
        InvalidInput: a day that is not (or no longer) reported, or nobody was counted.
        IntegrityError: the day was reported already (explained at the field).
    """
    require(by, "add", "daily_report")
    own = None if by.institution_id is None else db.session.get(Institution, by.institution_id)
    if own is None:
        raise NotAllowed
    _check(report)
    with transaction() as session:
        report.institution_id = own.id
        report.authority_id = own.authority_id
        report.prefecture_code = own.prefecture_code
        report.total = _total(report)
        session.add(report)
        session.flush()
    return report


def correct_day(report: DailyReport, *, by: Actor) -> None:
    """Store corrected counts; on the day itself and the next one only.

    Raises:
        InvalidState: it is too late.
        InvalidInput: nobody is left.
    """
    require(by, "edit", "daily_report")
    if by.institution_id != report.institution_id:
        raise NotAllowed
    if not is_open(report.reported_on, clock.today()):
        raise InvalidState(_l("A daily report can be corrected until the next day only."))
    _check(report)
    report.total = _total(report)
    db.session.flush()


def _check(report: DailyReport) -> None:
    day = report.reported_on
    if not is_reported(day):
        first = FIRST_DAY.strftime("%Y/%m/%d")
        raise InvalidInput(
            {"reported_on": [_l("Daily reports are made from %(day)s to 2023/05/07.", day=first)]}
        )
    if not is_open(day, clock.today()):
        raise InvalidInput({"reported_on": [_l("Only today and yesterday can be reported.")]})
    if _total(report) == 0:
        raise InvalidInput({NAMES[0]: [_l("No report is needed for a day without anybody.")]})


def _total(report: DailyReport) -> int:
    return total_of({name: getattr(report, name) for name in NAMES})
