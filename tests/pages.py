"""Every address that shows a page, whose eyes see it, and the states in which it looks different.

One list for all that looks at every page: tests/journeys/test_every_page.py in a browser,
tests/practice/test_words.py for words that nobody could translate. It is made from the table of
tests/access, and a test compares it with the resolver, so a new address is looked at too.
"""

from dataclasses import dataclass
from urllib.parse import urlencode

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.urls import reverse

from clients import actions as care
from clients.models import Client, PortalLink
from practice.actions import send_staff_invitation_again
from tests.access.public import PUBLIC_OF_ALLAUTH
from tests.access.reading import routes
from tests.conftest import NOW, join, make_client
from tests.keys import key_of_a_device
from tests.one_of_everything import CLINICIAN, OWNER, PORTAL, SUPERVISOR, Practice

CLIENT, NOTHING_YET, NOBODY = "the client", "another client", None
NEW = "a new client"  # who has not been asked for anything yet
ENDED, OVER = "a client whose care has ended", "a client whose portal is closed"
TO_GO, HELD = "of one who is to be erased", "of one on hold"
# What is there and shows no page of ours.
NO_PAGE = {
    "assessments:timeline_taken": "a file",
    "clients:who_saw_taken": "a file",
    "assessments:calendar": "a redirect, or a part of the page of contacts",
    "assessments:read_next": "a redirect",
    "assessments:dry_run": "a part of a page",
    "assessments:assignment_dry_run": "a part of a page",
    "assessments:export_progress": "JSON",
    "assessments:certificate": "a file",
    "clients:erased_facts": "a file",
    "assessments:returns_mail": "for providers of messages",
    "assessments:returns_sms": "for providers of messages",
    "healthz_live": "plain text",
    "healthz_ready": "JSON",
    "metrics": "plain text",
    "home": "a redirect",
    "setup": "not there once there is a practice",
    "outbox": "only while developing",
    "clients:leave": "a redirect to a neutral site",
    "clients:link_new": "a redirect, unless a new link is asked for",
    "still_left": "JSON",
    "mfa_download_recovery_codes": "a file",
    "mfa_login_webauthn": "JSON for a script, or a redirect",
    "account_confirm_login_code": "a redirect, unless a code was sent",
    "mfa_authenticate": "a redirect, unless a password was given",
    "account_reset_password_from_key": "needs a key",
}
# Ours, for whoever has signed in.
OURS = {
    name: route
    for name, route in routes().items()
    if "anonymous" not in route.door and not name.startswith(("account_", "mfa_"))
}
ONLY_SENT = {name for name, route in OURS.items() if "GET" not in route.answers}
# Which of the people in Practice is meant by a word of the table.
MEANT = {
    **dict.fromkeys(("team", "clinician", "staff"), CLINICIAN),
    "owner": OWNER,
    "supervisor": SUPERVISOR,
}
SIGN_IN = [
    *sorted(PUBLIC_OF_ALLAUTH - NO_PAGE.keys() - {"account_logout"}),
    "account_request_login_code",
]
OF_STAFF = [
    "account_logout",
    "account_reauthenticate",
    "account_change_password",
    "mfa_index",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "still",
]
WITH_A_SECOND_FACTOR = [
    "mfa_reauthenticate",
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_list_webauthn",
    "mfa_reauthenticate_webauthn",
    "mfa_edit_webauthn",
    "mfa_remove_webauthn",
]
ANYWHERE = ("gallery", "home", "clients:help")
OF_ONE_KEY = ("mfa_edit_webauthn", "mfa_remove_webauthn")


@dataclass(frozen=True)
class Page:
    name: str
    who: str | None = CLINICIAN
    query: tuple = ()
    press: str = ""  # a button that is pressed at once: what then stands there is meant
    state: str = ""

    def __str__(self):
        return f"{self.name}, {self.state}" if self.state else self.name


OF_ONE_CLIENT = ("The record of one client", "What one client")


def shown(of_clients: bool) -> list[Page]:
    """What staff opens: of one client, or anything else."""
    return [
        Page(name, first(route))
        for name, route in OURS.items()
        if name not in NO_PAGE | dict.fromkeys(ONLY_SENT | PORTAL)
        and route.section.startswith(OF_ONE_CLIENT) == of_clients
    ]


def first(route) -> str:
    allowed = {MEANT.get(word) for word, said in route.answers["GET"].items() if said != 404}
    return next(who for who in (CLINICIAN, OWNER, SUPERVISOR) if who in allowed)


ABOUT_ONE = [
    *shown(of_clients=True),
    Page("clients:record", SUPERVISOR, state="for one who only reads"),
    Page("assessments:timeline", SUPERVISOR, state="for one who only reads"),
    Page("clients:who_saw", OWNER, state="for an owner"),
    Page("clients:safety_check", press="Keep", state="refused"),
    *(
        Page(f"clients:{name}", OWNER, state=state)
        for name in ("keeping_of", "erasure_ask", "erase")
        for state in (TO_GO, HELD)
    ),
    Page("clients:erase", OWNER, press="Erase for good", state=f"{TO_GO}, refused"),
    Page("clients:record", CLINICIAN, state=HELD),
]
EVERYWHERE = [
    *shown(of_clients=False),
    Page("assessments:today", "colleague", state="with nobody in care"),
    Page("assessments:today", SUPERVISOR, state="of the whole practice"),
    Page("assessments:today", query=(("q", "zzz"),), state="with nothing found"),
    Page("clients:caseload", "colleague", state="with nobody in care"),
    Page("clients:caseload", query=(("q", "zzz"),), state="with nothing found"),
    Page("clients:client_add", press="Add", state="refused"),
    Page("assessments:alerts", "colleague", state="with none"),
    Page("clients:keeping", OWNER, query=(("show", "all"),), state="with everybody"),
    Page("clients:keeping", OWNER, query=(("show", "held"),), state="with holds"),
    Page("clients:keeping", OWNER, query=(("show", "erased"),), state="with certificates"),
    Page("clients:retention", OWNER, press="Keep", state="refused"),
    Page("home", "assistant", state="without anything to do"),
    Page("nowhere", state="not there"),
    Page("gallery"),
    Page("gallery", query=(("voice", "portal"),), state="in the client's voice"),
]
OF_A_CLIENT = [
    *(
        Page(name, NEW if name == "clients:agree" else CLIENT)
        for name in OURS
        if name in PORTAL - NO_PAGE.keys() - ONLY_SENT
    ),
    Page("assessments:portal", NOTHING_YET, state="with nothing to do"),
    Page("assessments:words", NOTHING_YET, state="without any"),
    Page("assessments:how", NOTHING_YET, state="without any"),
    Page("assessments:brought", NOTHING_YET, state="without any"),
    Page("assessments:begin", CLIENT, state="not open yet"),
    Page("assessments:portal", ENDED, state="for some days more"),
    Page("assessments:portal", OVER, state="not open any more"),
    Page("still", CLIENT),
    Page("nowhere", CLIENT, state="not there"),
]
AT_THE_DOOR = [
    *(Page(name, NOBODY) for name in SIGN_IN),
    *(Page(name, CLINICIAN) for name in OF_STAFF),
    *(Page(name, SUPERVISOR) for name in WITH_A_SECOND_FACTOR),
    Page("mfa_index", SUPERVISOR, state="with a second factor"),
    Page("account_login", NOBODY, press="Sign in", state="refused"),
    Page("account_logout", CLIENT),
    Page("clients:link", NOBODY),
    Page("clients:link", NOBODY, press="Open", state="refused"),
    Page("clients:link", NOBODY, state="of an invitation"),
    Page("clients:link", NOBODY, state="not open any more"),
    Page("clients:link", NOBODY, press="Send a new link", state="not open, a new one is asked for"),
    Page("clients:stop", NOBODY),
    Page("clients:help", NOBODY),
    Page("mfa_list_webauthn", CLINICIAN, state="without any"),
    Page("staff_join", NOBODY),
    Page("staff_join", NOBODY, state="not open any more"),
    Page("nowhere", NOBODY, state="not there"),
]
EVERY_PAGE = {
    "about one client": ABOUT_ONE,
    "of the practice": EVERYWHERE,
    "of the portal": OF_A_CLIENT,
    "at the door": AT_THE_DOOR,
}


class Rooms(Practice):
    """A practice in which each page has something to show, and the address of each page."""

    def __init__(self):
        super().__init__()
        self.people[NEW] = self.has_come_in("Nell").user
        self.to_go, self.held = self.has_ended("Tom Gogh"), self.has_ended("Hella Held")
        self.people |= {ENDED: self.to_go.user, OVER: self.has_ended("Odo Over").user}
        Client.objects.filter(user=self.people[OVER]).update(portal_closes_at=NOW)
        care.ask_for_erasure(self.to_go, why="wish", words="At the end", by=self.clinician, now=NOW)
        care.hold(self.held, reason="A claim", by=self.people[OWNER], now=NOW)
        for name in (CLIENT, NOTHING_YET, NEW, ENDED):
            client = self.people[name].client
            client.leave_page_shown_at = NOW  # the first visit is a page of its own
            client.save(update_fields=["leave_page_shown_at"])
        for name in (SUPERVISOR, "colleague"):
            TOTP.activate(self.people[name], generate_totp_secret())
        RecoveryCodes.activate(self.people[SUPERVISOR])
        key = WebAuthn.add(self.people[SUPERVISOR], "Phone", key_of_a_device())
        self.key = key.instance
        self.token = care.issue_links([self.client], now=NOW)[self.client.pk]
        self.not_in_yet = make_client(self.clinician, "Ina Vited")
        self.invited = self.link_of(self.not_in_yet)
        self.asked_in = send_staff_invitation_again(self.invitation, by=self.people[OWNER], now=NOW)

    def link_of(self, client):
        care.invite(client, by=self.clinician, now=NOW)
        return care.issue_links([client], now=NOW)[client.pk]

    def has_come_in(self, name):
        client = make_client(self.clinician, name)
        link = PortalLink.objects.by_token(self.link_of(client)).get()
        care.accept_invitation(link, code="2580", now=NOW)
        client.refresh_from_db()
        return client

    def has_ended(self, name):
        client = join(make_client(self.clinician, name), by=self.clinician)
        care.close_episode(client, by=self.clinician, reason="We are done", now=NOW)
        return client

    def address(self, page):
        if page.name == "nowhere":
            return "/me/nowhere/" if page.who == CLIENT else "/nowhere/"
        url = self._address(page)
        return f"{url}?{urlencode(page.query)}" if page.query else url

    def _address(self, page):
        if page.name in ("clients:link", "clients:stop"):
            token = "over" if page.state.startswith("not open") else self.token
            token = self.invited if page.state == "of an invitation" else token
            return reverse(page.name, args=[token])
        if page.name == "staff_join":
            return reverse(page.name, args=["over" if page.state else self.asked_in])
        if page.name in OF_ONE_KEY:
            return reverse(page.name, args=[self.key.pk])
        if page.name == "clients:reason":  # of a record that they have not opened today
            return reverse(page.name, args=[self.not_in_yet.pk])
        if page.state.startswith((TO_GO, HELD)):
            client = self.held if page.state.startswith(HELD) else self.to_go
            return reverse(page.name, args=[client.pk])
        if page.state == "not open yet":
            return reverse(page.name, args=[self.log.occurrences.get(number=2).pk])
        if page.name in (*SIGN_IN, *OF_STAFF, *WITH_A_SECOND_FACTOR, *ANYWHERE):
            return reverse(page.name)
        return self.url(page.name)
