"""What the pages of docs/ say of limits and of how people get in is what holds."""

import re

import pytest
from allauth.account import app_settings as allauth

from assessments.exports import making
from assessments.interop import LARGEST_FILE, archives, gathering
from clients.actions import doors
from clients.models.portal import MOST_WRONG_CODES
from practice import codes, knocks, limits
from practice.models import Knock
from practice.models.tenant import DataClass

from .addresses import every_address, is_public
from .production import ROOT, value_of
from .test_not_there import calls

MB = 1024 * 1024


def page(name: str) -> str:
    return " ".join((ROOT / "docs" / name).read_text().split())


def minutes(setting: str) -> int:
    return int(value_of(setting)) // 60


def often(limit: str) -> str:
    """``5/300s/key,10/m/ip`` in words."""
    by = {"ip": "by network", "key": "by network and address"}
    per = {"m": "a minute", "h": "an hour", "300s": "in 5 minutes"}
    parts = [part.split("/") for part in limit.split(",")]
    return ", ".join(f"{number} {per[time]} {by[whose]}" for number, time, whose in parts)


def limit_rows() -> list[str]:
    """The table of limits, from the code."""
    code = int(knocks.LIFE[Knock.Kind.CODE].total_seconds()) // 60
    shortest = value_of("AUTH_PASSWORD_VALIDATORS.1.OPTIONS.min_length")
    staff_days = int(value_of("STAFF_INVITATION_LIFE")) // 86400
    again = value_of("ACCOUNT_REAUTHENTICATION_TIMEOUT") // 60
    body = value_of("DATA_UPLOAD_MAX_MEMORY_SIZE") // 1024
    unpacked = archives.LARGEST_UNPACKED // MB
    rows = {
        "a password": [f"at least {shortest} characters, any of them"],
        "wrong passwords": [often(allauth.RATE_LIMITS["login_failed"])],
        "a code by mail": [
            f"{codes.DIGITS} digits",
            f"{code} minutes",
            f"{codes.MOST_TRIES} tries",
        ],
        "asking for a code, a link": [often(limits.ASKED["knock"])],
        "trying a code, the set-up code": [often(limits.TRIED["code"])],
        "letters to one mailbox": [f"{knocks.MOST_AN_HOUR} an hour", "as many for its owner"],
        "the personal code": [
            "4 to 8 digits",
            f"{doors.MOST_WRONG_AN_HOUR} wrong ones an hour",
            f"{doors.MOST_WRONG_A_DAY} a day",
            f"{MOST_WRONG_CODES} on one link",
        ],
        "a link in a message": [f"{value_of('LINK_MINUTES')} minutes", "once"],
        "an invitation": [
            f"{value_of('INVITATION_DAYS')} days (clients)",
            f"{staff_days} days (staff)",
            "once",
        ],
        "a link for a new password": [f"{minutes('PASSWORD_RESET_TIMEOUT')} minutes"],
        "a sign-in": [
            f"{minutes('IDLE')} minutes without anybody",
            f"{minutes('SIGNED_IN_AT_MOST') // 60} hours at most",
        ],
        "who it is, once more": [f"after {again} minutes"],
        "a form": [f"{body} kB", f"{value_of('DATA_UPLOAD_MAX_NUMBER_FIELDS')} fields"],
        "a questionnaire brought in": [
            f"{LARGEST_FILE // MB} MB packed",
            f"{unpacked} MB unpacked",
            f"{archives.MOST_FILES} files",
            f"{gathering.MOST_ITEMS} questions",
        ],
        "files made at once": [
            f"{value_of('EXPORTS_AT_ONCE')}",
            f"{value_of('EXPORT_TIME_LIMIT') // 60} minutes each",
            f"{making.MOST_TRIES} tries",
        ],
        "any other task": [f"{value_of('CELERY_TASK_TIME_LIMIT')} seconds"],
        "waiting for a mail server": [f"{value_of('EMAIL_TIMEOUT')} seconds"],
        "waiting for a provider of texts": [f"{value_of('SMS_TIMEOUT')} seconds"],
    }
    return [f"{what} | {', '.join(told)}" for what, told in rows.items()]


def test_the_table_of_limits_is_whole():
    text = (ROOT / "docs" / "security.md").read_text()
    table = text[text.index("## Limits") :].split("\n\n")[2]
    rows = [row.strip("| ") for row in table.splitlines()[2:]]
    assert rows == limit_rows()


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("people.md", "after {idle} minutes without anybody, and {most} hours after signing in"),
        ("people.md", "more than five minutes ago (`ACCOUNT_REAUTHENTICATION_TIMEOUT`)"),
        ("signing-in.md", "eight digits, then the personal code | ten minutes, five tries"),
        ("signing-in.md", "the personal code | one hour, once"),
        ("signing-in.md", "a personal code is chosen with it | 14 days, once"),
        ("import.md", "larger than 5 MB; more than 400 questions"),
        ("import.md", "more than 200 files"),
        ("messages.md", "A body is at most 512 KB"),
    ],
)
def test_a_page_says_the_number_that_holds(name, says):
    idle, most = minutes("IDLE"), minutes("SIGNED_IN_AT_MOST") // 60
    assert says.format(idle=idle, most=most) in page(name)
    held = (
        value_of("ACCOUNT_REAUTHENTICATION_TIMEOUT"),
        (codes.DIGITS, codes.MOST_TRIES, knocks.LIFE[Knock.Kind.CODE].total_seconds()),
        (value_of("LINK_MINUTES"), value_of("INVITATION_DAYS")),
        (LARGEST_FILE, gathering.MOST_ITEMS, archives.MOST_FILES),
        value_of("DATA_UPLOAD_MAX_MEMORY_SIZE"),
    )
    assert held == (300, (8, 5, 600), (60, 14), (5 * MB, 400, 200), 512 * 1024)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("people.md", "a clinician sees clients, a supervisor reads, an assistant has no records"),
        ("care-team.md", "Before the first page of one client each day of the practice they say"),
        ("care-team.md", "A private note that somebody wrote ahead of a session stays theirs"),
        ("data-out.md", "**What never does:** names, addresses, private notes, points"),
        ("schedules.md", "If the due moment would not be before it expires, it is due when"),
        ("library-format.md", "A file that does not hold is refused in one sentence"),
        ("security.md", "There is no limit to how many one person may have"),
        ("security.md", "Nobody can give us an address to connect to"),
    ],
)
def test_a_rule_stands_on_its_page(name, says):
    """Those that other tests hold: who may what, what belongs together, who speaks to whom."""
    assert says in page(name)


def test_every_way_in_is_on_the_page():
    """Invitation, link, mailed code, passkey; password with a second step: one address each that
    lets somebody in, and no other."""
    told = page("signing-in.md")
    for way in ("invitation", "link in a message", "code by e-mail", "passkey", "password"):
        assert way in told
    lets_in = {"account_login", "account_confirm_login_code", "mfa_authenticate"}
    lets_in |= {"mfa_login_webauthn", "clients:link", "staff_join", "setup"}
    public = {name for name, view in every_address() if is_public(view)}
    assert lets_in <= public
    signs_in = {place for place, name, _ in calls() if name.split(".")[-1] in ("login", "let_in")}
    assert {place.partition(":")[0] for place in signs_in} == {
        "clients/views/portal.py",  # an invitation, a link: clients:link
        "practice/access.py",  # let_in, for the next two
        "practice/adapters.py",  # allauth's own: password and second step, a passkey
        "practice/views/codes.py",  # a code by e-mail
        "practice/views/people.py",  # staff_join
        "practice/views/shell.py",  # setup
    }


def test_no_secret_has_a_default():
    """Where it runs for real, each must be set, or nothing starts."""
    told = (ROOT / "docker-compose.yml").read_text()
    for name in ("SETUP_CODE", "DB_PASSWORD", "DB_OWNER_PASSWORD", "DB_ADMIN_PASSWORD"):
        assert re.search(rf"\$\{{{name}:\?", told), name
        assert not re.search(rf"\$\{{{name}:?-", told), name
    for name in ("SECRET_KEY", "FIELD_KEYS"):  # from one of three; none is refused (test_sources)
        assert set(re.findall(rf"\$\{{{name}[^}}]*\}}", told)) == {
            f"${{{name}{kind}:-}}" for kind in ("", "_FILE", "_COMMAND")
        }


def test_every_class_of_data_has_its_row_on_the_page():
    told = (ROOT / "docs" / "security.md").read_text()
    for each in DataClass:
        assert re.search(rf"^\| {each.value} \|(?: .+ \|){{4}}$", told, re.MULTILINE), each


def test_the_page_says_how_soon_a_hole_is_mended():
    told = page("security.md")
    for how_bad in ("critical or high", "medium", "low"):
        assert re.search(rf"\| {how_bad} \| (?:\d+ days|with the next release) \|", told)
    assert "`make audit`" in told
