"""What becomes of each row of a workbook, before anything is written.

One judgement serves the dry run and the issuing itself: what is already there is left alone, so
a workbook may be sent twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from flask_appbuilder.security.sqla.models import User
from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select
from sqlalchemy.orm import contains_eager

from app.accounts.issuing import USERNAME, check_person, tidy_mail, tidy_name
from app.accounts.models import Account
from app.accounts.queries import place_of, post_of
from app.accounts.rules import Place, issuing_problem
from app.core.db import db
from app.institutions.models import Institution
from app.institutions.rules import FIRST_ADMINISTRATORS, INSTITUTION_KINDS, may_stand_below
from app.issuing.workbook import SheetRow
from app.security.actor import Actor, acting_as, system_actor
from app.security.roles import ACCOUNT_ROLES, RoleName, role_of

_JUDGING = system_actor("bulk issuing")
_CHUNK = 500
# Administrative bodies come with the master data; a workbook adds care and commissioned ones.
_MASTER = frozenset({"national_institute", "prefecture_hq", "authority", "health_centre"})


@dataclass(frozen=True, slots=True)
class NewInstitution:
    """An institution the workbook registers below the own one."""

    code: str
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """``outcome`` is a word of ``ROW_OUTCOMES``; ``problem`` names cell and sentence."""

    row: SheetRow
    outcome: str
    place: str = ""
    role: RoleName | None = None
    institution: Institution | None = None
    new_institution: NewInstitution | None = None
    user_id: int | None = None
    username: str = ""
    cell: str = ""
    problem: object = ""


class _Refused(Exception):
    def __init__(self, key: str, sentence: object) -> None:
        super().__init__(key)
        self.key, self.sentence = key, sentence


@dataclass(slots=True)
class Judge:
    """Judges the rows of one workbook in their order; rows know of those above them."""

    by: Actor
    own: Institution
    institutions: dict[str, Institution] = field(default_factory=dict)
    planned: dict[str, NewInstitution] = field(default_factory=dict)
    places: dict[int, Place] = field(default_factory=dict)
    people: dict[int, list[Account]] = field(default_factory=dict)
    usernames: dict[str, int] = field(default_factory=dict)
    seen: dict[tuple[str, ...], int] = field(default_factory=dict)
    administered: set[str] = field(default_factory=set)

    def judge(self, row: SheetRow) -> Verdict:
        """The outcome of one row as the database stands now."""
        try:
            if row.problem is not None:
                raise _Refused(*row.problem)
            return self._judge(row)
        except _Refused as refusal:
            place = row.texts.get("institution") or row.texts.get("code") or self.own.name
            return Verdict(
                row, "rejected", place, cell=row.cell(refusal.key), problem=refusal.sentence
            )

    def _judge(self, row: SheetRow) -> Verdict:
        institution, new = self._institution(row)
        place = institution.name if institution is not None else new.name if new else ""
        if not row.texts.get("name"):
            return self._institution_alone(row, institution, new, place)
        role = self._role(row)
        family, given = tidy_name(row.texts["name"])
        problems = check_person(family, given, row.texts.get("kana"), row.texts.get("mail"))
        for key, sentences in problems.items():
            raise _Refused(key, sentences[0])
        self._check_username_form(row)
        self._refuse_repetition(row, institution, new)
        known = self._known(row, institution, role)
        if known is not None:
            return Verdict(
                row,
                "existing",
                place,
                role,
                institution,
                user_id=known.user_id,
                username=known.user.username,
            )
        self._check_delegation(institution, new, role)
        return Verdict(row, "new", place, role, institution, new)

    # -- the institution ----------------------------------------------------------------------

    def _institution(self, row: SheetRow) -> tuple[Institution | None, NewInstitution | None]:
        code = row.texts.get("code", "")
        if not code or code == self.own.code:
            return self.own, None
        found = self.institutions.get(code)
        if found is not None:
            return found, None
        planned = self.planned.get(code)
        if planned is not None:
            return None, planned
        new = self._new_institution(row, code)
        self.planned[code] = new
        return None, new

    def _new_institution(self, row: SheetRow, code: str) -> NewInstitution:
        allowed = FIRST_ADMINISTRATORS.get(self.own.kind, frozenset()) - _MASTER
        if not allowed:
            raise _Refused("code", _l("There is no institution with this code."))
        name, typed = row.texts.get("institution", ""), row.texts.get("kind", "")
        if not name or not typed:
            raise _Refused(
                "institution" if not name else "kind",
                _l("No institution has this code. To register it, name and kind are needed."),
            )
        kind = INSTITUTION_KINDS.value_of(typed)
        if kind is None:
            raise _Refused("kind", _l("Choose one of the list."))
        if kind not in allowed or not may_stand_below(kind, self.own.kind):
            raise _Refused("kind", _l("This kind of institution cannot stand here."))
        if len(code) > 40 or not code.isprintable():
            raise _Refused("code", _l("At most %(limit)s characters.", limit=40))
        return NewInstitution(code, name, kind)

    def _institution_alone(
        self, row: SheetRow, institution: Institution | None, new: NewInstitution | None, place: str
    ) -> Verdict:
        if row.texts.get("role") and row.texts.get("mail"):
            raise _Refused("name", _l("Enter the name."))
        if new is None:
            if institution is self.own:
                raise _Refused("name", _l("Enter the name."))
            return Verdict(row, "existing", place, None, institution)
        if ("institution", new.code) in self.seen:
            return Verdict(row, "existing", place)
        self.seen["institution", new.code] = row.number
        return Verdict(row, "new", place, new_institution=new)

    # -- the person ---------------------------------------------------------------------------

    def _role(self, row: SheetRow) -> RoleName:
        typed = row.texts.get("role", "")
        if not typed:
            raise _Refused("role", _l("Choose a role."))
        for role in ACCOUNT_ROLES:
            label = role_of(role).label
            if typed in (role.value, label.ja, label.en):
                return role
            if "".join(typed.split()) == "".join(label.ja.split()):
                return role
        raise _Refused("role", _l("There is no such role. Choose one of the list."))

    def _check_username_form(self, row: SheetRow) -> None:
        username = row.texts.get("username", "")
        if username and not USERNAME.fullmatch(username):
            raise _Refused(
                "username",
                _l("3 to 64 characters: small letters, digits, dot, hyphen, underscore."),
            )

    def _refuse_repetition(
        self, row: SheetRow, institution: Institution | None, new: NewInstitution | None
    ) -> None:
        code = institution.code if institution is not None else new.code if new else ""
        name = _key(row.texts["name"])
        mail = (tidy_mail(row.texts.get("mail")) or "").casefold()
        keys: list[tuple[str, ...]] = [("person", code, name, mail)]
        if row.texts.get("username"):
            keys.append(("username", row.texts["username"]))
        for key in keys:
            if key in self.seen:
                raise _Refused(
                    "name" if key[0] == "person" else "username",
                    _l("The same stands in row %(number)s already.", number=self.seen[key]),
                )
        self.seen.update(dict.fromkeys(keys, row.number))

    def _known(
        self, row: SheetRow, institution: Institution | None, role: RoleName
    ) -> Account | None:
        """The account this row speaks of, when there is one already."""
        username = row.texts.get("username", "")
        here = self.people.get(institution.id, []) if institution is not None else []
        if username in self.usernames:
            for account in here:
                if account.user.username == username and _key(account.display_name) == _key(
                    row.texts["name"]
                ):
                    return account
            raise _Refused("username", _l("This user name is taken."))
        for account in here:
            if not _same_person(account, row):
                continue
            if account.role != role.value:
                raise _Refused(
                    "role",
                    _l(
                        "This person has an account with another role (%(role)s). Change it there.",
                        role=str(role_of(RoleName(account.role)).label),
                    ),
                )
            return account
        return None

    def _check_delegation(
        self, institution: Institution | None, new: NewInstitution | None, role: RoleName
    ) -> None:
        post = post_of(self.by)
        if institution is not None:
            if institution.id not in self.places:
                self.places[institution.id] = place_of(post, institution)
            place = self.places[institution.id]
            code = institution.code
        else:
            assert new is not None
            place = Place(0, new.kind, is_open=True, is_below=True, has_administrator=False)
            code = new.code
        refusal = issuing_problem(post, place, role)
        if refusal is not None:
            raise _Refused("role", refusal)
        if institution is not self.own:
            if code in self.administered:
                raise _Refused(
                    "role", _l("This institution has an ID administrator, who issues its accounts.")
                )
            self.administered.add(code)


def judge_for(by: Actor, rows: Sequence[SheetRow]) -> Judge:
    """A judge who has read, in a few statements, everything the rows can be about."""
    own = db.session.get_one(Institution, by.institution_id)
    judge = Judge(by, own)
    codes = sorted({row.texts.get("code", "") for row in rows} - {""})
    for start in range(0, len(codes), _CHUNK):
        some = Institution.code.in_(codes[start : start + _CHUNK])
        for one in db.session.scalars(select(Institution).where(some)):
            judge.institutions[one.code] = one
    names = sorted({row.texts.get("username", "") for row in rows} - {""})
    with acting_as(_JUDGING):
        for start in range(0, len(names), _CHUNK):
            taken = select(User.username, User.id).where(
                User.username.in_(names[start : start + _CHUNK])
            )
            judge.usernames |= {row.username: row.id for row in db.session.execute(taken)}
        for account in _accounts_to_compare(own):
            judge.people.setdefault(account.institution_id, []).append(account)
    return judge


def _accounts_to_compare(own: Institution) -> Sequence[Account]:
    """Accounts that are not closed: of the own institution, and those issued by it."""
    statement = (
        select(Account)
        .join(User, User.id == Account.user_id)
        .options(contains_eager(Account.user))
        .where(
            Account.closed_on.is_(None),
            or_(Account.institution_id == own.id, Account.issued_by_id == own.id),
        )
    )
    return db.session.scalars(statement).all()


def _same_person(account: Account, row: SheetRow) -> bool:
    if _key(account.display_name) != _key(row.texts["name"]):
        return False
    mail = tidy_mail(row.texts.get("mail"))
    # Two people of one name are told apart by their addresses.
    return not (mail and account.mail) or mail.casefold() == account.mail.casefold()


def _key(name: str) -> str:
    return "".join(name.split()).casefold()
