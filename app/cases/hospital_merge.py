"""What a form of an admission showed when it was opened, beside what it holds now."""

import json
from datetime import date
from typing import Any

from app.cases.hospital_course import Records
from app.cases.hospital_rules import ENDING, ITEMS, SEVERE_CARE, HospitalCourse
from app.core.dates import format_date
from app.core.db import db
from app.core.labels import YES_NO_UNKNOWN
from app.institutions.models import Institution


def base_of(records: Records, course: HospitalCourse) -> str:
    """What the form shows when it is opened, to be sent back with it."""
    known = [stay.id for stay in records.stays]
    stay = None if records.stay is None else records.stay.id
    texts = texts_of(course)
    return json.dumps({"stay": stay, "known": known, "texts": texts}, ensure_ascii=False)


def read_base(form: Any) -> dict[str, Any]:
    """``stay``, ``known`` and ``texts`` as they came back; empty where they cannot be read."""
    try:
        read = json.loads(form.base_.data or "")
    except (ValueError, RecursionError):
        read = None
    read = read if isinstance(read, dict) else {}
    known, texts = read.get("known"), read.get("texts")
    return {
        "stay": read.get("stay"),
        "known": known if isinstance(known, list) else [],
        "texts": texts if isinstance(texts, dict) else {},
    }


def texts_of(course: HospitalCourse) -> dict[str, str]:
    """Every item in words."""
    return {name: _said(name, getattr(course, name)) for name in ITEMS}


def texts_in(form: Any) -> dict[str, str]:
    """The items of the form in words, as typed."""
    return {name: _said(name, form[name].data) for name in ITEMS if name in form}


def _said(name: str, value: Any) -> str:
    """A value as it is compared and shown beside another."""
    if value is None or value == "":
        return ""
    if name == "ending":
        return ENDING.label(value)
    if name == "institution_id":
        named = db.session.get(Institution, value)
        return "" if named is None else named.name
    if isinstance(value, date):
        return format_date(value)
    return YES_NO_UNKNOWN.label(value) if name in SEVERE_CARE else str(value)
