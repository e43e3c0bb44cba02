"""``/open/``: what was published, for everybody, without signing in and without a cookie."""

import hashlib
from datetime import datetime
from typing import Any

from flask import abort, make_response, redirect, render_template, request, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _
from werkzeug.http import http_date
from werkzeug.wrappers import Response

from app.core.dates import format_date, format_instant
from app.generated.arguments import only_known, record_key
from app.publication import released
from app.publication.codes import STATES
from app.publication.english import area_in_english, content_in_english, names_in
from app.publication.files import COUNT_FILES, FIGURES, PATIENT_COLUMNS
from app.publication.open_pages import LANGUAGES
from app.publication.released import GivenOut, Released
from app.publication.showing import described
from app.publication.tiles import tiles
from app.security.headers import open_to_caches
from app.security.open_doors import open_door
from app.surge.gate import may_wait

PAGE_SECONDS = 300
FILE_SECONDS = 3600
MIMETYPES = {"csv": "text/csv; charset=utf-8", "json": "application/json; charset=utf-8"}


class OpenView(BaseView):
    """Everything under ``/open/``; made of files that were signed off."""

    route_base = "/open"
    class_permission_name = "open_page"
    default_view = "start"

    @expose("/", methods=["GET"])
    @may_wait
    def start(self) -> Response:
        """To the Japanese pages."""
        only_known(request.args, ())
        return redirect(url_for(".areas", language=LANGUAGES[0]), 302)

    @expose("/<language>/", methods=["GET"])
    @may_wait
    def areas(self, language: str) -> Response:
        """The areas that publish, on a map of tiles and as a list."""
        _check(language)
        found = released.areas()
        if language == "en":
            names = names_in({one.prefecture_code for one in found})
            found = [area_in_english(one, names) for one in found]
        return _page(
            "open/areas.html",
            language,
            max((one.changed_at for one in found), default=None),
            title=_("Infectious-disease figures"),
            areas=found,
            tiles=tiles(released.prefecture_names(), found),
        )

    @expose("/<language>/area/<code>/", methods=["GET"])
    @may_wait
    def area(self, language: str, code: str) -> Response:
        """The latest publication of an area, and the earlier ones."""
        _check(language)
        one = released.latest_of(code)
        if one is None:
            earlier = released.older_of(code)
            if not earlier:
                abort(404)
            one = earlier[0]
        return _shown(language, one, is_latest=True)

    @expose("/<language>/publication/<pk>/", methods=["GET"])
    @may_wait
    def version(self, language: str, pk: str) -> Response:
        """One publication, whatever came after it."""
        _check(language)
        return _shown(language, _released(pk), is_latest=False)

    @expose("/<language>/about/", methods=["GET"])
    @may_wait
    def about(self, language: str) -> Response:
        """What the files hold, column by column, and the JSON."""
        _check(language)
        return _page(
            "open/about.html",
            language,
            None,
            title=_("About the files"),
            patient_columns=PATIENT_COLUMNS,
            count_files=COUNT_FILES,
        )

    @expose("/file/<pk>/<name>", methods=["GET"])
    @may_wait
    def file(self, pk: str, name: str) -> Response:
        """A file of one publication, exactly as it was given out."""
        only_known(request.args, ())
        return _file(_released(pk), name)

    @expose("/latest/<name>", methods=["GET"])
    @may_wait
    def latest(self, name: str) -> Response:
        """The latest file of that name: an address that programs may keep."""
        only_known(request.args, ())
        one = released.latest_of(name.split("_", 1)[0])
        if one is None:
            abort(404)
        return _file(one, name)


for _endpoint, _reason, _seconds in (
    ("start", "the public pages", PAGE_SECONDS),
    ("areas", "published figures: the areas", PAGE_SECONDS),
    ("area", "published figures of an area", PAGE_SECONDS),
    ("version", "published figures, earlier ones", PAGE_SECONDS),
    ("about", "what published files hold", PAGE_SECONDS),
    ("file", "published files", FILE_SECONDS),
    ("latest", "the latest published files", PAGE_SECONDS),
):
    open_door(f"OpenView.{_endpoint}", _reason)
    open_to_caches(f"OpenView.{_endpoint}", _seconds)


def _check(language: str) -> None:
    only_known(request.args, ())
    if language not in LANGUAGES:
        abort(404)


def _released(pk: str) -> Released:
    one = released.publication(record_key(pk))
    if one is None:
        abort(404)
    return one


def _shown(language: str, one: Released, *, is_latest: bool) -> Response:
    content = released.content_of(one)
    files = released.files_of(one)
    if language == "en":
        names = names_in({one.prefecture_code})
        one = area_in_english(one, names)
        content = content and content_in_english(content, names)
    return _page(
        "open/area.html",
        language,
        one.changed_at,
        title=_(
            "%(area)s: figures of %(day)s", area=one.area_name, day=format_date(one.figures_on)
        ),
        one=one,
        is_latest=is_latest,
        content=content,
        files=files,
        latest_json=next((f.name for f in files if f.name.endswith(FIGURES)), ""),
        earlier=released.older_of(one.area_code),
        states=STATES,
        status=410 if one.taken_down and not is_latest else 200,
        **({} if content is None else described(content)),
    )


def _page(
    template: str, language: str, changed_at: datetime | None, *, status: int = 200, **values: Any
) -> Response:
    """The page with its tag; ``304`` where the reader has it already."""
    html = render_template(
        template,
        language=language,
        other="en" if language == "ja" else "ja",
        format_date=format_date,
        format_instant=format_instant,
        **values,
    )
    response = make_response(html, status)
    return _conditional(response, hashlib.sha256(html.encode()).hexdigest()[:32], changed_at)


def _file(one: Released, name: str) -> Response:
    given: GivenOut | None = released.file_of(one, name)
    if given is None:
        abort(410 if one.taken_down else 404)
    response = make_response(given.body)
    ending = given.name.rsplit(".", 1)[-1]
    response.headers["Content-Type"] = MIMETYPES[ending]
    response.headers["Content-Disposition"] = f'attachment; filename="{given.name}"'
    return _conditional(response, given.digest[:32], given.released_at)


def _conditional(response: Response, tag: str, changed_at: datetime | None) -> Response:
    response.set_etag(tag)
    if changed_at is not None:
        response.headers["Last-Modified"] = http_date(changed_at)
    if response.status_code == 200:
        response.make_conditional(request.environ)
    return response
