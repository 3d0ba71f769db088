"""Two practices, four records and everybody who might knock. Made once for a file of tests."""

from dataclasses import dataclass, field
from datetime import timedelta

from django.conf import settings

from assessments import exports
from assessments.actions import own
from assessments.models import ActivityVersion, Export
from clients import actions as care
from clients.access import CODE_AGAIN, CODE_GIVEN
from clients.colleagues import clinicians_of
from clients.models import Absence
from practice.ids import uuid7
from practice.models import Role
from tests.access.records import (
    DESK,
    DRAFT,
    HOUSE,
    NAME,
    NOTE,
    OWN,
    SHARED,
    canary,
    make_begun,
    make_record,
)
from tests.conftest import NOW, freshly, join, make_client, make_practice, make_staff, reads

MILL, ELSEWHERE = "mill", "elsewhere"
# The records: the client in question, another of the same practice, one whose care has ended, and
# one of another practice.
SAM, DANA, EVE, RITA = "sam", "dana", "eve", "rita"
NOBODYS = "nobody's"  # ids that no row has
# Signed in, and let in nowhere but where everybody is: whoever worked here once; a client whose
# portal is closed; one who has come by a code in a mail, and has not typed their own.
SHUT_OUT = ("left", "closed", "mailed")
HOUSES = {NOBODYS: "", SAM: MILL, DANA: MILL, EVE: MILL, RITA: ELSEWHERE}


@dataclass
class Persona:
    """Somebody who might knock, and what they are to each record."""

    name: str
    user: object = None  # none: nobody is signed in
    house: str = ""
    roles: frozenset = frozenset()
    # By record, the words of the table for what they are to it.
    is_to: dict = field(default_factory=dict)
    sees: set = field(default_factory=set)  # canaries
    session: str = ""  # the cookie

    @property
    def at_the_door(self) -> set:
        """What counts for whoever asks for nothing but a role."""
        if self.user is None or self.name in ("expired", *SHUT_OUT):
            return {self.name}
        return set(self.roles) or {"client"}

    @property
    def words_anywhere(self) -> set:
        """What they are where no record is named."""
        if self.user is None or self.name == "expired":
            return {self.name}
        if self.name in SHUT_OUT:
            return {self.name, "everybody"}
        if not self.roles:
            return {"client", "everybody"} | ({"ex-client"} & {self.name})
        return {*self.roles, "staff", "everybody"}

    def words(self, whose: str) -> set:
        """What they are to the record ``whose``."""
        if self.user is None or self.name in ("expired", *SHUT_OUT):
            return self.words_anywhere - {"everybody"}
        mine = self.is_to.get(whose, set())
        if not mine and self.house != HOUSES[whose]:
            return set()
        if not self.roles:
            return mine | ({"client"} if "ex-client" in mine else set())
        if not mine and Role.CLINICIAN in self.roles:
            mine = {"colleague"}
        return mine | {"staff"} | (self.roles & {Role.OWNER, Role.ASSISTANT})


class World:
    def __init__(self):
        self.houses, self.records, self.personas = {}, {}, {}
        self.bodies, self._foreign, self._houses = {}, {}, {}  # kept, so that it is found out once
        self._open(MILL)
        self._open(ELSEWHERE)
        self._records()
        self._files()
        self._people_of_the_mill()
        self._people_elsewhere()
        self._nobody()

    def sign_in(self):
        """Everybody does, just now."""
        for persona in self.personas.values():
            persona.session = cookie_of(persona)
        freshly(self.records[DANA].rows.user)
        for record in self.records.values():
            record.rows.sign_in = record.rows.user.sign_ins.get()

    def _open(self, house):
        practice = make_practice(
            f"{house} {canary(house, HOUSE)}", f"owner@{house}.example", also_clinician=False
        )
        practice.help_text = f"Call {canary(house, HOUSE)}"
        practice.save(update_fields=["help_text"])
        self.houses[house] = practice

    def _staff(self, house, name, *roles):
        return make_staff(self.houses[house], name, *roles)

    def _records(self):
        self.owner = {house: each.users.get() for house, each in self.houses.items()}
        clara = self._staff(MILL, "Clara", "clinician")
        carl = self._staff(MILL, "Carl", "clinician")
        wes = self._staff(ELSEWHERE, "Wes", "clinician")
        self._staff(ELSEWHERE, "Walt", "clinician")
        self.cora = self._staff(MILL, "Cora", "clinician")
        for whose, house, clinician in (
            (SAM, MILL, clara),
            (DANA, MILL, carl),
            (RITA, ELSEWHERE, wes),
        ):
            begun = make_begun(whose, clinician)
            self.records[whose] = make_record(whose, clinician, self.owner[house], begun)
        begun = {name: self.records[SAM].part(name) for name in ("draft", "brought", "absence")}
        self.records[EVE] = make_record(EVE, clara, self.owner[MILL], begun)
        eve = self.records[EVE].rows.client
        care.close_episode(eve, by=clara, reason=canary(EVE, DESK), now=NOW)
        for whose in (DANA, RITA):
            self._of_the_house(self.records[whose])
        # Away today: Cora has Sam, and Sam alone.
        absence = care.take_absence(
            clara,
            first_day=NOW.date(),
            last_day=NOW.date(),
            covers={self.records[SAM].rows.client.pk: self.cora},
            tells_clients=True,
            by=clara,
            now=NOW,
        )
        Absence.objects.filter(pk=absence.pk).update(starts_at=NOW - timedelta(days=1))

    def _of_the_house(self, record):
        """An own activity of the practice, with its words."""
        versions = ActivityVersion.objects.filter(practice=record.practice)
        version = versions.get(activity__slug="strengths-check")
        by, house = record.rows.clinician, self._house_of(record)
        draft, _is_new = own.adapt(version, by=by, now=NOW)
        draft.content["title"] = f"Ours {canary(house, HOUSE)}"
        draft.save(update_fields=["content"])
        published = own.publish_draft(draft, saves=0, by=by, now=NOW)
        for each in self.records.values():
            if each.practice == record.practice:
                each.rows.ours = published.activity

    def _house_of(self, record) -> str:
        return next(name for name, each in self.houses.items() if each == record.practice)

    def _files(self):
        while exports.make_next(clock=lambda: NOW):
            pass
        assert not Export.objects.filter(done_at__isnull=True).exists()

    def address_of(self, whose: str, part: str) -> str:
        """What stands in an address for a row of a record."""
        if whose == NOBODYS:
            return "nothing-of-that-name" if part == "ours" else str(uuid7())
        row = self.records[whose].part(part)
        return row.slug if part == "ours" else str(row.pk)

    def somebody_else(self, rows) -> str:
        """A clinician of the practice who is not on the team of this client."""
        others = clinicians_of(rows.client.practice_id).exclude(caseload__client=rows.client)
        return str(others.values_list("pk", flat=True).first())

    def foreign_to(self, persona) -> set:
        """The ids that nothing of ``persona`` may be written about: of other practices, and of the
        records of their own that they have nothing to do with."""
        if persona.name not in self._foreign:
            self._foreign[persona.name] = {
                each
                for house, ids in self._ids_of_houses().items()
                if house != persona.house
                for each in ids
            } | {
                each
                for whose, record in self.records.items()
                if HOUSES[whose] == persona.house and not self._reaches(persona, whose)
                for each in record.named
            }
        return self._foreign[persona.name]

    def houses_of(self, things=()) -> frozenset:
        """The practices that these ids and canaries are of."""
        if not self._houses:
            for house, ids in self._ids_of_houses().items():
                self._houses |= dict.fromkeys(ids, house)
        of = (HOUSES.get(whose, whose) for whose in map(_whose, things))
        return frozenset(self._houses.get(each, each) for each in of) & {MILL, ELSEWHERE}

    def _reaches(self, persona, whose) -> bool:
        return bool(persona.is_to.get(whose)) or Role.OWNER in persona.roles

    def _ids_of_houses(self) -> dict:
        return {
            house: {
                str(practice.pk),
                *(str(pk) for pk in practice.users.values_list("pk", flat=True)),
                *(
                    each
                    for whose, record in self.records.items()
                    if HOUSES[whose] == house
                    for each in record.named
                ),
            }
            for house, practice in self.houses.items()
        }

    # -- who knocks --------------------------------------------------------------------------------

    def _add(self, name, user, house, *, sees=(), **is_to):
        roles = frozenset(user.roles)
        self.personas[name] = Persona(
            name,
            user,
            house,
            roles,
            {whose: {word} for whose, word in is_to.items()},
            {canary(*each) for each in sees} | {canary(house, HOUSE)},
        )

    def _people_of_the_mill(self):
        record = self.records
        names = [(whose, NAME) for whose in (SAM, DANA, EVE)]
        desk = lambda whose: [(whose, kind) for kind in (NAME, SHARED, DESK)]  # noqa: E731
        portal = lambda whose: [(whose, kind) for kind in (NAME, SHARED, OWN)]  # noqa: E731
        clara, carl = record[SAM].rows.clinician, record[DANA].rows.clinician
        self._add("owner", self.owner[MILL], MILL)
        self._add(
            "team",
            clara,
            MILL,
            sam="team",
            eve="team",
            sees=[*desk(SAM), *desk(EVE), (SAM, NOTE), (EVE, NOTE), (SAM, DRAFT)],
        )
        self._add(
            "colleague", carl, MILL, dana="team", sees=[*desk(DANA), (DANA, NOTE), (DANA, DRAFT)]
        )
        self._add("cover", self.cora, MILL, sam="cover", sees=desk(SAM))
        supervisor = self._staff(MILL, "Sue", "supervisor")
        self._add(
            "supervisor",
            supervisor,
            MILL,
            sam="supervisor",
            dana="asks",
            eve="asks",
            sees=[*names, *desk(SAM)],
        )
        care.give_reason(
            record[SAM].rows.client, why="other", words=canary(SAM, DESK), by=supervisor, now=NOW
        )
        eric = self._staff(MILL, "Eric", "clinician")
        care.open_in_emergency(record[SAM].rows.client, words=canary(MILL, HOUSE), by=eric, now=NOW)
        self._add("emergency", eric, MILL, sam="emergency", sees=desk(SAM))
        self._add("assistant", self._staff(MILL, "Ada", "assistant"), MILL)
        self._add("solo", self._staff(MILL, "Solveig", "owner", "clinician"), MILL)
        both = self._staff(MILL, "Bo", "supervisor", "clinician")
        self._add("supervising", both, MILL, sees=names)
        self.personas["supervising"].is_to = {
            whose: {"asks", "colleague"} for whose in (SAM, DANA, EVE)
        }
        self._add("client", record[SAM].rows.user, MILL, sam="client", sees=portal(SAM))
        self._add("ex-client", record[EVE].rows.user, MILL, eve="ex-client", sees=portal(EVE))
        self._add("closed", self._closed(clara).user, MILL)
        self._add("mailed", join(make_client(clara, "Mel"), by=clara).user, MILL)
        gone = self._staff(MILL, "Gone", "clinician", "owner", "supervisor")
        care.join_team(record[SAM].rows.client, member=gone, by=clara, now=NOW)
        gone.memberships.update(ended_at=NOW)
        del gone.roles
        self._add("left", gone, MILL)
        self.personas["left"].sees.clear()
        expired = self._staff(MILL, "Xena", "clinician", "owner", "supervisor")
        care.join_team(record[SAM].rows.client, member=expired, by=clara, now=NOW)
        self._add("expired", expired, MILL)
        self.personas["expired"].sees.clear()

    def _closed(self, clinician):
        """A client who may not come in any more."""
        client = join(make_client(clinician, "Zoe"), by=clinician)
        care.close_episode(client, by=clinician, reason="Over", now=NOW)
        client.portal_closes_at = NOW
        client.save(update_fields=["portal_closes_at"])
        return client

    def _people_elsewhere(self):
        rita = self.records[RITA].rows
        seen = [(RITA, kind) for kind in (NAME, SHARED, DESK)]
        self._add("elsewhere-owner", self.owner[ELSEWHERE], ELSEWHERE)
        self._add(
            "elsewhere-team",
            rita.clinician,
            ELSEWHERE,
            rita="team",
            sees=[*seen, (RITA, NOTE), (RITA, DRAFT)],
        )
        supervisor = self._staff(ELSEWHERE, "Ursula", "supervisor")
        reads(supervisor, rita.client, now=NOW)
        self._add("elsewhere-supervisor", supervisor, ELSEWHERE, rita="supervisor", sees=seen)
        of_rita = [(RITA, kind) for kind in (NAME, SHARED, OWN)]
        self._add("elsewhere-client", rita.user, ELSEWHERE, rita="client", sees=of_rita)

    def _nobody(self):
        self.personas["anonymous"] = Persona("anonymous")


def _whose(thing: str) -> str:
    """Of canary-sam-desk: sam. An id is itself."""
    return thing.split("-")[1] if thing.startswith("canary-") else thing


def cookie_of(persona) -> str:
    if persona.user is None:
        return ""
    browser = freshly(persona.user)
    session = browser.session
    if persona.name == "expired":
        del session["second_factor"]
    if persona.name == "mailed":
        del session[CODE_GIVEN]
    else:
        session[CODE_AGAIN] = NOW.isoformat()  # which only a client is ever asked for
    session.save()
    return browser.cookies[settings.SESSION_COOKIE_NAME].value
