"""Every row law of the portal, gathered before the first statement.

A package that is missing here would leave its tables without a law, which means without rows;
``tests/guards`` compares this list with the packages.
"""

from sqlalchemy.orm import configure_mappers

import app.accounts.scope
import app.analysis.scope
import app.api.scope
import app.audit.models
import app.breakglass.scope
import app.bundles.scope
import app.cases.scope
import app.chains.scope
import app.contacts.scope
import app.coordination.scope
import app.dailyreports.scope
import app.followup.scope
import app.generated.models
import app.imports.numbers
import app.imports.scope
import app.institutions.scope
import app.intake.scope
import app.issuing.scope
import app.jobs.scope
import app.laboratory.scope
import app.looks.models
import app.matching.scope
import app.messaging.scope
import app.notifications.scope
import app.persons.scope
import app.planning.scope
import app.portal.scope
import app.processing.scope
import app.publication.scope
import app.quality.scope
import app.quarantine.scope
import app.reports.schedules.scope
import app.reports.scope
import app.retention.scope
import app.sheets.scope
import app.statistics.scope
import app.surge.scope
import app.tables.scope
import app.voice.scope  # noqa: F401  # each registers its laws when it is imported
from app.audit.history import install_history
from app.cases.service import install_derived
from app.contacts.service import install_derived as install_contact_status
from app.core.db import db
from app.followup.upkeep import install_plans
from app.matching.closing import install_merged
from app.publication.journal import install_journal
from app.quality.upkeep import install_quality
from app.retention.closing import install_closing
from app.security.session import install_laws
from app.statistics.upkeep import install_rollups


def enact_laws() -> None:
    """Put rows, fields, derived items, history and sums into the session; safe to call again.

    A second application in one process shares the session, so each listener is attached with
    ``listen_once``: one attached twice would write every line of the history twice.
    """
    configure_mappers()
    install_derived(db.session)
    install_contact_status(db.session)
    install_plans(db.session)
    install_laws(db.session)
    install_history(db.session)
    install_rollups(db.session)
    install_quality(db.session)
    install_journal()
    install_closing(db.session)
    install_merged(db.session)
