"""A contractor begins the scan of a sheet; the centre's own staff begin on the page of the paper."""

from flask_babel import lazy_gettext as _l

from app.bundles.models import BundleSheet
from app.bundles.service import bundle_step
from app.bundles.typists import typist_of
from app.core.errors import InvalidState
from app.intake import service as intake
from app.intake.queries import scan_by_id
from app.security.actor import Actor, acting_as
from app.security.rights import require


def begin_scan(sheet: BundleSheet, *, by: Actor, signed_as: str) -> BundleSheet:
    """A contractor begins to type a scan of a bundle it was given; what is begun goes on.

    Raises:
        InvalidState: the sheet or the bundle is done, or somebody is typing this scan.
        NotAllowed: a contractor that may not type notifications.
    """
    require(by, "type", "paper_bundle")
    if sheet.state != "typing" or sheet.scan_id is None:
        raise InvalidState(_l("This sheet is done."))
    with bundle_step(sheet.bundle, ("received", "typing")) as session:
        typist = typist_of(sheet.bundle, by=by)
        family = sheet.bundle.disease.family
        with acting_as(typist):
            scan = scan_by_id(sheet.scan_id)
            draft = intake.claim(scan, by=typist, signed_as=signed_as, family=family)
            sheet.notification_id = draft.id
            sheet.typed_by, sheet.typed_by_user_id = signed_as[:100], by.user_id
            session.flush()
    return sheet
