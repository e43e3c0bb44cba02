"""Groups of doors that several roles share; who gets which is said in ``roles.py`` alone."""

from app.security.role_doors import doors

# Every signed-in person: the front page, own account, reading the dictionary of items.
COMMON = doors(
    home="show",
    own_account="show edit",
    dictionary="show",
    lookup="show",
    institution="list show",
    disease="list show",
    variant="list show",
)

# Sums, free analysis and what was published; files are made as jobs.
FIGURES = doors(
    statistics="show download",
    analysis="show download save",
    publication="list show",
    planning="show download save",
    report="list figures",
    job="list show download",
)
CHECKING = FIGURES | doors(
    case="list show",
    lab_test="list show",
    quality_finding="list",
    quality_question="list add answer close",
    quality_indicator="show download",
)
# Whoever notifies is asked about it, and told how good the data are.
NOTIFYING = doors(quality_question="list answer", quality_sheet="show download")

_PLACES = doors(
    placement_offer="list show history",
    bed_report="list show history",
    hotel_room="list show history",
    meeting="open",
)
# A health centre asks for a place, and finds one itself where nobody coordinates.
REQUESTING = _PLACES | doors(
    placement_request="list show add edit offer withdraw transport arrive cancel history"
)
# What the rules find is mended here, and questions of those who check are answered.
_MENDING = doors(
    quality_finding="list edit check",
    quality_question="list answer",
    quality_indicator="show download",
    quality_sheet="show make",
)
# Follow-up sheet, survey and press table of the people a health centre answers for.
CENTRE = (
    COMMON
    | REQUESTING
    | _MENDING
    | FIGURES
    | doors(report="list figures people", report_layout="list edit")
)
# The headquarters find a place for people whose identity they do not see.
COORDINATING = _PLACES | doors(placement_request="list show offer withdraw transport history")
# A place sees the requests it is asked for, and answers.
RECEIVING = doors(
    placement_request="list show accept refuse arrive history",
    placement_offer="list show history",
    meeting="open",
)
# Whoever observes people outside a hospital.
CARE_OUTSIDE = doors(
    case="list show",
    person="show",
    stay="list show",
    observation="list show add edit history revert",
    observation_plan="show hand_over history",
    board="list call assign",
)
OVERSIGHT = (
    COORDINATING
    | FIGURES
    | doors(
        case="list show export history",
        lab_test="list show history",
        stay="list show history",
        board="overview",
        disease="list show history",
        retention_rule="list show history",
        publication="list show add sign withdraw",
        report="list figures people",
        report_layout="list edit",
        care_survey="show edit",
        area_count="list show add edit history",
        institution="list show add edit close move switch history",
        institution_tree="show",
        centre_area="show edit",
        population="show edit",
        daily_report="list show export",
        quality_indicator="show download",
    )
)
CHAINS = doors(chain="show export", cluster="list show export", cluster_member="list show")
