"""What every page of a case has: its person header and its trail."""

from collections.abc import Collection
from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.cases.models import Case
from app.core.db import db
from app.core.errors import NotVisible
from app.core.items import item_of
from app.core.labels import Label
from app.core.pages import Cell, Crumb, PersonHeader
from app.generated.cells import cell, cell_of
from app.generated.paths import path_of

CASES = Label("患者一覧", "Cases")


def header_of(case: Case) -> PersonHeader:
    """Number, kana, age, status and responsible centre, as far as the reader may see them."""
    return PersonHeader(
        number=cell_of(path_of(Case, "number"), case),
        name=cell_of(path_of(Case, "person.name"), case),
        kana=cell_of(path_of(Case, "person.kana"), case),
        age=_age(case),
        sex=cell_of(path_of(Case, "sex"), case),
        status=cell_of(path_of(Case, "status"), case),
        centre=cell_of(path_of(Case, "responsible_centre_id"), case),
        url=url_for("CaseView.show", pk=case.id),
    )


def header_of_case_id(case_id: int | None) -> PersonHeader | None:
    """The header of the case with this key; None when there is none or it is not visible."""
    case = case_with_header(case_id)
    return None if case is None else header_of(case)


def case_with_header(case_id: int | None) -> Case | None:
    """The case with everything its header shows, in one statement at most."""
    if case_id is None:
        return None
    statement = select(Case).where(Case.id == case_id)
    options = (joinedload(Case.person), joinedload(Case.responsible_centre))
    found: Any = db.session.scalars(statement.options(*options)).unique().one_or_none()
    return found if isinstance(found, Case) else None


def case_or_404(key: int) -> Case:
    """The same for a page that is about the case. Raises NotVisible: none for the actor."""
    case = case_with_header(key)
    if case is None:
        raise NotVisible(_l("There is no such record."))
    return case


def people_of_cases(keys: Collection[int]) -> Collection[int]:
    """The people of some cases, in one statement."""
    found = select(Case.person_id).where(Case.id.in_(keys), Case.person_id.is_not(None))
    return set(db.session.scalars(found))


def crumbs_of(case: Case | None, *rest: Crumb) -> tuple[Crumb, ...]:
    """Cases › this case › whatever follows."""
    trail = (Crumb(str(CASES), url_for("CaseView.list")),)
    if case is None:
        return trail
    return (*trail, Crumb(str(case), url_for("CaseView.show", pk=case.id)), *rest)


def _age(case: Case) -> Cell:
    months = case.age_months
    if case.age_years == 0 and months is not None:
        return cell(item_of(Case, "age_months"), months)
    if case.age_years is None:
        return cell_of(path_of(Case, "age_group"), case)
    return cell(item_of(Case, "age_years"), case.age_years)
