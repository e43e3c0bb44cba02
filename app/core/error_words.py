"""What is said of an error: heading, what happened, and what to do about it."""

from dataclasses import dataclass
from http import HTTPStatus

from flask_babel import gettext as _


@dataclass(frozen=True, slots=True)
class Words:
    """``remedy`` tells the reader what to do next."""

    heading: str
    happened: str
    remedy: str


def missing_words() -> Words:
    """Nothing was changed and nobody did anything wrong: something is not set up."""
    return Words(
        _("Not set up here"),
        "",
        _("Nothing was changed. Ask whoever runs the server of the portal."),
    )


def words_of(status: int) -> Words:
    """Heading, what happened and what to do about it, for a status."""
    known = {
        400: Words(
            _("The request was not understood"),
            _("What was sent is incomplete or does not belong to your session."),
            _("Go back, reload the page and try again."),
        ),
        401: Words(
            _("Please sign in"),
            _("You are not signed in, or your session has ended."),
            _("Sign in and try again."),
        ),
        403: Words(
            _("Not permitted"),
            _("Your role does not permit this."),
            _("Ask the ID administrator of your institution if you need it for your work."),
        ),
        404: Words(
            _("Not found"),
            _("There is no such page, or it is outside what your institution may see."),
            _("Check the number, or open the record from its list."),
        ),
        405: Words(
            _("Not possible in this way"),
            _("This address cannot be opened directly."),
            _("Use the buttons of the page it belongs to."),
        ),
        409: Words(
            _("Changed in the meantime"),
            _("The record is no longer in the state this step needs."),
            _("Open it again and look at what was changed."),
        ),
        412: Words(
            _("Changed in the meantime"),
            _("The record was changed since you read it. Nothing was saved."),
            _("Read it again and send your change once more."),
        ),
        415: Words(
            _("The request was not understood"),
            _("Send JSON, with the content type application/json."),
            _("Go back, reload the page and try again."),
        ),
        428: Words(
            _("The version is missing"),
            _("Name the version you change in the header If-Match."),
            _("Read the record and use its version."),
        ),
        413: Words(
            _("Too large"),
            _("What was sent is larger than permitted."),
            _("Send less at a time."),
        ),
        422: Words(
            _("Please check your input"),
            _("Some values cannot be accepted."),
            _("Go back and correct them."),
        ),
        429: Words(
            _("Too many requests"),
            _("Too much was sent in a short time."),
            _("Wait a little and try again."),
        ),
        503: Words(
            _("Very busy at the moment"),
            _("Others are writing much at once. Nothing was saved."),
            _("Wait a little and try again."),
        ),
    }
    if status in known:
        return known[status]
    if status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return known[400]
    return Words(
        _("Something went wrong"),
        _("An unexpected error occurred. Nothing was saved."),
        _("If it happens again, report the error number to the help desk."),
    )
