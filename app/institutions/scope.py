"""Row laws of the master data: everybody signed in reads it, and changes of it are kept."""

from app.audit.history import historied
from app.institutions.diseases import Disease, DiseaseOption
from app.institutions.models import (
    CentreArea,
    Institution,
    InstitutionPlacement,
    Municipality,
    MunicipalityPopulation,
    Prefecture,
)
from app.institutions.variants import Variant
from app.security.rows import internal, public_master

public_master(Prefecture, reason="every address and figure names a prefecture")
public_master(Municipality, reason="every address and figure names a municipality")
public_master(MunicipalityPopulation, reason="figures per 100,000 of every area rest on them")
public_master(Institution, reason="health centres and clinics must find each other by name")
public_master(CentreArea, reason="a clinic must see to which health centre its notification goes")
internal(InstitutionPlacement, reason="written and read with the institution that is moved")
public_master(Disease, reason="the forms and figures of every role are about a disease")
public_master(DiseaseOption, reason="the choices of the forms")
public_master(Variant, reason="names of variants stand in figures that everybody reads")

# Prefectures and municipalities are not edited in the portal: they come from their sources.
historied(Institution, as_="institution")
historied(InstitutionPlacement, as_="institution_placement")
historied(CentreArea, as_="centre_area")
historied(MunicipalityPopulation, as_="municipality_population")
historied(Disease, as_="disease")
historied(DiseaseOption, as_="disease_option")
historied(Variant, as_="variant")
