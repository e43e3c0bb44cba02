"""The panels of a dashboard in their order; each is made alone for its picture and its file."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import current_app, url_for

from app.core.labels import Label
from app.dashboards.asking import Question, area_parameters
from app.dashboards.bed_course import bed_course
from app.dashboards.beds import beds, beds_by_place, rooms_by_place
from app.dashboards.course import course, standing
from app.dashboards.curve import comparison, curve
from app.dashboards.followed import followed
from app.dashboards.panel import Panel
from app.dashboards.people import ages, severity
from app.dashboards.places import prefecture_map, table
from app.dashboards.source import Source
from app.dashboards.stages import stages
from app.dashboards.towns import towns
from app.dashboards.virus import doses, variants
from app.generated.hooks import may
from app.publication.asof_views import AS_KNOWN
from app.statistics.definition_views import DEFINITIONS


def _comparison(source: Source) -> Panel | None:
    return comparison(source) if source.question.compared else None


PANELS: Mapping[str, Callable[[Source], Panel | None]] = {
    "curve": curve,
    "comparison": _comparison,
    "ages": ages,
    "severity": severity,
    "variants": variants,
    "doses": doses,
    "followed": followed,
    "course": course,
    "standing": standing,
    "beds": beds,
    "bed_course": bed_course,
    "stages": stages,
    "beds_by_place": beds_by_place,
    "rooms_by_place": rooms_by_place,
    "map": prefecture_map,
    "places": table,
    "towns": towns,
}


def panels(source: Source) -> list[Panel]:
    """All that have a place on this dashboard."""
    made = (make(source) for make in PANELS.values())
    return [one for one in made if one is not None]


@dataclass(frozen=True, slots=True)
class Further:
    """A page about the same area in another feature; shown where it exists and may be opened."""

    label: Label
    endpoint: str
    resource: str
    action: str = "show"
    of_area: bool = True
    """Its address names the area."""


FURTHER = (
    Further(
        Label("流行の見通し・実効再生産数・クラスター", "Outlook, reproduction number, clusters"),
        "PlanningView.page",
        "planning",
    ),
    Further(Label("集計表", "Figures"), "StatisticsView.page", "statistics"),
    Further(AS_KNOWN, "AsKnownView.page", "statistics"),
    Further(DEFINITIONS, "DefinitionsView.page", "statistics", of_area=False),
    Further(
        Label("市区町村の人口", "Populations of municipalities"),
        "PopulationView.page",
        "population",
        of_area=False,
    ),
)


def further(question: Question) -> list[tuple[str, str]]:
    """(words, address) of what else is told about the area."""
    parameters: dict[str, Any] = area_parameters(question.area)
    return [
        (str(one.label), url_for(one.endpoint, **(parameters if one.of_area else {})))
        for one in FURTHER
        if one.endpoint in current_app.view_functions and may(one.action, one.resource)
    ]
