"""What holds for every page and every form, whichever it is."""

import logging
import re
from html.parser import HTMLParser
from urllib.parse import urljoin

import pytest
from django.test import Client as Browser
from django.urls import reverse

from tests.conftest import as_user, freshly
from tests.one_of_everything import undone
from tests.pages import CLIENT, EVERY_PAGE, OWNER, Rooms

from .addresses import behind_the_door, every_address
from .production import value_of

# Here a secret in the address or in the head is the proof, and no cookie is looked at.
WITHOUT_A_COOKIE = {"clients:stop", "assessments:returns_mail", "assessments:returns_sms"}
# What only shows an example stands in a frame of ours.
IN_A_FRAME = {"assessments:preview", "assessments:own_preview", "assessments:import_phone"}
# The session, the token against forged forms, and the mark of leave.js that it ends.
COOKIES = {"s", "c", "l"}


@pytest.fixture
def there(db, clock):
    return Rooms()


def who_opens(url):
    """Somebody for whom there is such a page."""
    if url.startswith("/me/"):
        return "the client"
    return "owner" if url.startswith("/practice/") else "clinician"


def test_what_is_no_page_says_so_too(there):
    """Files are files to be saved, under a name of ours; words and JSON are no pages."""
    rooms, wrong, clinician = there, [], freshly(there.clinician)
    owner, client = freshly(rooms.people[OWNER]), freshly(rooms.people[CLIENT])
    files = {
        "text/csv; charset=utf-8": [
            clinician.get(rooms.url("assessments:timeline_taken")),
            clinician.get(rooms.url("clients:who_saw_taken")),
            client.post(rooms.url("assessments:own_file_take"), {"code": "2580"}),
        ],
        "application/zip": [clinician.post(rooms.url("assessments:export_take"))],
        "application/pdf": [owner.get(rooms.url("assessments:certificate"))],
        "application/json": [owner.get(rooms.url("clients:erased_facts"))],
    }
    answers = {
        "application/json": [
            Browser().get("/healthz/ready"),
            clinician.get(reverse("still_left")),
            clinician.get(rooms.url("assessments:export_progress")),
        ],
        "text/plain; charset=utf-8": [Browser().get("/healthz/live")],
    }
    for is_file, knocks in ((True, files), (False, answers)):
        for kind, answer in ((kind, answer) for kind, told in knocks.items() for answer in told):
            name = answer.get("Content-Disposition", "")
            is_named = bool(re.fullmatch(r'attachment; filename="[\w.-]+"', name))
            if not answer["Content-Type"].startswith(kind) or is_named != is_file:
                wrong.append((kind, answer["Content-Type"], name))
            if "no-store" not in answer["Cache-Control"]:
                wrong.append((kind, answer["Cache-Control"]))
    assert wrong == []


def test_no_form_is_taken_that_is_not_from_a_page_of_ours(there):
    """By its token, whoever is signed in; also where the browser sends the cookie along."""
    passed, browser = [], freshly(there.clinician)
    browser.handler.enforce_csrf_checks = True
    names = behind_the_door()
    for name in names:
        with undone():
            answer = browser.post(there.url(name), {"x": "1"})
        if answer.status_code != 403:
            passed.append((name, answer.status_code))
    assert passed == []
    assert len(names) > 100


def test_where_no_token_is_asked_for_is_this_and_nothing_else():
    free = {name for name, view in every_address() if getattr(view, "csrf_exempt", False)}
    assert free == WITHOUT_A_COOKIE
    middleware = value_of("MIDDLEWARE")
    assert "django.middleware.csrf.CsrfViewMiddleware" in middleware


def test_a_method_that_a_page_does_not_know_does_nothing(there):
    """Not TRACE, which would read a request back. (What takes away: tests/access.)"""
    taken, browsers = [], {}
    for name in behind_the_door():
        who = who_opens(there.url(name))
        browser = browsers.get(who) or browsers.setdefault(who, freshly(there.people[who]))
        with undone():
            answer = browser.generic("TRACE", there.url(name))
        if answer.status_code not in (404, 405):
            taken.append((name, answer.status_code))
    for name in ("account_login", "account_logout", "home", "healthz_live", "clients:help"):
        answer = Browser().generic("TRACE", reverse(name), "a secret", headers={"cookie": "s=1"})
        if answer.status_code != 405 or b"secret" in answer.content:
            taken.append((name, answer.status_code))
    assert taken == []


@pytest.mark.parametrize(
    "host", ["evil.example", "testserver.evil.example", "testserver@evil.example", "", "a b"]
)
def test_under_another_name_nobody_answers(db, practice, host):
    for page in ("/", "/accounts/login/", "/accounts/password/reset/"):
        answer = Browser().get(page, headers={"host": host})
        assert answer.status_code == 400
        assert host == "" or host not in answer.content.decode()


def test_what_a_proxy_may_say_of_the_host_is_not_listened_to(db, practice):
    assert value_of("USE_X_FORWARDED_HOST") is False
    answer = Browser().get("/today/", headers={"x-forwarded-host": "evil.example"})
    assert "evil" not in answer["Location"]


ELSEWHERE = (
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example/",
    "\\\\evil.example",
    "javascript:alert(1)//",
    "data:text/html,x/",
    "https:evil.example/",
    "\t//evil.example/",
    "http://testserver@evil.example/",
)


def test_nobody_is_led_to_another_site(clinician):
    """Whatever an address or a form says where to go next."""
    asked = [
        *(("get", reverse("account_login"), None), ("post", reverse("account_login"), None)),
        *(("post", reverse("still"), clinician), ("get", reverse("still"), clinician)),
        *(("post", reverse("theme"), clinician), ("post", reverse("account_logout"), None)),
        ("post", reverse("account_reauthenticate"), clinician),
        ("get", reverse("account_request_login_code"), None),
    ]
    led = []
    for method, url, who in asked:
        for place in ELSEWHERE:
            browser = freshly(who) if who else Browser()
            form = {"next": place, "theme": "dark", "why": "session", "password": "x"}
            with undone():
                answer = getattr(browser, method)(url, form)
            goes = answer.get("Location", "/")
            if not re.match(r"/(?![/\\])", goes) or f'href="{place}"' in answer.content.decode():
                led.append((url, place, goes))
    assert led == []


class Forms(HTMLParser):
    """The forms of a page: where each goes, and what is sent with it as it stands there."""

    def __init__(self, page):
        super().__init__()
        self.found, self.form = [], None
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        told = dict(attrs)
        if tag == "form":
            self.form = {}
            how = (told.get("method") or "get").lower()
            self.found.append((how, told.get("action") or "", self.form))
        elif self.form is not None and told.get("name"):
            self.form[told["name"]] = told.get("value") or ""

    def handle_endtag(self, tag):
        if tag == "form":
            self.form = None


# A number that no column holds, and markup with a header of a mail. (What no text can hold:
# tests/assessments/test_attacks.py.)
NASTY = ("9" * 5_000, "'\"><script>{{7*7}}%s%n\r\nBcc: x@evil.example")


@pytest.mark.parametrize("pages", EVERY_PAGE)
def test_no_page_is_kept_framed_or_without_a_way_out_or_broken_by_what_is_typed(there, pages):
    """Its headers, its way out, and each of its forms with something nasty in all fields: that
    gives a sentence, or nothing, but never an error of ours (this browser raises those), and never
    comes back as markup."""
    wrong, browsers, seen = [], {}, set()
    for page in EVERY_PAGE[pages]:
        if page.press or page.name == "gallery":
            continue
        user = there.people[page.who] if page.who else None
        browser = browsers.setdefault(page.who, freshly(user) if user else Browser())
        cookies = dict(browser.cookies)
        with undone():
            url = there.address(page)
            answer = browser.get(url)
            wrong += [f"{page}: {what}" for what in faults_of(answer, page, user)]
            wrong += [
                f"{page}: markup in {where}" for where in broken_by(browser, url, answer, seen)
            ]
        browser.cookies.update(cookies)  # signed out by a form of it, but only for this page
    assert wrong == []
    assert seen


def faults_of(answer, page, user) -> list[str]:
    policy = answer["Content-Security-Policy"]
    framed = "'self'" if page.name in IN_A_FRAME else "'none'"
    told = {
        "type": answer["Content-Type"] == "text/html; charset=utf-8",
        "cache": "no-store" in answer["Cache-Control"],
        "nosniff": answer["X-Content-Type-Options"] == "nosniff",
        "referrer": answer["Referrer-Policy"] in ("same-origin", "no-referrer"),
        "frames": f"frame-ancestors {framed}" in policy,
        "cookies": set(answer.cookies) <= COOKIES,
        "origins": "Access-Control-Allow-Origin" not in answer,
        "way out": leads_out(answer, page, user),
    }
    return [what for what, is_right in told.items() if not is_right]


def leads_out(answer, page, user) -> bool:
    """Whoever is signed in can sign out there, or leave at once."""
    if user is None or page.name in IN_A_FRAME or answer.status_code != 200:
        return True
    ways = (reverse("clients:leave"), reverse("account_logout"))
    return any(f'"{way}"' in answer.content.decode() for way in ways)


def broken_by(browser, url, answer, seen):
    """Where something nasty came back as markup."""
    for how, action, form in Forms(answer.content.decode()).found:
        where = urljoin(url, action).split("#")[0]
        if (where, *form) in seen:
            continue
        seen.add((where, *form))
        for value in NASTY:
            with undone():
                said = getattr(browser, how)(where, dict.fromkeys(form, value))
                pages = [said, *next_page(browser, said)]
            if any(b"><script>{{7" in page.content for page in pages):
                yield where


def next_page(browser, said):
    """On which stands what was kept; none on another site."""
    goes = said.get("Location", "")
    return [browser.get(goes)] if re.match(r"/(?!/)", goes) else []


def test_a_value_that_is_sent_twice_is_no_way_around(practice, owner):
    """The last one counts everywhere alike, and what is read of a form never comes from the
    address, nor the other way round."""
    browser = as_user(owner)
    page = reverse("practice")
    browser.post(f"{page}?name=From+the+address", {"time_zone": "UTC"})
    practice.refresh_from_db()
    assert practice.name == "At the Mill"
    form = {"name": ["One", "Other"], "time_zone": "UTC", "help_text": "Call 112"}
    browser.post(page, form)
    practice.refresh_from_db()
    assert practice.name == "Other"


def test_what_a_form_does_not_ask_for_is_not_taken_from_it(practice, owner, joined):
    """Fields of the row that stand in no form: whose it is, when, and what is decided elsewhere."""
    client, before = joined, (practice.pk, practice.created_at)
    form = {"name": "Other", "time_zone": "UTC", "help_text": "Call 112"}
    more = {"id": "0" * 32, "created_at": "2000-01-01", "users": [str(joined.pk)]}
    as_user(owner).post(reverse("practice"), form | more)
    practice.refresh_from_db()
    assert (practice.name, practice.pk, practice.created_at) == (
        "Other",
        *before,
    )
    person = {"theme": "dark", "is_active": "", "email": "x@evil.example", "roles": ["owner"]}
    as_user(client.user).post(reverse("theme"), person)
    client.user.refresh_from_db()
    del client.user.roles
    assert (client.user.theme, client.user.is_active, client.user.roles) == (
        "dark",
        True,
        frozenset(),
    )
    assert client.user.email != "x@evil.example"


def test_what_is_encoded_twice_is_decoded_once(practice, clinician):
    page = as_user(clinician).get(f"{reverse('clients:caseload')}?q=%2541%253Cb%253E")
    assert 'value="%41%3Cb%3E"' in page.content.decode()


@pytest.mark.parametrize("path", ["/static/", "/static/trellis/", "/templates/", "/.git/"])
def test_a_folder_shows_no_list(db, practice, path):
    answer = Browser().get(path)
    assert answer.status_code == 404
    assert "timeline.css" not in answer.content.decode()


def test_an_answer_to_a_script_holds_what_its_page_shows(there):
    """And nothing more of the row behind it."""
    browser = freshly(there.clinician)
    left = browser.get(reverse("still_left")).json()
    assert left.keys() == {"left", "is_last"}
    made = browser.get(there.url("assessments:export_progress")).json()
    assert made.keys() == {"value", "max", "words", "over"}


@pytest.mark.parametrize("sent", ["/no\nINFO forged line", "/no%0aINFO forged line"])
def test_what_somebody_sends_begins_no_line_of_the_log(db, practice, caplog, sent):
    Browser().get(sent)
    formatter = logging.Formatter("%(levelname)s %(message)s")
    lines = "\n".join(formatter.format(record) for record in caplog.records).splitlines()
    assert lines
    assert [line for line in lines if line.startswith("INFO forged")] == []
