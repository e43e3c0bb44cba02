"""The person on the screen: opened and corrected from a case or contact, never listed."""

from typing import Any

from flask import url_for

from app.audit.reads import record_look
from app.core.labels import Label
from app.core.pages import Crumb
from app.generated.interface import PortalInterface
from app.generated.views import GeneratedView
from app.persons.models import Person
from app.security.actor import Actor


class PersonView(GeneratedView):
    """Identity: 本人情報."""

    datamodel = PortalInterface(Person)
    class_permission_name = "person"
    route_base = "/persons"
    title_label = Label("本人情報", "Identity")
    can_add_alone = False
    list_items = ("kana", "name", "birth_on")

    def crumbs_for(self, record: Any) -> tuple[Crumb, ...]:
        """A person is reached from a case, so its trail starts at the front page."""
        return (Crumb(str(self.title_label), url_for("HomeView.index")),)

    def looked_at(self, record: Person, actor: Actor) -> None:
        """Opening a person is recorded."""
        record_look(actor, door="person.show", person_id=record.id)
